"""What the rows of one chunk mean for the register: who is new, what differs, what somebody must look at. Nothing is written here."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.base.numbers import number_text
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.modules.intake.choices import LOCAL, choices_of
from coremis.modules.intake.columns import HOUSEHOLD, PERSON
from coremis.modules.intake.dictionary import check_facts
from coremis.modules.intake.differences import Differences, household_differences, person_differences, required_facts, shared
from coremis.modules.intake.households import groups_of, hold
from coremis.modules.intake.known import Known, made_by_hand
from coremis.modules.intake.local_edits import edits_of, kept_values
from coremis.modules.intake.persons import folded_name, full_name
from coremis.modules.intake.places_in import divided, inside, name_places
from coremis.modules.registry.models import Household, Membership, Person, Relationship
from coremis.modules.registry.services.checks import missing_name, single_names

PRIMARY, ALTERNATE = "primary", "alternate"


@dataclass
class Plan:
    """What to write. Changes are new values by field (``data.rooms`` for a variable), by record."""

    new_households: dict[str, list[StagedRow]] = field(default_factory=dict)
    new_persons: list[StagedRow] = field(default_factory=list)
    joining: list[tuple[StagedRow, Person]] = field(default_factory=list)
    documents: list[StagedRow] = field(default_factory=list)
    recipients: list[tuple[StagedRow, int]] = field(default_factory=list)
    person_changes: dict[Person, dict[str, Any]] = field(default_factory=dict)
    household_changes: dict[Household, dict[str, Any]] = field(default_factory=dict)
    relations: dict[Membership, str] = field(default_factory=dict)


class Planner:
    """Makes the plan of a chunk of whole households; sets ``target_id`` and marks the rows that change nothing."""

    def __init__(self, rows: list[StagedRow], context: RowContext, known: Known) -> None:
        self.plan = Plan()
        self._rows, self._context, self._known = rows, context, known
        self._choices = choices_of(context.batch)
        self._inside, self._divided = inside(context.batch), divided(context.batch)
        self._names = name_places(context.batch)
        self._required = required_facts()
        self._single = single_names()
        self._touched: set[int] = set()
        self._ranks: Counter[str] = Counter()
        self._wanted: list[tuple[Record, Differences]] = []
        self._relations: list[tuple[StagedRow, Membership, str]] = []
        self._claimed = {person.pk for person in known.persons.values()}

    def make(self) -> Plan:
        """The plan; every good row afterwards is new, changes something, or is marked as unchanged."""
        check_facts(self._rows, self._context, self._known)
        for key, members in groups_of(self._rows).items():
            good = [row for row in members if row.good]
            if good:
                self._household(key, good)
        self._keep_local_edits()
        for row in self._rows:
            if row.good and row.target_id and row.number not in self._touched:
                row.unchanged()
        return self.plan

    def _household(self, key: str, rows: list[StagedRow]) -> None:
        household = self._known.households.get(key)
        if household is None:
            self._new_household(key, rows)
        elif against := self._against(household):
            for row in rows:
                row.problem("household_key", against, key)
        else:
            self._wanted.append((household, household_differences(rows, household, self._choices)))
        for row in sorted(rows, key=lambda row: row.values.get("relationship") != Relationship.HEAD):
            if row.good:
                self._person(row, household)
            if household is None and not row.good and row.values.get("relationship") == Relationship.HEAD:
                hold(rows, _("The head of this household must be corrected first. See row %(row)s."), row.number)
        if key in self.plan.new_households:
            self.plan.new_households[key] = [row for row in rows if row.good]
            if not self.plan.new_households[key]:
                del self.plan.new_households[key]

    def _against(self, household: Household) -> Any:
        """Why a file cannot bring anything to a household that the register knows; None where it can."""
        if household.retired_on:
            return _("This household was withdrawn as registered by mistake. Restore it in the register, or leave it out of the file.")
        if household.ended_on:
            return _("This household was dissolved.")
        return None if self._inside(household.area_id) else _("This key belongs to a household in another place.")

    def _new_household(self, key: str, rows: list[StagedRow]) -> None:
        place = shared(rows, "area")
        if place is None:
            rows[0].problem("area", _("This is required. Fill it in."))
        elif self._divided(place):
            rows[0].warn("area", _("This place has smaller ones below it. Write the village, if it is known."), self._names(place))
        for code in self._required:
            if code.startswith(HOUSEHOLD) and shared(rows, code) is None:
                rows[0].problem(code, _("This is required. Fill it in."))
        if not rows[0].good:
            hold(rows, _("Another row of this household must be corrected first. See row %(row)s."), rows[0].number)
        else:
            self.plan.new_households[key] = rows

    def _person(self, row: StagedRow, household: Household | None) -> None:
        person = self._known.persons.get(self._known.identities[row.number])
        if person is not None:
            row.target_id = person.pk
            self._existing(row, person, household)
        else:
            self._check_new(row, household)
            if row.good:
                self.plan.new_persons.append(row)
        if row.good:
            self._document(row, person)
            self._recipient(row, person, household)

    def _check_new(self, row: StagedRow, household: Household | None) -> None:
        values = row.values
        if problem := missing_name(full_name(values), self._single):
            row.problem("given_names" if not values.get("given_names") else "surname", problem)
        for code in self._required:
            if code.startswith(PERSON) and code not in values:
                row.problem(code, _("This is required. Fill it in."))
        if "relationship" in self._context.mapped and "relationship" not in values:
            row.problem("relationship", _("This is required. Fill it in."))
        if household is None:
            return
        if values.get("relationship") == Relationship.HEAD and self._known.head_of(household):
            row.problem("relationship", _("This household has another head in the register. Change the head there."), Relationship.HEAD)
        name = folded_name(row)
        for member in self._known.members[household.pk]:
            if member.person.search_name == name and member.person_id not in self._claimed:
                sentence = _("Somebody of this name is in the household already: %(number)s. Give person keys, or correct it there.")
                row.problem("", sentence, full_name(values), number=number_text("P", member.person.number))

    def _existing(self, row: StagedRow, person: Person, household: Household | None) -> None:
        if person.retired_on:
            sentence = _("This person was withdrawn as registered by mistake. Restore the person in the register, or leave out the row.")
            row.problem("person_key", sentence, row.values.get("person_key", ""))
            return
        lives = self._known.membership(person)
        was_here = household is not None and any(past.household_id == household.pk for past in self._known.memberships[person.pk])
        if lives is None and not was_here and not person.death_date:
            self.plan.joining.append((row, person))
            self._touched.add(row.number)
        elif lives is None:
            row.warn("household_key", _("In the register this person died or left the household. That is kept."), row.group_key)
        elif household is None or lives.household_id != household.pk:
            number = number_text("H", lives.household.number)
            if not was_here:
                sentence = _("This person lives in another household: %(number)s. Move the person there first.")
                row.problem("household_key", sentence, row.group_key, number=number)
                return
            row.warn("household_key", _("In the register this person moved to %(number)s. That is kept."), row.group_key, number=number)
        else:
            self._relationship(row, lives)
        self._wanted.append((person, person_differences(row, person)))

    def _relationship(self, row: StagedRow, lives: Membership) -> None:
        said = row.values.get("relationship")
        if said is None or said == lives.relationship:
            return
        if lives.relationship == Relationship.HEAD or (said == Relationship.HEAD and self._known.head_of(lives.household)):
            row.warn("relationship", _("This household has another head in the register. That is kept; change it there."), said)
        else:
            self._relations.append((row, lives, said))

    def _document(self, row: StagedRow, person: Person | None) -> None:
        if "document" not in row.values:
            return
        in_use = self._known.documents[person.pk].get(row.values["document_hash"]) if person else None
        if in_use is False:
            row.warn("document_number", _("In the register this document is out of use. That is kept."))
        elif in_use is None:
            self.plan.documents.append(row)
            self._touched.add(row.number)

    def _recipient(self, row: StagedRow, person: Person | None, household: Household | None) -> None:
        said = row.values.get("collects", "no")
        if said == "no":
            return
        named = self._known.recipients[household.pk] if household else []
        mine = [recipient for recipient in named if person and recipient.person_id == person.pk]
        now = [recipient for recipient in named if recipient.valid_until is None]
        if any(recipient.valid_until is None and (recipient.rank == 0) == (said == PRIMARY) for recipient in mine):
            return
        if mine or (said == PRIMARY and any(recipient.rank == 0 for recipient in named)):
            row.warn("collects", _("The register says otherwise who collects. That is kept; change it there."), said)
            return
        if said == ALTERNATE:
            self._ranks[row.group_key] = max([self._ranks[row.group_key], *(recipient.rank for recipient in now)]) + 1
        self.plan.recipients.append((row, 0 if said == PRIMARY else self._ranks[row.group_key]))
        self._touched.add(row.number)

    def _keep_local_edits(self) -> None:
        """What somebody corrected in the register since the last import stays, and is told; unless the file is to win."""
        local = self._choices.conflicts == LOCAL
        by_hand = edits_of(self._wanted, (lives for _row, lives, _said in self._relations), local=local)
        changes, touched = kept_values(self._wanted, by_hand)
        self._touched |= touched
        self.plan.person_changes = {record: values for record, values in changes.items() if isinstance(record, Person)}
        self.plan.household_changes = {record: values for record, values in changes.items() if isinstance(record, Household)}
        made = made_by_hand([lives.created_event_id for _row, lives, _said in self._relations]) if self._relations else frozenset()
        for row, lives, said in self._relations:
            if local and (lives.created_event_id in made or by_hand[Membership].concern(lives, "relationship")):
                row.warn("relationship", _("Somebody changed this in the register since. That is kept."), said)
            else:
                self.plan.relations[lives] = said
                self._touched.add(row.number)


def search_names(person: Person, changes: dict[str, Any]) -> str:
    """The name somebody will have after these changes."""
    return f"{changes.get('given_names', person.given_names)} {changes.get('surname', person.surname)}".strip()


def folded(name: str) -> str:
    """A name for search, as long as its column."""
    return fold(name)[:240]
