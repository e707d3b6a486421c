"""Enrolling one household or person, and all that match."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import BooleanField, CharField, DateField, F, Func, Max, QuerySet, UUIDField, Value
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.numbers import next_number, numbered, take_serials
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import OPEN, Enrolment, GroupChange, Programme, Reason, Status, WaitingPlace
from coremis.modules.programmes.queries import free_places, takes_place
from coremis.modules.programmes.reasons import NEW
from coremis.modules.programmes.services import places
from coremis.modules.programmes.services.groups import (
    choice_of,
    choose,
    new_group,
    new_values,
    nobody,
    params_of,
    reopen,
    settle,
)
from coremis.modules.programmes.services.waiting import put_all_on_waiting_list
from coremis.modules.registry.models import Household, Person

COLUMNS = (
    "uid",
    "number",
    "programme",
    "area",
    "enrolled_on",
    "group",
    "status",
    "status_since",
    "status_reason",
    "status_note",
    "set_by_hand",
)


class NewUid(Func):
    """A random identity for each row, made by the database."""

    template = "gen_random_uuid()"
    output_field = UUIDField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="lower(hex(randomblob(16)))", **context)


@action(_("Enrol in a programme"), approvable=True)
def enrol_one(
    *, programme: Programme, household: Household | None = None, person: Person | None = None, status: Status, reason: Reason,
    note: str = "", actor: Actor,
) -> Enrolment:  # fmt: skip
    """Enrol one household or person; one that is already in, a full or an ended programme is refused (pitfalls D6, M5)."""
    programme = places.lock(programme.pk)
    who = _who(programme, household, person)
    places.check_running(programme)
    places.check_transition(NEW, status, reason, note)
    if Enrolment._base_manager.filter(**{programme.unit: who}, programme=programme, status__in=OPEN).exists():
        raise Refusal(_("%(who)s is already in this programme."), who=who)
    if takes_place(NEW, status):
        places.check_place_left(programme)
    enrolment = Enrolment(
        number=next_number(Enrolment), programme=programme, household=household, person=person, area=who.area,
        status=status, status_reason=reason, status_note=places.check_note(note),
    )  # fmt: skip
    enrolment.save()
    return enrolment


def _who(programme: Programme, household: Household | None, person: Person | None) -> Household | Person:
    who = household if programme.unit == Programme.Unit.HOUSEHOLD else person
    if who is None or (household and person):
        raise Refusal(_("This programme helps %(unit)s. Choose another programme."), unit=programme.get_unit_display())
    if isinstance(who, Household) and who.ended_on:
        raise Refusal(_("This household was dissolved, so it cannot be enrolled."))
    if isinstance(who, Household) and not who.size:
        raise Refusal(_("Nobody lives in this household any more. Add its members first."))
    if isinstance(who, Person) and who.death_date:
        raise Refusal(_("This person has died, so nobody can be enrolled here."))
    return who


@action(_("Enrol those who match"), approvable=True)
def enrol_matching(
    *, programme: Programme, areas: list[Area], status: Status, reason: Reason, condition: str = "",
    filter: dict[str, Any] | None = None, overflow: bool = False, note: str = "", actor: Actor,
) -> GroupChange:  # fmt: skip
    """Enrol all in ``areas`` that fit ``condition`` and ``filter`` and are not in yet, as far as there are places.

    The lowest numbers come first where places are short; with ``overflow`` the others become potential and stand on the waiting
    lists of their villages. Carried out by a job; nobody sees any of them before all are there.
    """
    places.check_running(programme)
    places.check_transition(NEW, status, reason, note)
    choice = choose(programme, areas, condition, filter, actor=actor)
    overflow = overflow and takes_place(NEW, status)
    if takes_place(NEW, status) and not overflow:
        places.check_place_left(programme)
    if not choice.not_yet_in().exists():
        raise nobody()
    fields = {"to_status": status, "reason": reason, "note": places.check_note(note)}
    group = new_group(GroupChange.What.ENROL, choice, **fields)
    enrol_group.start(params_of(group, choice, overflow=overflow), title_params={"programme": str(programme)}, area_ids=choice.area_ids)
    return group


@steps_of(enrol_matching, title=_("Enrolment in %(programme)s"))
def enrol_group(work: Work) -> bool:
    """The next 20,000 in the order of their registration; the numbers were reserved at the start."""
    left = (work.total or 0) - work.done
    count = min(places.room(work.params["programme"], takes_place(NEW, work.params["to"])), left)
    waits = count <= 0 < left and bool(work.params.get("overflow"))
    if waits:
        count = min(places.CHUNK, left)
    if count <= 0:
        return False
    choice, done = choice_of(work.params), {"created_event_id": required().event.pk}
    units = choice.not_yet_in().filter(pk__gt=work.cursor["after"]).order_by("pk")
    values = new_values({**work.params, "to": Status.POTENTIAL} if waits else work.params)
    first = work.cursor["first"] + work.done
    rows = new_rows(units, choice.unit, choice.programme_id, work.params["group"], first, choice.day, values)
    made = insert_from(Enrolment, rows[:count], [*COLUMNS, choice.unit])
    if waits:
        put_all_on_waiting_list(Enrolment._base_manager.filter(**done), choice.programme_id, work.params["group"])
    work.done += made
    last = Enrolment._base_manager.filter(**done).aggregate(last=Max(choice.unit))["last"]
    work.cursor["after"] = last or work.cursor["after"]
    return made == count


@enrol_group.begin
def count_those(work: Work) -> None:
    """Count them, as far as there are places, and reserve their numbers."""
    reopen(work)
    choice = choice_of(work.params)
    found = choice.not_yet_in().count()
    limited = takes_place(NEW, work.params["to"]) and not work.params.get("overflow")
    free = free_places(places.lock(choice.programme_id)) if limited else None
    work.total = found if free is None else min(found, free)
    work.cursor = {"after": 0, "first": take_serials(Enrolment._meta.db_table, work.total) if work.total else 0}


@enrol_group.finish
def show_enrolled(work: Work) -> None:
    """Now all of them count, at once."""
    settle(work, GroupChange.State.DONE)


@enrol_group.abandon
def remove_prepared(work: Work) -> bool:
    """Take away, a chunk at a time, what nobody has seen."""
    rows = Enrolment._base_manager.filter(group=work.params["group"])
    last = places.last_of_chunk(rows, places.CHUNK)
    waiting = WaitingPlace._base_manager.filter(group=work.params["group"])
    with removing_prepared():
        (waiting.filter(enrolment__in=rows.filter(pk__lte=last).values("pk")) if last else waiting).order_by()._raw_delete(rows.db)
        (rows.filter(pk__lte=last) if last else rows).order_by()._raw_delete(rows.db)
    if last is None:
        settle(work, GroupChange.State.STOPPED)
    return last is not None


def new_rows(
    units: "QuerySet[Any]", unit: str, programme: int, group: int, first_serial: int, day: date, values: Mapping[str, Any]
) -> "QuerySet[Any]":  # fmt: skip
    """Households or persons as new beneficiaries, for ``insert_from`` with the columns ``COLUMNS`` and ``unit``.

    Numbers count from ``first_serial`` in the order of registration; ``values`` are those of ``groups.new_values``.
    """
    rows: QuerySet[Any] = units.annotate(
        new_uid=NewUid(),
        new_number=numbered(first_serial),
        new_programme=Value(programme),
        new_group=Value(group),
        new_enrolled_on=Value(day, DateField()),
        new_status=Value(values["status"].value, CharField()),
        new_status_since=Value(day, DateField()),
        new_status_reason=Value(values["status_reason"], CharField()),
        new_status_note=Value(values["status_note"], CharField()),
        new_set_by_hand=Value(False, BooleanField()),
        **{f"new_{unit}": F("pk")},
    )
    return rows
