"""Writing what was planned: set-based, a constant number of statements for a chunk, whatever its size."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.utils import timezone

from coremis.kernel.access.encryption import decrypt
from coremis.kernel.actions import context
from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.each import of_each
from coremis.kernel.actions.models import Record
from coremis.kernel.actions.numbers import take_serials
from coremis.kernel.base.dates import DAY, parse_partial_date
from coremis.kernel.base.numbers import with_check
from coremis.kernel.exchange.rows import RowContext, StagedRow, cover
from coremis.modules.intake.choices import choices_of
from coremis.modules.intake.columns import HOUSEHOLD, PERSON
from coremis.modules.intake.dictionary import lock_facts
from coremis.modules.intake.differences import HOUSEHOLD_DAYS, INTERVIEW, as_stored, shared
from coremis.modules.intake.known import Known
from coremis.modules.intake.persons import full_name
from coremis.modules.intake.plan import Plan, Planner, folded, search_names
from coremis.modules.registry.models import Consent, Document, Household, Membership, Person, Recipient, Relationship, Sex, last_signs
from coremis.modules.registry.services.hooks import follow_moves
from coremis.modules.registry.services.naming import with_former

HOUSEHOLD_COLUMNS = (
    "uid", "number", "area", "head_name", "search_name", "size", "address", "data", "source", "external_id", "batch_id", "registered_on",
    *INTERVIEW, "interview_batch_id",
)  # fmt: skip
PERSON_COLUMNS = (
    "uid", "number", "area", "given_names", "surname", "search_name", "sex", "birth_date", "birth_precision", "phone", "phone_owner",
    "data", "source", "external_id", "batch_id", "registered_on", "consent", "consent_on",
)  # fmt: skip


def apply_persons(rows: list[StagedRow], context: RowContext) -> None:
    """One chunk of whole households becomes part of the register: each chunk is complete in itself."""
    known = Known(rows, choices_of(context.batch).source, lock=True)
    lock_facts()
    plan = Planner(rows, context, known).make()
    Writer(plan, known, context).write()
    cover(rows, context.columns)


class Writer:
    """Writes one plan. ``households`` are (id, place) by key, ``persons`` ids by row number."""

    def __init__(self, plan: Plan, known: Known, context: RowContext) -> None:
        self._plan, self._known = plan, known
        self._batch = context.batch
        self._source = choices_of(context.batch).source
        self._today = timezone.localdate()
        moved = {household.pk: wanted["area_id"] for household, wanted in plan.household_changes.items() if "area_id" in wanted}
        self._households = {key: (found.pk, moved.get(found.pk, found.area_id)) for key, found in known.households.items()}

    def write(self) -> None:
        """New rows first, then what changes."""
        self._new_households()
        self._new_persons()
        self._memberships()
        self._recipients()
        self._documents()
        self._renew_households()
        write_changes(Person, self._plan.person_changes)
        write_changes(Household, self._plan.household_changes)
        for kind, changes in ((Household, self._plan.household_changes), (Person, self._plan.person_changes)):
            follow_moves(kind, [row.pk for row, wanted in changes.items() if "area_id" in wanted], context.required().actor)
        for relationship, memberships in by_value(self._plan.relations).items():
            update_from(Membership.objects.filter(pk__in=memberships), relationship=relationship)

    def _new_households(self) -> None:
        new = self._plan.new_households
        ids = insert_numbered(Household, HOUSEHOLD_COLUMNS, [self._household(key, rows) for key, rows in new.items()])
        for (key, rows), pk in zip(new.items(), ids, strict=True):
            self._households[key] = (pk, shared(rows, "area"))

    def _household(self, key: str, rows: list[StagedRow]) -> list[Any]:
        head = next((row for row in rows if row.values.get("relationship") == Relationship.HEAD), None)
        name = full_name(head.values)[:200] if head else ""
        facts = {code.removeprefix(HOUSEHOLD): shared(rows, code) for row in rows for code in row.values if code.startswith(HOUSEHOLD)}
        about = [shared(rows, "address") or "", facts, self._source, key, self._batch.pk, self._today]
        return [shared(rows, "area"), name, folded(name)[:200], len(rows), *about, *self._interview(rows)]

    def _interview(self, rows: list[StagedRow]) -> list[Any]:
        """What was asked and by whom; nothing is made up where the file does not say it."""
        said = {code: shared(rows, code) for code in INTERVIEW}
        told = any(value is not None for value in said.values())
        said = {**said, "consent": said["consent"] or Consent.NOT_ASKED.value}
        found = [as_stored(code, value) if code in HOUSEHOLD_DAYS else value or "" for code, value in said.items()]
        return [*found, self._batch.pk if told else None]

    def _new_persons(self) -> None:
        new = self._plan.new_persons
        ids = insert_numbered(Person, PERSON_COLUMNS, [self._person(row) for row in new], check_places=False)
        for row, pk in zip(new, ids, strict=True):
            row.target_id = pk

    def _person(self, row: StagedRow) -> list[Any]:
        values, name = row.values, full_name(row.values)
        birth = parse_partial_date(values["birth"]) if "birth" in values else None
        facts = {code.removeprefix(PERSON): value for code, value in values.items() if code.startswith(PERSON)}
        phone = values.get("phone", "")
        return [
            self._households[row.group_key][1], values.get("given_names", ""), values.get("surname", ""), folded(name),
            values.get("sex", Sex.UNKNOWN.value), birth.day if birth else None, birth.precision if birth else DAY,
            phone, values.get("phone_owner", "") if phone else "", facts,
            self._source, self._known.identities[row.number], self._batch.pk, self._today,
            values.get("person_consent", ""), as_stored("consent_on", values.get("person_consent_on")),
        ]  # fmt: skip

    def _memberships(self) -> None:
        joining = [*self._plan.new_persons, *(row for row, _person in self._plan.joining)]
        rows = (
            (self._households[row.group_key][0], row.target_id, row.values.get("relationship", Relationship.NOT_RELATED.value), self._today)
            for row in joining
        )
        write_rows(Membership, ("household", "person", "relationship", "joined_on"), rows, bool(joining))

    def _recipients(self) -> None:
        rows = (
            (self._households[row.group_key][0], row.target_id, rank, self._today, row.values.get("collects_reason", ""), "")
            for row, rank in self._plan.recipients
        )
        columns = ("household", "person", "rank", "valid_from", "reason", "cause")
        write_rows(Recipient, columns, rows, bool(self._plan.recipients))

    def _documents(self) -> None:
        plain = ((row, row.values["document"]["kind"], decrypt(row.values["document"]["token"])) for row in self._plan.documents)
        rows = ((row.target_id, kind, number, row.values["document_hash"], last_signs(number)) for row, kind, number in plain)
        write_rows(Document, ("person", "kind", "number", "number_hash", "number_end"), rows, bool(self._plan.documents))

    def _renew_households(self) -> None:
        """Size, head's name and the places of members follow what was written beside them."""
        changes: dict[Household, dict[str, Any]] = defaultdict(dict, self._plan.household_changes)
        added = Counter(row.group_key for row in self._plan.new_persons)
        added.update(row.group_key for row, _person in self._plan.joining)
        for key, household in self._known.households.items():
            if added[key]:
                changes[household]["size"] = household.size + added[key]
        for row in self._plan.new_persons:
            if row.group_key in self._known.households and row.values.get("relationship") == Relationship.HEAD:
                self._name_head(changes[self._known.households[row.group_key]], full_name(row.values))
        for relation, said in self._plan.relations.items():
            if said == Relationship.HEAD:
                self._name_head(changes[relation.household], relation.person.full_name)
        for person, wanted in self._plan.person_changes.items():
            lives = self._known.membership(person)
            if lives and lives.relationship == Relationship.HEAD and {"given_names", "surname"} & set(wanted):
                self._name_head(changes[lives.household], search_names(person, wanted))
        for person in self._plan.person_changes:
            wanted = self._plan.person_changes[person]
            if {"given_names", "surname"} & set(wanted):
                name = search_names(person, wanted)
                wanted |= {"search_name": folded(name), **with_former(person.former_names, person.full_name, present=name)}
        for wanted in changes.values():
            if set(INTERVIEW) & set(wanted):
                wanted["interview_batch_id"] = self._batch.pk
        self._move_members(changes)
        self._plan.household_changes = dict(changes)

    def _name_head(self, changes: dict[str, Any], name: str) -> None:
        changes["head_name"], changes["search_name"] = name[:200], folded(name)[:200]

    def _move_members(self, changes: dict[Household, dict[str, Any]]) -> None:
        for household, wanted in changes.items():
            if "area_id" in wanted:
                for member in self._known.members[household.pk]:
                    self._plan.person_changes.setdefault(member.person, {})["area_id"] = wanted["area_id"]
        for row, person in self._plan.joining:
            if person.area_id != self._households[row.group_key][1]:
                self._plan.person_changes.setdefault(person, {})["area_id"] = self._households[row.group_key][1]


def insert_numbered(model: type[Record], columns: Sequence[str], rows: list[list[Any]], **options: Any) -> list[int]:
    """Write rows with a ``uid`` and consecutive human numbers; gives their ids in the same order."""
    if not rows:
        return []
    first = take_serials(model._meta.db_table, len(rows))
    last = first + len(rows) - 1
    copy_into(model, columns, ([uuid4(), with_check(first + place), *row] for place, row in enumerate(rows)), **options)
    everything: Any = model._base_manager
    made = everything.filter(number__gte=with_check(first), number__lte=with_check(last))
    return list(made.order_by("number").values_list("pk", flat=True))


def write_rows(model: type[Record], columns: Sequence[str], rows: Iterable[Sequence[Any]], any_rows: bool) -> None:
    """Rows that lie where households and persons written just before lie: their places are checked already."""
    if any_rows:
        copy_into(model, columns, rows, check_places=False)


def by_value(values: dict[Any, Any]) -> dict[Any, list[int]]:
    """The ids of the records that get the same value."""
    found: dict[Any, list[int]] = defaultdict(list)
    for record, value in values.items():
        found[value].append(record.pk)
    return found


def write_changes(model: type[Record], changes: dict[Any, dict[str, Any]]) -> None:
    """New values by record: one statement for each combination of fields that differs somewhere (pitfall D5)."""
    by_fields: dict[tuple[str, ...], dict[int, dict[str, Any]]] = defaultdict(dict)
    for record, wanted in changes.items():
        values = {name: value for name, value in wanted.items() if "." not in name}
        facts = {name.partition(".")[2]: value for name, value in wanted.items() if "." in name}
        if facts:
            values["data"] = {code: value for code, value in {**record.data, **facts}.items() if value is not None}
        by_fields[tuple(sorted(values))][record.pk] = values
    for fields, by_id in by_fields.items():
        rows: Any = model.objects.filter(pk__in=list(by_id))
        update_from(rows, **{model._meta.get_field(name).name: of_each(model, name, by_id) for name in fields})
