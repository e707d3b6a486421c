"""The stages of a campaign, and every time one was carried out."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.base.text import label
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.targeting.models.campaigns import Campaign


class Kind(models.TextChoices):
    """What a stage does with the list."""

    LISTING = "LISTING", _("Listing")
    ENUMERATION = "ENUMERATION", _("Enumeration")
    SCORING = "SCORING", _("Score")
    CATEGORICAL = "CATEGORICAL", _("Category")
    QUOTA = "QUOTA", _("Quota")
    VALIDATION = "VALIDATION", _("Community validation")
    APPEALS = "APPEALS", _("Appeals")


class Stage(Record):
    """One stage of a campaign, at its place in the order, with what it is set to do."""

    areas_path = "campaign__places__area"

    class State(models.TextChoices):
        """How far it is; a stage to be done that was carried out before is to be done again."""

        WAITING = "WAITING", _("to do")
        RUNNING = "RUNNING", _("under way")
        DONE = "DONE", _("done")
        SKIPPED = "SKIPPED", _("skipped")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="stages", verbose_name=_("targeting campaign"))
    position = models.PositiveSmallIntegerField(_("order"))
    # The column takes the place of the class's own ``kind()``; who wants that asks ``_meta.label_lower``.
    kind = models.CharField(_("stage"), max_length=11, choices=Kind.choices)  # type: ignore[assignment]
    names = models.JSONField(_("name"), default=dict, blank=True, help_text=_("One text per language."))
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    state = models.CharField(_("status"), max_length=7, choices=State.choices, default=State.WAITING)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["campaign", "position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="stage_position_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="stage_known_kind"),
            models.CheckConstraint(condition=Q(state__in=["WAITING", "RUNNING", "DONE", "SKIPPED"]), name="stage_known_state"),
        ]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en") if self.names else str(Kind(self.kind).label)


class StageRun(Record):
    """A stage carried out once: the list it read, what it was set to, and how many came to which outcome.

    A stage carried out again gets a new run; the former one stays as it was. The counts sum to the list: the database refuses
    anything else once the run counts.
    """

    areas_path = "stage__campaign__places__area"

    class State(models.TextChoices):
        """How far it is; its list is seen by nobody until it is open or done."""

        PREPARING = "PREPARING", _("being carried out")
        OPEN = "OPEN", _("open")
        DONE = "DONE", _("done")
        STOPPED = "STOPPED", _("stopped")
        REPLACED = "REPLACED", _("replaced")

    COUNTS: ClassVar[tuple[str, ...]] = ("going_on", "selected", "waiting", "not_selected", "not_eligible", "not_assessed")

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="runs", verbose_name=_("stage"))
    attempt = models.PositiveSmallIntegerField(_("time"), help_text=_("How often the stage had been carried out then."))
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.PREPARING)
    source = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("list before"))
    settings = models.JSONField(_("settings"), default=dict, help_text="As they were when it was carried out.")
    note = models.CharField(_("note"), max_length=300, blank=True)
    listed = models.PositiveIntegerField(_("on the list"), default=0)
    going_on = models.PositiveIntegerField(_("go on to the next stage"), default=0)
    selected = models.PositiveIntegerField(_("selected"), default=0)
    waiting = models.PositiveIntegerField(_("on the waiting list"), default=0)
    not_selected = models.PositiveIntegerField(_("not selected"), default=0)
    not_eligible = models.PositiveIntegerField(_("not eligible"), default=0)
    not_assessed = models.PositiveIntegerField(_("could not be assessed"), default=0)
    score_run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("scoring"))
    job_id = models.BigIntegerField(null=True, editable=False)
    ended_on = models.DateTimeField(_("ended on"), null=True, editable=False)

    class Meta:
        verbose_name = _("stage carried out")
        verbose_name_plural = _("stages carried out")
        constraints = [
            models.UniqueConstraint(fields=["stage", "attempt"], name="stage_attempt_once"),
            models.UniqueConstraint(fields=["stage"], condition=Q(state="PREPARING"), name="stage_carried_out_once_at_a_time"),
            models.UniqueConstraint(fields=["stage"], condition=Q(state__in=["OPEN", "DONE"]), name="stage_one_current_result"),
            models.CheckConstraint(
                condition=Q(state__in=["PREPARING", "STOPPED"])
                | Q(listed=F("going_on") + F("selected") + F("waiting") + F("not_selected") + F("not_eligible") + F("not_assessed")),
                name="stage_outcomes_sum_to_the_list",
            ),
        ]

    def __str__(self) -> str:
        return str(self.stage)


# A run whose list counts: the one declared group of states, used by every query (pitfall M20).
CURRENT = (StageRun.State.OPEN, StageRun.State.DONE)
