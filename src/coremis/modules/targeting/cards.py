"""What this module shows on the home page: campaigns in the pipeline, outcomes by village, free places."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard, Shown
from coremis.kernel.screens.tables import figure_table
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.services import ProgrammeFigure
from coremis.modules.registry.services.hooks import PlaceFigure
from coremis.modules.targeting.figures import SEES, counted_by_place, results_in_force
from coremis.modules.targeting.models import UNDER_WAY, Campaign, Outcome, Quota, StageEntry, StageRun
from coremis.modules.targeting.queries import current_run_of
from coremis.modules.targeting.readiness import free_places_of
from coremis.modules.targeting.words import campaign_word

MOST = 10
ASSESSED = (Outcome.IN, Outcome.SELECTED, Outcome.WAITING, Outcome.NOT_SELECTED)


def figure(title: Any, outcomes: Sequence[str], order: int, verdict: str = "") -> ProgrammeFigure:
    """A column of the pipeline: how many have these outcomes in the newest campaign of each programme."""

    def counts(user: Any, programmes: Sequence[Programme]) -> Mapping[int, tuple[int, str]]:
        rows = StageEntry.objects.visible_to(user, SEES).filter(run__in=results_in_force(), outcome__in=list(outcomes))
        rows = rows.filter(verdict=verdict) if verdict else rows
        asked = rows.filter(run__stage__campaign__programme__in=list(programmes)).order_by()
        grouped = asked.values_list("run__stage__campaign__programme", "run").annotate(found=Count("pk"))
        query = [("outcome", outcome.value) for outcome in map(Outcome, outcomes)] + ([("verdict", verdict)] if verdict else [])
        return {
            programme: (found, f"{reverse('targeting:entry_list', args=[run])}?{urlencode(query)}") for programme, run, found in grouped
        }

    return ProgrammeFigure(title, SEES, counts, order=order)


def place_address(outcome: Outcome) -> Any:
    """The page of a village's list, over the newest campaign of each programme, as the column counts them."""
    return lambda place: f"{reverse('targeting:result_list')}?{urlencode({'area': place, 'outcome': outcome.value})}"


def campaigns(request: HttpRequest) -> Shown:
    """The campaigns under way, each with its status and where it stands."""
    user: Any = request.user
    rows = Campaign.objects.visible_to(user, "targeting.view_campaign").filter(state__in=UNDER_WAY)
    shown = list(rows.select_related("programme").order_by("-day", "-pk")[:MOST])
    if not shown:
        return None
    ready = []
    for campaign in shown:
        page = reverse("targeting:campaign_detail", args=[campaign.pk])
        run = current_run_of(campaign)
        ready.append([
            (str(campaign), page), (str(campaign.programme), ""), (campaign_word(campaign), ""), (str(run) if run else "", ""),
            (free_in(campaign, run, user) if campaign.state == Campaign.State.APPROVED else "", page),
        ])  # fmt: skip
    heads = [
        (_("Targeting campaign"), ""), (_("Programme"), ""), (_("Status"), "status"), (_("Last stage done"), ""),
        (_("Free places"), "number"),
    ]  # fmt: skip
    return {"table": figure_table(heads, ready)}


def free_in(campaign: Campaign, run: StageRun | None, user: Any) -> int:
    """How many places of the quotas in the reader's places nobody has."""
    if run is None:
        return 0
    mine = Quota.objects.visible_to(user, "targeting.view_quota").values("pk")
    rows: QuerySet[Any] = free_places_of(run, campaign.area_ids).filter(pk__in=mine)
    return sum(rows.values_list("free", flat=True))


CARDS: list[Contribution] = [
    HomeCard(gettext_lazy("Targeting"), campaigns, "targeting.view_campaign", seats={"manager": 15, "commune": 15}, wide=True),
    figure(gettext_lazy("Assessed"), ASSESSED, -30),
    figure(gettext_lazy("Selected"), (Outcome.SELECTED,), -20),
    figure(gettext_lazy("Validated"), (Outcome.SELECTED,), -10, verdict="CONFIRMED"),
    PlaceFigure(gettext_lazy("Selected"), SEES, counted_by_place([Outcome.SELECTED]), place_address(Outcome.SELECTED), order=12),
    PlaceFigure(
        gettext_lazy("Waiting after selection"), SEES, counted_by_place([Outcome.WAITING]), place_address(Outcome.WAITING), order=14
    ),
]
