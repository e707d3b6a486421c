"""The fields of a person as they come from a form, a file or a phone: checked all at once, every problem under its name."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.numbers import next_number
from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import PartialDate, parse_partial_date
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.dictionary import OF_PERSONS, checked_data
from coremis.modules.registry.models import Person, PhoneOwner, Sex
from coremis.modules.registry.rules import check_birth, clean_name, clean_phone, missing_name

Errors = dict[str, list[Any]]
PERSON_FIELDS = ("given_names", "surname", "sex", "birth", "phone", "phone_owner", "data")
WRONG = _("Some of what was entered cannot be used. Correct it and send it again.")


def take(errors: Errors, name: str, check: Callable[..., Any], *values: Any) -> Any:
    """What ``check`` gives, or None with its sentence noted under ``name``."""
    try:
        return check(*values)
    except Invalid as problem:
        for code, sentences in (problem.errors or {name: [str(problem)]}).items():
            errors.setdefault(f"{name}.{code}" if name == "data" else code, []).extend(sentences)
    except Refusal as problem:
        errors.setdefault(name, []).append(str(problem))
    return None


def refuse_if(errors: Errors) -> None:
    """Raise everything that was noted."""
    if errors:
        raise Invalid(WRONG, errors)


def set_person_fields(person: Person, given: Mapping[str, Any], errors: Errors) -> None:
    """Put what was given into the person; what is not given (or None) stays as it is."""
    for name in ("given_names", "surname"):
        if given.get(name) is not None:
            setattr(person, name, take(errors, name, clean_name, given[name]) or "")
    named = person._state.adding or given.get("given_names") is not None or given.get("surname") is not None
    problem = missing_name(person.full_name) if named and not {"given_names", "surname"} & set(errors) else None
    if problem:
        errors["surname" if person.given_names else "given_names"] = [problem]
    if given.get("sex"):
        person.sex = take(errors, "sex", _choice, Sex, given["sex"]) or person.sex
    if given.get("birth"):
        birth = take(errors, "birth", read_birth, given["birth"])
        if birth:
            person.birth_date, person.birth_precision = birth.day, birth.precision
    if given.get("phone") is not None:
        person.phone = take(errors, "phone", clean_phone, given["phone"]) or ""
    if given.get("phone_owner") is not None:
        person.phone_owner = take(errors, "phone_owner", _choice, PhoneOwner, given["phone_owner"]) if given["phone_owner"] else ""
    if not person.phone:
        person.phone_owner = ""
    if given.get("data") is not None or person._state.adding:
        check = partial(checked_data, pk=person.pk)
        person.data = take(errors, "data", check, OF_PERSONS, given.get("data") or {}, person.data) or {}


def new_person(area: Area, given: Mapping[str, Any], errors: Errors) -> Person:
    """A person that is not stored yet; problems are noted in ``errors``, unknown fields too."""
    person = Person(area=area)
    for name in sorted(set(given) - set(PERSON_FIELDS)):
        errors[name] = [_("This is not a fact about a person.")]
    set_person_fields(person, given, errors)
    return person


def store_new(person: Person) -> Person:
    """Give a new person a number and store it."""
    person.number = next_number(Person)
    person.save()
    return person


def read_birth(given: Any) -> PartialDate:
    """A birth date from text or as it is."""
    birth = given if isinstance(given, PartialDate) else parse_partial_date(given)
    return check_birth(birth, timezone.localdate())


def _choice(kind: Any, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise Refusal(_("“%(value)s” is not one of the choices."), value=str(value)[:40]) from None
