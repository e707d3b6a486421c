"""Hostile texts are refused with one sentence, quickly, and never reach a database (pitfall M21)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coremis.kernel.base.formula import FormulaError, Kind, parse
from coremis.kernel.base.formula.evaluate import STRICT, TOLERANT
from coremis.kernel.base.formula.operations import OPERATIONS

NAMES = {"rooms": Kind.NUMBER, "roof": Kind.TEXT, "urban": Kind.BOOLEAN}
HOSTILE = {
    "nul": "rooms\0 + 1",
    "nul in a text": "roof = 'a\0b'",
    "line end in a text": "roof = 'a\nb'",
    "half a character": "roof = '\ud800'",
    "direction mark": "roof = 'a\u202eb'",
    "wide digits": "１ + 1",
    "look-alike letter": "rооms + 1",
    "comment": "rooms -- drop",
    "block comment": "rooms /* x */ + 1",
    "hash": "rooms # x",
    "statement": "1; drop table x",
    "closing quote": "roof = 'x' or '1'='1' --'",
    "attribute": "rooms.__class__",
    "call": "__import__('os')",
    "lambda": "lambda: 1",
    "index": "rooms[0]",
    "power": "2 ** 9",
    "format": "%(rooms)s",
    "braces": "{0}",
    "backslash": "'a\\' or '",
    "open text": "roof = 'abc",
    "huge number": "1e400",
    "long number": "9" * 5000,
    "large number": "1e16",
    "tiny number": "1e-400 + 1",
    "brackets": "(" * 10_000 + "1" + ")" * 10_000,
    "few brackets": "(" * 60 + "1" + ")" * 60,
    "signs": "- " * 3_000 + "1",
    "nots": "not " * 3_000 + "urban",
    "long chain": "1" + " + 1" * 1_990,
    "many tokens": "1" + " + 1" * 9_000,
    "long text": " " * 50_000 + "1",
    "long quoted text": "roof = '" + "x" * 300 + "'",
    "nested if": "if(urban, 1, " * 30 + "1" + ")" * 30,
    "product": " * ".join(["rooms"] * 40),
    "quotients": " / ".join(["rooms"] * 20),
    "comparisons": "urban = " * 200 + "urban",
}


def test_it_works():
    assert parse("rooms + 1", NAMES).kind is Kind.NUMBER


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused(name):
    with pytest.raises(FormulaError) as caught:
        parse(HOSTILE[name], NAMES)
    assert 10 < len(str(caught.value)) < 200


PARTS = ["rooms", "roof", "urban", "1", "1e9", "'x'", '"', "'", "(", ")", ",", "+", "-", "*", "/", "=", "<>", "<", " ", "and", "or", "not"]
PARTS += ["in", "between", "missing", "true", "if(", "min(", "round(", "coalesce(", "date(", "is_missing(", "\0", "é", "--", ";", ".", "e"]


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=25).map("".join))
def test_any_text_gives_a_formula_or_a_refusal(text):
    try:
        formula = parse(text, NAMES)
    except FormulaError as error:
        assert str(error) and 1 <= error.position <= len(text) + 1
    else:
        assert formula.kind in Kind


def test_every_operation_can_be_evaluated():
    assert OPERATIONS.keys() == STRICT.keys() | TOLERANT.keys()
