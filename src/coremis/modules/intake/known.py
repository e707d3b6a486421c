"""What the register knows about the households and persons of one chunk: a constant number of statements."""

import hashlib
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from coremis.kernel.actions.models import Event
from coremis.kernel.exchange.applying import apply_batch
from coremis.kernel.exchange.rows import StagedRow
from coremis.modules.intake.persons import folded_name
from coremis.modules.registry.models import Document, Household, Membership, Person, Recipient, Relationship


def person_id_of(row: StagedRow) -> str:
    """The identity of a person in the list the file comes from: the person key, else household key, name and birth date.

    It is stored with the person, so that the same row finds the same person when somebody has corrected the name since.
    """
    if key := row.values.get("person_key"):
        return str(key)
    told = "\x1f".join((row.group_key, folded_name(row), row.values.get("birth", "")))
    return "~" + hashlib.sha256(told.encode()).hexdigest()[:40]


class Known:
    """Households and persons of one source by their keys, with members, recipients and documents of those found."""

    def __init__(self, rows: list[StagedRow], source: str, *, lock: bool = False) -> None:
        self.identities = {row.number: person_id_of(row) for row in rows}
        households, persons = Household.everything.filter(source=source), Person.everything.filter(source=source)
        if lock:
            households, persons = households.select_for_update(of=("self",)), persons.select_for_update(of=("self",))
        keys = {row.group_key for row in rows}
        self.households: dict[str, Household] = in_use(households.filter(external_id__in=keys))
        self.persons: dict[str, Person] = in_use(persons.filter(external_id__in=set(self.identities.values())))
        self.memberships: dict[int, list[Membership]] = defaultdict(list)
        self.members: dict[int, list[Membership]] = defaultdict(list)
        self.recipients: dict[int, list[Recipient]] = defaultdict(list)
        self.documents: dict[int, dict[str, bool]] = defaultdict(dict)
        self._read_links()

    def _read_links(self) -> None:
        households = [household.pk for household in self.households.values()]
        persons = [person.pk for person in self.persons.values()]
        if not households and not persons:
            return
        links = Membership.objects.select_related("person", "household")  # asked twice: SQLite takes few parameters at once
        found = {link.pk: link for link in (*links.filter(person__in=persons), *links.filter(household__in=households))}
        for _pk, membership in sorted(found.items()):
            self.memberships[membership.person_id].append(membership)
            if membership.left_on is None:
                self.members[membership.household_id].append(membership)
        for recipient in Recipient.objects.filter(household__in=households).order_by("pk"):
            self.recipients[recipient.household_id].append(recipient)
        for person, hashed, ended in Document.objects.filter(person__in=persons).values_list("person_id", "number_hash", "ended_on"):
            self.documents[person][hashed] = self.documents[person].get(hashed, False) or ended is None

    def head_of(self, household: Household) -> Membership | None:
        """The head as the register has it."""
        return next((member for member in self.members[household.pk] if member.relationship == Relationship.HEAD), None)

    def with_head(self) -> list[str]:
        """The keys of the households that have a head in the register."""
        return [key for key, household in self.households.items() if self.head_of(household)]

    def membership(self, person: Person) -> Membership | None:
        """Where somebody lives now."""
        return next((found for found in self.memberships[person.pk] if found.left_on is None), None)


def in_use(rows: "QuerySet[Any]") -> dict[str, Any]:
    """By key; a record that was merged into another one leads to that one. What was withdrawn is found, so that it stays withdrawn."""
    return {row.external_id: row.merged_into or row for row in rows.select_related("merged_into")}


def made_by_hand(event_ids: list[int]) -> frozenset[int]:
    """Those of these events that were no import."""
    by_hand: Any = Event.objects.filter(pk__in=event_ids).exclude(action=apply_batch.name)
    return frozenset(by_hand.values_list("pk", flat=True))
