"""The variables of the dictionary as fields of a form, for this module's forms and for those of others."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coremis.kernel.base.text import label
from coremis.kernel.screens.forms import ActionForm, DateInput
from coremis.modules.registry.checking import retired_codes
from coremis.modules.registry.dictionary import asked_of
from coremis.modules.registry.holders import holder_for
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import CODE, NOT_APPLICABLE
from coremis.modules.registry.sight import SENSITIVE, Sight

Kind = VariableDefinition.Kind
CHOOSE = ("", "–")
TICK = "inapplicable_"
OURS = ("data_", TICK)
KEEP = gettext_lazy("Masked. Leave it empty to keep what is stored.")


def variable_field(found: VariableDefinition, held: Any = None) -> forms.Field:
    """The control for a variable of the dictionary; a choice no longer offered is there only for whoever has it."""
    language = get_language() or "en"
    choosing = found.kind in (Kind.BOOLEAN, Kind.CHOICE)
    required = found.required and (choosing or not found.may_not_apply)
    neither = [(CODE, _("does not apply"))] if found.may_not_apply else []
    common: dict[str, Any] = {"label": str(found) + (f" ({found.unit})" if found.unit else ""), "required": required}
    common["help_text"] = label(found.help_texts, language)
    if found.kind == Kind.NUMBER:
        return forms.DecimalField(max_digits=18, decimal_places=6, localize=True, **common)
    if found.kind == Kind.BOOLEAN:
        return forms.ChoiceField(choices=[CHOOSE, ("yes", _("Yes")), ("no", _("No")), *neither], **common)
    if found.kind == Kind.DATE:
        return forms.DateField(widget=DateInput(), **common)
    if found.kind == Kind.CHOICE:
        gone = retired_codes(found) - {str(held)}
        offered = [one for one in found.choices if str(one["code"]) not in gone]
        names = [(str(one["code"]), label(one.get("names"), language) or str(one["code"])) for one in offered]
        return forms.ChoiceField(choices=[CHOOSE, *names, *neither], **common)
    return forms.CharField(max_length=200, **common)


def add_variables(form: forms.Form, variables: Sequence[VariableDefinition], held: dict[str, Any] | None = None) -> None:
    """Put a field for each variable into a form, named ``data_`` and the code; beside what is typed, a tick for “does not apply”."""
    stored = held or {}
    for found in variables:
        form.fields[f"data_{found.code}"] = variable_field(found, stored.get(found.code))
        if found.may_not_apply and found.kind not in (Kind.BOOLEAN, Kind.CHOICE):
            form.fields[f"{TICK}{found.code}"] = forms.BooleanField(label=_("%(name)s: does not apply") % {"name": found}, required=False)


def check_ticks(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Note on the form where something was typed, and ticked that it does not apply."""
    for name, ticked in list(cleaned.items()):
        field = f"data_{name.removeprefix(TICK)}"
        if ticked and name.startswith(TICK) and cleaned.get(field) not in (None, ""):
            form.add_error(field, _("Give the value, or tick that it does not apply; not both."))


def data_of(cleaned: dict[str, Any]) -> dict[str, Any]:
    """The values of the variables in a form's clean data, as plain data; None where nothing was typed."""
    found = {name.removeprefix("data_"): value for name, value in cleaned.items() if name.startswith("data_")}
    found |= {name.removeprefix(TICK): CODE for name, ticked in cleaned.items() if name.startswith(TICK) and ticked}
    return {code: None if value in (None, "") else str(value) for code, value in found.items()}


def shown_data(record: Any, user: Any, *subjects: str, programme: int | None = None) -> dict[str, Any]:
    """Stored values as the fields of a form begin with them; what is masked to this reader is left out."""
    sight = Sight(user, record)
    shown: dict[str, Any] = {}
    for found in asked_of(*subjects, programme=programme):
        value = record.data.get(found.code)
        if sight.plain(found) and value == NOT_APPLICABLE:
            shown |= {f"data_{found.code}": CODE} if found.kind in (Kind.BOOLEAN, Kind.CHOICE) else {f"{TICK}{found.code}": True}
        elif sight.plain(found):
            shown[f"data_{found.code}"] = ("yes" if value else "no") if isinstance(value, bool) else value
    return shown


class FactsForm(ActionForm):
    """A form with the variables of some subjects at its end. Those that the actor may not see are not asked."""

    subjects: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holder = holder_for(self.target) if self.target is not None else None
        own = holder is not None and set(self.subjects) <= set(holder.subjects)
        held = self.target.data if own else {}
        self.kept: set[str] = set()
        add_variables(self, self.asked(own), held)
        if own:
            self._keep_masked(held)

    def asked(self, own: bool) -> list[VariableDefinition]:
        """The variables to ask for: of the target itself, or of somebody new."""
        found = asked_of(*self.subjects, programme=self.programme())
        if own:
            sight = Sight(self.actor, self.target)
            return [one for one in found if sight.shows(one)]
        return askable(self.actor, found)

    def programme(self) -> int | None:
        """The programme whose variables are asked, besides those of all; None where none is."""
        return None

    def _keep_masked(self, held: dict[str, Any]) -> None:
        """Where a stored value is masked, an empty field leaves it as it is."""
        sight = Sight(self.actor, self.target)
        for found in asked_of(*self.subjects, programme=self.programme()):
            name = f"data_{found.code}"
            if name in self.fields and held.get(found.code) is not None and not sight.plain(found):
                self.kept.add(name)
                self.fields[name].required, self.fields[name].help_text = False, KEEP

    def clean(self) -> dict[str, Any]:
        """Without what is kept."""
        cleaned: dict[str, Any] = super().clean() or {}
        check_ticks(self, cleaned)
        return {name: value for name, value in cleaned.items() if name not in self.kept or value not in (None, "")}

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """The fields row by row; the variables stand three in a row at the end."""
        facts = [field for field in self.visible_fields() if field.name.startswith(OURS)]
        yield from (line for line in super().lines() if line and not line[0].name.startswith(OURS))
        yield from fact_lines(facts)

    def take_over(self, errors: Any) -> None:
        """Sentences about ``data.rooms`` stand beside the field ``data_rooms``."""
        super().take_over({name.replace("data.", "data_", 1): sentences for name, sentences in errors.items()})


def fact_lines(facts: Sequence[forms.BoundField]) -> Iterator[list[forms.BoundField]]:
    """Three in a row; the tick “does not apply” never stands apart from its field."""
    line: list[forms.BoundField] = []
    for place, field in enumerate(facts):
        ticked = place + 1 < len(facts) and facts[place + 1].name.startswith(TICK)
        if len(line) + 1 + ticked > 3 and not field.name.startswith(TICK):
            yield line
            line = []
        line.append(field)
    if line:
        yield line


def askable(user: Any, variables: Sequence[VariableDefinition]) -> list[VariableDefinition]:
    """Those that somebody may be asked for about a new record: sensitive ones only with the right to see them."""
    return [found for found in variables if not found.sensitive or user.has_perm(SENSITIVE)]
