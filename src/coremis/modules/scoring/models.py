"""Formulas with their versions, the runs that applied them, and the scores that came out."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import label
from coremis.modules.registry.models import Household

LOWER, HIGHER = "LOWER_IS_POORER", "HIGHER_IS_POORER"


class ScoreFormula(Record):
    """A linear score or point card under its own name; its versions hold what is computed."""

    area_path = None

    code = models.SlugField(_("code"), max_length=40, unique=True)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    source = models.TextField(_("source"), blank=True, help_text=_("Where the formula was published, so that others can check it."))

    class Meta:
        verbose_name = _("formula")
        verbose_name_plural = _("formulas")
        ordering = ["code"]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class FormulaVersion(Record):
    """One version of a formula: a draft until it is activated, never changed afterwards."""

    area_path = None

    class State(models.TextChoices):
        """Whether it may be used."""

        DRAFT = "DRAFT", _("draft")
        ACTIVE = "ACTIVE", _("in use")
        RETIRED = "RETIRED", _("replaced")

    formula = models.ForeignKey(ScoreFormula, on_delete=models.PROTECT, related_name="versions", verbose_name=_("formula"))
    version_number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("status"), max_length=7, choices=State.choices, default=State.DRAFT)
    definition = models.JSONField(default=dict, help_text="Strata, terms, facts, cut-offs, examples; see scoring/definition.py.")
    activated_at = models.DateTimeField(_("in use since"), null=True)

    class Meta:
        verbose_name = _("version of a formula")
        verbose_name_plural = _("versions of formulas")
        constraints = [
            models.UniqueConstraint(fields=["formula", "version_number"], name="formula_version_once"),
            models.UniqueConstraint(fields=["formula"], condition=Q(state="ACTIVE"), name="one_formula_version_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.formula} {self.version_number}"

    @property
    def lower_is_poorer(self) -> bool:
        """The direction: whether a low score means a poor household."""
        return bool(self.definition.get("direction", LOWER) == LOWER)

    def valid_on(self, day: date) -> bool:
        """Whether the day lies within the dates for which the version was written."""
        first, last = self.definition.get("valid_from") or "", self.definition.get("valid_until") or "9999-12-31"
        return bool(first <= day.isoformat() <= last)


class ScoreRun(Record):
    """One application of a version to the households of some places as of a day. A rerun is a new one."""

    area_path = "area"

    class State(models.TextChoices):
        """How far it is."""

        PREPARING = "PREPARING", _("being computed")
        DONE = "DONE", _("done")
        STOPPED = "STOPPED", _("stopped")

    formula_version = models.ForeignKey(FormulaVersion, on_delete=models.PROTECT, related_name="runs", verbose_name=_("version"))
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"), help_text="The lowest one that holds all places."
    )
    area_ids = models.JSONField(_("places"), default=list, help_text="The ids of the chosen places; all below them are meant.")
    day = models.DateField(_("as of"), help_text=_("Ages, members and figures of places are those of this day."))
    condition = models.TextField(_("only where"), blank=True, help_text="A condition in the language of formulas.")
    filter = models.JSONField(default=dict, help_text="A condition of the filter editor; {} is everybody.")
    filter_words = models.TextField(_("filter"), blank=True)
    only = models.CharField(max_length=40, blank=True, help_text="The code of the household source it was limited to.")
    only_id = models.BigIntegerField(null=True, help_text="Which list of that source.")
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.PREPARING)
    scored = models.PositiveIntegerField(_("scored"), default=0)
    not_assessed = models.PositiveIntegerField(_("could not be assessed"), default=0)
    results = models.JSONField(default=dict, help_text="Written when done: what was missing how often, and the distribution.")
    note = models.CharField(_("note"), max_length=300, blank=True)
    job_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("scoring")
        verbose_name_plural = _("scorings")
        constraints = [models.CheckConstraint(condition=Q(state__in=["PREPARING", "DONE", "STOPPED"]), name="score_run_known_state")]

    def __str__(self) -> str:
        return f"{self.formula_version}, {self.area}"


FROM_RECORDS = models.Manager.from_queryset(RecordQuerySet)


class DoneManager(FROM_RECORDS[Any]):
    """Rows of runs that are done; what is being computed or was stopped is not there."""

    def get_queryset(self) -> RecordQuerySet[Any]:
        """Without the rows of other runs."""
        rows: RecordQuerySet[Any] = super().get_queryset()  # type: ignore[assignment]
        return rows.filter(run__state=ScoreRun.State.DONE)


class Score(Record):
    """What one household scored in one run, with every value the formula read."""

    area_path = "area"

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="scores", db_index=False, verbose_name=_("scoring"))
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="scores", verbose_name=_("household"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    stratum = models.CharField(_("stratum"), max_length=20, blank=True)
    value = models.FloatField(_("score"), null=True, help_text=_("Empty where the household could not be assessed."))
    category = models.CharField(_("category"), max_length=20, blank=True)
    missing = models.JSONField(_("missing"), default=list, help_text="The names whose missing values kept it from being assessed.")
    inputs = models.JSONField(default=dict, help_text="Every value that the formula read, by its name.")

    objects: ClassVar[Any] = DoneManager()
    everything: ClassVar[Any] = FROM_RECORDS()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["run", "household"], name="household_scored_once_in_a_run"),
            models.CheckConstraint(condition=Q(value__isnull=False) | Q(category=""), name="score_category_needs_a_value"),
        ]
        indexes = [models.Index(fields=["run", "area", "value"]), models.Index(fields=["run", "value", "id"])]

    def __str__(self) -> str:
        return f"{self.household}"


class ScoreCount(Record):
    """How many households of a place came out how in a run: what the pages add up instead of reading every score."""

    area_path = "area"

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="counts", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    stratum = models.CharField(max_length=20, blank=True)
    category = models.CharField(max_length=20, blank=True)
    assessed = models.BooleanField()
    households = models.PositiveIntegerField()

    objects: ClassVar[Any] = DoneManager()
    everything: ClassVar[Any] = FROM_RECORDS()

    class Meta:
        verbose_name = _("number of scores")
        verbose_name_plural = _("numbers of scores")
        constraints = [
            models.UniqueConstraint(fields=["run", "area", "stratum", "category", "assessed"], name="score_count_once"),
        ]


class Computed(models.Model):
    """What the chunk in work has computed: a temporary table, of no use outside the transaction."""

    household = models.OneToOneField(Household, on_delete=models.DO_NOTHING, primary_key=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.DO_NOTHING, related_name="+")
    stratum = models.CharField(max_length=20)
    value = models.FloatField(null=True)
    category = models.CharField(max_length=20)
    missing = models.JSONField()
    inputs = models.JSONField()

    class Meta:
        managed = False
        db_table = "scoring_computed"
