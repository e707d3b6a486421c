"""Pages of a long list that cost the same wherever they lie.

A page begins after (or ends before) one row, named in the address by its id alone: the value sorted by may be a
person's name, and no name stands in an address. The value is read again, under the reader's own rights.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Field, Model, OrderBy, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP


@dataclass(frozen=True)
class Order:
    """By what a list is sorted: a field path, an expression, or None for the id alone. Blanks come last."""

    by: Any = None
    descending: bool = False

    def on(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with the value sorted by, under the name `sort_value`."""
        by = "pk" if self.by is None else self.by
        with_value: QuerySet[Any] = rows.annotate(sort_value=F(by) if isinstance(by, str) else by)
        return with_value

    def may_be_null(self, model: type[Model]) -> bool:
        """True where a row may have no value; only then does the order say where blanks go."""
        if self.by is None:
            return False
        return not isinstance(self.by, str) or _nullable(model, self.by)


@dataclass(frozen=True)
class Place:
    """Where in the list we are: after a row, before a row, or at the start when both are None."""

    after: int | None = None
    before: int | None = None


@dataclass(frozen=True)
class Page:
    """The rows to show, and the ids to go on from (None where there is nothing more)."""

    rows: list[Any]
    previous: int | None
    next: int | None
    lost: bool = False


def page_of(rows: QuerySet[Any], visible: QuerySet[Any], order: Order, place: Place, size: int) -> Page:
    """One page of `rows`; at most two queries.

    `visible` is everything the reader may see in this table: the boundary row is looked up there, so that it is
    found even when it left the filter meanwhile, and never when it is none of the reader's business. Where it is
    gone, or nothing lies beyond it, the first page is given with `lost` set.
    """
    boundary = place.before or place.after
    if boundary is None:
        return _first(rows, order, size)
    backward = place.before is not None
    found = list(order.on(visible).filter(pk=boundary).values_list("sort_value", flat=True)[:1])
    got = _beyond(rows, order, (found[0], boundary), backward, size) if found else []
    if not got:
        return replace(_first(rows, order, size), lost=True)
    more, got = len(got) > size, got[:size]
    if backward:
        got.reverse()
        return Page(got, got[0].pk if more else None, got[-1].pk)
    return Page(got, got[0].pk, got[-1].pk if more else None)


def in_order(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """The rows sorted, for a file that takes them all."""
    return order.on(rows).order_by(*_ordering(order, rows.model, backward=False))


def _first(rows: QuerySet[Any], order: Order, size: int) -> Page:
    got = list(in_order(rows, order)[: size + 1])
    return Page(got[:size], None, got[size - 1].pk if len(got) > size else None)


def _beyond(rows: QuerySet[Any], order: Order, start: tuple[Any, int], backward: bool, size: int) -> list[Any]:
    """The next `size` + 1 rows after `start` (its value and id), or before it, nearest first."""
    rows = order.on(rows).filter(_past(order, rows.model, start, backward))
    return list(rows.order_by(*_ordering(order, rows.model, backward))[: size + 1])


def _past(order: Order, model: type[Model], start: tuple[Any, int], backward: bool) -> Q:
    value, key = start
    sign = "lt" if order.descending != backward else "gt"
    if value is None:
        same = Q(sort_value__isnull=True, **{f"pk__{sign}": key})
        return same | Q(sort_value__isnull=False) if backward else same
    beyond = Q(**{f"sort_value__{sign}e": value}) & (Q(**{f"sort_value__{sign}": value}) | Q(**{f"pk__{sign}": key}))
    if order.may_be_null(model) and not backward:
        return beyond | Q(sort_value__isnull=True)
    return beyond


def _ordering(order: Order, model: type[Model], backward: bool) -> list[OrderBy]:
    blanks = {}
    if order.may_be_null(model):
        blanks = {"nulls_first": True} if backward else {"nulls_last": True}
    falling = order.descending != backward
    return [OrderBy(F("sort_value"), descending=falling, **blanks), OrderBy(F("pk"), descending=falling)]


def _nullable(model: type[Model], path: str) -> bool:
    """True where any step of a field path may be empty; a name that is no field is an annotation and may be."""
    names = {field.name for field in model._meta.get_fields()} | {"pk"}
    step, _, rest = path.partition(LOOKUP_SEP)
    if step not in names:
        return True
    field = model._meta.pk if step == "pk" else model._meta.get_field(step)
    if not isinstance(field, Field) or field.null:
        return True
    return bool(rest) and (field.related_model is None or _nullable(field.related_model, rest))
