"""What campaigns decided, as steps of the way from registration to payment: one dataset, and the list behind each of its numbers."""

from typing import Any, ClassVar

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.datasets.dataset import Dataset, Dimension, Measure, Query
from coremis.kernel.datasets.widget import Step
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.filters import BooleanFilter, ChoiceFilter
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.modules.targeting.figures import SEES, results_in_force
from coremis.modules.targeting.models import Campaign, Outcome, StageEntry, Verdict
from coremis.modules.targeting.tables import EntryTable, programmes_of

RESULTS = "targeting.results"
ASSESSED = (Outcome.IN, Outcome.SELECTED, Outcome.WAITING, Outcome.NOT_SELECTED)
APPROVED = (Campaign.State.APPROVED, Campaign.State.CLOSED)
SELECTED: Query = {"outcome": [Outcome.SELECTED.value]}
PROGRAMME = "run__stage__campaign__programme_id"
IS_APPROVED = Q(run__stage__campaign__state__in=APPROVED)


def results() -> "QuerySet[Any]":
    """Everybody on the newest list of the newest campaign of each programme."""
    rows: QuerySet[Any] = StageEntry.objects.filter(run__in=results_in_force()).annotate(programme=F(PROGRAMME))
    return rows


class ApprovedFilter(BooleanFilter):
    """Whether the result of the campaign was approved."""

    def apply(self, rows: "QuerySet[Any]", value: list[tuple[Any, str]]) -> "QuerySet[Any]":
        wanted = {stored for stored, _words in value}
        return rows if len(wanted) == 2 else rows.filter(IS_APPROVED) if True in wanted else rows.exclude(IS_APPROVED)


class ResultTable(EntryTable):
    """The same list over all programmes, each with its newest campaign."""

    columns: ClassVar = [Column("campaign", _("Targeting campaign"), show=lambda row: str(row.run.stage.campaign)), *EntryTable.columns]
    filters: ClassVar = [
        ChoiceFilter("programme", _("Programme"), on=PROGRAMME, choices=programmes_of),
        ApprovedFilter("approved", _("Result approved")),
        *EntryTable.filters,
    ]
    default_sort = ""
    export_name = "targeting-results"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Only what is in force."""
        return super().prepare(rows).filter(run__in=results_in_force()).select_related("run__stage__campaign")


result_list = ListScreen(
    ResultTable,
    title=_("Results of targeting"),
    lead=_("The newest list of the newest campaign of each programme."),
    empty=EmptyState(_("No results yet"), _("They appear when a stage of a campaign was carried out.")),
)


def programme_words(values: Any, user: Any) -> list[tuple[int, str]]:
    """The programmes that a person may see; ``values`` limits them."""
    known = None if values is None else {str(value) for value in values}
    return [(key, words) for key, words in programmes_of(user) if known is None or str(key) in known]


STEPS: list[Contribution] = [
    Dataset(
        RESULTS,
        _("Results of targeting"),
        _("Everybody on the newest list of the newest campaign of each programme."),
        SEES,
        results,
        "targeting:result_list",
        dimensions=[
            Dimension("programme", _("Programme"), choices=programme_words, on_top=True),
            Dimension("outcome", _("Outcome"), choices=Outcome.choices),
        ],
        measures=[
            Measure("listed", _("Listed"), _("Households or persons on the list.")),
            Measure(
                "assessed", _("Assessed"), _("Those on the list who could be assessed and are eligible."), where=Q(outcome__in=ASSESSED),
                query={"outcome": [outcome.value for outcome in ASSESSED]},
            ),
            Measure("selected", _("Selected"), _("Those with a place."), where=Q(outcome=Outcome.SELECTED), query=SELECTED),
            Measure(
                "validated", _("Validated"), _("The selected whom the community confirmed."),
                where=Q(outcome=Outcome.SELECTED, verdict=Verdict.CONFIRMED),
                query={**SELECTED, "verdict": [Verdict.CONFIRMED.value]},
            ),
            Measure(
                "approved", _("Approved"), _("The selected of campaigns whose result was approved."),
                where=Q(outcome=Outcome.SELECTED) & IS_APPROVED, query={**SELECTED, "approved": ["yes"]},
            ),
        ],
    ),
    Step(_("Listed"), RESULTS, "listed", order=20),
    Step(_("Assessed"), RESULTS, "assessed", order=24),
    Step(_("Selected"), RESULTS, "selected", order=28),
    Step(_("Validated"), RESULTS, "validated", order=32),
    Step(_("Approved"), RESULTS, "approved", order=36),
]  # fmt: skip
