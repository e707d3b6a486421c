"""The same computation as ``formulas.assess``, for many households in one query.

The query is a chain of stages over a key range. The first ones read the database, each once: the facts of the households, one row for
each living member and from it one grouped row for each household, the figures of places. Together they are the input table; every
later stage (``finishing``) reads only the stage before. Texts of users never enter the SQL: formulas are compiled, codes are parameters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from coremis.kernel.areas.models import AreaTree
from coremis.kernel.base.formula import Formula, Kind
from coremis.kernel.expressions.chain import Chain, Sql, compiled_sql, sql_of
from coremis.kernel.expressions.compiler import compile_condition, compile_value
from coremis.kernel.expressions.written import Written
from coremis.modules.geography.queries import inherited_figures
from coremis.modules.registry.models import Household, Membership, Relationship
from coremis.modules.registry.queries import living_members
from coremis.modules.scoring.finishing import Finishing, usable
from coremis.modules.scoring.formulas import Card, How, MemberFact, all_formulas, raw_names
from coremis.modules.scoring.names import AREA, HEAD, Names, household_column, member_column

Rows = QuerySet[Any]
Limit = Callable[[Rows, str], Rows]
FUNCTIONS = {How.SUM: "SUM", How.SMALLEST: "MIN", How.LARGEST: "MAX"}
OF_NOBODY = (How.COUNT, How.SUM)


def everybody(rows: Rows, _key: str) -> Rows:
    """No key range: all rows."""
    return rows


@dataclass(frozen=True)
class ScoreSet:
    """A formula, applied to households as they were on a day.

    ``sources`` names the source of a figure of places where a certain one is wanted. ``condition`` leaves out the households for
    which it is not met. ``above`` holds the places with limits of their own, each with itself and all above it, nearest first.
    """

    card: Card
    names: Names
    day: date
    sources: Mapping[str, str] = field(default_factory=dict)
    condition: Formula | None = None
    above: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def chain(self, rows: "QuerySet[Household]", limit: Limit = everybody) -> Chain:
        """Everything about ``rows``; ``limit(rows, key)`` narrows any rows to the key range by their field ``key``."""
        chain = Chain()
        self._read_households(chain, limit(rows, "pk"))
        columns = ["facts.*"]
        tables = ["facts"]
        if self.from_members:
            self._read_members(chain, limit(living_members(self.day), "household_id"))
            tables.append("members ON members.id = facts.id")
            columns += [self._member_value(name) for name in self.from_members]
        for place, name in enumerate(self.figures):
            kind = name.removeprefix(AREA)
            figures: Rows = inherited_figures(kind, self.day, self.sources.get(kind, "")).order_by()
            chain.add(f"figure_{place}", *sql_of(figures.values_list("pk", "figure")), columns=["id", self.at[name]])
            tables.append(f"figure_{place} ON figure_{place}.id = facts.area_id")
            columns.append(f"figure_{place}.{self.at[name]}")
        if self.above:
            self._read_nearest(chain)
            tables.append("nearest ON nearest.id = facts.area_id")
            columns.append("nearest.place AS limit_place")
        chain.add("known", f"SELECT {', '.join(columns)} FROM {' LEFT JOIN '.join(tables)}")
        Finishing(chain, self.card, self.at, self.kinds, self.day, self.above).extend(self.condition)
        return chain

    @cached_property
    def raw(self) -> tuple[str, ...]:
        """The names read from the data, in order."""
        return raw_names(self.card, [*all_formulas(self.card), *([self.condition] if self.condition else [])])

    @cached_property
    def at(self) -> dict[str, str]:
        """The column of each name: numbered, since a name may be longer than a column's."""
        return {name: f"x{place}" for place, name in enumerate(self.raw)}

    @cached_property
    def counted(self) -> dict[str, MemberFact]:
        """The member facts that are used, by their codes."""
        return {fact.code: fact for fact in self.card.member_facts if fact.code in self.raw}

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The kind of each raw name."""
        return {name: Kind.NUMBER if name in self.counted else Kind(self.names.unit[name]) for name in self.raw}

    @cached_property
    def from_members(self) -> list[str]:
        """The raw names that come out of the members."""
        return [name for name in self.raw if name in self.counted or name == "size" or name in self.names.heads]

    @cached_property
    def figures(self) -> list[str]:
        """The raw names that are figures of places."""
        return [name for name in self.raw if name in self.names.figures]

    def _read_households(self, chain: Chain, rows: Rows) -> None:
        own = [name for name in self.raw if name not in self.from_members and name not in self.figures]
        found = {
            f"fact_{place}": Written("{0}", household_column(name, self.kinds[name], self.day), kind=self.kinds[name])
            for place, name in enumerate(own)
        }
        facts = rows.order_by().annotate(**found).values_list("pk", "area_id", *found)
        chain.add("facts", *sql_of(facts), columns=["id", "area_id", *(self.at[name] for name in own)])

    def _read_members(self, chain: Chain, rows: "QuerySet[Membership]") -> None:
        used = self._names_of_members()
        kinds = {name: Kind(self.names.member[name]) for name in used}
        found = {
            f"one_{place}": Written("{0}", member_column(name, kinds[name], self.day), kind=kinds[name]) for place, name in enumerate(used)
        }
        at = {name: f"p{place}" for place, name in enumerate(used)}
        people = rows.order_by().annotate(**found).values_list("household_id", "relationship", *found)
        chain.add("people", *sql_of(people), columns=["id", "rel", *at.values()])
        columns = {name: Written(at[name], kind=kinds[name]) for name in used}
        for place, fact in enumerate(self.counted.values()):
            asked: dict[str, Sql] = {}
            if fact.condition is not None:
                asked[f"fits_{place}"] = compiled_sql(compile_condition(fact.condition, columns))
            if fact.formula is not None:
                asked[f"value_{place}"] = compiled_sql(compile_value(fact.formula, columns))
            chain.compute(f"people_{place}", **asked)
        wanted = [f"{self._of_members(name, at, kinds)} AS {self.at[name]}" for name in self.from_members]
        chain.add("members", f"SELECT id, {', '.join(wanted)} FROM {chain.last} GROUP BY id")

    def _names_of_members(self) -> list[str]:
        used = {name.removeprefix(HEAD) for name in self.from_members if name in self.names.heads}
        for fact in self.counted.values():
            used |= {name for formula in (fact.condition, fact.formula) if formula is not None for name in formula.names_used}
        return sorted(used)

    def _of_members(self, name: str, at: Mapping[str, str], kinds: Mapping[str, Kind]) -> str:
        if name in self.counted:
            return aggregate(self.counted[name], list(self.counted).index(name))
        if name == "size":
            return "COUNT(*)"
        person = name.removeprefix(HEAD)
        value = f"CASE {at[person]} WHEN TRUE THEN 1 WHEN FALSE THEN 0 END" if kinds[person] is Kind.BOOLEAN else at[person]
        return f"MAX(CASE WHEN rel = '{Relationship.HEAD.value}' THEN {value} END)"

    def _member_value(self, name: str) -> str:
        """The grouped value for every household, also for one without living members."""
        column = at = self.at[name]
        if self.kinds[name] is Kind.NUMBER:
            column = f"CAST(members.{at} AS double precision)"
        if name == "size" or (name in self.counted and self.counted[name].how in OF_NOBODY):
            return f"CASE WHEN members.id IS NULL THEN 0 ELSE {column} END AS {at}"
        if self.kinds[name] is Kind.BOOLEAN:
            return f"CASE members.{at} WHEN 1 THEN TRUE WHEN 0 THEN FALSE END AS {at}"
        return f"{column} AS {at}"

    def _read_nearest(self, chain: Chain) -> None:
        """The nearest place with limits of its own, for all that lies in one."""
        above = AreaTree.objects.filter(ancestor_id__in=list(self.above)).order_by()
        chain.add("above", *sql_of(above.values_list("descendant_id", "ancestor_id", "depth")), columns=["id", "place", "depth"])
        ranked = "SELECT id, place, ROW_NUMBER() OVER (PARTITION BY id ORDER BY depth) AS nth FROM above"
        chain.add("nearest", f"SELECT id, place FROM ({ranked}) AS ranked WHERE nth = 1")


def aggregate(fact: MemberFact, place: int) -> str:
    """A member fact over the rows of people; missing where it is not known of everybody, unless such members are left out."""
    fits, value = f"fits_{place}" if fact.condition is not None else "TRUE", usable(f"value_{place}")
    unknown = [f"{fits} IS NULL"] if fact.condition is not None else []
    if fact.formula is None:
        found = f"COUNT(CASE WHEN {fits} THEN 1 END)"
    else:
        unknown.append(f"({fits}) AND {value} IS NULL")
        found = f"{FUNCTIONS[fact.how]}(CASE WHEN {fits} THEN {value} END)"
        found = f"floor(COALESCE({found}, 0) * 1e6 + 0.5) / 1e6" if fact.how is How.SUM else found
    if fact.leaves_out_unknown or not unknown:
        return found
    return f"CASE WHEN COUNT(CASE WHEN {' OR '.join(unknown)} THEN 1 END) > 0 THEN NULL ELSE {found} END"
