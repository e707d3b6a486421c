"""The pages of possible duplicates."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.each import EachScreen
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.preview import Preview
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.duplicates import forms, services
from coremis.modules.duplicates.models import DuplicateGroup, Verdict
from coremis.modules.duplicates.services.verdicts import NO_LONGER
from coremis.modules.duplicates.tables import GroupTable, group_state


def group_url(group: DuplicateGroup) -> str:
    """The page of a group."""
    return reverse("duplicates:group", kwargs={"pk": group.pk})


def group_facts(request: HttpRequest, group: DuplicateGroup) -> list[Fact]:
    """In what they are alike, and since when."""
    return [
        Fact(_("Alike in"), group.get_likeness_display()), Fact(_("Persons"), group.member_count), Fact(_("Found on"), group.found_on)
    ]  # fmt: skip


def verdict_preview(inputs: dict[str, Any], actor: Any) -> Preview:
    """What the verdict means."""
    group = inputs["group"]
    facts = [(_("Alike in"), group.get_likeness_display()), (_("Persons"), group.member_count)]
    return Preview(facts=facts, changes=[(_("Verdict"), None, Verdict(inputs["verdict"]).label)], button=str(_("Keep this verdict")))


LOOK = ActionLink(_("Look now"), "duplicates:look", "duplicates.look_for_duplicates")
group_list = ListScreen(
    GroupTable,
    title=_("Possible duplicates"),
    lead=_("Found every night. Nothing happens to anybody before a person has decided."),
    actions=[LOOK],
    bulk=[ActionLink(_("Decide"), "duplicates:decide_chosen", services.decide_duplicates.name, "primary")],
    empty=EmptyState(_("Nobody seems to be registered twice"), _("The register is searched every night.")),
)
look_for_duplicates = ActionScreen(
    services.look_for_duplicates, done=lambda _nothing: reverse("duplicates:groups"), back=lambda _nothing: reverse("duplicates:groups")
)
group_detail = DetailScreen(
    DuplicateGroup,
    permission="duplicates.view_duplicategroup",
    title=lambda group: group.get_likeness_display().capitalize(),
    status=group_state,
    facts=group_facts,
    actions=[
        ActionLink(
            _("Decide"), "duplicates:decide", "duplicates.decide_duplicates", tone="primary",
            show=lambda group: group.state != DuplicateGroup.State.GONE,
        )
    ],
)  # fmt: skip


def against_deciding(groups: list[DuplicateGroup], actor: Any) -> dict[int, str]:
    """Why some groups need no verdict now."""
    reasons = {
        DuplicateGroup.State.GONE: NO_LONGER,
        DuplicateGroup.State.DECIDED: _("This group is decided already. Open it to decide anew."),
    }
    return {group.pk: str(reasons[DuplicateGroup.State(group.state)]) for group in groups if group.state != DuplicateGroup.State.OPEN}


decide_chosen = EachScreen(
    services.decide_duplicates, table=GroupTable, input="group", against=against_deciding, back="duplicates:groups",
    form=forms.VerdictForm, title=_("Decide on those chosen"), said=lambda said: said.get_verdict_display().capitalize(),
)  # fmt: skip
decide_duplicates = ActionScreen(
    services.decide_duplicates, form=forms.VerdictForm, target=(DuplicateGroup, "pk"), preview=verdict_preview,
    done=lambda said: group_url(said.group), back=group_url,
)  # fmt: skip
