"""Forms for people: fields for places, money, partly known dates and texts in several languages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import MONTH, YEAR, PartialDate, parse_partial_date
from coremis.kernel.base.money import Money, figures, parse_amount
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.places import area_options, read_area
from coremis.kernel.screens.screen import whole_number


class ActionForm(forms.Form):
    """Base of the form of an action screen. Fields that choose among records or places are limited to `actor`'s own.

    `rows` puts fields side by side: `rows = [("first_name", "last_name"), ("birth_date",)]`; the others follow.
    """

    rows: ClassVar[Sequence[Sequence[str]]] = ()

    def __init__(self, *args: Any, actor: Any, permission: str, target: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.target = actor, target
        for field in self.fields.values():
            if isinstance(field, AreaField | RecordField | RowsField):
                field.limit_to(actor, permission)

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """The visible fields as the template prints them, row by row."""
        placed = {name for row in self.rows for name in row}
        for row in self.rows:
            yield [self[name] for name in row if name in self.fields]
        for field in self.visible_fields():
            if field.name not in placed:
                yield [field]

    def carried(self) -> list[tuple[str, str]]:
        """What else the confirmation sends along, by name: a file that was kept when it was first sent."""
        return []

    def take_over(self, errors: Mapping[str, Sequence[Any]]) -> None:
        """Put the sentences of a refusal beside their fields; those of unknown fields go on top."""
        for name, sentences in errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, str(sentence))


class AreaInput(forms.Widget):
    """Type a part of the name, choose from the list below; works without scripts by sending the form."""

    use_fieldset = True
    many = False
    user: Any = None
    permission = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The ids chosen and the text typed."""
        chosen = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return [text for text in chosen if text], (data.get(f"{name}_text") or "").strip()[:200]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        chosen, text = value if isinstance(value, tuple) else (_ids(value), "")
        context = {
            "name": name, "text": text, "many": self.many, "permission": self.permission, "attrs": attrs or {},
            "options": area_options(chosen, text, self.user, self.permission, current=True), "current": True,
        }  # fmt: skip
        return render_to_string("screens/_area_control.html", context)


class AreaField(forms.Field):
    """One place, or with `many=True` several, among those where the actor holds `permission` (by default the action)."""

    def __init__(self, *, many: bool = False, permission: str = "", **kwargs: Any) -> None:
        self.many, self.permission, self.user = many, permission, None
        super().__init__(widget=kwargs.pop("widget", AreaInput()), **kwargs)

    def limit_to(self, actor: Any, permission: str) -> None:
        """Offer only places of this person."""
        self.user, self.permission = actor, self.permission or permission
        self.widget.user, self.widget.permission, self.widget.many = actor, self.permission, self.many

    def clean(self, value: Any) -> Any:
        """An `Area` or None; with `many` a list of them."""
        chosen, text = value or ([], "")
        try:
            found = self._read(chosen, text)
        except Refusal as problem:
            raise forms.ValidationError(str(problem)) from problem
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found if self.many else (found[0] if found else None)

    def has_changed(self, initial: Any, data: Any) -> bool:
        chosen, text = data or ([], "")
        return bool(text) or sorted(_ids(initial)) != sorted(chosen)

    def _read(self, chosen: Sequence[str], text: str) -> list[Area]:
        asked = [(value, "") for value in chosen]
        if text:
            asked = [*asked, ("", text)] if self.many and not chosen else asked if self.many else [(next(iter(chosen), ""), text)]
        found = [read_area(value, typed, self.user, self.permission, current=True) for value, typed in asked]
        return [area for area in found if area is not None]


class RecordField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One record among those the actor may see under `permission`; `choose(rows)` narrows and prepares them."""

    def __init__(
        self, model: type[Model], permission: str, *, choose: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None, **kwargs: Any
    ) -> None:
        self.permission, self.choose = permission, choose
        super().__init__(queryset=model._default_manager.none(), **{"empty_label": "–", **kwargs})
        self.model = model

    def limit_to(self, actor: Any, permission: str) -> None:
        """Offer only records of this person."""
        rows = self.model.objects.visible_to(actor, self.permission)  # type: ignore[attr-defined]
        self.queryset = self.choose(rows) if self.choose else rows


class RowsInput(forms.HiddenInput):
    """Says how many rows were chosen and carries their ids along; ids are no names, so they may stand on the page."""

    is_hidden = False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        context = {"name": name, "value": value or "", "count": text_of(len(str(value or "").split())), "attrs": attrs or {}}
        return render_to_string("screens/_rows_control.html", context)


class RowsField(forms.CharField):
    """The rows that were chosen in a list, among those the actor may see under `permission`; filled by `chosen_ids`, never typed."""

    def __init__(self, model: type[Model], permission: str, *, most: int, **kwargs: Any) -> None:
        self.model, self.permission, self.most, self.user = model, permission, most, None
        super().__init__(widget=RowsInput(), **kwargs)

    def limit_to(self, actor: Any, permission: str) -> None:
        """Take only rows of this person."""
        self.user = actor

    def clean(self, value: Any) -> Any:
        """The rows in the order of their ids; refused where there are none, too many, or some are gone."""
        ids = {number for text in super().clean(value).split() if (number := whole_number(text)) is not None}
        if not ids:
            raise forms.ValidationError(_("Nothing is chosen. Go back to the list and tick some rows."))
        if len(ids) > self.most:
            sentence = _("At most %(most)s rows can be changed in one go. Choose fewer with the filters of the list.")
            raise forms.ValidationError(sentence, params={"most": text_of(self.most)})
        found = list(self.model.objects.visible_to(self.user, self.permission).filter(pk__in=ids).order_by("pk"))  # type: ignore[attr-defined]
        if len(found) != len(ids):
            raise forms.ValidationError(_("Some of the chosen rows are no longer there. Go back to the list and choose again."))
        return found


class MoneyField(forms.CharField):
    """An amount typed as people write it; gives `Money`. `currency` is a code, or a function that gives one."""

    def __init__(self, *, currency: str | Callable[[], str], allow_zero: bool = False, **kwargs: Any) -> None:
        self.currency, self.allow_zero = currency, allow_zero
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "amount", "autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Money | None:
        """The amount, or None where nothing was typed and nothing is required."""
        text = super().clean(value)
        if not text:
            return None
        code = self.currency() if callable(self.currency) else self.currency
        try:
            amount = parse_amount(text, code)
        except Refusal as problem:
            raise forms.ValidationError(str(problem)) from problem
        if amount < 0 or (amount == 0 and not self.allow_zero):
            raise forms.ValidationError(_("The amount must be above zero."))
        return Money(amount, code)

    def prepare_value(self, value: Any) -> Any:
        """The figures in the reader's way, without the currency."""
        if not isinstance(value, Money):
            return value
        return figures(value.amount_minor, value.currency, get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR"))


class PartialDateField(forms.CharField):
    """A date known to the day, the month or only the year; gives `PartialDate`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Day/month/year, or month/year, or the year alone."))
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> PartialDate | None:
        """The date, or None where nothing was typed and nothing is required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_partial_date(text)
        except Refusal as problem:
            raise forms.ValidationError(str(problem)) from problem

    def prepare_value(self, value: Any) -> Any:
        """As it can be typed again."""
        shapes = {YEAR: "%Y", MONTH: "%m/%Y"}
        return value.day.strftime(shapes.get(value.precision, "%d/%m/%Y")) if isinstance(value, PartialDate) else value


class LabelInput(forms.MultiWidget):
    """One text box for each language."""

    use_fieldset = True

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({code: forms.TextInput({"lang": code}) for code in _languages()}, attrs)

    def decompress(self, value: Any) -> list[str]:
        """The texts in the order of the languages."""
        return [(value or {}).get(code, "") for code in _languages()]

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> Any:
        for widget, name in zip(context["widget"]["subwidgets"], _languages().values(), strict=True):
            widget["label"] = name
        return render_to_string("screens/_label_control.html", context)


class LabelField(forms.MultiValueField):
    """A text in each language of the installation; gives `{"en": "...", "fr": "..."}`. At least one is needed."""

    def __init__(self, *, max_length: int = 120, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False, max_length=max_length) for _code in _languages()]
        super().__init__(fields, require_all_fields=False, widget=LabelInput(), **kwargs)

    def compress(self, values: list[str]) -> dict[str, str]:
        """Only the languages that have a text."""
        return {code: text for code, text in zip(_languages(), values, strict=False) if text}


class DateInput(forms.DateInput):
    """The browser's own calendar; the value travels as 2026-03-01."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def _languages() -> dict[str, str]:
    return {code: str(name) for code, name in settings.LANGUAGES if not code.startswith("en-x")}


def _ids(value: Any) -> list[str]:
    if value is None:
        return []
    items = value if isinstance(value, list | tuple | QuerySet) else [value]
    return [str(getattr(item, "pk", item)) for item in items]
