"""The rows of an import while they are worked on: a chunk at a time, with a constant number of statements."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.exchange.kinds import ImportColumn, ImportKind, find_kind
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.jobs.messages import Sentence, message_key, plain_params

CHUNK = 20_000
PIECE = 5_000
ALONE = "\x1f"  # begins the group key of a row that belongs to no group; no cell can hold it
LONGEST_VALUE = 200
COVERED, HARMLESS = "•••", frozenset({"row", "rows", "number", "least", "most", "longest", "name", "said"})

GOOD, BAD, APPLIED, UNCHANGED = BatchRow.State.GOOD, BatchRow.State.BAD, BatchRow.State.APPLIED, BatchRow.State.UNCHANGED
UNDONE, KEPT = BatchRow.State.UNDONE, BatchRow.State.KEPT


@dataclass
class StagedRow:
    """One row of the file, understood: ``values`` by column code, ``area_id`` of its first place, ``problems`` found so far."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    group_key: str = ""
    identity: str = ""
    area_id: int | None = None
    target_id: int | None = None
    state: str = GOOD
    id: int | None = None

    def problem(self, column: str, sentence: Sentence, value: Any = "", /, **params: Any) -> None:
        """Note what is wrong, in a translatable sentence: the row waits for its correction and is not taken in."""
        told = {"column": column, "value": str(value)[:LONGEST_VALUE], "message": message_key(sentence), "params": plain_params(params)}
        self.problems.append(told)
        self.state = BAD

    def warn(self, column: str, sentence: Sentence, value: Any = "", /, **params: Any) -> None:
        """Note what people should look at, once; the row is taken in nevertheless."""
        state = self.state
        self.problem(column, sentence, value, **params)
        self.state, self.problems[-1]["warning"] = state, True
        if self.problems[-1] in self.problems[:-1]:
            self.problems.pop()

    def unchanged(self) -> None:
        """Everything the row says was so already."""
        self.state = UNCHANGED

    def taken_back(self) -> None:
        """What it wrote is reversed."""
        self.state = UNDONE

    def kept(self, sentence: Sentence, /, **params: Any) -> None:
        """What it wrote cannot be reversed, and why."""
        self.problem("", sentence, "", **params)
        self.problems[-1] |= {"warning": True, "kept": True}
        self.state = KEPT

    @property
    def good(self) -> bool:
        """Nothing is wrong with it."""
        return self.state != BAD


@dataclass(frozen=True)
class RowContext:
    """What a hook may need beside the rows: ``mapped`` are the columns that the file brings; no other may be touched.

    ``tally`` counts, over all chunks of a check, what changes in which column: see ``checking``.
    """

    batch: Batch
    kind: ImportKind
    columns: dict[str, ImportColumn]
    tally: dict[str, Any] = field(default_factory=dict)

    @property
    def mapped(self) -> frozenset[str]:
        """The codes of the columns in the file."""
        return frozenset(self.batch.mapping)


def context_of(batch: Batch, tally: dict[str, Any] | None = None) -> RowContext:
    """The context of an import's hooks."""
    kind = find_kind(batch.import_kind)
    return RowContext(batch, kind, kind.all_columns(), tally or {})


def cover(rows: Sequence[StagedRow], columns: Mapping[str, ImportColumn]) -> None:
    """Take the values of masked columns out of what is told about rows; the number of the row leads to them in the file."""
    for row in rows:
        for told in row.problems:
            column = columns.get(told["column"])
            if column is not None and column.masked:
                told["value"] = COVERED if told["value"] else ""
                told["params"] = {name: value if name in HARMLESS else COVERED for name, value in told["params"].items()}


STORED = ("batch", "number", "values", "problems", "state", "group_key", "identity", "area_id", "target_id")


def stored_values(batch: Batch, row: StagedRow) -> list[Any]:
    """A row in the order of ``STORED``."""
    return [batch.pk, row.number, row.values, row.problems, row.state, row.group_key, row.identity, row.area_id, row.target_id]


ROW = ("number", "values", "problems", "group_key", "identity", "area_id", "target_id", "state", "id")


def next_groups(batch: Batch, kind: ImportKind, after: dict[str, Any], *, states: Sequence[str] = ()) -> list[StagedRow]:
    """The rows that follow, about ``CHUNK`` of them, never part of a group only; empty at the end."""
    rows = BatchRow.objects.filter(batch=batch, **({"state__in": states} if states else {})).order_by("group_key", "number")
    if after:
        rows = rows.filter(group_key__gt=after["group"])
    found = [StagedRow(*row) for row in rows.values_list(*ROW)[: CHUNK + 1]]
    if len(found) > CHUNK:
        last = found[-1].group_key
        whole = [row for row in found if row.group_key != last]
        found = whole or [StagedRow(*row) for row in rows.filter(group_key=last).values_list(*ROW)]
    return found


def as_staged(row: BatchRow) -> StagedRow:
    """A kept row, to be worked on again."""
    return StagedRow(row.number, row.values, row.problems, row.group_key, row.identity, row.area_id, row.target_id, row.state, row.pk)


SAVE_POSTGRESQL = """
UPDATE exchange_batchrow AS r SET state = n.state, target_id = n.target_id, problems = n.problems::jsonb
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[]) AS n(state, target_id, problems, id) WHERE r.id = n.id
"""
SAVE_EACH = "UPDATE exchange_batchrow SET state = %s, target_id = %s, problems = %s WHERE id = %s"


def save_rows(rows: Sequence[StagedRow]) -> None:
    """Write back what became of rows that are kept already: one statement."""
    told = [(str(row.state), row.target_id, json.dumps(row.problems), row.id) for row in rows]
    if not told:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(SAVE_POSTGRESQL, [list(part) for part in zip(*told, strict=True)])
        else:
            cursor.executemany(SAVE_EACH, told)


def mark_repeated(batch: Batch, column: ImportColumn) -> None:
    """Note on every row whose identity stands in another row of the file, too, which rows those are (both sides, ETL-09)."""
    rows: Any = BatchRow.objects.filter(batch=batch).exclude(identity="")

    def tell(row: StagedRow, same: list[StagedRow]) -> None:
        row.problem(column.code, _("The same value stands in several rows: %(rows)s."), row.identity.lstrip("\x1e"), rows=listed(same))

    tell_repeated(rows.annotate(mark=F("identity")), tell)


def listed(rows: Sequence[StagedRow]) -> str:
    """The numbers of the first ten rows in words."""
    return ", ".join(str(row.number) for row in rows[:10])


def tell_repeated(rows: "QuerySet[Any]", tell: Callable[[StagedRow, list[StagedRow]], None], counted: Any = None) -> None:
    """Every row whose ``mark`` (an annotation) stands in another row, too, beside the first ten that have it.

    The rows are read and saved a piece at a time: in a bad file the same mark may stand in all of a million rows.
    """
    twice = rows.order_by().values("mark").annotate(found=counted or Count("id")).filter(found__gt=1).values("mark")
    told: list[StagedRow] = []
    found = rows.filter(mark__in=twice).order_by("mark", "number").iterator(chunk_size=PIECE)
    for _mark, same in groupby(found, key=lambda row: row.mark):
        first = [as_staged(row) for row in islice(same, 10)]
        for row in chain(first, map(as_staged, same)):
            tell(row, first)
            told.append(row)
            if len(told) == PIECE:
                save_rows(told)
                told.clear()
    save_rows(told)
