from datetime import date

import pytest

from coremis.kernel.base.formula import FormulaError, Kind, evaluate, parse

NAMES = {"rooms": Kind.NUMBER, "urban": Kind.BOOLEAN, "nickname": Kind.TEXT, "roof": "choice", "born": Kind.DATE, "min": Kind.NUMBER}
NAMES |= {"withdrawn": Kind.BOOLEAN, "photo": "picture"}


def test_it_works():
    formula = parse("if(urban and rooms > 2, 1.5, rooms * 0.25)", NAMES)
    assert (formula.kind, formula.names_used) == (Kind.NUMBER, ("rooms", "urban"))
    assert formula.text == "if(urban and rooms > 2, 1.5, rooms * 0.25)"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 4 - 3", 3.0),
        ("24 / 4 / 3", 2.0),
        ("2 * 6 / 4", 3.0),
        ("-2 * -3 + - 1", 5.0),
        ("2--1", None),
        (".5 + 1.", 1.5),
        ("1.5E3", 1500.0),
        ("not 1 = 2", True),
        ("not true or true", True),
        ("true or false and false", True),
        ("1 + 1 = 2 and 3 > 2", True),
        ("2 between 1 and 3 and true", True),
        ("2 not between 1 and 3", False),
        ("5 IN (1, 2, 5)", True),
        ("5 not in (1, 2)", True),
        ("IF(TRUE, 'a', \"b\")", "a"),
        ("'it''s'", "it's"),
        ('"say ""x"""', 'say "x"'),
        ("'--'", "--"),
        ("date('2026-01-31')", date(2026, 1, 31)),
        ("min(min, 3)", 3.0),
        ("withdrawn", False),
        ("(1 = 1) = true", True),
        ("\n 1\t+\r\n1 ", 2.0),
    ],
)
def test_precedence_and_writing(text, result):
    """pitfall M21: “withdrawn” contains “raw” and is still a name."""
    if result is None:
        with pytest.raises(FormulaError, match="Comments"):
            parse(text, NAMES)
    else:
        assert evaluate(parse(text, NAMES), {"min": 8, "withdrawn": False}) == result


@pytest.mark.parametrize(
    ("text", "kind"),
    [("rooms", "number"), ("roof", "choice"), ("coalesce(roof, 'x')", "text"), ("if(urban, born, missing)", "date"), ("urban", "boolean")],
)
def test_every_formula_has_a_kind(text, kind):
    assert parse(text, NAMES).kind == kind


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "empty"),
        (" \n ", 1, "empty"),
        ("rooms +", 8, "stops too early"),
        ("rooms rooms", 7, "does not fit"),
        ("3x", 2, "does not fit"),
        ("(rooms", 7, "“)” is missing"),
        ("rooms)", 6, "does not fit"),
        ("beds + 1", 1, "not a known name"),
        ("Rooms", 1, "not a known name"),
        ("photo", 1, "cannot be used"),
        ("sum(rooms, 1)", 1, "not a known function"),
        ("min(rooms)", 1, "at least 2 values"),
        ("sqrt(1, 2)", 1, "needs 1 values"),
        ("sqrt()", 1, "needs 1 values"),
        ("rooms in ()", 7, "at least 2 values"),
        ("rooms in 3", 10, "“(” is missing"),
        ("rooms not 3", 11, "does not fit"),
        ("rooms + urban", 9, "a number is needed, but there is yes or no"),
        ("rooms and urban", 1, "yes or no is needed, but there is a number"),
        ("rooms = 'three'", 9, "a number is needed, but there is a text"),
        ("roof = born", 8, "a choice is needed, but there is a date"),
        ("if(rooms, 1, 2)", 4, "yes or no is needed"),
        ("if(urban, 1, 'x')", 14, "a number is needed"),
        ("1 < rooms < 5", 13, "yes or no is needed, but there is a number"),
        ("roof < 'b'", 1, "have an order"),
        ("urban > false", 1, "have an order"),
        ("years_between(born, '2020-01-01')", 21, "a date is needed"),
        ("contains(rooms, '1')", 10, "a text is needed"),
        ("missing", 1, "is_missing"),
        ("rooms = missing", 7, "is_missing"),
        ("rooms + missing", 9, "is_missing"),
        ("rooms in (1, missing)", 7, "is_missing"),
        ("is_missing(missing)", 12, "is_missing"),
        ("coalesce(missing, missing)", 10, "is_missing"),
        ("not missing", 5, "is_missing"),
        ("round(rooms, 7)", 14, "from 0 to 6"),
        ("round(rooms, 1.5)", 14, "from 0 to 6"),
        ("round(rooms, rooms)", 14, "from 0 to 6"),
        ("date('2026-02-30')", 1, "no valid date"),
        ("date(nickname)", 1, "no valid date"),
        ("date", 1, "not a known name"),
        ("rooms; 1", 6, "not part of"),
        ("rooms == 1", 8, "does not fit"),
        ("rooms != 1", 7, "not part of"),
        ("rooms % 2", 7, "not part of"),
    ],
)
def test_refusals_say_what_and_where(text, position, words):
    """pitfall M18: whatever is not understood is refused."""
    with pytest.raises(FormulaError) as caught:
        parse(text, NAMES)
    assert words in str(caught.value)
    assert caught.value.position == position
