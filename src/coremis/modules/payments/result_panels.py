"""What results add to pages: the balance and incidents of a payroll, the history and next step of a payment, the accountant's card."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import money_text, text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.payments.incident_tables import IncidentTable
from coremis.modules.payments.models import EarlierResult, Payroll, PayrollLine
from coremis.modules.payments.queries import BY_PLACE, BY_POINT, Figures, balance_by
from coremis.modules.payments.states import HIDDEN_PAYROLLS, NEXT_STEPS, FileState, LineState
from coremis.modules.payments.words import status_of

FIRST = 50
MOST = 300
Shown = dict[str, Any] | None


def balance(request: Any, payroll: Payroll) -> Shown:
    """Approved = paid + uncollected or returned + failed + in transit + cancelled, for each place and payment point."""
    if payroll.state in HIDDEN_PAYROLLS:
        return None
    blocks = [(_("Place"), BY_PLACE), (_("Payment point"), BY_POINT)]
    heads = [_("Approved"), _("Paid"), _("Uncollected or returned"), _("Failed"), _("In transit"), _("Cancelled"), _("Balance")]
    mine = PayrollLine.objects.visible_to(request.user, "payments.view_payroll")
    ready = [
        {"title": title, "rows": [_row(name, found, heads) for name, found in balance_by(payroll, columns, mine)[:MOST]]}
        for title, columns in blocks
    ]
    return {"heads": heads, "blocks": ready}


def _row(name: str, found: Figures, heads: list[str]) -> dict[str, Any]:
    parts = (found.approved, found.paid, found.uncollected, found.failed, found.in_transit, found.cancelled)
    cells = [
        {"title": title, "count": text_of(part[0]), "amount": money_text(found.money(part))}
        for title, part in zip(heads, parts, strict=False)
    ]
    return {"name": name, "cells": cells, "holds": found.explained() == found.approved}


def incidents(request: Any, payroll: Payroll) -> Shown:
    """The incidents of a payroll."""
    rows = list(IncidentTable.visible(request.user).filter(payroll=payroll).order_by("-pk")[:FIRST])
    return {"table": small_table(IncidentTable, rows, request.user, omit=["payroll"])} if rows else None


def line_incidents(request: Any, line: PayrollLine) -> Shown:
    """The incidents about one payment."""
    rows = list(IncidentTable.visible(request.user).filter(line=line).order_by("-pk")[:FIRST])
    return {"table": small_table(IncidentTable, rows, request.user, omit=["line", "payee"])} if rows else None


def next_step(request: Any, line: PayrollLine) -> Shown:
    """What its status means and what happens next; the first attempt and the one after."""
    if line.state not in NEXT_STEPS:
        return None
    facts = [Fact(_("Status"), status_of(line)).ready(), Fact(_("Next step"), str(NEXT_STEPS[LineState(line.state)])).ready()]
    if line.collected_by:
        facts.append(Fact(_("Collected by"), line.get_collected_by_display()).ready())
    if line.proof:
        facts.append(Fact(_("Proof"), line.get_proof_display()).ready())
    if line.forfeited_on:
        facts.append(Fact(_("Gone back to the fund on"), line.forfeited_on).ready())
    if line.rolled_minor:
        facts.append(Fact(_("Paid with the next payment"), Money(line.rolled_minor, line.currency)).ready())
    for title, other in ((_("Pays again"), line.reissue_of), (_("Paid again as"), PayrollLine.objects.filter(reissue_of=line).first())):
        if other is not None:
            facts.append(Fact(title, other.number_text, reverse("payments:line_detail", kwargs={"pk": other.pk})).ready())
    if line.state == LineState.UNCOLLECTED:
        facts.append(Fact(_("Not collected in a row"), uncollected_in_a_row(line)).ready())
    return {"facts": facts}


def uncollected_in_a_row(line: PayrollLine) -> int:
    """How many payments of this beneficiary were not collected, one after the other, up to this one."""
    before = PayrollLine.objects.filter(enrolment=line.enrolment_id, pk__lte=line.pk, component=line.component).order_by("-pk")
    count = 0
    for state in before.values_list("state", flat=True)[:24]:
        if state != LineState.UNCOLLECTED:
            break
        count += 1
    return count


def earlier_results(request: Any, line: PayrollLine) -> Shown:
    """What was known of the payment before, newest first."""
    rows = (
        EarlierResult.objects.visible_to(request.user, "payments.view_payrollline")
        .filter(line=line)
        .exclude(replaced_by__state=FileState.APPLYING)
    )
    newest = rows.select_related("replaced_by").order_by("-pk")
    facts = [Fact(row.get_state_display(), _earlier(row, line.currency)).ready() for row in newest]
    return {"facts": facts} if facts else None


def _earlier(row: EarlierResult, currency: str) -> str:
    paid = money_text(Money(row.paid_minor, currency)) if row.paid_minor else ""
    until = _("until the file “%(name)s”") % {"name": row.replaced_by.name}
    return " · ".join(text for text in (paid, row.receipt, row.get_unpaid_reason_display(), until) if text)
