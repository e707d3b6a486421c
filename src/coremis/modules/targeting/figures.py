"""Counts of campaigns as pages show them: by outcome, by place, against the campaign before."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.tables import figure_table
from coremis.modules.targeting.budget import Budget, by_area
from coremis.modules.targeting.models import CURRENT, Campaign, Outcome, StageEntry, StageRun
from coremis.modules.targeting.services.running import COUNTED

SEES = "targeting.view_stageentry"
MOST = 40
HEADS = (
    (Outcome.SELECTED, _("Selected")), (Outcome.WAITING, _("Waiting")), (Outcome.NOT_SELECTED, _("Not selected")),
    (Outcome.NOT_ELIGIBLE, _("Not eligible")), (Outcome.NOT_ASSESSED, _("Not assessed")), (Outcome.IN, _("Go on")),
)  # fmt: skip


def counts_of(runs: Iterable[StageRun], user: Any) -> dict[int, dict[str, int]]:
    """For each list, how many of each outcome this person may see; from the runs themselves for whoever sees all. One query."""
    asked = list(runs)
    if not user.has_perm(SEES):
        return {}
    if user.places_for(SEES).everywhere:
        return {run.pk: {outcome.value: getattr(run, column) for outcome, column in COUNTED.items()} for run in asked}
    rows = StageEntry.objects.visible_to(user, SEES).filter(run__in=[run.pk for run in asked]).order_by()
    found: dict[int, dict[str, int]] = {run.pk: {} for run in asked}
    for run, outcome, count in rows.values_list("run", "outcome").annotate(found=Count("pk")):
        found[run][outcome] = count
    return found


def list_address(run: StageRun, **query: Any) -> str:
    """The list of a stage carried out, filtered."""
    asked = {name: value for name, value in query.items() if value not in ("", None)}
    return f"{reverse('targeting:entry_list', args=[run.pk])}?{urlencode(asked) if asked else 'clear=1'}"


def by_place(run: StageRun, user: Any, budget: Budget | None = None) -> dict[str, Any] | None:
    """A table: the places just below those that the reader sees of the campaign, with how many of each outcome. Two queries.

    With a ``budget`` what the selected of each place cost, too.
    """
    shown = places_shown(run.stage.campaign, user)
    if not shown or not user.has_perm(SEES):
        return None
    rows = StageEntry.objects.visible_to(user, SEES).filter(run=run.pk, area__ancestors_of__ancestor__in=[area.pk for area in shown])
    found: dict[int, dict[str, int]] = {}
    grouped = rows.order_by().values_list("area__ancestors_of__ancestor", "outcome").annotate(found=Count("pk"))
    for place, outcome, count in grouped:
        found.setdefault(place, {})[outcome] = count
    heads = [head for head in HEADS if any(head[0].value in counts for counts in found.values())]
    costs = by_area(budget, shown)
    ready = [
        [(area.name, list_address(run, area=area.pk)), (sum(found[area.pk].values()), list_address(run, area=area.pk))]
        + [(found[area.pk].get(outcome.value, 0), list_address(run, area=area.pk, outcome=outcome.value)) for outcome, _title in heads]
        + [(amount, "") for amount in costs.get(area.pk, ())]
        for area in shown if area.pk in found
    ]  # fmt: skip
    titles = [(_("Place"), ""), (_("On the list"), "number"), *((title, "number") for _outcome, title in heads)]
    if budget is not None and costs:
        many: Any = ngettext("%(n)s payment", "%(n)s payments", budget.payments) % {"n": text_of(budget.payments)}
        titles += [(_("One payment"), "amount"), (many, "amount")]
    return figure_table(titles, ready) if ready else None


def places_shown(campaign: Campaign, user: Any) -> Sequence[Area]:
    """The places of a campaign that the reader may see, or what lies just below where that is one place only."""
    chosen: QuerySet[Area] = Area.objects.filter(pk__in=campaign.area_ids)
    mine = list(user.places_for(SEES).roots)
    if not user.places_for(SEES).everywhere:
        inside = Area.objects.filter(pk__in=mine).filter(pk__in=below(campaign.area_ids))
        chosen = chosen.filter(pk__in=below(mine)) | inside
    found = list(chosen.distinct().order_by("search_name", "pk")[: MOST + 1])
    if len(found) == 1:
        return list(Area.objects.filter(parent=found[0], valid_until=None).order_by("search_name", "pk")[:MOST]) or found
    return found[:MOST]


def former_result(campaign: Campaign) -> StageRun | None:
    """The result of the last campaign of the same programme whose result was approved before."""
    others = Campaign.objects.filter(programme=campaign.programme_id, purpose=campaign.purpose, pk__lt=campaign.pk)
    former = others.filter(state__in=(Campaign.State.APPROVED, Campaign.State.CLOSED)).order_by("-pk").first()
    if former is None:
        return None
    runs = StageRun.objects.filter(stage__campaign=former, state__in=CURRENT).exclude(stage__state="SKIPPED")
    return runs.select_related("stage__campaign").order_by("-stage__position").first()


def counted_by_place(outcomes: Iterable[str]) -> Any:
    """For a column of “My places”: how many have one of these outcomes in the campaigns under way or approved, by place."""

    def counts(user: Any) -> Any:
        rows = StageEntry.objects.visible_to(user, SEES).filter(run__in=results_in_force(), outcome__in=list(outcomes))
        return rows.order_by().values_list("area_id").annotate(found=Count("pk"))

    return counts


def results_in_force() -> "QuerySet[Any]":
    """The newest list of the newest campaign of each programme that was not abandoned."""
    runs = StageRun.objects.filter(state__in=CURRENT).exclude(stage__state="SKIPPED").exclude(stage__campaign__state="ABANDONED")
    newest: dict[int, int] = {}
    order = runs.order_by("stage__campaign__day", "stage__campaign", "stage__position")
    for programme, run in order.values_list("stage__campaign__programme", "pk"):
        newest[programme] = run
    return StageRun.objects.filter(pk__in=list(newest.values())).values("pk")
