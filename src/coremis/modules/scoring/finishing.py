"""The second half of the set-based computation: from the input table to score, category, what is missing, and the kept inputs.

Weights and limits stand in the SQL as numbers of the program's own writing; codes and answers travel as parameters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from coremis.kernel.base.formula import Formula, Kind, clean
from coremis.kernel.base.formula.evaluate import scaled
from coremis.kernel.base.formula.syntax import LARGEST, SMALLEST
from coremis.kernel.expressions.chain import Chain, Sql, compiled_sql
from coremis.kernel.expressions.compiler import compile_condition, compile_value
from coremis.kernel.expressions.written import Written
from coremis.modules.scoring.formulas import (
    SCORE,
    STRATUM,
    Card,
    Missing,
    Rounding,
    Row,
    Stratum,
    Term,
    limits_on,
    raw_names,
)

CUTOFF = "cutoff:"  # a code of the dictionary holds no colon
FUNCTION_ARGUMENTS = 48
RESULTS = ("id", "area_id", "stratum", "value", "category", "missing", "inputs")


def usable(column: str) -> str:
    """A number that can be computed with; anything else is missing, as everywhere in formulas."""
    return f"(CASE WHEN abs({column}) BETWEEN {SMALLEST!r} AND {LARGEST!r} OR {column} = 0 THEN {column} END)"


def double(number: float) -> str:
    """A number of a definition, as a double."""
    return f"CAST({number!r} AS double precision)"


@dataclass
class Finishing:
    """Adds the stages that follow the input table, whose columns are ``at`` (by name) with their ``kinds``."""

    chain: Chain
    card: Card
    at: Mapping[str, str]
    kinds: Mapping[str, Kind]
    day: date
    above: Mapping[int, Sequence[int]]
    columns: dict[str, Written] = field(default_factory=dict)

    def extend(self, condition: Formula | None) -> None:
        """All stages, in order."""
        self.columns = {name: Written(column, kind=self.kinds[name]) for name, column in self.at.items()}
        self._facts()
        if condition is not None:
            sql, params = compiled_sql(compile_condition(condition, self.columns))
            self.chain.add("chosen", f"SELECT * FROM {self.chain.last} WHERE {sql}", params)
        self._strata()
        self._terms()
        self._score()
        self._limits()
        self._close()

    def _facts(self) -> None:
        """Derived facts, each after those it is made of."""
        depth: dict[str, int] = {}
        for fact in self.card.facts:
            depth[fact.code] = 1 + max((depth.get(name, 0) for name in fact.formula.names_used), default=0)
        place = {fact.code: f"f{number}" for number, fact in enumerate(self.card.facts)}
        for level in range(1, max(depth.values(), default=0) + 1):
            due = [fact for fact in self.card.facts if depth[fact.code] == level]
            self.chain.compute(
                f"derived_{level}", **{place[fact.code]: compiled_sql(compile_value(fact.formula, self.columns)) for fact in due}
            )
            self.columns |= {fact.code: Written(place[fact.code], kind=fact.formula.kind) for fact in due}

    def _strata(self) -> None:
        """The number of the stratum; missing where a condition before it is not known."""
        asked = [(place, stratum.condition) for place, stratum in enumerate(self.card.strata)]
        self.chain.compute("asked", **{
            f"b{place}": compiled_sql(compile_condition(condition, self.columns)) for place, condition in asked if condition is not None
        })  # fmt: skip
        cases = "".join(
            f" WHEN TRUE THEN {place}" if condition is None else f" WHEN b{place} THEN {place} WHEN b{place} IS NULL THEN NULL"
            for place, condition in asked
        )
        self.chain.compute("placed", s=f"CASE{cases} END")

    def _terms(self) -> None:
        values: dict[str, Sql] = {}
        for place, term in enumerate(self.card.terms):
            values[f"w{place}"] = compiled_sql(compile_value(term.formula, self.columns))
            if term.only_where is not None:
                values[f"a{place}"] = compiled_sql(compile_condition(term.only_where, self.columns))
        self.chain.compute("worked", **values)
        self.chain.compute("read", **{f"v{place}": self._value(term, place) for place, term in enumerate(self.card.terms)})
        self.chain.compute("found", **{f"r{place}": found_row(term, place) for place, term in enumerate(self.card.terms) if term.rows})
        self.chain.compute("parts", **{f"c{place}": self._part(term, place) for place, term in enumerate(self.card.terms)})

    def _value(self, term: Term, place: int) -> Sql:
        """The value of a term; for a table of numbers in whole millionths, ready to be compared."""
        kind, column = term.formula.kind, f"w{place}"
        if kind is Kind.NUMBER:
            column = usable(column)
        elif kind is Kind.BOOLEAN and not term.rows:
            column = f"CASE {column} WHEN TRUE THEN {double(1.0)} WHEN FALSE THEN {double(0.0)} END"
        params: tuple[Any, ...] = ()
        if term.only_where is not None:
            column = f"CASE WHEN a{place} THEN {column} END"
        if term.missing is Missing.VALUE:
            given, params = stand_in(term)
            column = f"COALESCE({column}, {given})"
        return (f"floor({column} * 1e6 + 0.5)" if kind is Kind.NUMBER and term.rows else column), params

    def _part(self, term: Term, place: int) -> str:
        """What a term adds; missing where it keeps the household from being assessed."""
        cases = "".join(
            f" WHEN {number} THEN {self._weighted(term, place, stratum)}"
            for number, stratum in enumerate(self.card.strata)
            if term.is_in(stratum.code)
        )
        found = f"CASE s{cases} ELSE 0 END"
        skips = []
        if term.only_where is not None:
            skips.append(f"NOT a{place}")
        if term.missing is Missing.SKIP:
            skips.append(f"v{place} IS NULL")
        return f"CASE {' '.join(f'WHEN {skip} THEN 0' for skip in skips)} ELSE {found} END" if skips else found

    def _weighted(self, term: Term, place: int, stratum: Stratum) -> str:
        if not term.rows:
            return f"{double(term.weights[stratum.code])} * v{place}"
        return f"CASE r{place}{''.join(f' WHEN {at} THEN {double(row.weights[stratum.code])}' for at, row in enumerate(term.rows))} END"

    def _score(self) -> None:
        constants = "".join(f" WHEN {place} THEN {double(stratum.constant)}" for place, stratum in enumerate(self.card.strata))
        parts = "".join(f" + c{place}" for place in range(len(self.card.terms)))
        self.chain.compute("summed", total=f"CASE s{constants} END{parts}")
        self.chain.compute("scaled", shown=f"floor(total * {double(self.card.scale)} * 1e6 + 0.5) / 1e6")
        power = double(float(10**self.card.decimals))
        exact = f"floor(shown * {power} * 1e6 + 0.5) / 1e6"
        rounded = {
            Rounding.NONE: "shown", Rounding.ROUND: f"floor({exact} + 0.5) / {power}", Rounding.TRUNCATE: f"trunc({exact}) / {power}",
        }  # fmt: skip
        self.chain.compute("rounded", final=rounded[self.card.rounding])
        self.chain.compute("scored", value=usable("final"))

    def _limits(self) -> None:
        """The limits that hold for each household, and from them its category."""
        if not self.card.categories:
            self.chain.compute("judged", category="''")
            return
        first = self.card.categories[:-1]
        self.chain.compute("limited", **{f"l{place}": self._limit(category) for place, category in enumerate(first)})
        sign = "<=" if self.card.lower_is_poorer else ">="
        cases = "".join(f" WHEN floor(value * 1e6 + 0.5) {sign} floor(l{place} * 1e6 + 0.5) THEN %s" for place in range(len(first)))
        self.chain.compute("judged", category=(f"CASE WHEN value IS NULL THEN ''{cases} ELSE %s END", self.card.categories))

    def _limit(self, category: str) -> str:
        def of(stratum: str, path: Sequence[int]) -> str:
            limit = limits_on(self.card, self.day, path).get((stratum, category))
            return double(limit) if limit is not None else "CAST(NULL AS double precision)"

        cases = ""
        for number, stratum in enumerate(self.card.strata):
            own = "".join(f" WHEN {place} THEN {of(stratum.code, path)}" for place, path in self.above.items())
            general = of(stratum.code, ())
            cases += f" WHEN {number} THEN {f'CASE limit_place{own} ELSE {general} END' if own else general}"
        return f"CASE s{cases} END"

    def _close(self) -> None:
        codes = "".join(f" WHEN {place} THEN '{stratum.code}'" for place, stratum in enumerate(self.card.strata))
        self.chain.compute("closed", stratum=f"CASE s{codes} ELSE '' END", missing=self._missing(), inputs=self._inputs())

    def _missing(self) -> Sql:
        """The list of what is missing, as JSON text; names are codes of the dictionary."""
        raw = {term.code: raw_names(self.card, term.formulas()) for term in self.card.terms}
        texts = []
        for name, column in self.at.items():
            refusing = [f"c{place} IS NULL" for place, term in enumerate(self.card.terms) if name in raw[term.code]]
            if refusing:
                texts.append((f"{column} IS NULL AND ({' OR '.join(refusing)})", name))
        for place, term in enumerate(self.card.terms):
            known = "".join(f" AND {self.at[name]} IS NOT NULL" for name in raw[term.code])
            texts.append((f"c{place} IS NULL{known}", term.code))
        conditions = [stratum.condition for stratum in self.card.strata if stratum.condition is not None]
        of_strata = [(f"{self.at[name]} IS NULL", name) for name in raw_names(self.card, conditions)]
        none = " AND ".join(f"NOT ({condition})" for condition, _name in of_strata) or "TRUE"
        unplaced, refused = listed([*of_strata, (none, STRATUM)]), listed(texts)
        return (
            f"CASE WHEN s IS NULL THEN {unplaced[0]} WHEN total IS NULL THEN {refused[0]} WHEN value IS NULL THEN %s ELSE '[]' END",
            (*unplaced[1], *refused[1], f'["{SCORE}"]'),
        )

    def _inputs(self) -> Sql:
        kept = [(name, column, self.kinds[name]) for name, column in self.at.items()]
        if self.above and self.card.categories:
            kept += [(f"{CUTOFF}{category}", f"l{place}", Kind.NUMBER) for place, category in enumerate(self.card.categories[:-1])]
        return as_json(kept)


def stand_in(term: Term) -> Sql:
    """The value that stands in for a missing one."""
    value = clean(term.stand_in, term.formula.kind)
    if isinstance(value, bool):
        return (("TRUE" if value else "FALSE") if term.rows else double(float(value))), ()
    return (double(value), ()) if isinstance(value, float) else ("%s", (value,))


def found_row(term: Term, place: int) -> Sql:
    """The number of the line of a table that holds the value; missing where none does."""
    cases, params = "", []
    for number, row in enumerate(term.rows):
        if not row.other:
            sql, more = holds(row, f"v{place}")
            cases += f" WHEN {sql} THEN {number}"
            params += more
    other = next((f" WHEN v{place} IS NOT NULL THEN {number}" for number, row in enumerate(term.rows) if row.other), "")
    return f"CASE{cases}{other} END", tuple(params)


def holds(row: Row, column: str) -> tuple[str, list[Any]]:
    """Whether a value stands in a line: numbers in whole millionths, anything else as it is."""
    if row.bands:
        bands = [
            f"({column} >= {double(scaled(band.low))} AND {column} {'<' if band.open_end else '<='} {double(scaled(band.high))})"
            for band in row.bands
        ]
        return f"({' OR '.join(bands)})", []
    if row.answers and isinstance(row.answers[0], bool):
        return f"({' OR '.join(f'{column} = {str(answer).upper()}' for answer in row.answers)})", []
    return f"{column} IN ({', '.join(['%s'] * len(row.answers))})", list(row.answers)


def listed(entries: Iterable[tuple[str, str]]) -> Sql:
    """A JSON list of those codes whose condition is met."""
    found = list(entries)
    texts = [f"CASE WHEN {condition} THEN %s ELSE '' END" for condition, _code in found]
    return f"('[' || substr({' || '.join(texts)}, 3) || ']')", tuple(f', "{code}"' for _condition, code in found)


def as_json(kept: Sequence[tuple[str, str, Kind]]) -> Sql:
    """An object of names and columns, of whatever kind."""
    names = tuple(name for name, _column, _kind in kept)
    if connection.vendor == "postgresql":
        some = [kept[at : at + FUNCTION_ARGUMENTS] for at in range(0, len(kept), FUNCTION_ARGUMENTS)]
        parts = [", ".join(f"%s::text, {column}" for _name, column, _kind in one) for one in some]
        return " || ".join(f"jsonb_build_object({part})" for part in parts) or "'{}'::jsonb", names
    if not kept:
        return "'{}'", ()
    values = [
        f"CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END" if kind is Kind.BOOLEAN else f"json_quote({column})"
        for _name, column, kind in kept
    ]
    texts = " || ', ' || ".join(f"%s || {value}" for value in values)
    return f"'{{' || {texts} || '}}'", tuple(f'"{name}": ' for name in names)
