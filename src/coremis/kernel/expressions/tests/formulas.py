"""Random formulas of the language, as texts, and random rows, for the property tests."""

from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from coremis.kernel.base.formula import Kind
from coremis.kernel.expressions.tests.sample import NAMES

NUMBERS = st.sampled_from([0, 1, -1, 2, 0.5, 3, 10, 100, 0.1, 0.3, 2.5, -2.5, 0.0000004, 1e6, 12345.678901, -0.25, 1e15, 1e-12])
WORDS = st.sampled_from(["", "tin", "Tin", "straw", "é", "z", "a", "o'er", 'say "x"', "100%", "{0}", "😀", "\ufb01", "%s"])
DAYS = st.sampled_from([date(2026, 1, 31), date(2024, 2, 29), date(1999, 12, 31), date(2025, 2, 28), date(1, 1, 1), date(9999, 12, 31)])
WRONG = st.sampled_from([None, [], [1], {}, {"a": 1}, "5", "", "true", "now", "2026-02-30", "2026-1-31", "0000-01-01", "2026-01-31T00:00"])
ODD_NUMBERS = st.sampled_from([True, False, 1e16, -1e300, 10**30, -(2**63), 1e-13, 5e-324, -1e-200, 2**53 + 1])


@cache
def literal(kind):
    """A value written in the language."""
    if kind is Kind.NUMBER:
        return NUMBERS.map(lambda number: f"{number!r}" if number >= 0 else f"({number!r})")
    if kind is Kind.BOOLEAN:
        return st.sampled_from(["true", "false"])
    if kind is Kind.DATE:
        return DAYS.map(lambda day: f"date('{day.isoformat()}')")
    return WORDS.map(lambda word: "'" + word.replace("'", "''") + "'")


@cache
def leaf(kind):
    """A name or a literal; names are drawn more often."""
    same = [name for name, its_kind in NAMES.items() if (its_kind is kind or (kind is Kind.TEXT and its_kind is Kind.CHOICE))]
    return st.one_of(st.sampled_from(same), st.sampled_from(same), literal(kind))


def shape(pattern, *parts):
    """A text with other formulas in its places."""
    return st.tuples(*parts).map(lambda texts: pattern.format(*texts))


@cache
def formula(kind, depth):
    """A formula of this kind, with at most so many levels."""
    if depth == 0:
        return leaf(kind)
    number, truth, text, day = (formula(each, depth - 1) for each in (Kind.NUMBER, Kind.BOOLEAN, Kind.TEXT, Kind.DATE))
    same = {Kind.NUMBER: number, Kind.BOOLEAN: truth, Kind.TEXT: text, Kind.DATE: day}[kind]
    shapes = [shape("if({}, {}, {})", truth, same, same), shape("coalesce({}, {})", same, same), shape("if({}, {}, missing)", truth, same)]
    if kind is Kind.NUMBER:
        shapes += [shape(f"({{}} {sign} {{}})", number, number) for sign in "+-*/"]
        shapes += [shape(f"{name}({{}})", number) for name in ("floor", "ceil", "abs", "ln", "exp", "sqrt", "-")]
        shapes += [shape(f"{name}({{}}, {{}})", number, number) for name in ("min", "max")]
        shapes += [shape("round({}, {})", number, st.integers(0, 6)), shape("{} - {} + {}", number, number, number)]
        shapes += [shape(f"{name}({{}}, {{}})", day, day) for name in ("days_between", "years_between")]
    if kind is Kind.BOOLEAN:
        signs = ("=", "<>", "<", "<=", ">", ">=")
        shapes += [shape(f"({{}} {sign} {{}})", each, each) for sign in signs for each in (number, text_only(depth - 1), day)]
        shapes += [shape(f"({{}} {sign} {{}})", leaf(Kind.NUMBER), literal(Kind.NUMBER)) for sign in signs]
        shapes += [shape("({} = {})", truth, truth), shape("(not {})", truth), shape("contains({}, {})", text, text)]
        shapes += [shape(f"({{}} {word} {{}})", truth, truth) for word in ("and", "or")]
        shapes += [shape("is_missing({})", each) for each in (number, truth, text, day)]
        shapes += [shape("({} in ({}, {}))", each, each, each) for each in (number, text, day, leaf(Kind.NUMBER), literal(Kind.NUMBER))]
        shapes += [shape("({} not between {} and {})", each, each, each) for each in (number, day, text_only(depth - 1))]
        shapes += [shape("({} between {} and {})", leaf(Kind.NUMBER), literal(Kind.NUMBER), literal(Kind.NUMBER))]
        shapes += [shape("({} in ({}, {}))", leaf(Kind.NUMBER), literal(Kind.NUMBER), literal(Kind.NUMBER))]
    return st.one_of(leaf(kind), *shapes)


@cache
def text_only(depth):
    """Texts that have an order: no choices."""
    words = st.one_of(st.sampled_from(["nickname", "word"]), literal(Kind.TEXT))
    return words if depth == 0 else st.one_of(words, shape("if({}, {}, {})", formula(Kind.BOOLEAN, depth - 1), words, words))


def stored(kind):
    """A raw value for a JSON variable: mostly right, sometimes missing, sometimes of a wrong type."""
    if kind is Kind.NUMBER:
        small = st.integers(-20, 20) | st.decimals(-1000, 1000, places=4).map(float)
        return st.one_of(small, small, NUMBERS, WRONG, ODD_NUMBERS)
    if kind is Kind.BOOLEAN:
        return st.one_of(st.booleans(), st.booleans(), WRONG, st.sampled_from([0, 1]))
    if kind is Kind.DATE:
        days = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        return st.one_of(days, days, DAYS.map(date.isoformat), WRONG)
    return st.one_of(WORDS, WORDS, st.sampled_from([None, 5, True, ["tin"]]))


def rows():
    """Rows of raw values, any of which may be absent."""
    plain = {
        "number": st.none() | NUMBERS.map(float) | st.sampled_from([1e300, 1e-300]),
        "flag": st.none() | st.booleans(),
        "word": st.none() | WORDS,
        "day": st.none() | DAYS | st.just(date(2000, 1, 1) + timedelta(days=59)),
    }
    json = {name: stored(kind) for name, kind in NAMES.items() if name not in plain}
    return st.lists(st.fixed_dictionaries({}, optional=plain | json), min_size=60, max_size=60)
