"""Months as a dimension: kept as “2026-03”, shown in the reader's language, found by a filter of days."""

from calendar import monthrange
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast, Substr
from django.utils.formats import date_format

from coremis.kernel.datasets.dataset import Dimension, Query
from coremis.kernel.screens.screen import Text


def month_of(column: str) -> Any:
    """The month of a date, for the rows of a dataset."""
    return Substr(Cast(column, CharField(max_length=10)), 1, 7)


def months(code: str, title: Text, filter: str) -> Dimension:
    """The dimension of an annotation made with ``month_of``; ``filter`` names the list's filter of days."""
    return Dimension(code, title, choices=month_words, query=in_month(filter), over_time=True)


def month_words(values: Any, user: Any) -> list[tuple[str, str]]:
    """The earliest first."""
    return [(value, date_format(datetime.strptime(value, "%Y-%m"), "M Y")) for value in sorted(values) if value]  # noqa: DTZ007


def in_month(filter: str) -> Callable[[str], Query | None]:
    """What the list is asked for to show one month."""

    def query(value: str) -> Query | None:
        if not value:
            return None
        last = monthrange(int(value[:4]), int(value[5:]))[1]
        return {f"{filter}_from": [f"{value}-01"], f"{filter}_to": [f"{value}-{last:02}"]}

    return query
