"""Who gets the places of each area where categories have some of them: first whoever was taken in before, then category by category in
their order, each by rank, then the others by rank. One statement for many areas.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from coremis.kernel.expressions.chain import Chain, Sql, sql_of

OWN = ("id", "quota", "place", "net", "waiting", "first_in")
TAKEN_IN = "*"  # taken in ahead of the ranking: holds a place of no category


def placed(
    rows: "QuerySet[Any]", columns: Sequence[str], codes: Sequence[str], kept: Sequence[str] = (), chain: Chain | None = None
) -> Chain:
    """``rows`` with the columns of ``OWN``, a 0/1 for each category (does it fit), the places of each, and those to keep.

    ``columns`` are the names under which ``rows`` yield them, in that order; ``chain`` holds what ``rows`` join. Gives beside them
    ``came_by`` (the code of a category, or nothing), ``outcome``, and ``rank``: those who are selected first, then all others,
    both in the order of ``place``.
    """
    fit, have = [f"f_{place}" for place in range(len(codes))], [f"n_{place}" for place in range(len(codes))]
    chain = chain or Chain()
    chain.add("ranked", *sql_of(rows.order_by().values_list(*columns)), columns=[*OWN, *fit, *have, *kept])
    chain.compute("taken_in", by_0=f"CASE WHEN first_in = 1 AND place <= net THEN '{TAKEN_IN}' ELSE '' END")
    for step, code in enumerate(codes):
        by = f"by_{step}"
        among = f"SUM(CASE WHEN {by} = '' AND {fit[step]} = 1 THEN 1 ELSE 0 END) {upwards()}"
        chain.compute(f"counted_{step}", **{f"taken_{step}": taken(by), f"among_{step}": among})
        chain.compute(f"category_{step}", **{f"by_{step + 1}": _by_category(by, step, code)})
    last = f"by_{len(codes)}"
    chain.compute("counted", taken=taken(last), among=f"SUM(CASE WHEN {last} = '' THEN 1 ELSE 0 END) {upwards()}")
    chain.compute("chosen", chosen=f"CASE WHEN {last} <> '' OR among <= net - taken THEN 1 ELSE 0 END")
    order = "ROW_NUMBER() OVER (PARTITION BY quota ORDER BY chosen DESC, place)"
    chain.compute("placed", rank=order, came_by=f"REPLACE({last}, '{TAKEN_IN}', '')")
    waits = "waiting IS NULL OR rank <= net + waiting"
    chain.compute("decided", outcome=f"CASE WHEN chosen = 1 THEN 'SELECTED' WHEN {waits} THEN 'WAITING' ELSE 'NOT_SELECTED' END")
    return chain


def upwards() -> str:
    """Over everybody of the same quota from the first one down to this one."""
    return "OVER (PARTITION BY quota ORDER BY place ROWS UNBOUNDED PRECEDING)"


def taken(by: str) -> str:
    """How many places of the quota are given so far."""
    return f"SUM(CASE WHEN {by} <> '' THEN 1 ELSE 0 END) OVER (PARTITION BY quota)"


def _by_category(by: str, step: int, code: str) -> Sql:
    fits = f"f_{step} = 1 AND among_{step} <= n_{step} AND among_{step} <= net - taken_{step}"
    return f"CASE WHEN {by} <> '' THEN {by} WHEN {fits} THEN %s ELSE '' END", (code,)


def fetched(chain: Chain, columns: str, tail: str = "") -> list[tuple[Any, ...]]:
    """The rows of a chain."""
    with connection.cursor() as cursor:
        cursor.execute(*chain.select(columns, tail))
        return list(cursor.fetchall())


def create_placed(chain: Chain) -> None:
    """Keep what a chain says in the temporary table behind ``Placed``. One statement."""
    columns = "id AS entry_id, quota, rank AS place, outcome, came_by, fits, ties"
    sql, params = chain.select(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE targeting_placed AS {sql}", params)


def drop_placed() -> None:
    """Take the temporary table away."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE targeting_placed")
