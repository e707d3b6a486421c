"""Undoing: the former status comes back by a change of its own; nothing that happened is erased."""

from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import ENDED, OPEN, Enrolment, GroupChange, Reason, Status
from coremis.modules.programmes.queries import Choice, takes_place
from coremis.modules.programmes.services import places
from coremis.modules.programmes.services.groups import new_group, new_values, nobody, params_of, reopen, settle
from coremis.modules.programmes.services.restoring import (
    UndoObstacle,
    changed_by,
    enrolled_again,
    moved_away,
    obstacles,
    restorable,
    restore_chunk,
)

__all__ = ["UndoObstacle", "enrolled_again", "obstacles", "undo_last_change", "undo_status_change", "undoable", "unchanged_since", "when"]
What, State = GroupChange.What, GroupChange.State


@action(_("Undo the last change of status"), approvable=True)
def undo_last_change(*, enrolment: Enrolment, note: str = "", actor: Actor) -> Enrolment:
    """Give one beneficiary the former status back. Refused where something depends on it, or where no place is left."""
    programme = places.lock(enrolment.programme_id)
    change = (
        Change.objects.filter(kind=Enrolment.kind(), record_id=enrolment.pk, event_id=enrolment.event_id).select_related("event").first()
    )
    if change is None or not change.before or "status" not in change.before:
        raise Refusal(_("The last thing that happened here was no change of status, so there is nothing to undo."))
    held, row = change.before, Enrolment.objects.filter(pk=enrolment.pk)
    _check_obstacles(row, change.event.recorded_at)
    if enrolment.status in ENDED and held["status"] not in ENDED:
        places.check_there(enrolment)
    if not restorable(row, programme.unit, enrolment.status, change.event.recorded_at).exists():
        raise Refusal(_("This household or person is enrolled again by now. Change that enrolment instead."))
    if takes_place(enrolment.status, held["status"]):
        places.check_place_left(programme)
    for name, value in held.items():
        setattr(enrolment, name, date.fromisoformat(value) if name == "status_since" else value)
    who = enrolment.household or enrolment.person
    if who is not None and enrolment.status in OPEN:
        enrolment.area = who.area
    enrolment.save()
    return enrolment


@action(_("Undo a group change"), approvable=True)
def undo_status_change(*, group: GroupChange, note: str = "", actor: Actor) -> GroupChange:
    """Give all whom a group change concerned their former status back; whom it enrolled, exits as entered by mistake.

    Left alone: who was changed since, who is enrolled again by now, who finds no free place, and whoever something depends on.
    Where that is everybody, it is refused with the reason. Carried out by a job.
    """
    if group.what == What.UNDO or group.state != State.DONE:
        raise Refusal(_("Only a group change that was carried out can be undone."))
    if group.undone_by.filter(state=State.PREPARING).exists():
        raise Refusal(_("This is being undone already."))
    if not undoable(group).exists():
        _check_obstacles(unchanged_since(group), when(group))
        raise nobody()
    choice = Choice(group.programme_id, group.programme.unit, tuple(group.area_ids), "", {}, timezone.localdate())
    enrolled = group.what == What.ENROL
    to_status, reason = (Status.EXITED, Reason.MISTAKE) if enrolled else (group.from_status, "")
    fields = {"from_status": group.to_status, "to_status": to_status, "reason": reason, "note": places.check_note(note)}
    undoing = new_group(What.UNDO, choice, undoes=group, **fields)
    undone = {"undone": group.pk, "undone_what": group.what, "undone_cause": group.created_event_id, "since": when(group).isoformat()}
    undo_group.start(params_of(undoing, choice, **undone), title_params={"programme": str(group.programme)}, area_ids=choice.area_ids)
    return undoing


@steps_of(undo_status_change, title=_("Undoing a group change in %(programme)s"))
def undo_group(work: Work) -> bool:
    """The next 20,000 in the order of their enrolment."""
    params = work.params
    takes = takes_place(params["from"], params["to"])
    count = places.room(params["programme"], takes)
    if count <= 0:
        return False
    rows = _rows(params)
    if not params["reason"]:
        return restore_chunk(work, rows, count) is not None
    rows = rows.filter(pk__gt=work.cursor.get("after", 0))
    last = places.last_of_chunk(rows, count)
    work.done += update_from(rows.filter(pk__lte=last) if last else rows, **new_values(params))
    work.cursor["after"] = last
    return last is not None


@undo_group.begin
def count_undoable(work: Work) -> None:
    """How many there are now."""
    reopen(work)
    work.total = _rows(work.params).count()


@undo_group.finish
def say_undone(work: Work) -> None:
    """The undoing is carried out."""
    settle(work, State.DONE)


@undo_group.abandon
def stop_undoing(work: Work) -> bool:
    """What was undone before a cancel stays undone: the rest can be undone later."""
    group = GroupChange.objects.get(pk=work.params["group"])
    group.state, group.count = State.STOPPED, work.done
    group.save()
    return False


def undoable(group: GroupChange) -> "QuerySet[Enrolment]":
    """Those whom undoing would concern."""
    rows = restorable(unchanged_since(group), group.programme.unit, group.to_status, when(group))
    return rows.exclude(moved_away(group.programme.unit, group.area_ids)) if group.to_status in ENDED else rows


def unchanged_since(group: GroupChange) -> "QuerySet[Enrolment]":
    """Those whom a group change concerned and whom nothing has changed since."""
    if group.what == What.ENROL:
        entered = {group.to_status, Status.POTENTIAL}  # those for whom no place was left are potential, on a waiting list
        rows: QuerySet[Enrolment] = Enrolment.objects.filter(group=group, status__in=entered, event_id=F("created_event_id"))
        return rows
    return changed_by(group.programme_id, group.created_event_id, group.to_status)


def when(group: GroupChange) -> datetime:
    """When it was decided to carry the group change out."""
    moment: Any = Event.objects.values_list("recorded_at", flat=True).get(pk=group.created_event_id)
    return moment  # type: ignore[no-any-return]


def _rows(params: dict[str, Any]) -> "QuerySet[Enrolment]":
    undone = GroupChange(
        pk=params["undone"], what=params["undone_what"], created_event_id=params["undone_cause"],
        programme_id=params["programme"], to_status=params["from"],
    )  # fmt: skip
    rows = restorable(unchanged_since(undone), params["unit"], params["from"], datetime.fromisoformat(params["since"]))
    return rows.exclude(moved_away(params["unit"], params["areas"])) if params["from"] in ENDED else rows


def _check_obstacles(rows: "QuerySet[Enrolment]", since: datetime) -> None:
    for sentence, ids in obstacles(rows, since):
        if rows.filter(pk__in=ids).exists():
            raise Refusal(sentence)
