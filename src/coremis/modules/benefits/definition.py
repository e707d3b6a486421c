"""A rule as it is stored: read, checked, and turned into what computes. Whatever is not understood is refused (pitfalls M18, M21).

Stored are the parts in order, each with ``code``, ``names``, ``kind``, ``amount``, ``condition``, ``counting`` and what its kind needs
(``steps``, ``member`` and ``most``, ``formula``, ``share``), and beside them the limits of ``LIMITS``. Amounts are smallest units,
shares hundredths of a percent. The kinds of all names that formulas use are stored too, so that their meaning stays.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Formula, Kind
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.expressions.checking import checked
from coremis.modules.benefits.formulas import MOST, OWN_CODES, WHOLE, Part, PartKind, Rule

Definition = Mapping[str, Any]
MOST_PARTS, MOST_SHARES, MOST_MEMBERS, MOST_STEPS, MOST_RECOVERED = 20, 3, 99, 30, 9_000
CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
LIMITS = ("cap", "cap_cycle", "cap_total", "max_payments", "minimum", "maximum")
COUNTS_FIRST = (PartKind.FLAT, PartKind.SIZE, PartKind.MEMBER, PartKind.FORMULA, PartKind.PERCENT, PartKind.IMPORTED)
NEEDS_MEMBERS = (PartKind.SIZE, PartKind.MEMBER)


def flat(amount_minor: int, kind: PartKind = PartKind.FLAT) -> Rule:
    """The rule of a payroll without one: the same amount for each, or what a file says."""
    return Rule((Part("base", kind, amount_minor),))


def read_rule(definition: Definition, names: Mapping[str, str], members: Mapping[str, str], decimals: int, household: bool) -> Rule:
    """The rule of a stored definition; Refusal with the first thing that cannot be used."""
    parts = tuple(read_part(given, names, members, household) for given in definition.get("parts", []))
    codes = [part.code for part in parts]
    if not parts:
        raise Refusal(_("A rule needs at least one part. Add the first."))
    if len(parts) > MOST_PARTS or sum(part.kind is PartKind.PERCENT for part in parts) > MOST_SHARES:
        raise Refusal(_("A rule has at most 20 parts, and 3 of them percentages. Put some together."))
    if len(set(codes)) < len(codes):
        raise Refusal(_("Two parts have the same code. Give each its own."))
    if parts[0].kind is PartKind.PERCENT:
        raise Refusal(_("A percentage needs parts before it. Move it down."))
    limits = {name: whole(definition.get(name), name, 0) for name in LIMITS}
    if limits["minimum"] and limits["maximum"] and limits["minimum"] > limits["maximum"]:
        raise Refusal(_("The smallest payable amount is above the largest. Correct one of them."))
    return Rule(
        parts, decimals, **limits, coin=whole(definition.get("coin"), "coin", 1) or 1,
        takes_backlog=definition.get("takes_backlog") is True,
        recovery_share=whole(definition.get("recovery_share"), "recovery_share", 0, MOST_RECOVERED) or 0,
    )  # fmt: skip


def read_part(given: Definition, names: Mapping[str, str], members: Mapping[str, str], household: bool) -> Part:
    """One part, with its formulas parsed."""
    code = str(given.get("code", ""))
    if not CODE.fullmatch(code) or code in OWN_CODES:
        raise Refusal(_("“%(code)s” cannot be the code of a part. Use small letters, figures and _."), code=code[:20])
    try:
        kind = PartKind(str(given.get("kind")))
    except ValueError:
        raise Refusal(_("The part “%(code)s” is of no known kind."), code=code) from None
    if kind is PartKind.IMPORTED:
        raise Refusal(_("The part “%(code)s” is of no known kind."), code=code)
    if kind in NEEDS_MEMBERS and not household:
        raise Refusal(_("The part “%(code)s” counts members. This programme helps single persons."), code=code)
    read = {"amount": whole, "most": whole, "share": whole}
    numbers = {name: read[name](given.get(name), code, 0, HIGHEST.get(name, MOST)) for name in read}
    part = Part(
        code, kind, numbers["amount"] or 0, checked(given, "condition", code, names, Kind.BOOLEAN),
        checked(given, "formula", code, names, Kind.NUMBER) if kind is PartKind.FORMULA else None,
        checked(given, "member", code, members, Kind.BOOLEAN) if kind is PartKind.MEMBER else None,
        numbers["most"], steps_of(given, code) if kind is PartKind.SIZE else (), numbers["share"] or 0,
        bool(given.get("counting", kind in COUNTS_FIRST)),
    )  # fmt: skip
    if COMPLETE.get(kind, _has_amount)(part):
        return part
    raise Refusal(_("The part “%(code)s” says no amount. Fill it in."), code=code)


def _has_amount(part: Part) -> bool:
    return part.amount > 0


HIGHEST = {"most": MOST_MEMBERS, "share": WHOLE}
COMPLETE: dict[PartKind, Callable[[Part], bool]] = {
    PartKind.SIZE: lambda part: bool(part.steps),
    PartKind.MEMBER: lambda part: 0 < part.amount * (part.most or MOST_MEMBERS) <= MOST,
    PartKind.FORMULA: lambda part: part.formula is not None,
    PartKind.PERCENT: lambda part: part.share > 0,
}


def steps_of(given: Definition, code: str) -> tuple[tuple[int, int], ...]:
    """The table by size, sorted: from so many members on, this amount."""
    rows = given.get("steps") or []
    found = [(whole(size, code, 1, MOST_MEMBERS), whole(amount, code, 0)) for size, amount in rows]
    if len({size for size, _amount in found}) < len(found) or len(found) > MOST_STEPS:
        raise Refusal(_("The part “%(code)s” names a size twice, or more than 30 sizes."), code=code)
    return tuple(sorted((size or 1, amount or 0) for size, amount in found))


def whole(value: Any, name: str, least: int, most: int = MOST) -> int | None:
    """A whole number in its bounds; zero stays zero, nothing stays nothing (pitfall M19)."""
    if value is None or value == "":
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refusal(_("“%(value)s” cannot be used for “%(name)s”."), value=str(value)[:40], name=name)
    return value


def formulas_of(rule: Rule) -> list[Formula]:
    """The formulas over the household or person."""
    return [formula for part in rule.parts for formula in (part.condition, part.formula) if formula is not None]
