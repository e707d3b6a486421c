"""Appeals against an outcome: receiving and deciding them (requirement TGT-19)."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.targeting.models import APPEAL, CURRENT, Appeal, Campaign, Outcome, StageEntry
from coremis.modules.targeting.queries import outcome_of
from coremis.modules.targeting.services.campaigns import locked
from coremis.modules.targeting.services.running import count_anew


@action(_("Receive an appeal"))
def open_appeal(*, entry: StageEntry, appeal_kind: Appeal.Kind, words: str, by: str = "", actor: Actor) -> Appeal:
    """Note an objection against an outcome. While it is open, this household or person is left as it is; nobody else is.

    Taken while the appeal window is open, and afterwards until the campaign is closed, as a case that is opened again.
    """
    campaign = locked(entry.run.stage.campaign_id)
    if campaign.state not in (Campaign.State.RUNNING, Campaign.State.APPROVED):
        raise Refusal(_("This campaign is “%(state)s”. Take the objection as a complaint."), state=campaign.get_state_display())
    if entry.run.state not in CURRENT:
        raise Refusal(_("This list is not open any more. Look at the newest one."))
    if not words.strip():
        raise Invalid(_("Say what is wrong."), {"words": [_("This is required.")]})
    if entry.appeals.filter(state=Appeal.State.OPEN).exists():
        raise Refusal(_("An appeal about this household or person is open already."))
    appeal = Appeal(entry=entry, kind=appeal_kind, words=words.strip()[:500], by=by.strip()[:120])
    appeal.save()
    return appeal


@action(_("Decide an appeal"))
def decide_appeal(*, appeal: Appeal, accepted: bool, decision: str, actor: Actor) -> Appeal:
    """Accepted, it takes the household or person out of the selection, to be assessed again.

    An accepted appeal never selects anybody by itself: before the result is approved the stages are carried out again, afterwards
    ``give_place`` says what follows. One against a selection gives the place to the next in line when free places are filled.
    """
    if not decision.strip():
        raise Invalid(_("Say why it was decided so."), {"decision": [_("This is required.")]})
    campaign = locked(appeal.entry.run.stage.campaign_id)
    appeal = Appeal.objects.select_for_update(of=("self",)).select_related("entry__run").get(pk=appeal.pk)
    if appeal.state != Appeal.State.OPEN:
        raise Refusal(_("This appeal is decided already."))
    appeal.state = Appeal.State.UPHELD if accepted else Appeal.State.DISMISSED
    appeal.decided_on, appeal.decision = timezone.localdate(), decision.strip()[:500]
    appeal.save()
    if accepted:
        _assess_again(appeal, campaign)
    return appeal


def _assess_again(appeal: Appeal, campaign: Campaign) -> None:
    """The newest entry about the same household or person could not be assessed, because of the appeal."""
    entry = newest_entry(appeal, campaign)
    entry.outcome, entry.reason, entry.waits_until = Outcome.NOT_ASSESSED, APPEAL, None
    entry.save()
    count_anew(entry.run)


def newest_entry(appeal: Appeal, campaign: Campaign) -> StageEntry:
    """What the campaign says now about whom an appeal is about."""
    return outcome_of(campaign, appeal.entry.who) or appeal.entry
