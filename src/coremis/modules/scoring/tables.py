"""The lists of this module."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateRangeFilter, NumberRangeFilter, SearchFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.scoring.models import FormulaVersion, Score, ScoreFormula, ScoreRun
from coremis.modules.scoring.versions import wording_of
from coremis.modules.scoring.wording import figure, kind_words

State = FormulaVersion.State
TONES = {State.DRAFT: "wait", State.ACTIVE: "good", State.RETIRED: "off"}
RUN_TONES = {ScoreRun.State.PREPARING: "wait", ScoreRun.State.DONE: "good", ScoreRun.State.STOPPED: "stop"}


def status_of(version: FormulaVersion) -> Status:
    """The state of a version as words with a colour."""
    return Status(TONES[State(version.state)], version.get_state_display())


def run_status(run: ScoreRun) -> Status:
    """How far a run is."""
    return Status(RUN_TONES[ScoreRun.State(run.state)], run.get_state_display())


class FormulaTable(Table):
    """Formulas with the number of the version in use."""

    model = ScoreFormula
    permission = "scoring.view_scoreformula"
    exact = True
    columns: ClassVar = [
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), show=str),
        Column("kind", _("Sort of formula"), show=lambda row: _newest(row, kind_words)),
        Column("terms", _("Terms"), show=lambda row: _newest(row, lambda definition: len(definition.get("terms", []))), kind="number"),
        Column("version", _("Version in use"), show=lambda row: _number(row, State.ACTIVE), kind="number"),
        Column("draft", _("Draft"), show=lambda row: _number(row, State.DRAFT), kind="number"),
    ]
    default_sort = "code"
    export_name = "formulas"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.prefetch_related("versions")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("scoring:formula_detail", kwargs={"pk": row.pk})


def _number(formula: ScoreFormula, state: str) -> int | None:
    return next((version.version_number for version in formula.versions.all() if version.state == state), None)


def _newest(formula: ScoreFormula, read: Any) -> Any:
    versions = sorted(formula.versions.all(), key=lambda version: version.version_number)
    return read(versions[-1].definition) if versions else None


class VersionTable(Table):
    """The versions of a formula."""

    model = FormulaVersion
    permission = "scoring.view_formulaversion"
    exact = True
    columns: ClassVar = [
        Column("version_number", _("Version"), kind="number", sort="version_number"),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("activated_at", _("In use since"), kind="date"),
        Column("strata", _("Strata"), show=lambda row: len(row.definition.get("strata", [])), kind="number"),
        Column("terms", _("Terms"), show=lambda row: len(row.definition.get("terms", [])), kind="number"),
        Column("examples", _("Examples"), show=lambda row: len(row.definition.get("examples", [])), kind="number"),
    ]
    default_sort = "-version_number"
    export_name = "versions-of-formulas"

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("scoring:version_detail", kwargs={"pk": row.pk})


class RunTable(Table):
    """Runs, the newest first."""

    model = ScoreRun
    permission = "scoring.view_scorerun"
    exact = True
    columns: ClassVar = [
        Column("formula", _("Formula"), show=lambda row: str(row.formula_version)),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("day", _("As of"), kind="date", sort="day"),
        Column("state", _("Status"), show=run_status, kind="status"),
        Column("scored", _("Scored"), kind="number"),
        Column("not_assessed", _("Could not be assessed"), kind="number"),
        Column("note", _("Note")),
    ]
    search = SearchFilter("search", _("Code of the formula"), within=("formula_version__formula__code",), private=False)
    filters: ClassVar = [
        AreaFilter("area", on="area"),
        ChoiceFilter("state", _("Status"), choices=ScoreRun.State.choices),
        DateRangeFilter("day", _("As of"), on="day"),
    ]
    export_name = "scorings"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("formula_version__formula", "area")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("scoring:run_detail", kwargs={"pk": row.pk})


class ScoreTable(Table):
    """The scores of a run."""

    model = Score
    permission = "scoring.view_score"
    columns: ClassVar = [
        Column("household", _("Household"), show=lambda row: row.household.number_text, kind="code"),
        Column("name", _("Head of household"), show=lambda row: row.household.head_name, link=lambda row: _household(row)),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("stratum", _("Stratum"), show=lambda row: _entry(row, "strata", row.stratum)),
        Column("value", _("Score"), show=lambda row: figure(row.value), kind="number", sort="value", export=lambda row: row.value),
        Column("category", _("Category"), show=lambda row: _category(row)),
        Column("missing", _("Missing"), show=lambda row: ", ".join(missing_words(row))),
    ]
    search = SearchFilter("search", _("Name or number"), within=("household__search_name",), number="household__number")
    filters: ClassVar = [
        AreaFilter("area", on="area"),
        NumberRangeFilter("value", _("Score"), on="value", decimals=3),
        ChoiceFilter("category", _("Category"), on="category", choices=lambda user: all_categories(user)),
        BooleanFilter("unassessed", _("Could not be assessed"), on="value__isnull"),
    ]
    default_sort = "value"
    export_name = "scores"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("household", "area").prefetch_related("run__formula_version__formula")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("scoring:score_detail", kwargs={"pk": row.pk})


def _household(score: Score) -> str:
    return reverse("registry:household", kwargs={"pk": score.household_id})


def _entry(score: Score, part: str, code: str) -> str:
    return wording_of(score.run.formula_version).entry(part, code) if code else ""


def _category(score: Score) -> Any:
    return _entry(score, "categories", score.category) if score.value is not None else Status("stop", gettext("could not be assessed"))


def missing_words(score: Score) -> list[str]:
    """What was missing, in words."""
    return [wording_of(score.run.formula_version).missing(code) for code in score.missing]


def all_categories(user: Any) -> list[tuple[str, str]]:
    """The categories of all versions this person may see, by code."""
    found: dict[str, str] = {}
    for version in FormulaVersion.objects.visible_to(user, VersionTable.permission).exclude(state=State.DRAFT).select_related("formula"):
        say = wording_of(version)
        found |= {one["code"]: say.entry("categories", one["code"]) for one in version.definition.get("categories", [])}
    return sorted(found.items(), key=lambda pair: pair[1])
