"""Counting ahead: each dataset in one statement, so that all its figures are of one moment."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import CharField, Count, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from coremis.kernel.datasets.dataset import Dataset, Measure
from coremis.modules.dashboards.models import Counting, Tally


@transaction.atomic
def count(dataset: Dataset) -> int:
    """Count a dataset and put it in the place of what was counted before, all or nothing; returns the number of rows kept.

    Six statements whatever the number of rows. Whoever reads meanwhile sees the former figures; they stay until the next
    counting, for those whose page is just being made.
    """
    new = Counting(
        dataset=dataset.name, as_of=timezone.now(), dimensions=[one.code for one in dataset.dimensions],
        measures=[one.code for one in dataset.measures],
    )  # fmt: skip
    new.save(force_insert=True)
    kept = insert(dataset, new)
    former = Counting.objects.filter(dataset=dataset.name, as_of__lte=new.as_of).exclude(pk=new.pk).order_by("-as_of", "-pk")
    Counting.objects.filter(pk__in=list(former.values_list("pk", flat=True)[1:])).delete()
    return kept


def columns_of(dataset: Dataset) -> list[str]:
    """The columns of the rows that a dataset fills, in the order in which ``summed`` yields them."""
    keys = [f"key{position}" for position in range(len(dataset.dimensions))]
    return ["area_id", "currency", *keys, *(f"value{position}" for position in range(len(dataset.measures)))]


def summed(dataset: Dataset) -> Any:
    """One row for each place, currency and combination of the dimensions."""
    keys = {f"_key{position}": as_text(one.on or one.code) for position, one in enumerate(dataset.dimensions)}
    keys["_currency"] = as_text(dataset.currency) if dataset.currency else Value("")
    values = {f"_value{position}": total(one) for position, one in enumerate(dataset.measures)}
    rows = dataset.rows().order_by().annotate(**keys).values(dataset.area, *keys).annotate(**values)
    ordered = [f"_{name}" for name in columns_of(dataset)[2:]]
    return rows.values_list(dataset.area, "_currency", *ordered)


def as_text(column: str) -> Any:
    """A value as it is kept."""
    return Coalesce(Cast(column, CharField(max_length=60)), Value(""))


def total(measure: Measure) -> Any:
    """How many rows, or the sum of a column; of those rows that the measure is about."""
    condition = measure.where if measure.where is not None else Q()
    return Coalesce(Sum(measure.of, filter=condition), Value(0)) if measure.of else Count("pk", filter=condition)


def insert(dataset: Dataset, counting: Counting) -> int:
    """Keep what a query counts, without taking it out of the database."""
    try:
        sql, params = summed(dataset).query.sql_with_params()
    except EmptyResultSet:  # rows that no database need be asked for
        return 0
    listed = ", ".join(f'"{name}"' for name in ["counting_id", *columns_of(dataset)])
    with connection.cursor() as cursor:
        statement = f'INSERT INTO "{Tally._meta.db_table}" ({listed}) SELECT %s, counted.* FROM ({sql}) AS counted'
        cursor.execute(statement, [counting.pk, *params])
        return int(cursor.rowcount)
