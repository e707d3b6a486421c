"""Which saved filters somebody may choose from."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from coremis.modules.filters.models import SavedFilter

SEES = "filters.view_savedfilter"


def usable_filters(user: Any, about: Sequence[str]) -> "QuerySet[SavedFilter]":
    """The filters on these subjects that somebody may choose from: one's own and those shared with one, while in use.

    Whoever uses one for work that lasts keeps a copy of its ``condition``.
    """
    rows: QuerySet[SavedFilter] = SavedFilter.objects.visible_to(user, SEES)
    return rows.filter(subject__in=about, is_active=True)
