"""The forms of the data dictionary, with an editor for choices that needs no mouse and no script."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.screens.forms import ActionForm, DateInput, LabelField
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.holders import holder_of, holders
from coremis.modules.registry.models import VariableDefinition

Kind, Subject = VariableDefinition.Kind, VariableDefinition.Subject
MOST_CHOICES, EMPTY_ROWS = 200, 4


def languages() -> dict[str, str]:
    """The languages in which names are written."""
    return {code: str(name) for code, name in settings.LANGUAGES if not code.startswith("en-x")}


class ChoicesInput(forms.Widget):
    """A table: one row for each choice, with its code, a name per language, and whether it is still offered."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        """The rows in which something was typed."""
        count = str(data.get(f"{name}-rows", ""))
        rows = range(min(int(count), MOST_CHOICES) if count.isascii() and count.isdigit() and len(count) < 5 else 0)
        found = [self._row(data, f"{name}-{place}") for place in rows]
        return [row for row in found if row["code"] or row["names"]]

    def _row(self, data: Any, prefix: str) -> dict[str, Any]:
        texts = {code: str(data.get(f"{prefix}-{code}", "")).strip()[:120] for code in languages()}
        row: dict[str, Any] = {"code": str(data.get(f"{prefix}-code", "")).strip()[:60], "names": {c: t for c, t in texts.items() if t}}
        return {**row, "retired": True} if data.get(f"{prefix}-retired") else row

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-rows" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        rows = [*(value or []), *({"code": "", "names": {}} for _one in range(EMPTY_ROWS))]
        shown = [
            {
                "name": f"{name}-{place}", "code": row.get("code", ""), "retired": row.get("retired", False),
                "texts": [(code, title, row.get("names", {}).get(code, "")) for code, title in languages().items()],
            }
            for place, row in enumerate(rows)
        ]  # fmt: skip
        return render_to_string("registry/_choices_control.html", {"name": name, "rows": shown, "languages": languages().values()})


class ChoicesField(forms.Field):
    """The choices of a variable; gives a list of {code, names, retired}."""

    widget = ChoicesInput

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Each row needs a code and a name."""
        for row in value or []:
            if not row["code"] or not row["names"]:
                raise forms.ValidationError(_("Each choice needs a code and a name in at least one language."))
        return list(value or [])


def small_words(**more: Any) -> LabelField:
    """A text per language that may be left empty."""
    return LabelField(required=False, max_length=300, **more)


class ChangeVariableForm(ActionForm):
    """What may change in an entry; the type only while nothing is stored."""

    names = LabelField(label=gettext_lazy("Name"))
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=Kind.choices, help_text=gettext_lazy("Fixed once a value is stored."))
    unit = forms.CharField(
        label=gettext_lazy("Unit"), required=False, max_length=20, help_text=gettext_lazy("Only of numbers: kg, km, ha.")
    )
    choices = ChoicesField(
        label=gettext_lazy("Choices"), required=False,
        help_text=gettext_lazy("Only for a list. A choice that records hold is not removed: mark it as no longer offered."),
    )  # fmt: skip
    help_texts = small_words(label=gettext_lazy("Help beside the field"))
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False)
    unique = forms.BooleanField(label=gettext_lazy("Different for everybody"), required=False)
    filterable = forms.BooleanField(label=gettext_lazy("Lists can be filtered by it"), required=False)
    may_not_apply = forms.BooleanField(
        label=gettext_lazy("May not apply"), required=False,
        help_text=gettext_lazy("“Does not apply” can be answered too: the months of pregnancy of a man. It is no zero and no gap."),
    )  # fmt: skip
    masked = forms.BooleanField(
        label=gettext_lazy("Masked"), required=False, help_text=gettext_lazy("Shown as ••• until somebody with the right says why.")
    )
    sensitive = forms.BooleanField(
        label=gettext_lazy("Sensitive"), required=False, help_text=gettext_lazy("Whoever lacks the right does not see that it exists.")
    )
    validation = forms.CharField(
        label=gettext_lazy("Rule"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("A formula that must say yes. Example: value between 0 and 20"),
    )  # fmt: skip
    error_texts = small_words(label=gettext_lazy("Sentence where the rule is broken"))
    valid_from = forms.DateField(label=gettext_lazy("Asked from"), required=False, widget=DateInput())
    valid_until = forms.DateField(label=gettext_lazy("Asked until"), required=False, widget=DateInput())
    rows: ClassVar[Sequence[Sequence[str]]] = (
        ("names",), ("kind", "unit"), ("choices",), ("help_texts",), ("required", "unique", "filterable"), ("may_not_apply",),
        ("masked", "sensitive"),
        ("validation",), ("error_texts",), ("valid_from", "valid_until"),
    )  # fmt: skip


class DefineVariableForm(ChangeVariableForm):
    """A new entry."""

    subject = forms.ChoiceField(label=gettext_lazy("Describes"), choices=[])
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("Small letters, digits and _. It keeps its meaning for ever.")
    )
    programme_id = forms.ChoiceField(
        label=gettext_lazy("Only in the programme"),
        choices=[],
        required=False,
        help_text=gettext_lazy("Only of enrolments. Empty: in all."),
    )
    rows = (("subject", "code", "programme_id"), *ChangeVariableForm.rows)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(value, words) for value, words in Subject.choices if holder_of(value)]
        subject: Any = self.fields["subject"]
        subject.choices = offered
        programmes = [pair for holder in holders() if holder.programmes for pair in holder.programmes(self.actor)]
        chosen: Any = self.fields["programme_id"]
        chosen.choices = [("", "–"), *programmes]
        self.fields["kind"].help_text = ""
        if not programmes:
            del self.fields["programme_id"]


class OrderForm(ActionForm):
    """A number beside each variable of a subject; the smallest comes first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, found in enumerate(variables_of(self.target.subject), start=1):
            self.fields[f"place_{found.code}"] = forms.IntegerField(label=str(found), initial=place * 10, min_value=0, max_value=99_999)


def ordered_codes(cleaned: dict[str, Any]) -> list[str]:
    """The codes in the order that was typed."""
    typed = {name.removeprefix("place_"): place for name, place in cleaned.items() if name.startswith("place_")}
    return sorted(typed, key=lambda code: typed[code])
