"""Enrolment: the only step that makes the selected of a campaign active, with a valid recipient and a payment point."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import Enrolment, GroupChange, Reason, Status
from coremis.modules.programmes.queries import Choice
from coremis.modules.programmes.services import places
from coremis.modules.programmes.services.groups import new_group, new_values, params_of, reopen, settle
from coremis.modules.programmes.services.statuses import change_back
from coremis.modules.programmes.services.waiting import promote
from coremis.modules.targeting.models import Campaign, CampaignChange, StageEntry
from coremis.modules.targeting.queries import current_run_of
from coremis.modules.targeting.readiness import Obstacle, free_places_of, next_ones, to_enrol
from coremis.modules.targeting.services.campaigns import locked

State, What = Campaign.State, CampaignChange.What


@action(_("Enrol the selected"), approvable=True)
def enrol_selected(*, campaign: Campaign, areas: list[Area], note: str = "", actor: Actor) -> GroupChange:
    """The selected of these places become active: those with a valid recipient and a payment point, and no open appeal.

    The others stay potential until what is missing is there; the action can be repeated for them. Carried out by a job.
    """
    campaign = locked(campaign.pk)
    check_areas(campaign, areas)
    places.check_running(campaign.programme)
    places.check_place_left(places.lock(campaign.programme_id))
    ids = tuple(sorted({area.pk for area in areas}))
    if not to_enrol(campaign, ids).filter(obstacle=Obstacle.READY).exists():
        raise Refusal(_("Nobody is ready to be enrolled here. See who lacks a recipient or a payment point."))
    choice = Choice(campaign.programme_id, campaign.programme.unit, ids, "", {}, timezone.localdate())
    fields = {"from_status": Status.POTENTIAL, "to_status": Status.ACTIVE, "reason": Reason.ENROLMENT_COMPLETED}
    group = new_group(GroupChange.What.STATUS, choice, **fields, note=places.check_note(note))
    CampaignChange(campaign=campaign, group=group, what=What.ENROLMENT).save()
    params = params_of(group, choice, campaign=campaign.pk)
    activate.start(params, title_params={"campaign": str(campaign)}, area_ids=choice.area_ids)
    return group


def check_areas(campaign: Campaign, areas: list[Area]) -> None:
    """Refuse where the result is not approved, or no place is chosen (pitfall M1)."""
    if campaign.state not in (State.APPROVED, State.CLOSED):
        raise Refusal(_("The result of this campaign is not approved yet."))
    if not areas:
        raise Invalid(_("Choose at least one place."), {"areas": [_("Choose at least one place.")]})


@steps_of(enrol_selected, title=_("Enrolment of the selected, %(campaign)s"))
def activate(work: Work) -> bool:
    """The next 20,000 who are ready, as far as there are places."""
    params = work.params
    count = places.room(params["programme"], takes=True)
    if count <= 0:
        return False
    rows = _ready(work).filter(pk__gt=work.cursor.get("after", 0))
    last = places.last_of_chunk(rows, count)
    part = rows.filter(pk__lte=last) if last else rows
    work.done += update_from(Enrolment.objects.filter(pk__in=part.order_by().values("pk")), **new_values(params))
    work.cursor["after"] = last
    return last is not None


@activate.begin
def count_ready(work: Work) -> None:
    """How many there are now."""
    reopen(work)
    work.total = _ready(work).count()


@activate.finish
def say_enrolled(work: Work) -> None:
    """They are active."""
    settle(work, GroupChange.State.DONE)


@activate.abandon
def make_potential_again(work: Work) -> bool:
    """Those who were changed, and not since, are potential again."""
    return bool(change_back(work))


def _ready(work: Work) -> "QuerySet[Any]":
    campaign = Campaign.objects.select_related("programme").get(pk=work.params["campaign"])
    return to_enrol(campaign, work.params["areas"]).filter(obstacle=Obstacle.READY)


@action(_("Fill free places"), approvable=True)
def fill_places(*, campaign: Campaign, areas: list[Area], note: str = "", actor: Actor) -> GroupChange:
    """Places that became free in these areas go to the next of their waiting lists: confirmed, in time, in the order of the ranks.

    Whoever lacks a recipient or a payment point keeps the rank and is passed over this time.
    """
    campaign = locked(campaign.pk)
    check_areas(campaign, areas)
    places.check_running(campaign.programme)
    programme = places.lock(campaign.programme_id)
    places.check_place_left(programme)
    chosen = next_for_places(campaign, areas)
    if not chosen:
        raise Refusal(_("No place is free here, or nobody who waits is ready."))
    free = places.room(campaign.programme_id, takes=True)
    chosen = chosen[:free]
    group = promote(programme, areas, [pk for pk, _code in chosen], note)
    CampaignChange(campaign=campaign, group=group, what=What.PLACES).save()
    for code in {code for _pk, code in chosen if code}:
        moved = Enrolment.objects.filter(pk__in=[pk for pk, its in chosen if its == code])
        theirs = Q(household__in=moved.values("household")) | Q(person__in=moved.values("person"))
        update_from(StageEntry.objects.filter(theirs, run=current_run_of(campaign)), came_by=code)
    return group


def next_for_places(campaign: Campaign, areas: list[Area]) -> list[tuple[int, str]]:
    """The beneficiaries who would move up, each with the category whose place it is: for each area as many as it has free places."""
    run = current_run_of(campaign)
    if run is None:
        return []
    found: list[tuple[int, str]] = []
    for quota in free_places_of(run, [area.pk for area in areas]).select_related("area", "run"):
        found += next_ones(campaign, run, quota)
    return found
