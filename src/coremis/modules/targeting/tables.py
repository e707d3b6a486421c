"""The lists of campaigns, of who is on a list, of appeals, and of who is to be enrolled."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.numbers import read_number
from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.columns import Status as Word
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter, Filter, NumberRangeFilter, SearchFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.programmes.models import Enrolment, Programme
from coremis.modules.targeting.models import Appeal, Campaign, Outcome, StageEntry, Verdict
from coremis.modules.targeting.readiness import Obstacle, selected_potentials, with_obstacle
from coremis.modules.targeting.words import (
    APPEAL_TONES,
    REASONS,
    VERDICT_TONES,
    campaign_word,
    outcome_word,
    reason_words,
    with_rule_names,
)


def programmes_of(user: Any) -> list[tuple[int, str]]:
    """The programmes this person may see, to choose from."""
    return [(programme.pk, str(programme)) for programme in Programme.objects.visible_to(user, "programmes.view_programme")]


def score_of(entry: StageEntry) -> Decimal | None:
    """The score as it is compared: six decimals, without zeros at the end."""
    return None if entry.value is None else Decimal(f"{entry.value:.6f}").normalize() + 0


class CampaignTable(Table):
    """All campaigns."""

    model = Campaign
    permission = "targeting.view_campaign"
    columns = [
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), show=str),
        Column("programme", _("Programme"), show=lambda row: str(row.programme)),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("purpose", _("Purpose"), show=lambda row: row.get_purpose_display()),
        Column("day", _("Reference date"), kind="date", sort="day"),
        Column("state", _("Status"), show=campaign_word, kind="status"),
    ]
    filters: ClassVar[Sequence[Filter]] = [
        ChoiceFilter("programme", _("Programme"), on="programme_id", choices=programmes_of),
        ChoiceFilter("state", _("Status"), choices=Campaign.State.choices),
        AreaFilter("area"),
    ]
    default_sort = "-day"
    export_name = "campaigns"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what the columns name."""
        return rows.select_related("programme", "area")

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("targeting:campaign_detail", kwargs={"pk": row.pk})


@dataclass(frozen=True)
class ListedFilter(SearchFilter):
    """Finds somebody on a list by the name or the number."""

    def apply(self, rows: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """A number finds the household or the person."""
        number = read_number(value)
        if number is None:
            return super().apply(rows, value)
        return rows.filter(Q(household__number=number) | Q(person__number=number))


def number_of(entry: StageEntry) -> str:
    """The number of the household or person."""
    return entry.who.number_text


def name_of(entry: StageEntry) -> str:
    """The head of the household, or the person."""
    return entry.household.head_name if entry.household else entry.person.full_name if entry.person else ""


def verdict_word(entry: StageEntry) -> Word | None:
    """What the community said."""
    return Word(VERDICT_TONES[Verdict(entry.verdict)], entry.get_verdict_display()) if entry.verdict else None


class EntryTable(Table):
    """Who is on the list of a stage, with outcome and reason."""

    model = StageEntry
    permission = "targeting.view_stageentry"
    columns = [
        Column("who", _("Household or person"), show=name_of),
        Column("number", _("Number"), show=number_of, kind="code"),
        Column("rank", _("Rank"), kind="number", sort="rank", help=_("In the order of the place that has the quota, the selected first.")),
        Column("area", _("Place"), show=lambda row: row.area.name, sort="area_id"),
        Column("score", _("Score"), show=score_of, kind="number", sort="value"),
        Column("outcome", _("Outcome"), show=outcome_word, kind="status"),
        Column("reason", _("Reason"), show=reason_words),
        Column("verdict", _("Community"), show=verdict_word, kind="status"),
        Column("until", _("Waits until"), show=lambda row: row.waits_until, kind="date"),
    ]
    search = ListedFilter("search", _("Name or number"), within=("household__search_name", "person__search_name"))
    filters: ClassVar[Sequence[Filter]] = [
        AreaFilter("area"),
        ChoiceFilter("outcome", _("Outcome"), choices=Outcome.choices),
        ChoiceFilter("reason", _("Reason"), choices=[(code, words) for code, words in REASONS.items()]),
        ChoiceFilter("verdict", _("Community"), choices=Verdict.choices),
        NumberRangeFilter("rank", _("Rank")),
        NumberRangeFilter("score", _("Score"), on="value", decimals=6),
    ]
    default_sort = "area"
    export_name = "targeting-list"

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """The list, the category of the score, and that of the quota by which somebody came in."""
        return [*super().file_columns_for(user), Column("category", _("Category")), Column("came_by", _("Came in by"))]

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what the columns name."""
        return with_rule_names(rows.select_related("household", "person", "area"))

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("targeting:entry_detail", kwargs={"pk": row.pk})


class AppealTable(Table):
    """Appeals against outcomes."""

    model = Appeal
    permission = "targeting.view_appeal"
    columns = [
        Column("opened_on", _("Received on"), kind="date", sort="opened_on"),
        Column("who", _("Household or person"), show=lambda row: str(row.entry.who)),
        Column("area", _("Place"), show=lambda row: row.entry.area.name),
        Column("kind", _("What is said to be wrong"), show=lambda row: row.get_kind_display()),
        Column("campaign", _("Targeting campaign"), show=lambda row: str(row.entry.run.stage.campaign)),
        Column("state", _("Status"), show=lambda row: Word(APPEAL_TONES[row.state], row.get_state_display()), kind="status"),
    ]
    filters: ClassVar[Sequence[Filter]] = [
        AreaFilter("area", on="entry__area"),
        ChoiceFilter("state", _("Status"), choices=Appeal.State.choices),
        ChoiceFilter("kind", _("What is said to be wrong"), choices=Appeal.Kind.choices),
        BooleanFilter("given", _("A place was given"), on=~Q(remedy="")),
    ]
    default_sort = "-opened_on"
    export_name = "appeals"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what the columns name."""
        return rows.select_related("entry__household", "entry__person", "entry__area", "entry__run__stage__campaign")

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("targeting:appeal_detail", kwargs={"pk": row.pk})


def obstacle_word(row: Any) -> Word:
    """What is missing, or that nothing is."""
    found = Obstacle(getattr(row, "obstacle", Obstacle.READY))
    return Word("good" if found == Obstacle.READY else "stop", found.label)


class ToEnrolTable(Table):
    """The selected of a campaign who are not active yet, and what is missing for it."""

    model = Enrolment
    permission = "programmes.view_enrolment"
    columns = [
        Column("number", _("Number"), show=lambda row: row.number_text, kind="code", sort="number"),
        Column("who", _("Household or person"), show=lambda row: str(row.who)),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("obstacle", _("Enrolment"), show=obstacle_word, kind="status"),
        Column("since", _("Potential since"), show=lambda row: row.status_since, kind="date"),
    ]
    search = ListedFilter("search", _("Name or number"), within=("household__search_name", "person__search_name"))
    filters: ClassVar[Sequence[Filter]] = [
        AreaFilter("area"),
        ChoiceFilter("obstacle", _("Enrolment"), choices=Obstacle.choices),
    ]
    default_sort = "number"
    export_name = "to-enrol"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Only potential beneficiaries whom a campaign selected, with what is missing."""
        return with_obstacle(selected_potentials(rows)).select_related("household", "person", "area")

    def row_link(row: Any) -> str:  # noqa: N805
        kind = "household" if row.household_id else "person"
        return reverse(f"registry:{kind}", kwargs={"pk": row.household_id or row.person_id})
