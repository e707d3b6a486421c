"""Payment points, who manages them, and which places and households collect there from when until when."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import fold
from coremis.modules.registry.models import Household


def on_day(day: Any, prefix: str = "") -> Q:
    """What held on a day: a date, or an expression that gives one."""
    still = Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gte": day})
    return Q(**{f"{prefix}valid_from__lte": day}) & still


class Provider(Record):
    """Who carries the money to the people: a bank, an operator of mobile money, or the programme's own cashiers."""

    area_path = None

    class Way(models.TextChoices):
        """How payments reach it, and how results come back."""

        DIGITAL = "DIGITAL", _("with files of its own")
        OFFLINE = "OFFLINE", _("on paper, with signed lists")

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    way = models.CharField(_("works"), max_length=7, choices=Way.choices)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("payment provider")
        verbose_name_plural = _("payment providers")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(way__in=["DIGITAL", "OFFLINE"]), name="provider_known_way")]

    def __str__(self) -> str:
        return self.name


class PaymentPoint(Record):
    """A place where money is handed out."""

    area_path = "area"

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    address = models.CharField(_("address or landmark"), max_length=200, blank=True)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("provider"),
        help_text="Who pays there; new payments through this point go to it.",
    )  # fmt: skip
    is_active = models.BooleanField(_("in use"), default=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closing_reason = models.CharField(_("reason"), max_length=200, blank=True)
    search_name = models.CharField(max_length=151, blank=True, editable=False, db_index=True, help_text="Name and code, folded.")

    class Meta:
        verbose_name = _("payment point")
        verbose_name_plural = _("payment points")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(is_active=True) ^ Q(closed_on__isnull=False), name="closed_point_has_a_day")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the folded name and code beside the name."""
        self.search_name = fold(f"{self.name} {self.code}")
        super().save(*args, **kwargs)


class PointManager(Record):
    """Somebody who answers for a payment point."""

    area_path = "point__area"

    point = models.ForeignKey(PaymentPoint, on_delete=models.PROTECT, related_name="managers", verbose_name=_("payment point"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("manager"))
    valid_from = models.DateField(_("since"))
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text="The last day on which it held.")

    class Meta:
        verbose_name = _("manager of a payment point")
        verbose_name_plural = _("managers of payment points")
        constraints = [models.UniqueConstraint(fields=["point", "user"], condition=Q(valid_until=None), name="point_manager_once")]


class ServedPlace(Record):
    """A place whose people collect at a payment point; everything below it does so too, unless it has a point of its own."""

    area_path = "area"

    point = models.ForeignKey(PaymentPoint, on_delete=models.PROTECT, related_name="served", verbose_name=_("payment point"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="served_by", verbose_name=_("place"))
    valid_from = models.DateField(_("since"))
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text="The last day on which it held.")

    class Meta:
        verbose_name = _("place served by a payment point")
        verbose_name_plural = _("places served by payment points")
        constraints = [models.UniqueConstraint(fields=["area"], condition=Q(valid_until=None), name="served_by_one_point")]

    @classmethod
    def on(cls, day: date) -> "models.QuerySet[ServedPlace]":
        """What held on a day."""
        return cls.objects.filter(on_day(day))


class HouseholdPoint(Record):
    """A household that collects elsewhere than its place does."""

    area_path = "household__area"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="own_points", verbose_name=_("household"))
    point = models.ForeignKey(PaymentPoint, on_delete=models.PROTECT, related_name="own_households", verbose_name=_("payment point"))
    valid_from = models.DateField(_("since"))
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text="The last day on which it held.")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("household with its own payment point")
        verbose_name_plural = _("households with their own payment point")
        constraints = [models.UniqueConstraint(fields=["household"], condition=Q(valid_until=None), name="one_own_point_at_a_time")]
