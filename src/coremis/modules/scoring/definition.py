"""A formula as it is stored: read, checked, and turned into what computes. Whatever is not understood is refused (pitfalls M18, M21).

Stored are ``direction``, ``scale``, ``rounding`` and ``decimals``, and the lists ``member_facts``, ``facts``, ``strata``, ``terms``,
``categories``, ``cutoffs`` and ``examples``; see the reading functions for their fields. Weights and limits are texts, as they were
published. The kinds of all names are kept too once a version is in use (``names_known``), so that their meaning stays.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Kind, clean
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.expressions.checking import checked
from coremis.modules.scoring.contradictions import contradictions
from coremis.modules.scoring.formulas import (
    OWN_CODES,
    Card,
    Cutoff,
    DerivedFact,
    Direction,
    How,
    MemberFact,
    Missing,
    Rounding,
    Stratum,
    Term,
    all_formulas,
    raw_names,
)
from coremis.modules.scoring.models import LOWER
from coremis.modules.scoring.rows import number_of, rows_of

Definition = Mapping[str, Any]
Known = Mapping[str, str]
T = TypeVar("T")
MOST_TERMS, MOST_FACTS, MOST_STRATA, MOST_CATEGORIES, MOST_CUTOFFS = 80, 60, 6, 10, 500
MOST_SCALE, MOST_DECIMALS = 1e6, 6
CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
CATEGORY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
STRATUM_CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")


class Reader:
    """Reads the parts of a definition one after the other, each with the names that are known by then."""

    def __init__(self, definition: Definition, names: Known, members: Known) -> None:
        self.definition, self.names, self.members = definition, dict(names), members
        self.problems: list[Refusal] = []
        self.unfinished: list[Refusal] = []

    def card(self) -> Card:
        """All that can be read; what cannot is among the ``problems``, what is still to be added among the ``unfinished``."""
        given = self.definition
        member_facts = self.each("member_facts", lambda one: member_fact_of(one, self.names, self.members), MOST_FACTS)
        self.names |= {fact.code: Kind.NUMBER.value for fact in member_facts}
        facts = self._facts()
        strata = self.each("strata", lambda one: stratum_of(one, self.names), MOST_STRATA)
        codes = [str(one.get("code")) for one in given.get("strata", [])]
        terms = self.each("terms", lambda one: term_of(one, self.names, codes), MOST_TERMS)
        categories = self.each("categories", category_of, MOST_CATEGORIES)
        cutoffs = self.each("cutoffs", lambda one: cutoff_of(one, categories, codes), MOST_CUTOFFS)
        self._whole(strata, terms)
        card = Card(
            tuple(strata), tuple(terms), tuple(member_facts), tuple(facts), tuple(categories), tuple(cutoffs), **self._scaling(),
            lower_is_poorer=given.get("direction", LOWER) == LOWER,
        )  # fmt: skip
        used = raw_names(card, all_formulas(card))
        return replace(card, names={name: Kind(self.names[name]) for name in used})

    def each(self, part: str, read: Callable[[Definition], T], most: int) -> list[T]:
        """Every entry of one list that can be read; two of one code are a problem."""
        given = self.definition.get(part, [])
        if len(given) > most:
            self.problems.append(Refusal(_("There are more than %(most)s entries of one kind. Put some together."), most=most))
        found, seen = [], set()
        for one in given[:most]:
            code = str(one.get("code") or "")
            try:
                if code and code in seen:
                    raise Refusal(_("“%(code)s” is there twice. Give each its own code."), code=code)
                found.append(read(one))
                seen.add(code)
            except Refusal as problem:
                self.problems.append(problem)
        return found

    def _facts(self) -> list[DerivedFact]:
        def read(one: Definition) -> DerivedFact:
            fact = fact_of(one, self.names)
            self.names[fact.code] = fact.formula.kind.value
            return fact

        return self.each("facts", read, MOST_FACTS)

    def _whole(self, strata: Sequence[Stratum], terms: Sequence[Term]) -> None:
        given = self.definition
        if not given.get("strata"):
            self.unfinished.append(Refusal(_("Add a stratum. Where one equation serves everybody, one stratum without condition.")))
        if not given.get("terms"):
            self.unfinished.append(Refusal(_("A formula needs at least one term. Add the first.")))
        for place, stratum in enumerate(strata[:-1]):
            if stratum.condition is None:
                after = strata[place + 1].code
                self.unfinished.append(
                    Refusal(_("No household reaches the stratum “%(code)s”. Give the one before a condition."), code=after)
                )
        for stratum in strata:
            if terms and not any(term.is_in(stratum.code) for term in terms):
                self.unfinished.append(
                    Refusal(_("The stratum “%(code)s” has no term. Give at least one term a weight."), code=stratum.code)
                )

    def _scaling(self) -> dict[str, Any]:
        try:
            scale = number_of(self.definition.get("scale", "1"), "scale")
            decimals = self.definition.get("decimals") or 0
            if not 0 < scale <= MOST_SCALE or decimals not in range(MOST_DECIMALS + 1):
                raise Refusal(_("The factor must lie above 0, at most 1,000,000; the decimals between 0 and 6."))
            chosen(Direction, self.definition.get("direction") or LOWER, "direction")
            rounding = chosen(Rounding, self.definition.get("rounding") or "NONE", "rounding")
            return {"scale": scale, "rounding": rounding, "decimals": int(decimals)}
        except Refusal as problem:
            self.problems.append(problem)
        return {}


def read_card(definition: Definition, names: Known, members: Known) -> Card:
    """The formula of a stored definition; Refusal with the first thing that cannot be used."""
    reader = Reader(definition, names, members)
    card = reader.card()
    for problem in (*reader.problems, *reader.unfinished):
        raise problem
    return card


def problems_of(definition: Definition, names: Known, members: Known, whole: bool = True) -> list[str]:
    """Everything that keeps a definition from being used, in order; unless ``whole``, without what is still to be added."""
    reader = Reader(definition, names, members)
    card = reader.card()
    problems = [*reader.problems, *(reader.unfinished if whole else ())]
    if whole and not problems:
        problems = contradictions(definition, card, names)
    return list(dict.fromkeys(str(problem) for problem in problems))


def declared_names(definition: Definition, names: Known, members: Known) -> dict[str, str]:
    """All names that terms may use with their kinds: those of the data, and those the definition declares."""
    reader = Reader(definition, names, members)
    reader.card()
    return reader.names


def member_fact_of(given: Definition, names: Known, members: Known) -> MemberFact:
    """``code``, ``how``, ``condition`` and ``formula`` over a member, ``leaves_out_unknown``."""
    code = code_of(given, names)
    how = chosen(How, given.get("how", "COUNT"), code)
    formula = checked(given, "formula", code, members, Kind.NUMBER)
    if (how is How.COUNT) == (formula is not None):
        raise Refusal(_("“%(code)s”: a number of members needs no value; a sum, smallest or largest needs one."), code=code)
    condition = checked(given, "condition", code, members, Kind.BOOLEAN)
    return MemberFact(code, how, condition, formula, given.get("leaves_out_unknown") is True)


def fact_of(given: Definition, names: Known) -> DerivedFact:
    """``code`` and ``formula``."""
    code = code_of(given, names)
    formula = checked(given, "formula", code, names)
    if formula is None:
        raise Refusal(_("“%(code)s” has no formula. Write one."), code=code)
    return DerivedFact(code, formula)


def stratum_of(given: Definition, names: Known) -> Stratum:
    """``code``, ``condition`` and ``constant``."""
    code = str(given.get("code") or "")
    if not STRATUM_CODE.fullmatch(code):
        raise wrong_code(code)
    return Stratum(code, checked(given, "condition", code, names, Kind.BOOLEAN), number_of(given.get("constant") or "0", code))


def term_of(given: Definition, names: Known, strata: Sequence[str]) -> Term:
    """``code``, ``formula``, ``weights`` by stratum or ``rows`` of answers, ``only_where``, ``missing`` and ``stand_in``."""
    code = str(given.get("code") or "")
    if not CODE.fullmatch(code) or code in OWN_CODES:
        raise wrong_code(code)
    formula = checked(given, "formula", code, names)
    if formula is None:
        raise Refusal(_("“%(code)s” has no formula. Write one."), code=code)
    is_table = given.get("kind") == "TABLE"
    if not is_table and formula.kind not in (Kind.NUMBER, Kind.BOOLEAN):
        raise Refusal(_("The value of “%(code)s” is no number. List its answers in a table instead."), code=code)
    weights = {stratum: number_of(weight, code) for stratum, weight in (given.get("weights") or {}).items() if weight not in (None, "")}
    rows = rows_of(given.get("rows") or [], code, formula.kind) if is_table else ()
    missing = chosen(Missing, given.get("missing", "REFUSE"), code)
    if missing is Missing.VALUE and clean(given.get("stand_in"), formula.kind) is None:
        raise Refusal(_("“%(code)s”: say which value stands in for a missing one."), code=code)
    term = Term(
        code, formula, {} if is_table else weights, rows, checked(given, "only_where", code, names, Kind.BOOLEAN), missing,
        given.get("stand_in") if missing is Missing.VALUE else None,
    )  # fmt: skip
    check_weights(term, strata)
    return term


def check_weights(term: Term, strata: Sequence[str]) -> None:
    """Refuse weights of strata that are not there, a term without any, and lines of a table that lack one (pitfall M19)."""
    named = set(term.weights) | {stratum for row in term.rows for stratum in row.weights}
    if named - set(strata):
        code = sorted(named - set(strata))[0]
        raise Refusal(_("“%(code)s” has a weight for “%(stratum)s”, which is no stratum."), code=term.code, stratum=code)
    if not named:
        raise Refusal(_("“%(code)s” has no weight in any stratum. Give it one; 0 is a weight."), code=term.code)
    if any(named - set(row.weights) for row in term.rows):
        raise Refusal(_("A line of “%(code)s” lacks a weight. Fill it in; 0 is a weight."), code=term.code)


def category_of(given: Definition) -> str:
    """``code``."""
    code = str(given.get("code") or "")
    if not CATEGORY.fullmatch(code):
        raise Refusal(_("“%(code)s” cannot be the code of a category. Use letters, figures and _."), code=code[:20])
    return code


def cutoff_of(given: Definition, categories: Sequence[str], strata: Sequence[str]) -> Cutoff:
    """``category``, ``limit``, and where it holds: ``area_id``, ``stratum``, ``valid_from``, ``valid_until``."""
    category, stratum = str(given.get("category") or ""), str(given.get("stratum") or "")
    if category not in categories[:-1]:
        raise Refusal(_("A limit is for one of the categories but the last, which takes all others."))
    if stratum and stratum not in strata:
        raise Refusal(_("A limit is for the stratum “%(stratum)s”, which is not there."), stratum=stratum)
    first, last = day_of(given.get("valid_from")), day_of(given.get("valid_until"))
    if first and last and first > last:
        raise Refusal(_("A limit ends before it begins. Correct its dates."))
    area = given.get("area_id")
    return Cutoff(category, number_of(given.get("limit"), category), area if isinstance(area, int) else None, stratum, first, last)


def day_of(text: Any) -> date | None:
    """A stored day."""
    return date.fromisoformat(str(text)) if text else None


def code_of(given: Definition, names: Known) -> str:
    """The code of something new that formulas may name."""
    code = str(given.get("code") or "")
    if not CODE.fullmatch(code) or code in OWN_CODES:
        raise wrong_code(code)
    if code in names:
        raise Refusal(_("“%(code)s” is the name of a fact already. Choose another code."), code=code)
    return code


def wrong_code(code: str) -> Refusal:
    """The refusal of a code that cannot be used."""
    return Refusal(_("“%(code)s” cannot be a code. Use small letters, figures and _, beginning with a letter."), code=code[:60] or "–")


def chosen(kind: Callable[[str], T], value: Any, code: str) -> T:
    """One of a list of choices."""
    try:
        return kind(str(value))
    except ValueError:
        raise Refusal(_("“%(code)s” is of no known kind."), code=code) from None
