"""Payments by provider: what went to whom, what came back, and what is still on its way."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Least
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.tables import figure_table
from coremis.modules.payments.cards import MOST, lines_address, seen_lines
from coremis.modules.payments.models import Payroll
from coremis.modules.payments.states import AWAITING_LINES, HIDDEN_PAYROLLS, OUTCOMES, SENT_PAYROLLS
from coremis.modules.points.models import Provider

Figures = tuple[int | None, str, int, int, int, int, int]


def balances(lines: Any) -> list[Figures]:
    """(provider, currency, payments, amount, in transit, paid, not paid) of these lines, by provider. One statement.

    A line's status and its movements are written together, so this is what the ledger holds in transit, told apart by provider.
    """
    on_way, answered = Q(state__in=AWAITING_LINES), Q(state__in=OUTCOMES)
    left = F("amount_minor") - Least(F("paid_minor"), F("amount_minor"))
    found = lines.order_by().values_list("provider", "currency").annotate(
        Count("pk"), total=Sum("amount_minor"), way=Sum("amount_minor", filter=on_way), done=Sum("paid_minor", filter=answered),
        back=Sum(left, filter=answered),
    )  # fmt: skip
    return sorted(((who, money, *(figure or 0 for figure in figures)) for who, money, *figures in found), key=lambda row: -row[3])


def named(providers: Iterable[int | None]) -> dict[int | None, str]:
    """Their names; payments without a provider are the programme's own."""
    return {
        None: _("the programme itself"),
        **{row.pk: row.name for row in Provider.objects.filter(pk__in=[one for one in providers if one])},
    }


def payroll_providers(request: HttpRequest, payroll: Payroll) -> Shown:
    """How a payroll stands with each provider; nothing where none is used.

    Numbers lead to the payments, which can be taken home there as that provider's file.
    """
    if payroll.state in HIDDEN_PAYROLLS:
        return None
    rows = balances(seen_lines(request.user).filter(payroll=payroll))
    names = named(row[0] for row in rows)
    if len(names) == 1:
        return None
    here = f"{reverse('payments:payroll_lines', args=[payroll.pk])}?provider="
    return {"table": _table([[*_cells(row, names, f"{here}{row[0] or 'none'}")] for row in rows])}


def on_the_way(request: HttpRequest) -> Shown:
    """What each provider holds of payrolls that were sent, the largest amount first."""
    lines = seen_lines(request.user).filter(payroll__state__in=SENT_PAYROLLS)
    rows = [row for row in balances(lines) if row[4]]
    names = named(row[0] for row in rows)
    if len(names) == 1:
        return None
    way = list(AWAITING_LINES)
    return {"table": _table([_cells(row, names, lines_address(provider=row[0] or "none", state=way)) for row in rows[:MOST]])}


def _cells(row: Figures, names: dict[int | None, str], address: str) -> list[tuple[Any, str]]:
    who, currency, count, *amounts = row
    page = reverse("points:provider_detail", args=[who]) if who else ""
    return [(names[who], page), (count, address), *((Money(amount, currency), "") for amount in amounts)]


def _table(rows: list[list[tuple[Any, str]]]) -> dict[str, Any]:
    amounts = [_("Amount"), _("In transit"), _("Paid"), _("Not paid")]
    return figure_table([(_("Provider"), ""), (_("Payments"), "number"), *((title, "amount") for title in amounts)], rows)
