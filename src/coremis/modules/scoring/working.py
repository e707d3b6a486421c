"""The working of a score, term by term, in words: from stored inputs and the stored version only, so it stays true for ever."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from coremis.modules.scoring.finishing import CUTOFF
from coremis.modules.scoring.formulas import Assessment, Card, Limits, Outcome, Term, TermResult, assess, limits_on, raw_names, row_for
from coremis.modules.scoring.models import FormulaVersion, Score
from coremis.modules.scoring.names import HEAD
from coremis.modules.scoring.versions import card_of, names_of
from coremis.modules.scoring.wording import Wording, direction_words, figure, limit_sign, match_words, rounding_words

MASK = "•••"


@dataclass(frozen=True)
class WorkingRow:
    """One term: its name, what it reads, and its value, coefficient and product as texts in the reader's language.

    ``words`` is the formula of its value, ``note`` says what happened where the value was not simply used. ``amount`` is the product
    as a number, None where the term added nothing because it does not apply, was left out or could not be computed.
    """

    code: str
    name: str
    words: str
    value: str
    coefficient: str
    product: str
    note: str = ""
    amount: float | None = None
    outcome: str = Outcome.USED


@dataclass(frozen=True)
class Limit:
    """A category with its limit as a text, and whether the household fell into it."""

    category: str
    words: str
    is_own: bool


@dataclass(frozen=True)
class Working:
    """How a score came about: texts in the reader's language, and beside them the score itself."""

    formula: str
    source: str
    stratum: str
    rows: tuple[WorkingRow, ...]
    constant: str
    total: str
    scaled: str
    rounded: str
    rounding: str
    direction: str
    value: float | None
    category: str
    limits: tuple[Limit, ...]
    facts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]

    @property
    def is_assessed(self) -> bool:
        """Whether there is a score."""
        return self.value is not None


def working(score: Score, hidden: Collection[str] = ()) -> Working:
    """The working of a stored score: the same today as on the day it was computed, whatever has changed since.

    ``hidden`` are the names whose values this reader may not see; terms that read them are masked too.
    """
    version = score.run.formula_version
    names = names_of(version)
    card = card_of(version, names)
    limits = stored_limits(card, score)
    return in_words(version, card, score.inputs, assess(card, score.inputs, limits), limits, hidden)


def stored_limits(card: Card, score: Score) -> dict[tuple[str, str], float]:
    """The limits that held for a score: those kept with it where places have their own, else those of its day."""
    kept = {name.removeprefix(CUTOFF): limit for name, limit in score.inputs.items() if name.startswith(CUTOFF)}
    if not kept:
        return limits_on(card, score.run.day)
    return {(score.stratum, category): float(limit) for category, limit in kept.items() if limit is not None}


def in_words(
    version: FormulaVersion, card: Card, values: Mapping[str, Any], found: Assessment, limits: Limits, hidden: Collection[str] = ()
) -> Working:
    """A computation in words."""
    say = Wording(version.definition, names_of(version), list(card.names))
    hidden = with_made_of(card, hidden)
    terms = {term.code: term for term in card.terms}
    rows = [_row(say, terms[result.code], result) for result in found.terms]
    masked = {term.code for term in card.terms if set(raw_names(card, term.formulas())) & set(hidden)}
    known = [(name, values.get(name)) for name in card.names] + list(found.facts.items())
    return Working(
        formula=str(version), source=version.formula.source, stratum=say.entry("strata", found.stratum) if found.stratum else "",
        rows=tuple(replace(row, value=MASK, coefficient=MASK, product=MASK, amount=None) if row.code in masked else row for row in rows),
        constant=figure(found.constant), total=figure(found.total), scaled=figure(found.scaled_total), rounded=figure(found.value),
        rounding=rounding_words(version.definition), direction=direction_words(card.lower_is_poorer), value=found.value,
        category=say.entry("categories", found.category) if found.category else "", limits=tuple(_limits(say, card, found, limits)),
        facts=tuple((say.name(name), MASK if name in hidden else say.value(name, value)) for name, value in known),
        missing=tuple(say.missing(name) for name in found.missing),
    )  # fmt: skip


def with_made_of(card: Card, hidden: Collection[str]) -> set[str]:
    """Hidden names, and what is made of them: whatever counts such a fact of members, and every derived fact that reads any of these."""
    of_members = {name.removeprefix(HEAD) for name in hidden if name.startswith(HEAD)}
    counted = {
        fact.code for fact in card.member_facts
        if of_members & {name for formula in (fact.condition, fact.formula) if formula is not None for name in formula.names_used}
    }  # fmt: skip
    found = {*hidden, *counted}
    return found | {fact.code for fact in card.facts if found & set(raw_names(card, [fact.formula]))}


def _row(say: Wording, term: Term, found: TermResult) -> WorkingRow:
    only = term.formula.names_used[0] if len(term.formula.names_used) == 1 else ""
    stored: Mapping[str, Any] = next((one for one in say.definition.get("terms", []) if one.get("code") == term.code), {})
    value = say.value(only, found.value) if found.value is not None else "–"
    if found.value is not None and term.rows:
        row = row_for(term, found.value)
        if row is not None and not isinstance(found.value, str):
            value = f"{value} ({match_words(stored['rows'][term.rows.index(row)])})"
    return WorkingRow(
        code=term.code, name=say.entry("terms", term.code), words=term.formula.text, value=value, coefficient=figure(found.weight),
        product=figure(found.product), note=outcome_words()[found.outcome], amount=found.product, outcome=found.outcome,
    )  # fmt: skip


def _limits(say: Wording, card: Card, found: Assessment, limits: Limits) -> list[Limit]:
    rows = []
    for category in card.categories:
        limit = limits.get((found.stratum, category))
        words = "–" if category != card.categories[-1] else _("all others")
        words = words if limit is None else f"{limit_sign(say.definition)} {figure(limit)}"
        rows.append(Limit(say.entry("categories", category), words, category == found.category))
    return rows


def outcome_words() -> dict[str, str]:
    """What happened to a term, where its value was not simply used."""
    return {
        Outcome.USED: "", Outcome.STAND_IN: _("missing; another value stands in for it"),
        Outcome.SKIPPED: _("missing; the term adds nothing"), Outcome.NOT_APPLICABLE: _("does not apply"),
        Outcome.REFUSED: _("missing; the household cannot be assessed"), Outcome.NOT_IN_TABLE: _("this answer stands in no line"),
    }  # fmt: skip
