"""The approval page: a payroll beside the cycle before, what was found in it, and the money. Every number leads to its list."""

from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import Cell, money_text, text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import accounts_of, available, balance
from coremis.modules.payments.findings import DifferenceKind
from coremis.modules.payments.models import Cycle, FlagGroup, Payroll, Review
from coremis.modules.payments.previews import about, said
from coremis.modules.payments.queries import left_out_counts, to_approve, without_verdict
from coremis.modules.payments.services.cancellation import live_lines
from coremis.modules.payments.services.holds import chosen, owed_of
from coremis.modules.payments.states import HELD_LINES, Exclusion, PayrollState

Facts = list[tuple[Any, ...]]
MOST_PLACES = 40


def approval(inputs: dict[str, Any], actor: Any) -> Preview:
    """Number, total, comparison, flags, who is left out, and the fund before and after. A dozen queries whatever the size."""
    payroll: Payroll = inputs["payroll"]
    count, minor = to_approve(payroll)
    total, review = Money(minor, payroll.currency), review_of(payroll)
    found = (*flag_facts(payroll), *held_facts(payroll), *difference_facts(payroll, review), *fund_facts(payroll, total))
    return Preview(
        facts=[*about(payroll), *found],
        count=count, amount=total, left_out=[(Exclusion(reason).label, number) for reason, number in left_out_counts(payroll)],
        changes=comparison_of(payroll, review, (count, minor)), table=area_table(payroll, review),
        problem=_("This payroll is now “%(state)s”. It can be approved once it is verified.") % {"state": payroll.get_state_display()}
        if payroll.state == PayrollState.CALCULATED else "",
        button=said(_("Ask for approval of %(count)s payments, %(amount)s"), count, total),
    )  # fmt: skip


def verification(inputs: dict[str, Any], actor: Any) -> Preview:
    """The same as for the approval, for the person who looks first."""
    payroll: Payroll = inputs["payroll"]
    found = approval({"payroll": payroll}, actor)
    review = review_of(payroll)
    found.problem = "" if review else _("This payroll is still being compared with the cycle before. Wait a moment and try again.")
    found.button = said(_("Verify %(count)s payments, %(amount)s"), found.count or 0, found.amount or payroll.total)
    return found


def decision(inputs: dict[str, Any], actor: Any) -> Preview:
    """Which held payments are let go or voided, and what that moves."""
    payroll: Payroll = inputs["payroll"]
    lines = chosen(payroll, inputs.get("because"), inputs.get("area"), inputs.get("line"), inputs.get("lines"))
    lines = lines if inputs.get("line") else lines.filter(state__in=HELD_LINES)
    amount = Money(sum(lines.values_list("amount_minor", flat=True)), payroll.currency)
    facts: Facts = [(_("Payroll"), payroll.number_text), (_("Reason"), inputs["reason"])]
    if inputs.get("line"):
        facts.append((_("Payee"), inputs["line"].payee_name))
    if inputs.get("because"):
        facts.append((_("Held because"), inputs["because"].label))
    if inputs.get("area"):
        facts.append((_("Place"), inputs["area"].name))
    if inputs.get("lines"):
        facts.append((_("Ticked in the list"), len(inputs["lines"])))
    owed = sum(owed_of(payroll, lines).values_list("amount_minor", flat=True))
    facts.append((_("Of this, owed already"), Money(owed, payroll.currency)))
    return Preview(facts=facts, count=lines.count(), amount=amount)


def letting_go(inputs: dict[str, Any], actor: Any) -> Preview:
    """What is paid after all."""
    found = decision(inputs, actor)
    found.button = said(_("Let %(count)s payments go, %(amount)s"), found.count or 0, found.amount or inputs["payroll"].total)
    return found


def voiding(inputs: dict[str, Any], actor: Any) -> Preview:
    """What is not paid."""
    found = decision(inputs, actor)
    found.button = said(_("Void %(count)s payments, %(amount)s"), found.count or 0, found.amount or inputs["payroll"].total)
    return found


def recall(inputs: dict[str, Any], actor: Any) -> Preview:
    """How much comes back from transit to the fund."""
    payroll: Payroll = inputs["payroll"]
    count = live_lines(payroll.pk).count()
    button = said(_("Recall %(count)s payments, %(amount)s"), count, payroll.total)
    return Preview(facts=[*about(payroll), (_("Reason"), inputs["reason"])], count=count, amount=payroll.total, button=button)


def review_of(payroll: Payroll) -> Review | None:
    """The comparison of a payroll, once it is made."""
    return Review.objects.filter(payroll=payroll).first()


def listed(name: str, payroll: Payroll, query: str = "") -> str:
    """The address of a list of a payroll's findings."""
    return reverse(f"payments:{name}", kwargs={"pk": payroll.pk}) + query


def flag_facts(payroll: Payroll) -> Facts:
    """How many groups are flagged, and how many of them wait for a verdict."""
    groups = FlagGroup.objects.filter(payroll=payroll).count()
    left = without_verdict(payroll).count()
    facts: Facts = [(_("Flagged groups"), groups, listed("payroll_flags", payroll, "?clear=1"))]
    if left:
        facts.append((_("Without the verdict they need"), left, listed("payroll_flags", payroll, "?severity=SERIOUS&undecided=yes")))
    return facts


def held_facts(payroll: Payroll) -> Facts:
    """How many payments are held."""
    if not payroll.held_count:
        return []
    held = f"{text_of(payroll.held_count)} · {money_text(Money(payroll.held_minor, payroll.currency))}"
    return [(_("Held for a decision"), held, listed("payroll_holds", payroll, "?undecided=yes"))]


def difference_facts(payroll: Payroll, review: Review | None) -> Facts:
    """What is not as in the cycle before, each with its list."""
    if review is None:
        return []
    found = review.figures["differences"]
    if review.figures["cycle_before"] is None:
        shown = [(DifferenceKind.TOP, found.get("TOP", [0, 0]))]
    else:
        shown = [(DifferenceKind(kind), found.get(kind, [0, 0])) for kind in DifferenceKind.values]
    return [
        (capfirst(str(kind.label)), f"{text_of(count)} · {money_text(Money(change, payroll.currency))}" if change else count,
         listed("payroll_differences", payroll, f"?kind={kind.value}"))
        for kind, (count, change) in shown
    ]  # fmt: skip


def fund_facts(payroll: Payroll, total: Money) -> Facts:
    """What the fund holds, what of it is blocked, and what is left afterwards."""
    fund = accounts_of(payroll.fund)[Account.Station.FUND]
    there, free = balance(fund), available(fund)
    page = reverse("payments:fund_detail", kwargs={"pk": payroll.fund_id})
    if payroll.state not in (PayrollState.CALCULATED, PayrollState.VERIFIED):
        return [(_("Free in the fund"), free, page)]
    return [(_("In the fund"), there, page), (_("Blocked for other payrolls"), there - free), (_("Free after this payroll"), free - total)]


def comparison_of(payroll: Payroll, review: Review | None, now: tuple[int, int]) -> list[tuple[Any, Any, Any]]:
    """Number and value, before and now; nothing to compare with in a first cycle."""
    if review is None or review.figures["cycle_before"] is None:
        return []
    before = review.figures["before"]
    return [
        (_("Payments, against the cycle before"), before[0], now[0]),
        (_("Total, against the cycle before"), Money(before[1], payroll.currency), Money(now[1], payroll.currency)),
    ]


def area_table(payroll: Payroll, review: Review | None) -> dict[str, Any] | None:
    """Number and value by place, now and before; each place leads to its payments."""
    if review is None or not review.figures["areas"]:
        return None
    titles = [(_("Place"), ""), (_("Payments"), "number"), (_("Before"), "number"), (_("Total"), "amount"), (_("Total before"), "amount"),
              (_("Difference"), "amount")]  # fmt: skip
    rows = [{"cells": _area_cells(payroll, row, titles), "css": ""} for row in review.figures["areas"][:MOST_PLACES]]
    return {"heads": [{"title": title, "css": css, "help": "", "sort_url": "", "sorted": ""} for title, css in titles], "rows": rows}


def _area_cells(payroll: Payroll, row: list[Any], titles: list[tuple[str, str]]) -> list[Cell]:
    pk, name, count, total, before, before_total = row
    said_as = [Money(amount, payroll.currency) for amount in (total, before_total, total - before_total)]
    values = [name, count, before, *said_as]
    link = listed("payroll_lines", payroll, f"?area={pk}")
    return [
        Cell(css, text_of(value), link if place == 0 else "", "", title)
        for place, (value, (title, css)) in enumerate(zip(values, titles, strict=True))
    ]


def cycle_before_name(review: Review | None) -> str:
    """The name of the cycle that a payroll is compared with."""
    found = Cycle.objects.filter(pk=review.figures["cycle_before"]).first() if review else None
    return str(found) if found else ""
