"""The score of one household, term by term: plain Python, slow and readable. The set-based computation must agree with it.

``score = round(scale * (constant + sum of weight * value))``, for the stratum of the household (rulebook 2.2.1). Every number is a
double; it is rounded to six decimals before it is compared, truncated or stored, and terms are added in their order. Zero, missing
and not applicable are three things (pitfall M19): a missing value does what its term's policy says, never silently zero.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from coremis.kernel.base.formula import Formula, Kind, clean, evaluate
from coremis.kernel.base.formula.evaluate import MILLION, clean_number, scaled

SCORE, STRATUM = "score", "stratum"
OWN_CODES = (SCORE, STRATUM)
Values = Mapping[str, Any]


class Missing(StrEnum):
    """What a term does where its value is missing."""

    REFUSE = "REFUSE"
    VALUE = "VALUE"
    SKIP = "SKIP"


class Rounding(StrEnum):
    """What becomes of the scaled sum."""

    NONE = "NONE"
    ROUND = "ROUND"
    TRUNCATE = "TRUNCATE"


class Direction(StrEnum):
    """What a low score means."""

    LOWER = "LOWER_IS_POORER"
    HIGHER = "HIGHER_IS_POORER"


class How(StrEnum):
    """What is taken from the members."""

    COUNT = "COUNT"
    SUM = "SUM"
    SMALLEST = "SMALLEST"
    LARGEST = "LARGEST"


class Outcome(StrEnum):
    """How a term came out for a household."""

    USED = "USED"
    STAND_IN = "STAND_IN"
    SKIPPED = "SKIPPED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    REFUSED = "REFUSED"
    NOT_IN_TABLE = "NOT_IN_TABLE"


@dataclass(frozen=True)
class MemberFact:
    """Something counted over the living members. Where it ``leaves_out_unknown``, a member of whom the condition or value is not
    known is left out; else the whole fact is missing."""

    code: str
    how: How = How.COUNT
    condition: Formula | None = None
    formula: Formula | None = None
    leaves_out_unknown: bool = False


@dataclass(frozen=True)
class DerivedFact:
    """A value computed from others, for use in terms, conditions and later facts."""

    code: str
    formula: Formula


@dataclass(frozen=True)
class Stratum:
    """The households of one equation; None: all that are left."""

    code: str
    condition: Formula | None = None
    constant: float = 0.0


@dataclass(frozen=True)
class Band:
    """Numbers from ``low`` to ``high``, both included unless ``open_end``."""

    low: float
    high: float
    open_end: bool = False

    def holds(self, value: float) -> bool:
        """Whether a number lies in it, to six decimals."""
        millionths = scaled(value)
        return scaled(self.low) <= millionths and (millionths < scaled(self.high) if self.open_end else millionths <= scaled(self.high))


@dataclass(frozen=True)
class Row:
    """One line of a table of answers, with its weight in each stratum. ``other`` takes every answer that no line names."""

    weights: Mapping[str, float]
    answers: tuple[Any, ...] = ()
    bands: tuple[Band, ...] = ()
    other: bool = False


@dataclass(frozen=True)
class Term:
    """One term. Without ``rows`` its value is multiplied with the weight of the stratum; a stratum without weight lacks the term."""

    code: str
    formula: Formula
    weights: Mapping[str, float] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    only_where: Formula | None = None
    missing: Missing = Missing.REFUSE
    stand_in: Any = None

    def is_in(self, stratum: str) -> bool:
        """Whether the equation of a stratum has this term."""
        return stratum in self.weights or any(stratum in row.weights for row in self.rows)

    def formulas(self) -> list[Formula]:
        """What it reads."""
        return [self.formula, *([self.only_where] if self.only_where else [])]


@dataclass(frozen=True)
class Cutoff:
    """The limit of a category; of several that hold, the nearest place counts, then the stratum's own, then the newest."""

    category: str
    limit: float
    area_id: int | None = None
    stratum: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Card:
    """A whole formula, read and checked. ``categories`` begin with the poorest; the last one takes who is beyond every limit.

    ``names`` are those it reads from outside, with their kinds: facts of the household and those counted over members.
    """

    strata: tuple[Stratum, ...]
    terms: tuple[Term, ...]
    member_facts: tuple[MemberFact, ...] = ()
    facts: tuple[DerivedFact, ...] = ()
    categories: tuple[str, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    scale: float = 1.0
    rounding: Rounding = Rounding.NONE
    decimals: int = 0
    lower_is_poorer: bool = True
    names: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True)
class TermResult:
    """What one term gave: its value, the weight it was given, and their product; None where there is none."""

    code: str
    outcome: Outcome
    value: Any = None
    weight: float | None = None
    product: float | None = None


@dataclass(frozen=True)
class Assessment:
    """The result for one household; ``value`` is None where it could not be assessed, and ``missing`` then says why."""

    stratum: str
    terms: tuple[TermResult, ...] = ()
    constant: float | None = None
    total: float | None = None
    scaled_total: float | None = None
    value: float | None = None
    category: str = ""
    missing: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


Limits = Mapping[tuple[str, str], float]


def six_decimals(number: float) -> float:
    """Rounded to six decimals, halves up."""
    return scaled(number) / MILLION


def final_value(total: float, card: Card) -> tuple[float, float | None]:
    """The scaled total to six decimals, and the score: rounded or truncated towards zero; None beyond what can be computed with."""
    shown = six_decimals(total * card.scale)
    power = float(10**card.decimals)
    value = shown
    if card.rounding is Rounding.ROUND:
        value = math.floor(six_decimals(shown * power) + 0.5) / power
    elif card.rounding is Rounding.TRUNCATE:
        value = float(math.trunc(six_decimals(shown * power))) / power
    return shown, clean_number(value)


def about_members(card: Card, members: Sequence[Values]) -> dict[str, float | None]:
    """The facts that are counted over members."""
    return {fact.code: _over(fact, members) for fact in card.member_facts}


def _over(fact: MemberFact, members: Sequence[Values]) -> float | None:
    fits = [True if fact.condition is None else evaluate(fact.condition, member) for member in members]
    if None in fits and not fact.leaves_out_unknown:
        return None
    if fact.formula is None:
        return float(fits.count(True))
    numbers = [clean_number(evaluate(fact.formula, member)) for member, fit in zip(members, fits, strict=True) if fit is True]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) and not fact.leaves_out_unknown:
        return None
    if fact.how is How.SUM:
        return six_decimals(math.fsum(known))
    return (min(known) if fact.how is How.SMALLEST else max(known)) if known else None


def assess(card: Card, values: Values, limits: Limits | None = None) -> Assessment:
    """The score of a household whose ``values`` hold every name the formula reads; missing ones may be absent or None.

    ``limits`` are those of the household's place and day by stratum and category; by default those that name no place and no day.
    """
    known: dict[str, Any] = {name: clean(values.get(name), kind) for name, kind in card.names.items()}
    for fact in card.facts:
        known[fact.code] = evaluate(fact.formula, known)
    facts = {fact.code: known[fact.code] for fact in card.facts}
    stratum = stratum_of(card, known)
    if stratum is None:
        return Assessment("", missing=_unknown_stratum(card, known), facts=facts)
    found = tuple(term_result(term, known, stratum.code) for term in card.terms if term.is_in(stratum.code))
    refused = [result.code for result in found if result.outcome in (Outcome.REFUSED, Outcome.NOT_IN_TABLE)]
    if refused:
        return Assessment(stratum.code, found, stratum.constant, missing=_names_missing(card, known, refused), facts=facts)
    total = stratum.constant
    for result in found:
        total += result.product or 0.0
    shown, value = final_value(total, card)
    if value is None:
        return Assessment(stratum.code, found, stratum.constant, total, shown, missing=(SCORE,), facts=facts)
    category = category_of(card, value, stratum.code, limits_on(card) if limits is None else limits)
    return Assessment(stratum.code, found, stratum.constant, total, shown, value, category, facts=facts)


def stratum_of(card: Card, values: Values) -> Stratum | None:
    """The first stratum whose condition is met; None where one before it is unknown, or none is met."""
    for stratum in card.strata:
        met = True if stratum.condition is None else evaluate(stratum.condition, values)
        if met is None:
            return None
        if met:
            return stratum
    return None


def term_result(term: Term, values: Values, stratum: str) -> TermResult:
    """One term for one household."""
    applies = True if term.only_where is None else evaluate(term.only_where, values)
    if applies is False:
        return TermResult(term.code, Outcome.NOT_APPLICABLE)
    value = clean(evaluate(term.formula, values), term.formula.kind) if applies else None
    outcome = Outcome.USED
    if value is None and term.missing is Missing.REFUSE:
        return TermResult(term.code, Outcome.REFUSED)
    if value is None and term.missing is Missing.SKIP:
        return TermResult(term.code, Outcome.SKIPPED)
    if value is None:
        value, outcome = clean(term.stand_in, term.formula.kind), Outcome.STAND_IN
    if not term.rows:
        number = float(value) if isinstance(value, bool | float) else 0.0
        return TermResult(term.code, outcome, value, term.weights[stratum], term.weights[stratum] * number)
    row = row_for(term, value)
    if row is None:
        return TermResult(term.code, Outcome.NOT_IN_TABLE, value)
    return TermResult(term.code, outcome, value, row.weights[stratum], row.weights[stratum])


def row_for(term: Term, value: Any) -> Row | None:
    """The line of a table that names an answer, else the one for all others."""
    for row in term.rows:
        if value in row.answers or any(band.holds(value) for band in row.bands):
            return row
    return next((row for row in term.rows if row.other), None)


def category_of(card: Card, value: float, stratum: str, limits: Limits) -> str:
    """The first category whose limit is not passed, in the direction of the formula; the last one for all others."""
    if not card.categories:
        return ""
    sign = 1 if card.lower_is_poorer else -1
    for category in card.categories[:-1]:
        limit = limits.get((stratum, category))
        if limit is not None and sign * scaled(value) <= sign * scaled(limit):
            return category
    return card.categories[-1]


def limits_on(card: Card, day: date | None = None, places: Sequence[int] = ()) -> dict[tuple[str, str], float]:
    """The limits that hold in a place on a day, by stratum and category. ``places`` are the place and those above, nearest first.

    Without a day, those that name no day.
    """
    near = {place: position for position, place in enumerate(places)}
    found: dict[tuple[str, str], tuple[tuple[int, bool, int], float]] = {}
    for cutoff in card.cutoffs:
        holds = cutoff.holds_on(day) if day else cutoff.valid_from is None and cutoff.valid_until is None
        if not holds or (cutoff.area_id is not None and cutoff.area_id not in near):
            continue
        distance = len(near) if cutoff.area_id is None else near[cutoff.area_id]
        rank = (-distance, bool(cutoff.stratum), (cutoff.valid_from or date.min).toordinal())
        for stratum in card.strata:
            key = (stratum.code, cutoff.category)
            if cutoff.stratum in ("", stratum.code) and (key not in found or found[key][0] < rank):
                found[key] = (rank, cutoff.limit)
    return {key: limit for key, (_rank, limit) in found.items()}


def raw_names(card: Card, formulas: Sequence[Formula]) -> tuple[str, ...]:
    """The names that formulas read from the data, in order: through derived facts down to what they are made of."""
    by_code = {fact.code: fact.formula for fact in card.facts}
    found: dict[str, None] = {}
    waiting = [name for formula in formulas for name in formula.names_used]
    while waiting:
        name = waiting.pop(0)
        if name in by_code:
            waiting.extend(by_code[name].names_used)
        else:
            found[name] = None
    return tuple(sorted(found))


def all_formulas(card: Card) -> list[Formula]:
    """Everything that reads names of a household: strata, facts, terms."""
    strata = [stratum.condition for stratum in card.strata if stratum.condition is not None]
    return [*strata, *(fact.formula for fact in card.facts), *(formula for term in card.terms for formula in term.formulas())]


def _unknown_stratum(card: Card, values: Values) -> tuple[str, ...]:
    conditions = [stratum.condition for stratum in card.strata if stratum.condition is not None]
    return tuple(name for name in raw_names(card, conditions) if values.get(name) is None) or (STRATUM,)


def _names_missing(card: Card, values: Values, refused: Sequence[str]) -> tuple[str, ...]:
    """The missing names behind the refused terms; a term's own code where all of its names are there."""
    absent: set[str] = set()
    codes: list[str] = []
    for term in card.terms:
        if term.code in refused:
            gone = [name for name in raw_names(card, term.formulas()) if values.get(name) is None]
            absent.update(gone)
            codes += [] if gone else [term.code]
    return (*sorted(absent), *codes)
