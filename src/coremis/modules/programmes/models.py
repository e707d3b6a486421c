"""Programmes, the enrolment of households or persons in them, and what was decided for many of them at once."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import label
from coremis.modules.programmes.reasons import Reason
from coremis.modules.programmes.statuses import ENDED, OPEN, PAYABLE, PLACED, Status
from coremis.modules.registry.models import Household, Person

__all__ = [
    "ENDED", "OPEN", "PAYABLE", "PLACED", "DefaultCriteria", "Enrolment", "GroupChange", "Programme", "Reason", "Status", "WaitingPlace",
]  # fmt: skip


class Programme(Record):
    """An intervention that helps households or persons."""

    area_path = None

    class Unit(models.TextChoices):
        """Whom it helps."""

        HOUSEHOLD = "household", _("households")
        PERSON = "person", _("persons")

    code = models.SlugField(_("code"), max_length=20, unique=True)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    description = models.TextField(_("description"), blank=True)
    unit = models.CharField(_("helps"), max_length=10, choices=Unit.choices)
    currency = models.CharField(_("currency"), max_length=3)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    max_beneficiaries = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text=_("Empty: no limit."))

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="programme_dates_in_order")]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class DefaultCriteria(Record):
    """Whom a programme usually gives a status: the filter and condition that its forms start from (requirement TGT-14)."""

    area_path = None

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="criteria", verbose_name=_("programme"))
    status = models.CharField(_("new status"), max_length=10, choices=Status.choices)
    filter = models.JSONField(_("filter"), default=dict, blank=True, help_text="A copy of the filter, as it was then.")
    filter_words = models.TextField(_("filter"), blank=True, help_text="What it said, in the language of whoever stored it.")
    condition = models.TextField(_("condition"), blank=True)

    class Meta:
        verbose_name = _("usual criteria")
        verbose_name_plural = _("usual criteria")
        constraints = [models.UniqueConstraint(fields=["programme", "status"], name="criteria_once_a_status")]


class GroupChange(Record):
    """One decision about many beneficiaries of a programme: enrolling them, changing their status, or undoing that."""

    area_path = "area"

    class What(models.TextChoices):
        """What was decided."""

        ENROL = "ENROL", _("enrolment")
        STATUS = "STATUS", _("change of status")
        UNDO = "UNDO", _("undoing")
        PROMOTE = "PROMOTE", _("moving up from the waiting list")

    class State(models.TextChoices):
        """How far it is; the beneficiaries of an enrolment are seen by nobody until it is carried out."""

        PREPARING = "PREPARING", _("being carried out")
        DONE = "DONE", _("carried out")
        STOPPED = "STOPPED", _("stopped")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="group_changes", verbose_name=_("programme"))
    what = models.CharField(_("what"), max_length=7, choices=What.choices)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"), help_text="What holds all chosen places."
    )
    area_ids = models.JSONField(default=list, help_text="The places that were chosen.")
    condition = models.TextField(_("condition"), blank=True)
    filter = models.JSONField(_("filter"), default=dict, blank=True, help_text="The filter that was chosen, as it was then.")
    filter_words = models.TextField(_("filter"), blank=True, help_text="What it said, in the language of whoever decided.")
    from_status = models.CharField(_("from"), max_length=10, choices=Status.choices, blank=True)
    to_status = models.CharField(_("to"), max_length=10, choices=Status.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by", verbose_name=_("undoes"))
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.PREPARING)
    count = models.PositiveIntegerField(_("beneficiaries"), default=0)

    class Meta:
        verbose_name = _("group change")
        verbose_name_plural = _("group changes")


class EnrolmentQuerySet(RecordQuerySet["Enrolment"]):
    """Beneficiaries, without those that an enrolment is still preparing."""

    def settled(self) -> "EnrolmentQuerySet":
        """Only those that count; an abandoned enrolment takes its own away again."""
        return self.exclude(group__in=GroupChange.objects.filter(state=GroupChange.State.PREPARING).values("pk"))


class EnrolmentManager(models.Manager.from_queryset(EnrolmentQuerySet)):  # type: ignore[misc]
    """The default reading of beneficiaries."""

    def get_queryset(self) -> EnrolmentQuerySet:
        return EnrolmentQuerySet(self.model, using=self._db).settled()


class Enrolment(Record):
    """A household or a person in one programme, with one status there."""

    area_path = "area"
    number_prefix = "E"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.BigIntegerField(_("number"), unique=True, editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("programme"), db_index=False
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="enrolments", verbose_name=_("household")
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="enrolments", verbose_name=_("person"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    status_since = models.DateField(_("status since"), default=timezone.localdate)
    status_reason = models.CharField(_("reason"), max_length=30, choices=Reason.choices, blank=True)
    status_note = models.CharField(_("note"), max_length=300, blank=True)
    set_by_hand = models.BooleanField(
        default=False, editable=False, help_text="A person decided for this one; group changes leave it alone."
    )
    enrolled_on = models.DateField(_("enrolled on"), default=timezone.localdate)
    data = models.JSONField(_("further facts"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    group = models.ForeignKey(
        GroupChange, on_delete=models.PROTECT, null=True, editable=False, related_name="enrolments", help_text="What enrolled it."
    )

    objects = EnrolmentManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("beneficiary")
        verbose_name_plural = _("beneficiaries")
        indexes = [models.Index(fields=["programme", "status", "area"])]
        constraints = [
            models.CheckConstraint(condition=Q(household=None) ^ Q(person=None), name="enrolment_household_or_person"),
            models.UniqueConstraint(
                fields=["programme", "household"], condition=Q(status__in=OPEN, household__isnull=False), name="household_once_while_open"
            ),
            models.UniqueConstraint(
                fields=["programme", "person"], condition=Q(status__in=OPEN, person__isnull=False), name="person_once_while_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_text} {self.household or self.person}"

    @property
    def who(self) -> Household | Person:
        """The household or person it is about."""
        found = self.household or self.person
        assert found is not None
        return found


class WaitingQuerySet(RecordQuerySet["WaitingPlace"]):
    """Places on waiting lists."""

    def waiting(self, day: date) -> "WaitingQuerySet":
        """Those that count on a day: not taken off, not run out, and the beneficiary still potential. In the order of the lists."""
        rows = self.filter(removed_on=None, enrolment__status=Status.POTENTIAL).filter(Q(until=None) | Q(until__gte=day))
        return rows.order_by("rank", "pk")


class WaitingManager(models.Manager.from_queryset(WaitingQuerySet)):  # type: ignore[misc]
    """The default reading of waiting lists."""

    def get_queryset(self) -> WaitingQuerySet:
        """Without those whose enrolment is still being prepared."""
        rows = WaitingQuerySet(self.model, using=self._db)
        return rows.exclude(group__in=GroupChange.objects.filter(state=GroupChange.State.PREPARING).values("pk"))


class WaitingPlace(Record):
    """A potential beneficiary's rank on the waiting list of one village or ward. It stands beside the status, which stays potential.

    Nothing is written here when the beneficiary moves up: the list leaves out whoever is no longer potential, so that undoing the
    change brings the rank back. A rank is given once and never again.
    """

    area_path = "enrolment__area"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="waiting_places", verbose_name=_("beneficiary"))
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("programme"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    rank = models.PositiveIntegerField(_("rank"))
    since = models.DateField(_("waiting since"))
    until = models.DateField(_("waits until"), null=True, blank=True)
    removed_on = models.DateField(_("taken off on"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_validated = models.BooleanField(
        _("validated"), default=True, db_default=True, help_text=_("Only those whom the community has confirmed move up.")
    )
    group = models.ForeignKey(GroupChange, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = WaitingManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("place on a waiting list")
        verbose_name_plural = _("places on waiting lists")
        constraints = [
            models.UniqueConstraint(fields=["programme", "area", "rank"], name="waiting_rank_once"),
            models.UniqueConstraint(fields=["enrolment"], condition=Q(removed_on=None), name="waiting_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="waiting_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.enrolment}"
