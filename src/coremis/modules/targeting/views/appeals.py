"""The pages of appeals."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.targeting import forms, services, tables
from coremis.modules.targeting.models import Appeal, StageEntry
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
    ]  # fmt: skip


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
        )
    ],
    prepare=lambda rows: rows.select_related("entry__household", "entry__person", "entry__area", "entry__run__stage__campaign"),
)  # fmt: skip
open_appeal = ActionScreen(services.open_appeal, form=forms.AppealForm, target=(StageEntry, "pk"), done=appeal_url, back=entry_url)
decide_appeal = ActionScreen(services.decide_appeal, form=forms.DecideForm, target=(Appeal, "pk"), done=appeal_url, back=appeal_url)
