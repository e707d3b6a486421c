"""Appeals against an outcome; each holds back only the household or person it is about."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.modules.targeting.models.entries import StageEntry


class Appeal(Record):
    """Somebody says that an outcome is wrong; while it is open, nothing is carried out for this household or person."""

    area_path = "entry__area"

    class Kind(models.TextChoices):
        """What is said to be wrong (rulebook 2.4)."""

        WRONGLY_OUT = "WRONGLY_OUT", _("should have been selected")
        WRONGLY_IN = "WRONGLY_IN", _("should not have been selected")
        WRONG_DATA = "WRONG_DATA", _("the data are wrong")

    class State(models.TextChoices):
        """How it stands."""

        OPEN = "OPEN", _("open")
        UPHELD = "UPHELD", _("accepted")
        DISMISSED = "DISMISSED", _("dismissed")

    class Remedy(models.TextChoices):
        """What an accepted appeal led to, after the result was approved."""

        PLACE = "PLACE", _("a free place")
        WAITING = "WAITING", _("a place on the waiting list")
        BEYOND = "BEYOND", _("a place beyond the quota")

    entry = models.ForeignKey(StageEntry, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("outcome"))
    kind = models.CharField(_("what is said to be wrong"), max_length=11, choices=Kind.choices)  # type: ignore[assignment]
    words = models.CharField(_("reason"), max_length=500)
    by = models.CharField(_("who appeals"), max_length=120, blank=True)
    opened_on = models.DateField(_("received on"), default=timezone.localdate)
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.OPEN)
    decided_on = models.DateField(_("decided on"), null=True)
    decision = models.CharField(_("decision"), max_length=500, blank=True)
    remedy = models.CharField(_("given"), max_length=7, choices=Remedy.choices, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(state="OPEN"), name="appeal_open_once"),
            models.CheckConstraint(condition=Q(state="OPEN") ^ Q(decided_on__isnull=False), name="appeal_decided_with_a_day"),
        ]
