"""Exits after an assessment of present beneficiaries: proposed by the campaign, carried out only once approved (TGT-16, TGT-17)."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import PLACED, Enrolment, GroupChange, Reason, Status
from coremis.modules.programmes.queries import Choice
from coremis.modules.programmes.services import places
from coremis.modules.programmes.services.groups import new_group, new_values, params_of, reopen, settle
from coremis.modules.programmes.services.statuses import change_back
from coremis.modules.targeting.models import Campaign, CampaignChange, Outcome, StageEntry, StageRun
from coremis.modules.targeting.queries import blocked
from coremis.modules.targeting.services.campaigns import locked
from coremis.modules.targeting.services.results import check_result

LEAVING = (Outcome.NOT_SELECTED, Outcome.NOT_ELIGIBLE)  # who could not be assessed stays


@action(_("Approve the exits that a campaign proposes"), approvable=True)
def approve_exits(*, campaign: Campaign, note: str = "", actor: Actor) -> GroupChange:
    """Beneficiaries who were assessed again and no longer qualify exit; whoever could not be assessed stays.

    Those whose status a person set one by one are left alone (pitfall D10), and so is whoever has an open appeal.
    """
    campaign = locked(campaign.pk)
    run = check_result(campaign)
    if campaign.purpose != Campaign.Purpose.REVIEW:
        raise Refusal(_("This campaign finds new beneficiaries. Approve its result instead."))
    if not leaving(run).exists():
        raise Refusal(_("Nobody is to exit by this campaign."))
    choice = Choice(campaign.programme_id, campaign.programme.unit, tuple(campaign.area_ids), "", {}, timezone.localdate())
    fields = {"from_status": Status.ACTIVE, "to_status": Status.EXITED, "reason": Reason.NOT_ELIGIBLE}
    group = new_group(GroupChange.What.STATUS, choice, **fields, note=places.check_note(note))
    CampaignChange(campaign=campaign, group=group, what=CampaignChange.What.EXITS).save()
    let_go.start(params_of(group, choice, run=run.pk), title_params={"campaign": str(campaign)}, area_ids=choice.area_ids)
    campaign.state = Campaign.State.APPROVED
    campaign.save()
    return group


def proposed_exits(run: StageRun) -> "QuerySet[Enrolment]":
    """The beneficiaries who no longer qualify by a result, those decided one by one too."""
    campaign = run.stage.campaign
    unit = campaign.programme.unit
    out = StageEntry.objects.filter(run=run.pk, outcome__in=LEAVING, **{unit: OuterRef(f"{unit}_id")})
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(programme=campaign.programme_id, status__in=PLACED)
    return rows.filter(Exists(out), ~blocked(unit, campaign))


def leaving(run: StageRun) -> "QuerySet[Enrolment]":
    """Those of them who exit."""
    return proposed_exits(run).filter(Q(set_by_hand=False))


@steps_of(approve_exits, title=_("Exits after %(campaign)s"))
def let_go(work: Work) -> bool:
    """The next 20,000 of them."""
    rows = _leaving(work).filter(pk__gt=work.cursor.get("after", 0))
    last = places.last_of_chunk(rows, places.CHUNK)
    work.done += update_from(rows.filter(pk__lte=last) if last else rows, **new_values(work.params))
    work.cursor["after"] = last
    return last is not None


@let_go.begin
def count_leaving(work: Work) -> None:
    """How many there are now."""
    reopen(work)
    work.total = _leaving(work).count()


@let_go.finish
def say_left(work: Work) -> None:
    """They have left."""
    settle(work, GroupChange.State.DONE)


@let_go.abandon
def bring_back(work: Work) -> bool:
    """Those who left, and were not changed since, are back."""
    return bool(change_back(work))


def _leaving(work: Work) -> "QuerySet[Any]":
    return leaving(StageRun.objects.select_related("stage__campaign__programme").get(pk=work.params["run"]))
