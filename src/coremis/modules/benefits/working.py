"""The working of an amount, part by part, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.base.text import label
from coremis.kernel.screens.columns import money_text, text_of
from coremis.modules.benefits.formulas import BACKLOG, CAP, CAP_CYCLE, CAP_TOTAL, GIVEN_BACK, RECOVERY, Part, PartKind, Result, Rule

Definition = Mapping[str, Any]
Lines = list[tuple[str, str]]


def kind_words() -> dict[str, str]:
    """The kinds of parts, for people."""
    return {
        PartKind.FLAT: _("the same for each"), PartKind.SIZE: _("by number of members"), PartKind.MEMBER: _("for each member who fits"),
        PartKind.FORMULA: _("by a formula"), PartKind.PERCENT: _("a percentage of the parts before"), PartKind.TOP_UP: _("top-up"),
        PartKind.REBATE: _("rebate"),
    }  # fmt: skip


def left_out_words() -> dict[str, str]:
    """Why a rule pays nothing."""
    return {
        "MISSING_FACT": _("A fact that the amount depends on is missing."), "ZERO": _("The amount is zero."),
        "CAP_REACHED": _("The largest sum has been received."), "MAX_PAYMENTS": _("The largest number of payments has been received."),
        "BELOW_MINIMUM": _("The amount is below the smallest payable one and is kept for the next payment."),
    }  # fmt: skip


def own_names() -> dict[str, str]:
    """What the computation itself adds."""
    return {
        CAP: _("Cut to the largest amount of a payment"), CAP_CYCLE: _("Cut to the largest sum in a cycle"),
        CAP_TOTAL: _("Cut to the largest sum for a beneficiary"), BACKLOG: _("Left from earlier payments"),
        RECOVERY: _("Kept back for what was overpaid"),
        GIVEN_BACK: _("Given back: what had been kept back for a payment that was taken back"),
    }  # fmt: skip


def names_of_parts(definition: Definition) -> dict[str, str]:
    """The name of every part in the reader's language."""
    language = get_language() or "en"
    return own_names() | {part["code"]: label(part["names"], language) for part in definition.get("parts", [])}


def working(rule: Rule, result: Result, definition: Definition, currency: str) -> Lines:
    """Each part with how it came about, and what is paid in the end."""
    names, parts = names_of_parts(definition), {part.code: part for part in rule.parts}
    if result.left_out:
        return [(_("Not paid"), left_out_words()[result.left_out])]
    said: Lines = []
    so_far = 0
    for code, amount, count in result.parts:
        said.append((names.get(code, code), came_about(parts.get(code), amount, count, so_far, currency)))
        so_far += amount
    if result.carried:
        said.append((_("Rounded down to a payable coin; kept for the next payment"), money_text(Money(-result.carried, currency))))
    paid = money_text(Money(result.amount, currency))
    said.append((_("Paid"), _("%(amount)s, held: above the maximum") % {"amount": paid} if result.held else paid))
    return said


def came_about(part: Part | None, amount: int, count: int, so_far: int, currency: str) -> str:
    """“3 × 5,000 = 15,000”, or only the amount."""
    total = money_text(Money(amount, currency))
    if part is not None and part.kind is PartKind.MEMBER:
        return f"{text_of(count)} × {money_text(Money(part.amount, currency))} = {total}"
    if part is not None and part.kind is PartKind.SIZE:
        return _("%(count)s members: %(amount)s") % {"count": text_of(count), "amount": total}
    if part is not None and part.kind is PartKind.PERCENT:
        return _("%(share)s %% of %(sum)s = %(amount)s") % {
            "share": share_text(part.share), "sum": money_text(Money(so_far, currency)), "amount": total,
        }  # fmt: skip
    return total


def part_words(part: Definition, currency: str) -> str:
    """What a part gives, in one line."""
    amount = money_text(Money(part.get("amount") or 0, currency))
    kind = part["kind"]
    if kind == PartKind.MEMBER:
        who = part.get("member") or _("every member")
        most = _(", at most %(count)s") % {"count": part["most"]} if part.get("most") is not None else ""
        return _("%(amount)s for each: %(who)s%(most)s") % {"amount": amount, "who": who, "most": most}
    if kind == PartKind.SIZE:
        return ", ".join(f"{size}+: {money_text(Money(each, currency))}" for size, each in sorted(part.get("steps", [])))
    if kind == PartKind.PERCENT:
        return _("%(share)s %% of the parts before") % {"share": share_text(part.get("share") or 0)}
    return str(part.get("formula") or "") if kind == PartKind.FORMULA else amount


def share_text(share: int) -> str:
    """Hundredths of a percent as people write them: 1050 is 10.5."""
    return f"{share // 100}.{share % 100:02d}".rstrip("0").rstrip(".")
