"""What planning cycles, paying out of turn and other payment rules would mean, in words."""

from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.payments.findings import FlagKind
from coremis.modules.payments.queries import terms_of
from coremis.modules.payments.services.cycles import Pattern, periods

OFFSETS = ("freeze", "calculate", "approve", "pay", "window", "reconcile")


def planning(inputs: dict[str, Any], actor: Any) -> Preview:
    """Every cycle with its dates."""
    pattern = Pattern(**{name: inputs[name] for name in OFFSETS})
    facts: list[tuple[Any, Any]] = [(_("Programme"), str(inputs["programme"]))]
    found = periods(inputs["first_day"], inputs["months"], inputs["count"])
    for starts_on, ends_on in found:
        days = pattern.dates(ends_on)
        told = _(
            "freeze %(freeze)s, calculate by %(calculate)s, approve by %(approve)s, pay %(first)s – %(last)s, reconcile by %(reconcile)s"
        )
        words = told % {
            "freeze": text_of(days["freeze_on"]), "calculate": text_of(days["calculate_by"]), "approve": text_of(days["approve_by"]),
            "first": text_of(days["pay_from"]), "last": text_of(days["pay_until"]), "reconcile": text_of(days["reconcile_by"]),
        }  # fmt: skip
        facts.append((f"{text_of(starts_on)} – {text_of(ends_on)}", words))
    return Preview(facts=facts, count=len(found), button=_("Plan %(count)s payment cycles") % {"count": len(found)})


def waiving(inputs: dict[str, Any], actor: Any) -> Preview:
    """Which cycle may be paid out of turn, and why."""
    cycle = inputs["cycle"]
    return Preview(facts=[(_("Programme"), str(cycle.programme)), (_("Payment cycle"), str(cycle)), (_("Reason"), inputs["reason"])])


def terms(inputs: dict[str, Any], actor: Any) -> Preview:
    """The payment rules before and after."""
    now = terms_of(inputs["programme"].pk)

    def named(kinds: list[str]) -> str:
        return ", ".join(str(FlagKind(kind).label) for kind in sorted(kinds) if kind in FlagKind.values)

    return Preview(
        facts=[(_("Programme"), str(inputs["programme"]))],
        changes=[
            (_("Rounds in order"), now.rounds_in_order, inputs["rounds_in_order"]),
            (_("Payees who may share a phone in one place"), now.phone_limit, inputs["phone_limit"]),
            (_("Only with consent"), now.consent_needed, inputs.get("consent_needed", False)),
            (_("Flags that need no verdict"), named(now.notice_kinds), named(inputs["notice_kinds"])),
        ],
    )
