"""Searches kept on the server, because names, phones and document numbers never stand in an address."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(days=30)


class SavedSearch(models.Model):
    """What one person searched for in one table; its number stands in the address instead of the words.

    No business row: it is the reader's own, is read by nobody else, and goes after `KEPT_FOR`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=120)
    values = models.JSONField()
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("kept search")
        verbose_name_plural = _("kept searches")
        indexes = [models.Index(fields=["user", "table"])]


def keep_search(user: Any, table: str, values: Mapping[str, Sequence[str]]) -> int:
    """Keep the values and return their number; the same search of the same person keeps its number."""
    plain = {name: list(given) for name, given in values.items()}
    recent = SavedSearch.objects.filter(user=user, table=table).order_by("-pk")[:50]
    for kept in recent:
        if kept.values == plain:
            SavedSearch.objects.filter(pk=kept.pk).update(created=timezone.now())
            return int(kept.pk)
    return int(SavedSearch.objects.create(user=user, table=table, values=plain).pk)


def kept_search(user: Any, table: str, number: int) -> dict[str, list[str]] | None:
    """The values under this number if the search is this person's and this table's; else None."""
    kept = SavedSearch.objects.filter(pk=number, user=user, table=table).first()
    return kept.values if kept else None


def forget_old_searches() -> int:
    """Delete the searches that nobody used for `KEPT_FOR`; returns how many."""
    gone, _kinds = SavedSearch.objects.filter(created__lt=timezone.now() - KEPT_FOR).delete()
    return gone
