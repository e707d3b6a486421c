"""What was simulated, and comparisons of two simulations."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area, AreaLevel
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.targeting.models import Stage


class State(models.TextChoices):
    """How far the computing is."""

    PREPARING = "PREPARING", _("being computed")
    DONE = "DONE", _("done")
    STOPPED = "STOPPED", _("stopped")


class Simulation(Record):
    """A rule of selection, applied to the scores of one scoring without any effect; with what came out.

    Whether a household is poor is known from a survey (``poor``, a condition), or estimated by its score (``likelihoods``,
    pairs of "from this score on" and percent), or neither.
    """

    area_path = "area"

    class Rule(models.TextChoices):
        """Who would be selected."""

        CUTOFF = "CUTOFF", _("all up to a cut-off")
        PLACES = "PLACES", _("so many places, for all together")
        SHARED = "SHARED", _("so many places, shared among areas")
        QUOTAS = "QUOTAS", _("the quotas of a campaign")

    class Weights(models.TextChoices):
        """By what places are shared among areas."""

        SCORED = "SCORED", _("households scored")
        HOUSEHOLDS = "HOUSEHOLDS", _("estimated households")
        POOR = "POOR", _("estimated households times poverty rate")

    title = models.CharField(_("title"), max_length=120)
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="simulations", verbose_name=_("scoring"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    rule = models.CharField(_("who would be selected"), max_length=7, choices=Rule.choices)
    cutoff = models.FloatField(_("cut-off"), null=True)
    places = models.PositiveIntegerField(_("places"), null=True)
    level = models.ForeignKey(AreaLevel, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("level"))
    weights = models.CharField(_("shared by"), max_length=10, choices=Weights.choices, blank=True)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("quotas of the stage"))
    poor = models.TextField(_("poor is who"), blank=True)
    likelihoods = models.JSONField(_("estimated by score"), default=list)
    disability = models.CharField(_("disability is recorded as"), max_length=60, blank=True)
    amount_minor = models.BigIntegerField(_("amount of a payment"), null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    payments = models.PositiveSmallIntegerField(_("payments a year"), null=True)
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.PREPARING)
    results = models.JSONField(default=dict, help_text="Counts by area, sex of head and disability, and the bands; see simulation/sets.py.")

    class Meta:
        verbose_name = _("simulation")
        verbose_name_plural = _("simulations")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="simulation_known_state"),
            models.CheckConstraint(condition=~Q(rule="CUTOFF") | Q(cutoff__isnull=False), name="simulation_cutoff_given"),
            models.CheckConstraint(condition=~Q(rule__in=["PLACES", "SHARED"]) | Q(places__gt=0), name="simulation_places_given"),
            models.CheckConstraint(condition=~Q(rule="SHARED") | Q(level__isnull=False), name="simulation_level_given"),
            models.CheckConstraint(condition=~Q(rule="QUOTAS") | Q(stage__isnull=False), name="simulation_stage_given"),
        ]

    def __str__(self) -> str:
        return self.title


class Comparison(Record):
    """Two simulations side by side, and whom both, or only one of them, would select."""

    area_path = "area"

    first = models.ForeignKey(Simulation, on_delete=models.PROTECT, related_name="+", verbose_name=_("first simulation"))
    second = models.ForeignKey(Simulation, on_delete=models.PROTECT, related_name="+", verbose_name=_("second simulation"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.PREPARING)
    results = models.JSONField(default=dict, help_text="Households by (selected by the first, selected by the second).")

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = [models.CheckConstraint(condition=~Q(first=models.F("second")), name="comparison_of_two")]

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"
