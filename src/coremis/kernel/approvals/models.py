"""Routes, the requests that travel along them, and the decisions of people."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile, User
from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area


class Route(Record):
    """Who must agree to one action, in one area and all below it, from one amount upwards."""

    area_path = "area"

    action = models.CharField(_("action"), max_length=100)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    min_amount = models.BigIntegerField(_("from amount"), default=0, help_text=_("In the smallest unit of the currency."))
    no_approval = models.BooleanField(_("no approval needed"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("approval route")
        verbose_name_plural = _("approval routes")
        constraints = [models.UniqueConstraint(fields=["action", "area", "min_amount"], condition=Q(is_active=True), name="route_once")]


class RouteLevel(Record):
    """One level of a route: how many people with which profile."""

    area_path = "route__area"

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="levels")
    position = models.PositiveSmallIntegerField(_("level"))
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="+", verbose_name=_("access profile"))
    people = models.PositiveSmallIntegerField(_("number of people"), default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("approval level")
        verbose_name_plural = _("approval levels")
        ordering = ["position"]


class Request(Record):
    """An action that waits for other people."""

    area_path = "area"

    class State(models.TextChoices):
        """Where a request is on its way."""

        PENDING = "PENDING", _("waiting for approval")
        APPROVED = "APPROVED", _("approved")
        REJECTED = "REJECTED", _("rejected")
        RETURNED = "RETURNED", _("returned for correction")
        RECALLED = "RECALLED", _("taken back")
        STALE = "STALE", _("overtaken by a change")

    action = models.CharField(_("action"), max_length=100)
    inputs = models.JSONField()
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_version = models.PositiveIntegerField(null=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True)
    currency = models.CharField(max_length=3, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    maker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="requests", verbose_name=_("asked by"))
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.PENDING)
    levels = models.JSONField(help_text="The levels of the route when it was asked: position, profile, people.")
    level = models.PositiveSmallIntegerField(_("level"), default=0, help_text="Index of the level that decides next.")
    level_profile = models.ForeignKey(Profile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("waits for"))
    submitted_at = models.DateTimeField(_("asked on"), auto_now_add=True)
    result = models.JSONField(null=True)

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"]),
            models.Index(fields=["level_profile"], condition=Q(state="PENDING"), name="request_waiting"),
        ]

    def level_now(self) -> dict[str, Any]:
        """The level that decides next."""
        return dict(self.levels[self.level])


class Decision(Record):
    """What one person said to one request; nobody speaks twice."""

    area_path = "request__area"

    class Verdict(models.TextChoices):
        """The answers a checker can give."""

        APPROVED = "APPROVED", _("approved")
        REJECTED = "REJECTED", _("rejected")
        RETURNED = "RETURNED", _("returned for correction")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    level = models.PositiveSmallIntegerField(_("level"))
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    note = models.TextField(_("note"), blank=True)
    decided_at = models.DateTimeField(_("decided on"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="one_person_one_level")]
