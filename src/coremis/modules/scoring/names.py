"""What formulas may name, and what stands behind each name as of a day."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Kind, parse
from coremis.kernel.expressions.compiler import compile_value
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.expressions.written import Written, constant
from coremis.modules.geography.models import FigureKind
from coremis.modules.registry.models import VariableDefinition

Subject = VariableDefinition.Subject
HEAD, AREA = "head_", "area_"
PLAIN = re.compile(r"[a-z0-9_]+")
OWN_NAMES = {"size": Kind.NUMBER, "registered_on": Kind.DATE, "day": Kind.DATE}
MEMBER_NAMES = {
    "age": Kind.NUMBER, "sex": Kind.CHOICE, "relationship": Kind.CHOICE, "birth_date": Kind.DATE, "day": Kind.DATE,
}  # fmt: skip
EXPLAINED = {
    "size": _("living members of the household"), "head_age": _("age of the head in full years"),
    "head_sex": _("sex of the head (male, female)"), "head_birth_date": _("birth date of the head"),
    "registered_on": _("day of registration"),
    "day": _("the day as of which the score is computed"), "age": _("age in full years"), "sex": _("sex (male, female)"),
    "relationship": _("relation to the head (head, spouse, child ...)"), "birth_date": _("birth date"),
}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """All names with the kind of each: of households (``unit``) and of single members.

    ``heads`` and ``figures`` are those names of the unit that come from the head and from the place. A variable of the household
    wins over both where it is written alike.
    """

    unit: Mapping[str, str]
    member: Mapping[str, str]
    heads: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()

    def stored(self) -> dict[str, Any]:
        """As it is kept with a version in use."""
        kinds = {"unit": dict(self.unit), "member": dict(self.member)}
        return {**kinds, "heads": sorted(self.heads), "figures": sorted(self.figures)}


def kept_names(stored: Mapping[str, Any]) -> Names:
    """The names as they were kept."""
    return Names(stored["unit"], stored["member"], frozenset(stored["heads"]), frozenset(stored["figures"]))


def names_now() -> Names:
    """The names of today's data dictionary and figures of places. Two statements."""
    rows = VariableDefinition.objects.filter(is_active=True).exclude(subject=Subject.ENROLMENT).values_list("subject", "code", "kind")
    found = [(subject == Subject.PERSON, code, Kind(kind.lower()).value) for subject, code, kind in rows]
    person = {code: kind for of_person, code, kind in found if of_person} | {name: kind.value for name, kind in MEMBER_NAMES.items()}
    own = {code: kind for of_person, code, kind in found if not of_person} | {name: kind.value for name, kind in OWN_NAMES.items()}
    heads = {f"{HEAD}{code}": kind for code, kind in person.items() if code not in ("relationship", "day")}
    figures = {f"{AREA}{code}": Kind.NUMBER.value for code in figure_codes()}
    return Names(
        {**figures, **heads, **own}, person, frozenset(set(heads) - set(own)), frozenset(set(figures) - set(heads) - set(own)),
    )  # fmt: skip


def labels_now(used: Collection[str], names: Names) -> dict[str, dict[str, Any]]:
    """What is said for the names of the data that a formula uses: texts per language, choices, unit. Two statements."""
    found: dict[str, dict[str, Any]] = {}
    kinds = {f"{AREA}{kind.code}": kind for kind in FigureKind.objects.all()}
    found |= {name: {"names": kinds[name].names, "unit": kinds[name].unit} for name in used if name in names.figures and name in kinds}
    for variable in VariableDefinition.objects.filter(is_active=True).exclude(subject=Subject.ENROLMENT):
        of_person = variable.subject == Subject.PERSON
        name = f"{HEAD}{variable.code}" if of_person else variable.code
        if name in used and of_person == (name in names.heads):
            choices = {str(choice["code"]): choice.get("names") for choice in variable.choices}
            found[name] = {"names": variable.names, "unit": variable.unit, "choices": choices}
    return found


def figure_codes() -> list[str]:
    """The kinds of figures of places whose codes can stand in a formula."""
    return [code for code in FigureKind.objects.values_list("code", flat=True) if PLAIN.fullmatch(code)]


def household_column(name: str, kind: Kind, day: date) -> Any:
    """The expression of a name that the household's own row holds; names of head, members and places come from elsewhere."""
    if name == "day":
        return constant(day, Kind.DATE)
    return "registered_on" if name == "registered_on" else Variable(name, kind)


def member_column(name: str, kind: Kind, day: date) -> Any:
    """The expression of a name on a membership."""
    if name == "age":
        return age_on(day)
    if name == "day":
        return constant(day, Kind.DATE)
    if name in ("sex", "birth_date"):
        return f"person__{name}"
    return "relationship" if name == "relationship" else Variable(name, kind, "person__data")


def age_on(day: date) -> Written:
    """Full years of a member on a day, as the formula language counts them."""
    formula = parse("years_between(born, day)", {"born": Kind.DATE, "day": Kind.DATE})
    return compile_value(formula, {"born": "person__birth_date", "day": constant(day, Kind.DATE)})
