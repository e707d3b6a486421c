"""Waiting lists: who is next when a place becomes free. The rank stands beside the status (rulebook 2.6)."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.fields import DateField, IntegerField
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from, update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below, common_ancestor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme, Reason, Status, WaitingPlace
from coremis.modules.programmes.queries import free_places, gone
from coremis.modules.programmes.services import places

MOST = 20_000  # who moves up in one go
COLUMNS = ("enrolment", "programme", "area", "rank", "since", "until", "note", "is_validated", "group")


@action(_("Put on the waiting list"))
def put_on_waiting_list(*, enrolment: Enrolment, until: date | None = None, note: str = "", actor: Actor) -> WaitingPlace:
    """Give a potential beneficiary the last rank of the list of its village. Nobody waits twice."""
    places.lock(enrolment.programme_id)
    today = timezone.localdate()
    if enrolment.status != Status.POTENTIAL:
        raise Refusal(_("Only a potential beneficiary can wait. This one is “%(status)s”."), status=enrolment.get_status_display())
    check_until(until)
    held = enrolment.waiting_places.filter(removed_on=None).first()
    if held is not None and (held.until is None or held.until >= today):
        raise Refusal(_("This one is on the waiting list already, with rank %(rank)s."), rank=held.rank)
    if held is not None:
        held.removed_on = today
        held.save()
    last = WaitingPlace._base_manager.filter(programme=enrolment.programme_id, area=enrolment.area_id).order_by("-rank").first()
    place = WaitingPlace(
        enrolment=enrolment, programme_id=enrolment.programme_id, area_id=enrolment.area_id, rank=last.rank + 1 if last else 1,
        since=today, until=until, note=places.check_note(note),
    )  # fmt: skip
    place.save()
    return place


def check_until(until: date | None) -> None:
    """Refuse a last day of waiting that has passed."""
    if until is not None and until < timezone.localdate():
        raise Invalid(_("The waiting would end before it begins."), {"until": [_("This is in the past.")]})


@action(_("Take off the waiting list"), approvable=True)
def take_off_waiting_list(*, enrolment: Enrolment, note: str, actor: Actor) -> WaitingPlace:
    """Take one off the list, with the reason. The status stays potential, and the rank is given to nobody else."""
    if not note.strip():
        raise Invalid(_("Say why in the note."), {"note": [_("Say why in the note.")]})
    place = enrolment.waiting_places.select_for_update(of=("self",)).filter(removed_on=None).first()
    if place is None:
        raise Refusal(_("This one is not on a waiting list."))
    place.removed_on, place.note = timezone.localdate(), places.check_note(note)
    place.save()
    return place


@action(_("Move up from the waiting list"), approvable=True)
def promote_waiting(*, programme: Programme, areas: list[Area], count: int, note: str = "", actor: Actor) -> GroupChange:
    """The next ``count`` on the lists of these places become active, in the order of their ranks, as far as there are places.

    Lists are one for each village: of equal ranks in several lists the one that waits longer comes first.
    """
    programme = places.lock(programme.pk)
    places.check_running(programme)
    return promote(programme, areas, check_promotion(programme, areas, count), note)


def promote(programme: Programme, areas: list[Area], chosen: list[int], note: str) -> GroupChange:
    """Inside an action: these beneficiaries (ids) leave the waiting list and become active."""
    group = GroupChange(
        what=GroupChange.What.PROMOTE, programme=programme, area=common_ancestor([area.pk for area in areas]),
        area_ids=sorted(area.pk for area in areas), from_status=Status.POTENTIAL, to_status=Status.ACTIVE,
        reason=Reason.FROM_WAITING_LIST, note=places.check_note(note), state=GroupChange.State.DONE, count=len(chosen),
    )  # fmt: skip
    group.save()
    update_from(
        Enrolment.objects.filter(pk__in=chosen), status=Status.ACTIVE.value, status_since=timezone.localdate(),
        status_reason=Reason.FROM_WAITING_LIST.value, status_note=group.note, set_by_hand=False,
    )  # fmt: skip
    return group


def check_promotion(programme: Programme, areas: list[Area], count: int) -> list[int]:
    """The ids of the beneficiaries who would move up; refused where nobody waits or no place is left (pitfalls M1, M5)."""
    if not areas:
        raise Invalid(_("Choose at least one place."), {"areas": [_("Choose at least one place.")]})
    if not 0 < count <= MOST:
        raise Invalid(
            _("Give a number from 1 to %(most)s."), {"count": [_("Give a number from 1 to %(most)s.") % {"most": MOST}]}, most=MOST
        )
    places.check_place_left(programme)
    free = free_places(programme)
    rows = next_in_line(programme, areas)
    chosen = list(rows.values_list("enrolment", flat=True)[: count if free is None else min(count, free)])
    if not chosen:
        raise Refusal(_("Nobody is waiting in these places."))
    return chosen


def next_in_line(programme: Programme, areas: list[Area]) -> "QuerySet[WaitingPlace]":
    """Who waits in these places, in the order in which they move up; neither whom the community has not confirmed nor who is gone."""
    waiting: QuerySet[WaitingPlace] = WaitingPlace.objects.waiting(timezone.localdate()).filter(is_validated=True)
    rows = waiting.exclude(gone(programme.unit, "enrolment__"))
    inside = below([area.pk for area in areas])
    came_along = Q(area__valid_until__isnull=False, enrolment__area__in=inside)  # their village became part of one of these
    return rows.filter(Q(area__in=inside) | came_along, programme=programme).order_by("rank", "since", "pk")


def put_all_on_waiting_list(
    rows: "QuerySet[Enrolment]", programme_id: int, group_id: int | None = None, until: date | None = None, note: str = ""
) -> int:
    """Inside an action: the last ranks of the lists of their villages for all of ``rows``, the lowest numbers first. One statement."""
    last = WaitingPlace._base_manager.filter(programme=programme_id, area=OuterRef("area")).order_by("-rank").values("rank")[:1]
    order = Window(RowNumber(), partition_by=[F("area")], order_by=F("pk").asc())
    values: dict[str, Any] = {
        "new_enrolment": F("pk"),
        "new_rank": Coalesce(Subquery(last), Value(0), output_field=IntegerField()) + order,
        "new_since": Value(timezone.localdate(), DateField()),
        "new_until": Value(until, DateField()),
        "new_note": Value(note),
        "new_is_validated": Value(True, BooleanField()),
        "new_group": Value(group_id, IntegerField()),
    }
    return insert_from(WaitingPlace, rows.order_by().annotate(**values), COLUMNS)
