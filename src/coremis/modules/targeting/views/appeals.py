"""The pages of appeals."""

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.targeting import forms, previews, services, tables
from coremis.modules.targeting.models import Appeal, Campaign, StageEntry
from coremis.modules.targeting.services.places import standing
from coremis.modules.targeting.views.addresses import appeal_url, entry_url, of_stage
from coremis.modules.targeting.words import APPEAL_TONES

appeal_list = ListScreen(
    tables.AppealTable,
    title=_("Appeals"),
    empty=EmptyState(_("No appeals"), _("An appeal is received on the page of an outcome, from the list of a campaign.")),
)


def appeal_facts(request: HttpRequest, appeal: Appeal) -> list[Fact]:
    """What is said, by whom, and how it was decided."""
    entry = appeal.entry
    return [
        Fact(_("Household or person"), str(entry.who), entry_url(entry)), Fact(_("Place"), entry.area.name),
        Fact(_("Targeting campaign"), str(entry.run.stage.campaign), of_stage(entry.run.stage)),
        Fact(_("Outcome"), entry.get_outcome_display()), Fact(_("What is said to be wrong"), appeal.get_kind_display()),
        Fact(_("Reason"), appeal.words), Fact(_("Who appeals"), appeal.by), Fact(_("Received on"), appeal.opened_on),
        Fact(_("Decided on"), appeal.decided_on), Fact(_("Decision"), appeal.decision),
        *([Fact(_("Given"), appeal.get_remedy_display().capitalize())] if appeal.remedy else []),
    ]  # fmt: skip


def wants_place(appeal: Appeal) -> bool:
    """Whether an accepted appeal has led to nothing yet, and may."""
    campaign = appeal.entry.run.stage.campaign
    ready = campaign.purpose == Campaign.Purpose.SELECTION and campaign.state in (Campaign.State.APPROVED, Campaign.State.CLOSED)
    return ready and appeal.state == Appeal.State.UPHELD and appeal.kind != Appeal.Kind.WRONGLY_IN and not appeal.remedy


def appeal_attention(request: HttpRequest, appeal: Appeal) -> list[Attention]:
    """What is still to be done."""
    if not wants_place(appeal):
        return []
    return [Attention("warn", _("Accepted, but without a place yet: a free one, the waiting list, or one beyond the quota."))]


appeal_detail = DetailScreen(
    Appeal,
    permission="targeting.view_appeal",
    title=lambda appeal: str(appeal.entry.who),
    subtitle=lambda appeal: appeal.get_kind_display(),
    status=lambda appeal: Status(APPEAL_TONES[appeal.state], appeal.get_state_display()),
    facts=appeal_facts,
    actions=[
        ActionLink(
            _("Decide"), "targeting:decide_appeal", "targeting.decide_appeal", tone="primary",
            show=lambda appeal: appeal.state == Appeal.State.OPEN,
        ),
        ActionLink(_("Give a place"), "targeting:give_place", "targeting.give_place", tone="primary", show=wants_place),
    ],
    attention=appeal_attention,
    prepare=lambda rows: rows.select_related("entry__household", "entry__person", "entry__area", "entry__run__stage__campaign"),
)  # fmt: skip


def usual_remedy(appeal: Appeal) -> str:
    """A free place where there is one, else the waiting list."""
    try:
        free = standing(appeal, Campaign.objects.select_related("programme").get(pk=appeal.entry.run.stage.campaign_id)).free
    except Refusal:
        return ""
    return Appeal.Remedy.PLACE if free is None or free > 0 else Appeal.Remedy.WAITING


open_appeal = ActionScreen(services.open_appeal, form=forms.AppealForm, target=(StageEntry, "pk"), done=appeal_url, back=entry_url)
give_place = ActionScreen(
    services.give_place, form=forms.GivePlaceForm, target=(Appeal, "pk"), preview=previews.place_given, done=appeal_url, back=appeal_url,
    title=lambda appeal: gettext("Give a place after an appeal: %(who)s") % {"who": appeal.entry.who},
    initial=lambda request, appeal: {"remedy": usual_remedy(appeal)},
)  # fmt: skip
decide_appeal = ActionScreen(services.decide_appeal, form=forms.DecideForm, target=(Appeal, "pk"), done=appeal_url, back=appeal_url)
