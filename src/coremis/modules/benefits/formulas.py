"""The amount of one beneficiary, part by part: plain Python, slow and readable. The set-based computation must agree with it.

``amount = min(cap, fixed + counting parts) + other parts + backlog - recoveries``, in this order (rulebook 2.7.1): parts, the cap of a
payment, the caps of a cycle and of a beneficiary, backlog, recoveries, rounding down to a payable coin; the rest is carried.
Amounts are whole smallest units. The number of a formula is in the currency's main unit: rounded to six decimals, then to whole
smallest units, halves up; below zero it counts as zero; missing or beyond ``MOST`` means that nothing can be paid.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from coremis.kernel.base.formula import Formula, evaluate
from coremis.kernel.base.formula.evaluate import scaled

MOST = 10**12
WHOLE = 10_000
CAP, CAP_CYCLE, CAP_TOTAL, BACKLOG, RECOVERY, GIVEN_BACK = "cap", "cap_cycle", "cap_total", "backlog", "recovery", "given_back"
OWN_CODES = (CAP, CAP_CYCLE, CAP_TOTAL, BACKLOG, RECOVERY, GIVEN_BACK)


class PartKind(StrEnum):
    """How the amount of a part is found."""

    FLAT = "FLAT"
    SIZE = "SIZE"
    MEMBER = "MEMBER"
    FORMULA = "FORMULA"
    PERCENT = "PERCENT"
    TOP_UP = "TOP_UP"
    REBATE = "REBATE"
    IMPORTED = "IMPORTED"


PLAIN = (PartKind.FLAT, PartKind.TOP_UP, PartKind.REBATE)


@dataclass(frozen=True)
class Part:
    """One part. ``amount`` is that of each member or of the whole; ``steps`` are (from so many members on, amount)."""

    code: str
    kind: PartKind
    amount: int = 0
    condition: Formula | None = None
    formula: Formula | None = None
    member: Formula | None = None
    most: int | None = None
    steps: tuple[tuple[int, int], ...] = ()
    share: int = 0
    counting: bool = True


@dataclass(frozen=True)
class Rule:
    """The parts in order, and what limits them. Shares are in hundredths of a percent."""

    parts: tuple[Part, ...]
    decimals: int = 0
    cap: int | None = None
    cap_cycle: int | None = None
    cap_total: int | None = None
    max_payments: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    coin: int = 1
    takes_backlog: bool = False
    recovery_share: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known of one beneficiary on the day of the data freeze, and what earlier payments left."""

    values: Mapping[str, Any] = field(default_factory=dict)
    members: Sequence[Mapping[str, Any]] = ()
    imported: int | None = None
    used_cycle: int = 0
    used_total: int = 0
    payments: int = 0
    backlog: int = 0
    to_recover: int = 0


@dataclass(frozen=True)
class Result:
    """The parts with their counts, which sum to ``amount + carried``; ``left_out`` says why nothing is paid."""

    left_out: str
    parts: tuple[tuple[str, int, int], ...] = ()
    entitled: int = 0
    backlog: int = 0
    recovered: int = 0
    amount: int = 0
    carried: int = 0
    held: bool = False


def minor_units(number: Any, decimals: int) -> int | None:
    """The number of a formula in whole smallest units; None where there is no usable one."""
    if number is None:
        return None
    whole = math.floor(scaled(number * float(10**decimals)) / 1_000_000.0 + 0.5)
    return max(whole, 0) if whole <= MOST else None


def reckon(rule: Rule, facts: Facts) -> Result:
    """What one beneficiary receives. ``facts.values`` must hold ``size``, the number of members, where a part asks for it."""
    found = [part_of(part, rule, facts) for part in rule.parts if part.kind is not PartKind.PERCENT]
    if rule.max_payments is not None and facts.payments >= rule.max_payments:
        return Result("MAX_PAYMENTS")
    if facts.imported is None and any(part.kind is PartKind.IMPORTED for part in rule.parts):
        return Result("NO_AMOUNT")
    if None in [amount for _part, amount, _count in found]:
        return Result("MISSING_FACT")
    amounts = in_order(rule, facts, {part.code: (amount or 0, count) for part, amount, count in found})
    return limited(rule, facts, amounts)


def part_of(part: Part, rule: Rule, facts: Facts) -> tuple[Part, int | None, int]:
    """The amount of one part (None: a fact is missing) and how often it was given."""
    if part.condition is not None and evaluate(part.condition, facts.values) is not True:
        return part, 0, 0
    if part.kind is PartKind.MEMBER:
        fitting = sum(1 for member in facts.members if part.member is None or evaluate(part.member, member) is True)
        count = fitting if part.most is None else min(fitting, part.most)
        return part, part.amount * count, count
    if part.kind is PartKind.SIZE:
        size = int(facts.values.get("size") or 0)
        return part, max((step for step in part.steps if step[0] <= size), default=(0, 0))[1], size
    if part.kind is PartKind.FORMULA and part.formula is not None:
        return part, minor_units(evaluate(part.formula, facts.values), rule.decimals), 1
    return part, facts.imported if part.kind is PartKind.IMPORTED else part.amount, 1


def in_order(rule: Rule, facts: Facts, known: Mapping[str, tuple[int, int]]) -> list[tuple[Part, int, int]]:
    """All parts in their order; a percentage is taken of the sum of the parts before it, rounded down."""
    ordered: list[tuple[Part, int, int]] = []
    so_far = 0
    for part in rule.parts:
        amount, count = known.get(part.code, (0, 0))
        if part.kind is PartKind.PERCENT and (part.condition is None or evaluate(part.condition, facts.values) is True):
            amount, count = so_far * part.share // WHOLE, 1
        so_far += amount
        ordered.append((part, amount, count))
    return ordered


def limited(rule: Rule, facts: Facts, amounts: list[tuple[Part, int, int]]) -> Result:
    """Caps, backlog, recoveries and rounding, each as a part of its own."""
    counting = sum(amount for part, amount, _count in amounts if part.counting)
    gross = sum(amount for _part, amount, _count in amounts)
    lines = [(part.code, amount, count) for part, amount, count in amounts if amount]
    entitled = gross
    for code, now, most in (
        (CAP, counting, rule.cap), (CAP_CYCLE, None, left_of(rule.cap_cycle, facts.used_cycle)),
        (CAP_TOTAL, None, left_of(rule.cap_total, facts.used_total)),
    ):  # fmt: skip
        cut = max((entitled if now is None else now) - most, 0) if most is not None else 0
        entitled -= cut
        lines += [(code, -cut, 1)] if cut else []
    backlog = max(facts.backlog, 0) if rule.takes_backlog else 0
    due = entitled + backlog
    recovered = min(facts.to_recover, due * rule.recovery_share // WHOLE)
    amount = (due - recovered) // rule.coin * rule.coin
    if not due:
        return Result("CAP_REACHED" if gross else "ZERO")
    if amount < max(rule.minimum or 0, 1):
        return Result("BELOW_MINIMUM", carried=entitled)
    own = ((BACKLOG, backlog), (RECOVERY, min(-recovered, 0)), (GIVEN_BACK, max(-recovered, 0)))
    lines += [(code, value, 1) for code, value in own if value]
    held = rule.maximum is not None and amount > rule.maximum
    return Result("", tuple(lines), entitled, backlog, recovered, amount, due - recovered - amount, held)


def left_of(cap: int | None, used: int) -> int | None:
    """What a cap still allows."""
    return None if cap is None else max(cap - used, 0)
