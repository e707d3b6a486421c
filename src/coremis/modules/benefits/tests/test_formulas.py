"""The slow computation, and how the number of a formula becomes money."""

import pytest

from coremis.kernel.base.formula import parse
from coremis.kernel.base.refusal import Refusal
from coremis.modules.benefits.definition import read_rule
from coremis.modules.benefits.formulas import MOST, Facts, Part, PartKind, Rule, minor_units, reckon
from coremis.modules.benefits.tests.sample import part

NAMES, MEMBERS = {"rooms": "number", "size": "number"}, {"age": "number"}


def test_it_works():
    """min(cap, counting parts) + other parts + backlog - recoveries, rounded down to the coin, the rest carried (rulebook 2.7.1)."""
    child = Part("child", PartKind.MEMBER, 20, member=parse("age < 18", MEMBERS), most=2)
    extra = Part("extra", PartKind.TOP_UP, 33, counting=False)
    rule = Rule((Part("base", PartKind.FLAT, 100), child, extra), cap=130, coin=50, takes_backlog=True, recovery_share=1_000)
    found = reckon(rule, Facts(members=[{"age": 3}, {"age": 4}, {"age": 17}, {"age": 18}, {}], backlog=60, to_recover=100))
    assert found.parts == (("base", 100, 1), ("child", 40, 2), ("extra", 33, 1), ("cap", -10, 1), ("backlog", 60, 1), ("recovery", -22, 1))
    assert (found.entitled, found.amount, found.carried) == (163, 200, 1)
    assert sum(amount for _code, amount, _count in found.parts) == found.amount + found.carried


@pytest.mark.parametrize(
    ("number", "decimals", "minor"),
    [
        (0.0, 0, 0), (-3.0, 0, 0), (None, 0, None), (0.4999994, 0, 0), (0.4999995, 0, 1), (0.5, 0, 1), (1.005, 2, 101), (2.675, 2, 268),
        (0.1 + 0.2, 2, 30), (12.3456, 3, 12_346), (float(MOST), 0, MOST), (float(MOST) + 1, 0, None), (1e15, 2, None), (29.999999999, 0, 30),
    ],
)  # fmt: skip
def test_numbers_become_whole_units(number, decimals, minor):
    """Pitfall M7: six decimals first, then whole smallest units, halves up; below zero is zero, missing and too large are nothing."""
    assert minor_units(number, decimals) == minor


@pytest.mark.parametrize(
    "wrong",
    [
        part("Base", amount=1), part("cap", amount=1), part("x"), part("x", amount=-1), part("x", amount=1.5), part("x", amount=True),
        part("x", amount=10**13), part("x", "MAGIC", amount=1), part("x", "IMPORTED"), part("x", "MEMBER", member="age", amount=1),
        part("x", "MEMBER", member="__import__('os').system('ls')", amount=1), part("x", "FORMULA", formula="withdrawn + 1"),
        part("x", "FORMULA", formula="size > 1"), part("x", "FORMULA"), part("x", "SIZE"), part("x", "SIZE", steps=[[1, 5], [1, 6]]),
        part("x", "PERCENT", share=500), part("x", amount=1, condition="rooms"), part("x", amount=1, condition="1 = 1; DROP TABLE x"),
    ],
)  # fmt: skip
def test_rubbish_is_refused(wrong):
    """Pitfalls M18, M21: what is not understood is refused with a sentence; nothing is executed as text."""
    with pytest.raises(Refusal):
        read_rule({"parts": [wrong]}, NAMES, MEMBERS, 0, household=True)


def test_words_are_not_forbidden():
    """Pitfall M21: a harmless word that holds a forbidden one is a name like any other."""
    rule = read_rule({"parts": [part("x", "FORMULA", formula="withdrawn + 1")]}, {"withdrawn": "number"}, {}, 0, household=True)
    assert reckon(rule, Facts({"withdrawn": 4})).amount == 5
