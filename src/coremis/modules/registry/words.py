"""How people are written on a page: ages, partly known dates, masked numbers, values of the dictionary."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.base.dates import PartialDate, years_between
from coremis.kernel.base.text import label
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Fact
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.models import Person, Precision, VariableDefinition
from coremis.modules.registry.not_applicable import NOT_APPLICABLE
from coremis.modules.registry.sight import MASK, Sight

Kind = VariableDefinition.Kind


def age_of(person: Person, day: date | None = None) -> int | None:
    """Completed years today, or at death; None where the birth date is unknown."""
    if person.birth_date is None:
        return None
    return years_between(person.birth_date, person.death_date or day or timezone.localdate())


def born(person: Person) -> PartialDate | None:
    """The birth date as precisely as it is known."""
    return PartialDate(person.birth_date, person.birth_precision) if person.birth_date else None


def birth_words(person: Person) -> str:
    """“1987 (about 39 years)”; the age is exact where the day is known."""
    known, age = born(person), age_of(person)
    if known is None or age is None:
        return ""
    exact = person.birth_precision == Precision.DAY
    shape = _("%(born)s (%(age)s years)") if exact else _("%(born)s (about %(age)s years)")
    return shape % {"born": text_of(known), "age": age}


def phone_words(person: Person, sight: Sight) -> str:
    """The phone, as far as this reader may see it, and whose it is."""
    owner, phone = person.get_phone_owner_display() if person.phone_owner else "", sight.phone(person.phone)
    return f"{phone} ({owner})" if owner else phone


def initials(person: Person) -> str:
    """What stands where there is no photo: the first letters of the names."""
    return "".join(name[0] for name in (person.given_names, person.surname) if name).upper()


def value_words(variable: VariableDefinition, value: Any) -> str:
    """A stored value of the dictionary as people read it, with its unit."""
    if value is None:
        return ""
    if value == NOT_APPLICABLE:
        return _("does not apply")
    if variable.kind == Kind.CHOICE:
        names = {str(choice["code"]): choice.get("names") for choice in variable.choices}
        return label(names.get(str(value)), get_language() or "en") or str(value)
    if variable.kind == Kind.DATE:
        return text_of(date.fromisoformat(value))
    return f"{text_of(value)} {variable.unit}".strip()


def seen_words(variable: VariableDefinition, value: Any, sight: Sight) -> str:
    """A stored value as this reader may see it; the mask where it is masked."""
    return value_words(variable, value) if value is None or sight.plain(variable) else MASK


def variable_facts(data: dict[str, Any], *subjects: str, sight: Sight, programme: int | None = None) -> list[Fact]:
    """The variables that this reader may know of with what is stored, in their order; those not asked for now only where stored."""
    today = timezone.localdate()
    return [
        Fact(str(found), seen_words(found, data.get(found.code), sight) or None)
        for found in variables_of(*subjects, programme=programme)
        if sight.shows(found) and (data.get(found.code) is not None or found.asked_on(today))
    ]


def variable_differences(
    before: dict[str, Any], after: dict[str, Any], *subjects: str, sight: Sight, programme: int | None = None
) -> list[tuple[Any, Any, Any]]:
    """Name, value before and value after of what differs, as this reader may see it."""
    return [
        (str(found), seen_words(found, before.get(found.code), sight), seen_words(found, after.get(found.code), sight))
        for found in variables_of(*subjects, programme=programme)
        if sight.shows(found) and before.get(found.code) != after.get(found.code)
    ]


def variable_name(code: str) -> str:
    """What a variable is called; its code where it is gone."""
    found = VariableDefinition.objects.filter(code=code).first()
    return str(found) if found else code
