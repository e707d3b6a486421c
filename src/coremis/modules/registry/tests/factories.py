"""Invented people for the tests of this and other modules, written under maintenance."""

import io
from datetime import date
from itertools import count
from typing import Any

from PIL import Image

from coremis.kernel.actions.numbers import next_number
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import fold
from coremis.kernel.files.storage import attach, keep
from coremis.modules.registry.models import (
    Document,
    Household,
    HouseholdMove,
    Membership,
    Paper,
    Person,
    Photo,
    Recipient,
    Relationship,
    VariableDefinition,
)
from coremis.modules.registry.services.photos import make_picture, store_photo

SINCE = date(2024, 1, 1)
NAMES = ["Aline", "Béatrice", "Cyprien", "Delphine", "Élie", "Fabrice", "Gloriose", "Hassan", "Inès", "Jérôme"]
FAMILIES = ["Nkurikiye", "Ndayizeye", "N'Diaye", "Irakoze", "Hakizimana", "Uwimana", "Gonçalves"]
_made = count()


def make_person(area: Area, given_names: str | None = None, **fields: Any) -> Person:
    """One person without a household; every field may be given."""
    serial = next(_made)
    values = {"surname": FAMILIES[serial % len(FAMILIES)], "sex": ("female", "male")[serial % 2], "birth_date": date(1985, 5, 17), **fields}
    with maintenance("test people"):
        person = Person(
            area=area, number=next_number(Person), given_names=NAMES[serial % len(NAMES)] if given_names is None else given_names, **values
        )
        person.save()
    return person


def make_household(
    area: Area, size: int = 3, recipient: bool | Person = True, *, head: dict[str, Any] | None = None, since: date = SINCE,
    phone: str = "", data: dict[str, Any] | None = None, people: list[dict[str, Any]] | None = None, **fields: Any,
) -> Household:  # fmt: skip
    """A household of a head, a spouse and children; the head collects unless ``recipient`` is False or somebody else.

    ``head`` holds fields of the head, ``people`` the fields of the members one by one, ``data`` the household's variables.
    """
    given = people or [{} for _one in range(size)]
    with maintenance("test households"):
        household = Household(area=area, number=next_number(Household), registered_on=since, data=data or {}, **fields)
        household.save()
        for place, values in enumerate(given):
            add_to(household, place, {**({"phone": phone, **(head or {})} if place == 0 else {}), **values}, since)
        first = household.memberships.get(relationship="head").person
        household.size, household.head_name, household.search_name = len(given), first.full_name, fold(first.full_name)
        household.save()
        if recipient:
            chosen = recipient if isinstance(recipient, Person) else first
            Recipient(household=household, person=chosen, rank=0, valid_from=since).save()
    return household


def add_to(household: Household, place: int, values: dict[str, Any], since: date = SINCE) -> Membership:
    """One more member; the first two are adults, the others children."""
    relationship = values.pop("relationship", ("head", "spouse")[place] if place < 2 else Relationship.CHILD)
    birth = date(1980 + place, 3, 1 + place % 28) if place < 2 else date(2010 + place % 12, 6, 15)
    person = make_person(household.area, **{"birth_date": birth, **values})
    with maintenance("test members"):
        membership = Membership(household=household, person=person, relationship=relationship, joined_on=since)
        membership.save()
    return membership


def make_document(person: Person, number: str = "1990-0001-77", kind: str = "national_id", **fields: Any) -> Document:
    """An identity document."""
    with maintenance("test documents"):
        document = Document(person=person, kind=kind, number=number, **fields)
        document.save()
    return document


def make_variable(code: str, kind: str = "NUMBER", subject: str = "dwelling", **fields: Any) -> VariableDefinition:
    """An entry of the data dictionary."""
    with maintenance("test variables"):
        variable = VariableDefinition(
            code=code, kind=kind, subject=subject, **{"names": {"en": code.capitalize()}, "filterable": True, **fields}
        )
        variable.save()
    return variable


def make_photo(person: Person, colour: str = "red") -> Photo:
    """A photo of one colour."""
    sent = io.BytesIO()
    Image.new("RGB", (200, 260), colour).save(sent, "JPEG")
    with maintenance("test photos"):
        return store_photo(person, make_picture(sent))


def make_paper(household: Household, about: str = "death certificate") -> Paper:
    """A paper with its file."""
    with maintenance("test papers"):
        paper = Paper(household=household, about=about)
        paper.save()
        attach(keep(io.BytesIO(b"%PDF-1.4 a paper")), "paper.pdf", owner=paper)
    return paper


def make_move(household: Household, to_area: Area, proposed_by: int = 0) -> HouseholdMove:
    """A move that waits to be accepted."""
    with maintenance("test moves"):
        move = HouseholdMove(
            household=household, from_area=household.area, to_area=to_area, reason="Marriage", proposed_by=proposed_by,
            proposed_name="somebody",
        )  # fmt: skip
        move.save()
    return move
