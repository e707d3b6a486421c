"""Changing those who were ticked in a list: one decision about all of them, carried out at once."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.queries import common_ancestor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme, Reason, Status, WaitingPlace
from coremis.modules.programmes.queries import gone, takes_place
from coremis.modules.programmes.services import places
from coremis.modules.programmes.services.groups import nobody
from coremis.modules.programmes.services.waiting import check_until, put_all_on_waiting_list

MOST = 5_000  # in one transaction; more than that go by filter from the page of the programme


@action(_("Change the status of those chosen"), approvable=True)
def change_status_of_chosen(
    *, enrolments: list[Enrolment], from_status: Status, to_status: Status, reason: Reason, note: str = "", actor: Actor
) -> GroupChange:
    """Change the status of ``enrolments`` that have ``from_status``; the others stay as they are, and the preview says how many.

    Ticking somebody is a decision about that one, so it counts as set by hand (pitfall D10). All or nobody finds a place.
    """
    programme = places.lock(one_programme(enrolments).pk)
    places.check_transition(from_status, to_status, reason, note)
    rows = with_status(enrolments, from_status, to_status)
    count = rows.count()
    if not count:
        raise nobody()
    if takes_place(from_status, to_status):
        places.check_places_left(programme, count)
    area_ids = sorted({enrolment.area_id for enrolment in enrolments})
    group = GroupChange(
        what=GroupChange.What.STATUS, programme=programme, area=common_ancestor(area_ids), area_ids=area_ids, from_status=from_status,
        to_status=to_status, reason=reason, note=places.check_note(note), state=GroupChange.State.DONE, count=count,
    )  # fmt: skip
    group.save()
    update_from(
        rows,
        status=to_status.value,
        status_since=timezone.localdate(),
        status_reason=reason.value,
        status_note=group.note,
        set_by_hand=True,
    )
    return group


@action(_("Put those chosen on the waiting list"))
def put_chosen_on_waiting_list(*, enrolments: list[Enrolment], until: date | None = None, note: str = "", actor: Actor) -> Programme:
    """The last ranks of the lists of their villages for all of ``enrolments`` who are potential and wait nowhere yet."""
    programme = places.lock(one_programme(enrolments).pk)
    check_until(until)
    rows = not_waiting(enrolments)
    if not rows.exists():
        raise nobody()
    ids = list(rows.values_list("pk", flat=True))
    update_from(WaitingPlace.objects.filter(enrolment__in=ids, removed_on=None), removed_on=timezone.localdate())
    put_all_on_waiting_list(Enrolment.objects.filter(pk__in=ids), programme.pk, until=until, note=places.check_note(note))
    return programme


def one_programme(enrolments: Sequence[Enrolment]) -> Programme:
    """The programme of all of them; refused where there are several, none at all, or more than one transaction holds."""
    if len({enrolment.programme_id for enrolment in enrolments}) > 1:
        sentence = _("These belong to several programmes. Filter the list by one programme, then choose again.")
        raise Invalid(sentence, {"enrolments": [sentence]})
    if not enrolments:
        raise nobody()
    if len(enrolments) > MOST:
        raise Refusal(_("At most %(most)s can be changed in one go. Use “Change status of many” in the programme."), most=MOST)
    return enrolments[0].programme


def with_status(enrolments: Sequence[Enrolment], status: str, to_status: str = "") -> "QuerySet[Enrolment]":
    """Those of them that have this status now; of those who shall become active, only who is still there."""
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in enrolments], status=status)
    return rows.exclude(gone(enrolments[0].programme.unit)) if to_status == Status.ACTIVE and enrolments else rows


def not_waiting(enrolments: Sequence[Enrolment]) -> "QuerySet[Enrolment]":
    """The potential ones among them whose place on a waiting list has run out, or who never had one."""
    today = timezone.localdate()
    waiting = WaitingPlace.objects.filter(removed_on=None).filter(Q(until=None) | Q(until__gte=today)).order_by()
    return with_status(enrolments, Status.POTENTIAL).exclude(pk__in=waiting.values("enrolment"))
