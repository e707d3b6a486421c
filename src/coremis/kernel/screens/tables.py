"""`Table`: the declaration of a list. One class says what a row is, who sees it, its columns, filters and export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet

from coremis.kernel.actions.models import Record
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.columns import Cell, Column, Status, text_of
from coremis.kernel.screens.filters import Filter
from coremis.kernel.screens.keyset import Order
from coremis.kernel.screens.selection import RESERVED


@dataclass(frozen=True)
class ListFilters(Contribution):
    """Filters that a module adds to lists that are not its own: `make(table, user)` gives those for one list and reader."""

    make: Callable[[type["Table"], Any], Sequence[Filter]]


class Table:
    """Declare a list by class attributes; nobody makes an instance.

    `default_sort` names a column, with a minus for descending. `prepare` adds `select_related`, `only` and
    annotations, so that a page has the same number of queries whatever its length. `exact` tables count every row
    (money); the others stop at 10,000.
    """

    model: ClassVar[type[Record]]
    permission: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Sequence[Filter]] = ()
    search: ClassVar[Filter | None] = None
    default_sort: ClassVar[str] = ""
    row_link: ClassVar[Callable[..., str] | None] = None
    row_needs_attention: ClassVar[Callable[..., bool] | None] = None
    export_name: ClassVar[str] = ""
    exact: ClassVar[bool] = False
    page_size: ClassVar[int] = 50

    def __init_subclass__(cls) -> None:
        check_declaration(cls)

    @classmethod
    def prepare(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Add what the columns need: `select_related`, `only`, annotations."""
        return rows

    @classmethod
    def filters_for(cls, user: Any) -> list[Filter]:
        """The filters this person may use, those of other modules too. Override to add those of the data dictionary."""
        further = [filter for more in contributions(ListFilters) for filter in more.make(cls, user)]
        return [*([cls.search] if cls.search else []), *cls.filters, *further]

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """The columns this person sees. Override to add those of the data dictionary."""
        return list(cls.columns)

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """The columns of a file made from this list. Override to add more than a page can show."""
        return cls.columns_for(user)

    @classmethod
    def prepare_file(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Add what only the columns of a file need."""
        return rows

    @classmethod
    def visible(cls, user: Any) -> QuerySet[Any]:
        """Every row this person may see, prepared."""
        return cls.prepare(cls.model.objects.visible_to(user, cls.permission))

    @classmethod
    def label(cls) -> str:
        """The name under which kept searches and exports know this table: "registry.HouseholdTable"."""
        return f"{cls.model._meta.app_label}.{cls.__name__}"


def check_declaration(table: type[Table]) -> None:
    """Refuse a table that would fail later on somebody's page, with a sentence for its author."""
    for needed in ("model", "permission", "columns"):
        if not getattr(table, needed, None):
            raise ValueError(f"{table.__name__} must say its {needed}.")
    names = [column.name for column in table.columns]
    if len(names) != len(set(names)):
        raise ValueError(f"{table.__name__} has two columns of the same name.")
    sortable = {column.name for column in table.columns if column.sort is not None}
    if table.default_sort and table.default_sort.removeprefix("-") not in sortable:
        raise ValueError(f"{table.__name__} sorts by {table.default_sort!r}, which is no sortable column.")
    used = [name for filter in [table.search, *table.filters] if filter for name in filter.names()]
    if len(used) != len(set(used)) or RESERVED & set(used):
        raise ValueError(f"{table.__name__} has a filter name twice, or one of {', '.join(sorted(RESERVED))}.")


def order_of(table: type[Table], user: Any, asked: str) -> Order | None:
    """The order asked for ("name", "-name"); the table's own for ""; None for a column that nobody may sort by."""
    asked = asked or table.default_sort
    if not asked:
        return Order(None, descending=True)
    for column in table.columns_for(user):
        if column.name == asked.removeprefix("-") and column.sort is not None:
            return Order(column.sort, asked.startswith("-"))
    return None


def plain_ids(table: type[Table], columns: Sequence[Column], rows: Sequence[Any], user: Any) -> dict[str, set[int]]:
    """For each permission that masks a column: the ids of the rows that this person may see plainly."""
    keys = [row.pk for row in rows]
    permissions = {column.permission for column in columns if column.permission}
    return {
        permission: set(table.model.objects.visible_to(user, permission).filter(pk__in=keys).values_list("pk", flat=True))
        for permission in sorted(permissions)
    }


def cells_of(table: type[Table], columns: Sequence[Column], rows: Sequence[Any], user: Any) -> list[dict[str, Any]]:
    """The rows as the template prints them: `css` of the row and its `cells`; the first cell carries the row's link."""
    plain = plain_ids(table, columns, rows, user)
    ready = []
    for row in rows:
        cells = [column.cell(row, not column.permission or row.pk in plain[column.permission]) for column in columns]
        if table.row_link and cells and not cells[0].href:
            cells[0] = cells[0]._replace(href=table.row_link(row))
        urgent = table.row_needs_attention and table.row_needs_attention(row)
        ready.append({"id": row.pk, "css": "is-attention" if urgent else "", "cells": cells})
    return ready


def file_rows(table: type[Table], columns: Sequence[Column], rows: Sequence[Any], user: Any) -> list[list[Any]]:
    """The same rows as a spreadsheet stores them."""
    plain = plain_ids(table, columns, rows, user)
    return [[column.file_value(row, not column.permission or row.pk in plain[column.permission]) for column in columns] for row in rows]


def small_table(table: type[Table], rows: Sequence[Any], user: Any, omit: Sequence[str] = ()) -> dict[str, Any]:
    """A table for a panel: rows that were already fetched under the reader's rights, without paging.

    Print it with `{% include "screens/_table.html" with table=... %}`. `omit` leaves columns out by name.
    """
    columns: list[Column] = [column for column in table.columns_for(user) if column.name not in omit]
    heads = [{"title": str(c.title), "css": c.kind, "help": str(c.help), "sort_url": "", "sorted": ""} for c in columns]
    return {"heads": heads, "rows": cells_of(table, columns, rows, user)}


def figure_table(heads: Sequence[tuple[Any, str]], rows: Sequence[Sequence[tuple[Any, str]]]) -> dict[str, Any]:
    """A table of figures for a card: the heads as (title, kind), and for each cell its value and where it leads ("": nowhere)."""
    titles = [{"title": str(title), "css": kind, "help": "", "sort_url": "", "sorted": ""} for title, kind in heads]
    ready = [[_figure(head, *cell) for head, cell in zip(heads, row, strict=True)] for row in rows]
    return {"heads": titles, "rows": [{"id": number, "css": "", "cells": cells} for number, cells in enumerate(ready)]}


def _figure(head: tuple[Any, str], value: Any, href: str) -> Cell:
    return Cell(head[1], text_of(value) or "–", href, value.tone if isinstance(value, Status) else "", str(head[0]))


__all__ = ["Cell", "Column", "Table", "figure_table", "small_table"]
