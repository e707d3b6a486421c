"""Changing the status of one beneficiary, and of all that match."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import ENDED, Enrolment, GroupChange, Programme, Reason, Status
from coremis.modules.programmes.queries import takes_place
from coremis.modules.programmes.services import places
from coremis.modules.programmes.services.groups import choice_of, choose, new_group, new_values, nobody, params_of, reopen, settle
from coremis.modules.programmes.services.restoring import changed_by, enrolled_again, restore_chunk


@action(_("Change the status of a beneficiary"), approvable=True)
def change_status(*, enrolment: Enrolment, status: Status, reason: Reason, note: str = "", actor: Actor) -> Enrolment:
    """Change one status, with its reason. It counts as decided by a person: group changes leave it alone (pitfall D10)."""
    programme = places.lock(enrolment.programme_id)
    places.check_transition(enrolment.status, status, reason, note)
    if status == Status.ACTIVE:
        places.check_there(enrolment)
    if takes_place(enrolment.status, status):
        places.check_place_left(programme)
    enrolment.status, enrolment.status_since = status, timezone.localdate()
    enrolment.status_reason, enrolment.status_note = reason, places.check_note(note)
    enrolment.set_by_hand = True
    enrolment.save()
    return enrolment


@action(_("Change the status of those who match"), approvable=True)
def change_status_matching(
    *, programme: Programme, areas: list[Area], from_status: Status, to_status: Status, reason: Reason, condition: str = "",
    filter: dict[str, Any] | None = None, also_set_by_hand: bool = False, note: str = "", actor: Actor,
) -> GroupChange:  # fmt: skip
    """Suspend, activate, graduate or exit all who have ``from_status`` in ``areas`` and fit ``condition`` and ``filter``.

    Those whose status a person set one by one stay as they are, unless ``also_set_by_hand`` (pitfall D10). Where the change
    takes places, the lowest numbers come first. Carried out by a job; what it changed before a cancel is changed back.
    """
    places.check_transition(from_status, to_status, reason, note)
    choice = choose(programme, areas, condition, filter, actor=actor)
    if takes_place(from_status, to_status):
        places.check_place_left(programme)
    if not not_by_hand(choice.enrolled(from_status, to_status), also_set_by_hand).exists():
        raise nobody()
    fields = {"from_status": from_status, "to_status": to_status, "reason": reason, "note": places.check_note(note)}
    group = new_group(GroupChange.What.STATUS, choice, **fields)
    params = params_of(group, choice, by_hand=also_set_by_hand)
    change_group.start(params, title_params={"programme": str(programme)}, area_ids=choice.area_ids)
    return group


def not_by_hand(rows: "QuerySet[Enrolment]", also: bool) -> "QuerySet[Enrolment]":
    """Without those whose status a person set, unless they were asked for."""
    return rows if also else rows.filter(set_by_hand=False)


@steps_of(change_status_matching, title=_("Change of status in %(programme)s"))
def change_group(work: Work) -> bool:
    """The next 20,000 in the order of their enrolment."""
    params = work.params
    count = places.room(params["programme"], takes_place(params["from"], params["to"]))
    if count <= 0:
        return False
    rows = _waiting(params).filter(pk__gt=work.cursor.get("after", 0))
    last = places.last_of_chunk(rows, count)
    work.done += update_from(rows.filter(pk__lte=last) if last else rows, **new_values(params))
    work.cursor["after"] = last
    return last is not None


@change_group.begin
def count_waiting(work: Work) -> None:
    """How many there are now."""
    reopen(work)
    work.total = _waiting(work.params).count()


@change_group.finish
def say_changed(work: Work) -> None:
    """The decision is carried out."""
    settle(work, GroupChange.State.DONE)


@change_group.abandon
def change_back(work: Work) -> bool:
    """Give those who were changed, and not since, their former status again, a chunk at a time."""
    params = work.params
    if "back" not in work.cursor:
        work.cursor, work.done = {"back": True}, 0
    rows = changed_by(params["programme"], params["cause"], params["to"])
    if params["to"] in ENDED:
        rows = rows.exclude(enrolled_again(params["unit"]))
    if restore_chunk(work, rows, places.CHUNK) is not None:
        return True
    settle(work, GroupChange.State.STOPPED)
    return False


def _waiting(params: dict[str, Any]) -> "QuerySet[Enrolment]":
    return not_by_hand(choice_of(params).enrolled(params["from"], params["to"]), params["by_hand"])
