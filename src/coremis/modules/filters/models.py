"""Filters that somebody keeps under a name."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.areas.models import AreaTree


class SavedFilterQuerySet(RecordQuerySet["SavedFilter"]):
    """Filters limited to one's own and to those shared with one."""

    def visible_to(self, user: Any, permission: str) -> Self:
        """The reader's own filters and those shared with everybody, or with the reader's places."""
        if not user.has_perm(permission):
            return self.none()
        shared = Q(shared=SavedFilter.Shared.EVERYBODY) | Q(shared=SavedFilter.Shared.PLACES, owner__in=_people_around(user, permission))
        return self.filter(Q(owner=user.pk) | shared)


def _people_around(user: Any, permission: str) -> QuerySet[Any]:
    """The ids of those who work today in a place of the reader, below it or above it."""
    held, today = user.places_for(permission), timezone.localdate()
    at_work = Assignment.objects.filter(valid_from__lte=today).filter(Q(valid_until=None) | Q(valid_until__gte=today))
    if not held.everywhere:
        above = AreaTree.objects.filter(descendant__in=held.roots).values("ancestor")
        at_work = at_work.filter(Q(area__in=held.areas()) | Q(area__in=above))
    return at_work.values("user")


class SavedFilter(Record):
    """A question about people that somebody keeps under a name; others store a copy of it, never a link."""

    area_path = None

    class Shared(models.TextChoices):
        """Who else may use it; always with their own rights, in their own places."""

        ME = "ME", _("only me")
        PLACES = "PLACES", _("people of my places")
        EVERYBODY = "EVERYBODY", _("everybody with the right")

    name = models.CharField(_("name"), max_length=80)
    subject = models.CharField(_("about"), max_length=40)
    condition = models.JSONField(_("condition"), default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    shared = models.CharField(_("shared with"), max_length=10, choices=Shared.choices, default=Shared.ME)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SavedFilterQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "subject", "name"], condition=Q(is_active=True), name="saved_filter_name_once")
        ]

    def __str__(self) -> str:
        return self.name
