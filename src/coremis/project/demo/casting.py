"""Giving the planted families of two villages the households that fit their stories: by their rank among the neighbours."""

from collections.abc import Iterable
from datetime import date, timedelta

from coremis.project.demo.families import Family
from coremis.project.demo.planted import BY_SERIAL, ESPERANCE, NEIGHBOUR, NOT_ASSESSED, PROMOTED, TIE_IN, TIE_OUT, Planted

FEWEST = 4  # places that the stories of the first village need
OLDER = timedelta(days=5 * 365)
NO_SCORE = 10**6


def cast_first(village: Iterable[Family], places: int) -> None:
    """Espérance has the last place but two; two households are equal at the last place; the neighbour waits as the second."""
    by_serial = {family.serial: family for family in village}
    left_out = (TIE_OUT.serial, NOT_ASSESSED.serial)
    if places < FEWEST or len(by_serial) < places + FEWEST:
        return
    ranked = in_order(family for serial, family in by_serial.items() if serial not in left_out)
    step_apart(ranked, places)
    for role, place in ((ESPERANCE, places - 3), (TIE_IN, places - 1), (NEIGHBOUR, places + 1)):
        take_place(by_serial[role.serial], ranked, place)
        name(by_serial[role.serial], role)
    become_equal(by_serial[TIE_OUT.serial], by_serial[TIE_IN.serial])
    name(by_serial[TIE_OUT.serial], TIE_OUT)


def cast_second(village: Iterable[Family], places: int) -> None:
    """The family that will move up is the first of the waiting list."""
    by_serial = {family.serial: family for family in village}
    ranked = in_order(by_serial.values())
    if len(ranked) > places + 1:
        step_apart(ranked, places)
        take_place(by_serial[PROMOTED.serial], ranked, places)
        name(by_serial[PROMOTED.serial], PROMOTED)


def in_order(families: Iterable[Family]) -> list[Family]:
    """The poorest first."""
    return sorted(families, key=lambda family: (family.score if family.score is not None else NO_SCORE, family.serial))


def step_apart(ranked: list[Family], places: int) -> None:
    """Nobody else is equal to whom the last place and the first of the waiting list belong to: a little land makes the difference."""
    for place in range(max(0, places - 3), min(len(ranked), places + 3)):
        before = ranked[place - 1].score if place else None
        while before is not None and (now := ranked[place].score) is not None and now <= before:
            ranked[place].dwelling["land"] = str(int(ranked[place].dwelling["land"]) + 1)


def take_place(role: Family, ranked: list[Family], place: int) -> None:
    """Let a planted family and the one at this place of the order change households; a planted one never gives its own away."""
    while ranked[place].serial in BY_SERIAL and ranked[place] is not role:
        place += 1
    other, here = ranked[place], ranked.index(role)
    role.swap(other)
    ranked[place], ranked[here] = role, other


def become_equal(family: Family, other: Family) -> None:
    """The same dwelling, and as many members of the same age; but the other's couple is some years older, which decides the tie."""
    family.dwelling = dict(other.dwelling)
    family.take_members([{**person, "document_kind": "", "document_number": ""} for person in other.persons])
    for person in other.persons:
        if person["relationship"] in ("head", "spouse"):
            person["birth_date"] = earlier(person["birth_date"])


def earlier(birth: str) -> str:
    """A birth date, or a birth year alone, some years before."""
    return str(int(birth) - 5) if len(birth) == 4 else (date.fromisoformat(birth) - OLDER).isoformat()


def name(family: Family, planted: Planted) -> None:
    """A woman with the name of the story collects, and has no phone; in a couple it is the wife."""
    wife = next((person for person in family.persons if person["relationship"] == "spouse"), None)
    woman = wife or family.persons[0]
    for person in family.persons:
        person |= {"recipient": "yes" if person is woman else "", "phone": "", "phone_owner": ""}
    woman |= {"given_names": planted.recipient[0], "surname": planted.recipient[1], "sex": "female"}
    if planted.without:
        family.dwelling[planted.without] = ""
