"""What became of each household or person in a stage, who was listed by a file, and how many places each area has."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.areas.models import Area
from coremis.modules.registry.models import Household, Person
from coremis.modules.scoring.models import Score
from coremis.modules.targeting.models.stages import Stage, StageRun


class Outcome(models.TextChoices):
    """What a stage decided; everybody of a list has exactly one."""

    IN = "IN", _("goes on")
    SELECTED = "SELECTED", _("selected")
    WAITING = "WAITING", _("waiting list")
    NOT_SELECTED = "NOT_SELECTED", _("not selected")
    NOT_ELIGIBLE = "NOT_ELIGIBLE", _("not eligible")
    NOT_ASSESSED = "NOT_ASSESSED", _("could not be assessed")


class Verdict(models.TextChoices):
    """What the community said."""

    CONFIRMED = "CONFIRMED", _("confirmed")
    REJECTED = "REJECTED", _("rejected")
    ADDITION = "ADDITION", _("proposed in addition")


TO_ANSWER = (Outcome.SELECTED, Outcome.WAITING, Outcome.IN)  # whom a community confirms or rejects; all others it may propose


# A base class that a call makes is none to mypy.
class EntryManager(models.Manager.from_queryset(RecordQuerySet["StageEntry"])):  # type: ignore[misc]
    """The default reading of lists."""

    def get_queryset(self) -> "RecordQuerySet[StageEntry]":
        """Without those that are still being made."""
        rows: RecordQuerySet[StageEntry] = RecordQuerySet(self.model, using=self._db)
        return rows.exclude(run__in=StageRun.objects.filter(state=StageRun.State.PREPARING).values("pk"))


class StageEntry(Record):
    """A household or person on the list of a stage carried out once, with the outcome and its reason.

    ``rank`` is the place in the order of its quota's area, those selected included; ``ties`` holds what decided between equals.
    """

    area_path = "area"

    run = models.ForeignKey(StageRun, on_delete=models.PROTECT, related_name="entries", db_index=False, verbose_name=_("stage"))
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("household"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    score = models.ForeignKey(Score, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("score"))
    value = models.FloatField(_("score"), null=True)
    category = models.CharField(_("category"), max_length=40, blank=True)
    ties = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    rank = models.PositiveIntegerField(_("rank"), null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=60, blank=True, help_text="Code of a rule, of a variable, or of a rejection.")
    note = models.CharField(_("note"), max_length=300, blank=True)
    verdict = models.CharField(_("community"), max_length=9, choices=Verdict.choices, blank=True)
    waits_until = models.DateField(_("waits until"), null=True)
    came_by = models.CharField(
        _("came in by"), max_length=40, blank=True, default="", db_default="", help_text="Code of the category; empty: by rank."
    )
    fits = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), help_text="Codes of the categories that fit.")

    # Django's types know no manager that is made from a query set and replaces the one of the base class.
    objects = EntryManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("outcome of targeting")
        verbose_name_plural = _("outcomes of targeting")
        indexes = [models.Index(fields=["run", "area", "outcome", "rank"])]
        constraints = [
            models.CheckConstraint(condition=Q(household=None) ^ Q(person=None), name="entry_household_or_person"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="entry_known_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["NOT_ELIGIBLE", "NOT_ASSESSED"]) | ~Q(reason=""), name="entry_left_out_with_a_reason"
            ),
            models.CheckConstraint(condition=~Q(outcome="WAITING") | Q(rank__isnull=False), name="entry_waits_with_a_rank"),
            models.UniqueConstraint(fields=["run", "household"], condition=Q(household__isnull=False), name="entry_household_once"),
            models.UniqueConstraint(fields=["run", "person"], condition=Q(person__isnull=False), name="entry_person_once"),
        ]

    @property
    def who(self) -> Household | Person:
        """The household or person it is about."""
        found = self.household or self.person
        assert found is not None
        return found

    def __str__(self) -> str:
        return str(self.who)


class Quota(Record):
    """How many places an area has in a quota stage, itself and all below it.

    Without a run it is what is planned for the next time the stage is carried out; each run keeps its own copy.
    """

    area_path = "area"

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="quotas", verbose_name=_("stage"))
    run = models.ForeignKey(StageRun, on_delete=models.PROTECT, null=True, related_name="quotas", verbose_name=_("stage carried out"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="targeting_quotas", verbose_name=_("place"))
    places = models.PositiveIntegerField(_("places"))
    multiplier = models.DecimalField(
        _("multiplier"), max_digits=6, decimal_places=2, null=True, default=Decimal(2), help_text=_("Empty: all others wait.")
    )
    waiting_places = models.PositiveIntegerField(_("places on the waiting list"), null=True, help_text=_("Empty: without limit."))
    source = models.CharField(_("where it comes from"), max_length=200, blank=True)
    poverty_rate = models.FloatField(_("poverty rate"), null=True)
    households = models.FloatField(_("households"), null=True)
    shares = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), help_text="Places by code of the category.")
    reserved = models.PositiveIntegerField(_("reserve"), default=0, db_default=0, help_text=_("Kept for appeals that are accepted."))

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(fields=["run", "area"], condition=Q(run__isnull=False), name="quota_once_a_run"),
            models.UniqueConstraint(fields=["stage", "area"], condition=Q(run=None), name="quota_planned_once"),
            models.CheckConstraint(condition=Q(multiplier=None) | Q(multiplier__gte=1), name="quota_multiplier_from_one"),
            models.CheckConstraint(condition=Q(reserved__lte=models.F("places")), name="quota_reserve_within_places"),
        ]


class Placed(models.Model):
    """Who takes part in the ranking of the chunk in work, with rank and category: a temporary table, of no use outside the transaction."""

    entry = models.OneToOneField(StageEntry, on_delete=models.DO_NOTHING, primary_key=True, related_name="+")
    quota = models.BigIntegerField()
    place = models.IntegerField()
    outcome = models.CharField(max_length=12)
    came_by = models.CharField(max_length=40)
    fits = models.JSONField()
    ties = models.JSONField()

    class Meta:
        managed = False
        db_table = "targeting_placed"


class TieFacts(models.Model):
    """What the members of a household say about the order between equals: a named part of the statement that ranks, never a table."""

    household = models.OneToOneField(Household, on_delete=models.DO_NOTHING, primary_key=True, related_name="targeting_facts")
    dependency_ratio = models.FloatField()
    female_head = models.IntegerField()
    head_age = models.IntegerField()

    class Meta:
        managed = False
        db_table = "targeting_tiefacts"


class ListedUnit(Record):
    """A household or person that a file puts on the list of a listing stage."""

    area_path = "area"

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="listed_units", db_index=False, verbose_name=_("stage"))
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("household"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    removed_on = models.DateField(_("taken off on"), null=True)

    class Meta:
        verbose_name = _("listed by file")
        verbose_name_plural = _("listed by file")
        constraints = [
            models.CheckConstraint(condition=Q(household=None) ^ Q(person=None), name="listed_household_or_person"),
            models.UniqueConstraint(
                fields=["stage", "household"], condition=Q(removed_on=None, household__isnull=False), name="listed_household_once"
            ),
            models.UniqueConstraint(
                fields=["stage", "person"], condition=Q(removed_on=None, person__isnull=False), name="listed_person_once"
            ),
        ]
