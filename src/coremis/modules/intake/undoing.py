"""Taking back what an import wrote: each household as a whole or not at all, and only where nothing was done with it since.

What the import made stays stored, is withdrawn from the register, and gives its key free, so that the same file
can come again. What it changed gets its former values back. The history keeps both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import required
from coremis.kernel.actions.models import Change, Record
from coremis.kernel.base.numbers import number_text
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.kernel.exchange.undoing import events_of
from coremis.kernel.jobs.messages import Sentence
from coremis.modules.intake.choices import choices_of
from coremis.modules.intake.references import referred
from coremis.modules.intake.writing import write_changes
from coremis.modules.registry.models import Document, Household, Membership, Person, Recipient
from coremis.modules.registry.services.hooks import follow_moves

CHANGED = _("%(number)s was changed since. Correct it there instead.")
USED = _("%(number)s is used elsewhere by now: %(where)s.")
TOGETHER = _("Somebody of the same household cannot be taken back. See row %(row)s.")
Reason = tuple[Sentence, dict[str, Any]]


def take_back(rows: list[StagedRow], context: RowContext) -> None:
    """Take back one chunk of whole groups; every row says what became of it."""
    written = Written(rows, context)
    groups: dict[str, list[StagedRow]] = defaultdict(list)
    for row in rows:
        groups[row.group_key].append(row)
    free: list[StagedRow] = []
    for members in groups.values():
        held = [(row, reason) for row in members if (reason := written.reason(row)) is not None]
        for row, (sentence, params) in held:
            row.kept(sentence, **params)
        for row in members:
            if held and row not in [one for one, _reason in held]:
                row.kept(TOGETHER, row=held[0][0].number)
        if not held:
            free.extend(members)
    Reversal(written, free).write()
    for row in free:
        row.taken_back()


class Written:
    """What the rows of one chunk wrote, and what speaks against taking it back: a constant number of statements."""

    def __init__(self, rows: list[StagedRow], context: RowContext) -> None:
        self.events = events_of(context.batch)
        targets = {row.target_id for row in rows if row.target_id}
        by_household = context.kind.name.endswith("household_changes")
        keys = {row.group_key for row in rows} if context.kind.group_column else set()
        source = choices_of(context.batch).source
        named = (
            Household.everything.filter(pk__in=targets)
            if by_household
            else Household.everything.filter(source=source, external_id__in=keys)
        )
        self.households: dict[int, Household] = {found.pk: found for found in named.select_for_update(of=("self",))}
        self.by_key = {found.external_id: found.pk for found in self.households.values()}
        self.targets_are_households = by_household
        self._read_members(set() if by_household else targets)
        self._read_belongings()
        self._read_changes()
        self._strange = self._find_strange()
        self._used = {**referred(Person, self._made(self.persons)), **referred(Household, self._made(self.households))}

    def _read_members(self, targets: Collection[int]) -> None:
        links = Membership.objects.filter(person__in=targets) if targets else Membership.objects.none()
        found = {link.pk: link for link in links}
        beyond = [link.household_id for link in found.values() if link.left_on is None and link.household_id not in self.households]
        self.households.update({one.pk: one for one in Household.everything.filter(pk__in=beyond).select_for_update(of=("self",))})
        found.update({link.pk: link for link in Membership.objects.filter(household__in=list(self.households))})
        self.memberships = list(found.values())
        people = {*targets, *(link.person_id for link in self.memberships)}
        self.persons: dict[int, Person] = {one.pk: one for one in Person.everything.filter(pk__in=people).select_for_update(of=("self",))}
        self.homes: dict[int, set[int]] = defaultdict(set)
        self.people_of: dict[int, set[int]] = defaultdict(set)
        for link in self.memberships:
            self.homes[link.person_id].add(link.household_id)
            self.people_of[link.household_id].add(link.person_id)

    def _read_belongings(self) -> None:
        self.recipients = list(Recipient.objects.filter(household__in=list(self.households)))
        self.documents = list(Document.objects.filter(person__in=list(self.persons)))

    def _read_changes(self) -> None:
        """What every record held before this import, the earliest value of each field."""
        self.before: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
        kinds = [model.kind() for model in (Person, Household, Membership)]
        ids = {*self.persons, *self.households, *(link.pk for link in self.memberships)}
        mine = Change.objects.filter(event_id__in=self.events, kind__in=kinds, record_id__in=ids, before__isnull=False).order_by("-pk")
        for kind, pk, before in mine.values_list("kind", "record_id", "before"):
            self.before[kind, pk].update(before or {})

    def _made(self, records: dict[int, Any]) -> list[int]:
        return [pk for pk, record in records.items() if self.made(record)]

    def made(self, record: Record) -> bool:
        """Whether this import made it."""
        return record.created_event_id in self.events

    def touched(self, record: Record) -> bool:
        """Whether this import made or changed it."""
        return self.made(record) or (record.kind(), record.pk) in self.before

    def stale(self, record: Record) -> bool:
        """Whether somebody changed what this import wrote."""
        return self.touched(record) and record.event_id not in self.events

    def households_of(self, row: StagedRow) -> set[int]:
        """The households that a row is about."""
        if self.targets_are_households:
            return {row.target_id or 0} & set(self.households)
        named = {self.by_key[row.group_key]} if row.group_key in self.by_key else set()
        return named | {pk for pk in self.homes[row.target_id or 0] if self.touched(self.households[pk])} if row.target_id else named

    def reason(self, row: StagedRow) -> Reason | None:
        """Why what a row wrote cannot be taken back; None where it can."""
        for record in self._records(row):
            number = number_text(record.number_prefix, record.number)
            if self.stale(record):
                return CHANGED, {"number": number}
            if self.made(record):
                where = self._used.get((record.kind(), record.pk))
                if where:
                    return USED, {"number": number, "where": where}
                if self._added_to(record):
                    return CHANGED, {"number": number}
        return None

    def _records(self, row: StagedRow) -> Iterable[Any]:
        if row.target_id in self.persons and not self.targets_are_households:
            yield self.persons[row.target_id]
        for pk in self.households_of(row):
            yield self.households[pk]

    def _added_to(self, record: Record) -> bool:
        """Whether memberships, recipients or documents were added or changed since by others."""
        return (record.kind(), record.pk) in self._strange

    def _find_strange(self) -> set[tuple[str, int]]:
        links: list[Any] = [link for link in (*self.memberships, *self.recipients) if link.event_id not in self.events]
        found = {(Person.kind(), link.person_id) for link in links} | {(Household.kind(), link.household_id) for link in links}
        return found | {(Person.kind(), one.person_id) for one in self.documents if one.event_id not in self.events}


class Reversal:
    """Writes the taking back of rows that are free to go."""

    def __init__(self, written: Written, rows: list[StagedRow]) -> None:
        self._written, self._today = written, timezone.localdate()
        homes = {pk for row in rows for pk in written.households_of(row)}
        people = {row.target_id for row in rows if row.target_id} if not written.targets_are_households else set()
        moved = {pk for home in homes for pk in written.people_of[home] if written.touched(written.persons[pk])}
        self._households = [written.households[pk] for pk in homes]
        self._persons = [written.persons[pk] for pk in people | moved if pk in written.persons]

    def write(self) -> None:
        """End what was made, give back what was changed."""
        made = self._written.made
        persons, homes = [one.pk for one in self._persons if made(one)], [one.pk for one in self._households if made(one)]
        concerned, places = {one.pk for one in self._persons}, {one.pk for one in self._households}
        mine = [link for link in self._written.memberships if link.person_id in concerned or link.household_id in places]
        self._end(Membership, [link.pk for link in mine if made(link) and link.left_on is None], left_on=F("joined_on"))
        self._end_recipients(concerned, places)
        papers = [one.pk for one in self._written.documents if one.person_id in concerned and made(one) and one.ended_on is None]
        self._end(Document, papers, ended_on=self._today)
        self._end(Person, persons, retired_on=self._today, external_id="")
        self._end(Household, homes, retired_on=self._today, external_id="", size=0)
        for model, records in ((Person, self._persons), (Household, self._households), (Membership, mine)):
            self._give_back(model, records)

    def _end(self, model: type[Record], ids: list[int], **values: Any) -> None:
        if ids:
            update_from(model.objects.filter(pk__in=ids), **values)

    def _end_recipients(self, concerned: set[int], places: set[int]) -> None:
        by_day: dict[Any, list[int]] = defaultdict(list)
        for one in self._written.recipients:
            if (one.person_id in concerned or one.household_id in places) and self._written.made(one) and one.valid_until is None:
                by_day[one.valid_from].append(one.pk)
        for day, ids in by_day.items():
            self._end(Recipient, ids, valid_until=day - timedelta(days=1))

    def _give_back(self, model: type[Record], records: Iterable[Any]) -> None:
        held = self._written.before
        changes = {
            one: dict(held[one.kind(), one.pk])
            for one in records
            if (one.kind(), one.pk) in held and not self._written.made(one) and not self._written.stale(one)
        }
        write_changes(model, changes)
        if model is not Membership:
            moved = [one.pk for one, before in changes.items() if {"area", "area_id"} & set(before)]
            follow_moves(model, moved, required().actor)  # type: ignore[arg-type]
