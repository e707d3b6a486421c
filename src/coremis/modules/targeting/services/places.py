"""What follows an appeal that is accepted after the result was approved: a free place, the waiting list, or a place beyond the quota."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.numbers import next_number
from coremis.kernel.areas.models import AreaTree
from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Refusal
from coremis.modules.programmes.models import OPEN, Enrolment, GroupChange, Reason, Status, WaitingPlace
from coremis.modules.programmes.services import places
from coremis.modules.registry.models import Person
from coremis.modules.targeting.kinds.quota import waiting_ends
from coremis.modules.targeting.models import (
    APPEAL,
    BEYOND_BY_APPEAL,
    PLACE_BY_APPEAL,
    Appeal,
    Campaign,
    CampaignChange,
    Outcome,
    Quota,
    StageEntry,
)  # fmt: skip
from coremis.modules.targeting.readiness import quotas_with_free
from coremis.modules.targeting.services.appeals import newest_entry
from coremis.modules.targeting.services.campaigns import locked
from coremis.modules.targeting.services.running import count_anew

Remedy, State = Appeal.Remedy, Campaign.State


@dataclass(frozen=True)
class Standing:
    """How an accepted appeal stands: what the campaign says, the quota there (None: without), and the beneficiary, if there is one."""

    campaign: Campaign
    entry: StageEntry
    quota: Quota | None
    enrolment: Enrolment | None

    @property
    def free(self) -> int | None:
        """Places that an accepted appeal may have, the reserve included; None where no quota limits them."""
        return None if self.quota is None else self.quota.places - self.quota.taken  # type: ignore[attr-defined]

    @property
    def own_place(self) -> WaitingPlace | None:
        """The place on the waiting list that it had before the appeal."""
        return self.enrolment.waiting_places.filter(removed_on=None).first() if self.enrolment else None

    def next_rank(self) -> int:
        """The rank it would wait with: its own, else the one after the last of all who wait for the same quota."""
        if self.own_place:
            return int(self.own_place.rank)
        within = below([self.quota.area_id if self.quota else self.entry.area_id])
        lists = WaitingPlace._base_manager.filter(programme=self.campaign.programme_id, area__in=within)
        return int(lists.aggregate(last=Max("rank"))["last"] or 0) + 1


@action(_("Give a place after an appeal"), approvable=True)
def give_place(*, appeal: Appeal, remedy: Appeal.Remedy, note: str = "", actor: Actor) -> Appeal:
    """What an accepted appeal leads to once the result is approved; whoever gets a place is enrolled like all others afterwards.

    A free place of the quota, its reserve included, is refused where there is none; a place beyond the quota is refused while one is
    free. On the waiting list it has its former rank, or the one after the last.
    """
    campaign = locked(appeal.entry.run.stage.campaign_id)
    places.check_running(campaign.programme)
    programme = places.lock(campaign.programme_id)
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    found = standing(appeal, campaign)
    check_remedy(found, remedy)
    if remedy != Remedy.WAITING:
        places.check_place_left(programme)
    appeal.remedy = remedy
    appeal.save()
    entry, rank = found.entry, found.next_rank()
    enrolment = found.enrolment or enrolled(found, places.check_note(note))
    change_waiting(found, enrolment, remedy, rank, places.check_note(note))
    entry.outcome = Outcome.WAITING if remedy == Remedy.WAITING else Outcome.SELECTED
    entry.reason = {Remedy.PLACE: PLACE_BY_APPEAL, Remedy.BEYOND: BEYOND_BY_APPEAL}.get(remedy, APPEAL)
    if remedy == Remedy.WAITING:
        entry.rank, entry.waits_until = rank, until(found)
    entry.save()
    count_anew(entry.run)
    return appeal


def standing(appeal: Appeal, campaign: Campaign) -> Standing:
    """How an accepted appeal stands now; refused where nothing is to be given."""
    if campaign.state not in (State.APPROVED, State.CLOSED) or campaign.purpose != Campaign.Purpose.SELECTION:
        raise Refusal(_("The result of this campaign is not approved yet. Carry the stages out again instead."))
    if appeal.state != Appeal.State.UPHELD or appeal.kind == Appeal.Kind.WRONGLY_IN:
        raise Refusal(_("Only an accepted appeal of somebody who was left out leads to a place."))
    if appeal.remedy:
        raise Refusal(_("This appeal has led to %(remedy)s already."), remedy=appeal.get_remedy_display())
    entry = newest_entry(appeal, campaign)
    if (entry.outcome, entry.reason) != (Outcome.NOT_ASSESSED, APPEAL):
        raise Refusal(_("%(who)s is on the list already: %(outcome)s."), who=str(entry.who), outcome=entry.get_outcome_display())
    unit = campaign.programme.unit
    enrolment = Enrolment.objects.filter(programme=campaign.programme_id, status__in=OPEN, **{unit: entry.who}).first()
    ours = enrolment is None or CampaignChange.objects.filter(campaign=campaign, group=enrolment.group_id or 0).exists()
    if enrolment is not None and (enrolment.status != Status.POTENTIAL or not ours):
        raise Refusal(_("%(who)s is in the programme already."), who=str(entry.who))
    above = AreaTree.objects.filter(descendant=entry.area_id).values("ancestor")
    quota = quotas_with_free(entry.run, campaign.area_ids).filter(area__in=above).select_related("run").first()
    return Standing(campaign, entry, quota, enrolment)


def check_remedy(found: Standing, remedy: Appeal.Remedy) -> None:
    """Refuse a free place where there is none, and one beyond the quota while one is free: nothing passes a quota silently."""
    if found.free is None:
        return
    area = found.quota.area.name if found.quota else ""
    if remedy == Remedy.PLACE and found.free <= 0:
        raise Refusal(_("No place is free in %(place)s. Choose the waiting list, or ask for a place beyond the quota."), place=area)
    if remedy == Remedy.BEYOND and found.free > 0:
        raise Refusal(_("Free in %(place)s: %(count)s. Give one of these places."), count=found.free, place=area)


def until(found: Standing) -> date | None:
    """The last day of the waiting lists of the quota, unless it has passed."""
    last = waiting_ends(found.quota.run) if found.quota and found.quota.run else None
    return last if last and last >= timezone.localdate() else None


def change_waiting(found: Standing, enrolment: Enrolment, remedy: Appeal.Remedy, rank: int, note: str) -> None:
    """Inside an action: take it off the waiting list, or put it there."""
    place = found.own_place
    if remedy != Remedy.WAITING and place is not None:
        place.removed_on, place.note = timezone.localdate(), note
        place.save()
    if remedy == Remedy.WAITING and place is None:
        WaitingPlace(
            enrolment=enrolment, programme_id=found.campaign.programme_id, area_id=enrolment.area_id, rank=rank,
            since=timezone.localdate(), until=until(found), note=note, group_id=enrolment.group_id,
        ).save()  # fmt: skip


def enrolled(found: Standing, note: str) -> Enrolment:
    """Inside an action: a potential beneficiary whom the campaign brought, as when its result is taken over."""
    campaign, who = found.campaign, found.entry.who
    ended = who.death_date if isinstance(who, Person) else who.ended_on
    if ended or who.retired_on:
        raise Refusal(_("%(who)s is no longer on the register."), who=str(who))
    group = GroupChange(
        what=GroupChange.What.ENROL, programme=campaign.programme, area_id=who.area_id, area_ids=[who.area_id], to_status=Status.POTENTIAL,
        reason=Reason.APPEAL_ACCEPTED, note=note, state=GroupChange.State.DONE, count=1,
    )  # fmt: skip
    group.save()
    CampaignChange(campaign=campaign, group=group, what=CampaignChange.What.RESULT).save()
    enrolment = Enrolment(
        number=next_number(Enrolment), programme=campaign.programme, area_id=who.area_id, status=Status.POTENTIAL,
        status_reason=Reason.APPEAL_ACCEPTED, status_note=note, group=group, **{campaign.programme.unit: who},
    )  # fmt: skip
    enrolment.save()
    return enrolment
