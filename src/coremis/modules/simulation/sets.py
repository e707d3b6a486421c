"""The computing of a simulation, set-based: each query reads the scores once and joins what was grouped before.

The stages of a query: the scores with whether the household is poor, the group of places, the head and disability by one grouped
join, the order within the quota's places, and who is selected. Texts of users never enter the SQL.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet, Value

from coremis.kernel.areas.models import AreaTree
from coremis.kernel.base.formula import Kind, parse
from coremis.kernel.expressions.chain import Chain, sql_of
from coremis.kernel.expressions.compiler import compile_value
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.expressions.written import constant
from coremis.modules.registry.models import Membership, Relationship
from coremis.modules.registry.queries import members_on
from coremis.modules.scoring.models import Score
from coremis.modules.simulation.formulas import Band, Count
from coremis.modules.simulation.models import Simulation

Rule = Simulation.Rule
PAIRS = {
    "postgresql": "SELECT key::bigint, value::bigint FROM jsonb_each_text(%s::jsonb)",
    "sqlite": "SELECT CAST(key AS INTEGER), value FROM json_each(%s)",
}
COUNTED = (
    "COUNT(*), COALESCE(SUM(chosen), 0), COALESCE(SUM(known), 0), COALESCE(SUM(known * chosen), 0), COALESCE(SUM(poor), 0), "
    "COALESCE(SUM(poor * chosen), 0)"
)
TILES, STEP, MOST_VALUES, MOST_POINTS = 20, 5, 101, 200


def groups(simulation: Simulation) -> list[tuple[int | None, str, int, Count]]:
    """Counts by (area of the groups, sex of the head, 1 where a member has a disability)."""
    chain = chosen(simulation)
    head = _grouped("heads", _heads(simulation).values("household").annotate(found=Max("person__sex")).values_list("household", "found"))
    chain.add(*head)
    columns, tables = ["chosen_ones.*", "heads.found AS head_sex"], ["chosen_ones", "heads ON heads.id = chosen_ones.household_id"]
    if simulation.disability:
        chain.add(*_grouped("disabled", _disabled(simulation)))
        tables.append("disabled ON disabled.id = chosen_ones.household_id")
        columns.append("COALESCE(disabled.found, 0) AS disability")
    else:
        columns.append("0 AS disability")
    chain.add("told", f"SELECT {', '.join(columns)} FROM {' LEFT JOIN '.join(tables)}")
    sql, params = chain.select(f"group_id, COALESCE(head_sex, ''), disability, {COUNTED}", " GROUP BY 1, 2, 3")
    return [(row[0], str(row[1]), int(row[2]), counted(row[3:])) for row in _rows(sql, params)]


def overlap(first: Simulation, second: Simulation) -> list[tuple[int, int, int, int, float]]:
    """Households by (selected by the first, by the second): how many, of how many it is known, and the poor among them.

    Whether a household is poor is taken from the first simulation.
    """
    chain, other = chosen(first), chosen(second, "b_")
    chain.texts += other.texts
    chain.params += other.params
    chain.add(
        "either", "SELECT household_id, chosen AS a, 0 AS b, known, poor FROM chosen_ones UNION ALL "
        "SELECT household_id, 0, chosen, 0, 0 FROM b_chosen_ones"
    )  # fmt: skip
    highest = ", ".join(f"MAX({name}) AS {name}" for name in ("a", "b", "known", "poor"))
    chain.add("each_one", f"SELECT household_id, {highest} FROM either GROUP BY household_id")
    sql, params = chain.select("a, b, COUNT(*), SUM(known), SUM(poor)", " GROUP BY 1, 2")
    return [(int(row[0]), int(row[1]), int(row[2]), int(row[3]), float(row[4])) for row in _rows(sql, params)]


def bands(simulation: Simulation) -> list[Band]:
    """The households between cut-offs in the order of selection: steps of five points on a card, else twentieths. Three statements."""
    edges = _edges(simulation)
    if not edges:
        return []
    chain = scored(simulation)
    cases = " ".join(f"WHEN place_key <= %s THEN {position}" for position in range(len(edges)))
    chain.add("banded", f"SELECT known, poor, CASE {cases} END AS band FROM scored", edges)
    sql, params = chain.select("band, COUNT(*), COALESCE(SUM(known), 0), COALESCE(SUM(poor), 0)", " GROUP BY band ORDER BY band")
    sign = _sign(simulation)
    return [Band(sign * edges[int(row[0])], int(row[1]), float(row[2]), float(row[3])) for row in _rows(sql, params)]


def scored(simulation: Simulation, prefix: str = "") -> Chain:
    """One row a household that could be assessed: its place, ``place_key`` (rising in the order of selection), ``known``, ``poor``."""
    chain = Chain()
    rows = Score.objects.filter(run=simulation.run_id, value__isnull=False)
    rows = rows.annotate(truth=_truth(simulation))
    facts = rows.order_by().values_list("household_id", "household__number", "area_id", "value", "truth")
    chain.add(f"{prefix}facts", *sql_of(facts), columns=["household_id", "number", "area_id", "value", "truth"])
    likely, params = _likely(simulation) or ("CASE WHEN truth THEN 1.0 WHEN NOT truth THEN 0.0 END", ())
    chain.compute(f"{prefix}estimated", place_key=f"{_order(simulation)}value", likely=(likely, params))
    chain.compute(f"{prefix}scored", known="CASE WHEN likely IS NULL THEN 0 ELSE 1 END", poor="COALESCE(likely, 0.0)")
    return chain


def chosen(simulation: Simulation, prefix: str = "") -> Chain:
    """The same with the group of places (``group_id``) and whether it is selected (``chosen``, 1 or 0); the last stage.

    Between equal scores the lower household number comes first.
    """
    chain = scored(simulation, prefix)
    group = AreaTree.objects.filter(ancestor__level=simulation.results["level"]).order_by().values_list("descendant_id", "ancestor_id")
    chain.add(f"{prefix}grouping", *sql_of(group), columns=["id", "group_id"])
    chain.add(f"{prefix}placed", f"SELECT s.*, g.group_id FROM {prefix}scored s LEFT JOIN {prefix}grouping g ON g.id = s.area_id")
    name, last = f"{prefix}chosen_ones", f"{prefix}placed"
    if simulation.rule == Rule.CUTOFF:
        limit = _sign(simulation) * round(float(simulation.cutoff or 0), 6)
        chain.compute(name, chosen=("CASE WHEN place_key <= %s THEN 1 ELSE 0 END", (limit,)))
    elif simulation.rule == Rule.PLACES:
        chain.add(f"{prefix}ranked", f"SELECT p.*, ROW_NUMBER() OVER (ORDER BY place_key, number) AS place FROM {last} p")
        chain.compute(name, chosen=("CASE WHEN place <= %s THEN 1 ELSE 0 END", (simulation.places,)))
    else:
        _within_quotas(chain, simulation, prefix, name)
    return chain


def counted(row: Iterable[Any]) -> Count:
    """The six figures of ``COUNTED``."""
    households, those, known, known_chosen, poor, poor_chosen = row
    return Count(int(households), int(those), int(known), int(known_chosen), float(poor), float(poor_chosen))


def _within_quotas(chain: Chain, simulation: Simulation, prefix: str, name: str) -> None:
    quotas = json.dumps(simulation.results["quotas"])
    chain.add(f"{prefix}quotas", PAIRS[connection.vendor], (quotas,), columns=["quota_id", "places"])
    tree = AreaTree.objects.order_by().values_list("descendant_id", "ancestor_id", "depth")
    chain.add(f"{prefix}tree", *sql_of(tree), columns=["id", "above", "depth"])
    chain.add(
        f"{prefix}nearest",
        f"SELECT id, quota_id, places FROM (SELECT t.id, q.quota_id, q.places, ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY t.depth) AS n "
        f"FROM {prefix}tree t JOIN {prefix}quotas q ON q.quota_id = t.above) found WHERE n = 1",
    )
    chain.add(
        f"{prefix}ranked",
        f"SELECT p.*, COALESCE(n.places, 0) AS places, ROW_NUMBER() OVER (PARTITION BY n.quota_id ORDER BY place_key, number) AS place "
        f"FROM {prefix}placed p LEFT JOIN {prefix}nearest n ON n.id = p.area_id",
    )
    chain.compute(name, chosen="CASE WHEN place <= places THEN 1 ELSE 0 END")


def _edges(simulation: Simulation) -> list[float]:
    chain = scored(simulation)
    sql, params = chain.select("MIN(place_key), MAX(place_key), COUNT(DISTINCT place_key)")
    least, most, values = _rows(sql, params)[0]
    if least is None:
        return []
    if values <= MOST_VALUES and float(least).is_integer() and float(most).is_integer() and most - least <= MOST_POINTS:
        sign = _sign(simulation)
        first = (least // STEP) * STEP + (STEP - 1 if sign > 0 else STEP)
        return [float(edge) for edge in _up_to(float(first), float(most))]
    chain = scored(simulation)
    chain.add("tiled", f"SELECT place_key, NTILE({TILES}) OVER (ORDER BY place_key) AS tile FROM scored")
    sql, params = chain.select("MAX(place_key)", " GROUP BY tile ORDER BY 1")
    return list(dict.fromkeys(float(row[0]) for row in _rows(sql, params)))


def _up_to(first: float, most: float) -> Sequence[float]:
    edges = [first]
    while edges[-1] < most:
        edges.append(edges[-1] + STEP)
    return edges


def _truth(simulation: Simulation) -> Any:
    if not simulation.poor:
        return constant(None, Kind.BOOLEAN)
    names: dict[str, str] = simulation.results["names"]
    formula = parse(simulation.poor, names)
    return compile_value(formula, {name: Variable(name, kind, "household__data") for name, kind in names.items()})


def _likely(simulation: Simulation) -> tuple[str, tuple[float, ...]] | None:
    """The likelihood of a score as SQL, NULL below the first; only where no survey says who is poor."""
    if simulation.poor or not simulation.likelihoods:
        return None
    pairs = sorted(((float(start), float(percent)) for start, percent in simulation.likelihoods), reverse=True)
    cases = " ".join("WHEN value >= %s THEN %s" for _pair in pairs)
    return f"CASE {cases} END", tuple(number for start, percent in pairs for number in (start, percent / 100))


def _heads(simulation: Simulation) -> "QuerySet[Membership]":
    return members_on(simulation.run.day).filter(relationship=Relationship.HEAD, household__scores__run=simulation.run_id).order_by()


def _disabled(simulation: Simulation) -> "QuerySet[Membership, Any]":
    here = members_on(simulation.run.day).filter(household__scores__run=simulation.run_id)
    told = compile_value(
        parse(simulation.disability, {simulation.disability: Kind.BOOLEAN}),
        {simulation.disability: Variable(simulation.disability, Kind.BOOLEAN, "person__data")},
    )
    rows = here.annotate(told=told).filter(told=True).order_by().values("household").annotate(found=Max(Value(1)))
    return rows.values_list("household", "found")


def _grouped(name: str, rows: "QuerySet[Any, Any]") -> tuple[str, str, tuple[Any, ...], list[str]]:
    return (name, *sql_of(rows), ["id", "found"])


def _order(simulation: Simulation) -> str:
    return "" if simulation.run.formula_version.lower_is_poorer else "-"


def _sign(simulation: Simulation) -> int:
    return 1 if simulation.run.formula_version.lower_is_poorer else -1


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
