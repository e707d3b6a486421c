"""Funds and cycles."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.payments import plan_previews, services
from coremis.modules.payments.calendar import with_phase
from coremis.modules.payments.forms import FundForm, NewFundForm, ReasonForm
from coremis.modules.payments.models import Cycle, Fund
from coremis.modules.payments.plan_forms import CycleForm, NewCycleForm, PlanCyclesForm, TermsForm
from coremis.modules.payments.queries import terms_of
from coremis.modules.payments.tables import CycleTable, FundTable, next_of
from coremis.modules.payments.words import phase_status
from coremis.modules.programmes.models import Programme


def fund_url(fund: Fund) -> str:
    """The page of a fund."""
    return reverse("payments:fund_detail", kwargs={"pk": fund.pk})


def cycle_url(cycle: Cycle) -> str:
    """The page of a cycle."""
    return reverse("payments:cycle_detail", kwargs={"pk": cycle.pk})


add_fund = ActionLink(_("Add a fund"), "payments:save_fund", "payments.save_fund", tone="primary")
fund_list = ListScreen(
    FundTable, title=_("Funds"),
    actions=[add_fund, ActionLink(_("Notes and coins"), "payments:save_notes_and_coins", "payments.save_notes_and_coins")],
    empty=EmptyState(_("No funds yet"), _("A fund holds the money of one programme. Payrolls are paid from it."), add_fund),
)  # fmt: skip


def fund_facts(request: HttpRequest, fund: Fund) -> Sequence[Fact]:
    """What each account of the fund holds."""
    held = [
        Fact(account.get_station_display(), Money(account.balance_minor, account.currency), _statement(request, account))  # type: ignore[attr-defined]
        for account in accounts_of(fund).values()
    ]
    return [Fact(_("Code"), fund.code), Fact(_("Programme"), str(fund.programme)), Fact(_("In use"), fund.is_active), *held]


def _statement(request: HttpRequest, account: Any) -> str:
    may = request.user.has_perm("ledger.view_postingtotal")
    return reverse("ledger:account_statement", kwargs={"pk": account.pk}) if may else ""


fund_detail = DetailScreen(
    Fund, permission="payments.view_fund", title=str, subtitle=lambda fund: str(fund.programme), facts=fund_facts,
    actions=[
        ActionLink(
            _("Enter funds received"), lambda fund: reverse("ledger:receive_funds", kwargs={"pk": accounts_of(fund)["FUND"].pk}),
            "ledger.receive_funds", tone="primary",
        ),
        ActionLink(_("Change"), "payments:change_fund", "payments.save_fund"),
    ],
    prepare=lambda rows: rows.select_related("programme"),
)  # fmt: skip

save_fund = ActionScreen(
    services.save_fund, form=NewFundForm, title=_("Add a fund"), done=fund_url, back=lambda target: reverse("payments:fund_list")
)


def _changed_fund(cleaned: dict[str, Any], fund: Any) -> dict[str, Any]:
    return {"fund": fund, "programme": fund.programme, "code": fund.code, **cleaned}


change_fund = ActionScreen(
    services.save_fund, form=FundForm, target=(Fund, "pk"), title=_("Change a fund"), inputs=_changed_fund,
    initial=lambda request, fund: {"names": fund.names, "is_active": fund.is_active}, done=fund_url, back=fund_url,
)  # fmt: skip

add_cycle = ActionLink(_("Add a payment cycle"), "payments:save_cycle", "payments.save_cycle")
plan = ActionLink(_("Plan payment cycles"), "payments:plan_cycles", "payments.plan_cycles", tone="primary")
cycle_list = ListScreen(
    CycleTable, title=_("Payment cycles"), actions=[plan, add_cycle],
    empty=EmptyState(_("No payment cycles yet"), _("A cycle is a payment period of a programme, with its data freeze."), plan),
)  # fmt: skip
calendar = ListScreen(
    CycleTable, title=lambda programme: _("Payment calendar: %(programme)s") % {"programme": programme},
    lead=_("What is coming, running, late and closed. Nothing of it happens by itself."),
    owner=Owner(Programme, "programmes.view_programme", "programme"),
)  # fmt: skip


def cycle_facts(request: HttpRequest, cycle: Cycle) -> Sequence[Fact]:
    """All dates of a cycle in their order, and what comes next."""
    return [
        Fact(_("Next step"), next_of(cycle)), Fact(_("First day"), cycle.starts_on), Fact(_("Last day"), cycle.ends_on),
        Fact(_("Data freeze"), cycle.freeze_on), Fact(_("Calculate by"), cycle.calculate_by), Fact(_("Approve by"), cycle.approve_by),
        Fact(_("Payment from"), cycle.pay_from), Fact(_("Payment until"), cycle.pay_until), Fact(_("Reconcile by"), cycle.reconcile_by),
        Fact(_("Closed on"), cycle.closed_at),
    ]  # fmt: skip


def is_open(cycle: Cycle) -> bool:
    """Whether something can still happen in a cycle."""
    return cycle.closed_at is None


cycle_detail = DetailScreen(
    Cycle, permission="payments.view_cycle", title=str, subtitle=lambda cycle: str(cycle.programme), status=phase_status, facts=cycle_facts,
    actions=[
        ActionLink(
            _("Calculate a payroll"), lambda cycle: reverse("payments:generate_payroll") + f"?cycle={cycle.pk}",
            "payments.generate_payroll", tone="primary", show=is_open,
        ),
        ActionLink(_("Change"), "payments:change_cycle", "payments.save_cycle", show=is_open),
        ActionLink(_("Close"), "payments:close_cycle", "payments.close_cycle", show=is_open),
        ActionLink(
            _("Allow out of turn"), "payments:waive_order", "payments.waive_order", "quiet",
            lambda cycle: is_open(cycle) and terms_of(cycle.programme_id).rounds_in_order,
        ),
        ActionLink(_("Calendar"), lambda cycle: reverse("payments:calendar", args=[cycle.programme_id]), "payments.view_cycle", "quiet"),
    ],
    prepare=lambda rows: with_phase(rows.select_related("programme")),
)  # fmt: skip

save_cycle = ActionScreen(
    services.save_cycle, form=NewCycleForm, title=_("Add a payment cycle"), done=cycle_url,
    back=lambda target: reverse("payments:cycle_list"),
)  # fmt: skip
plan_cycles = ActionScreen(
    services.plan_cycles, form=PlanCyclesForm, preview=plan_previews.planning,
    done=lambda programme: reverse("payments:calendar", args=[programme.pk]), back=lambda target: reverse("payments:cycle_list"),
)  # fmt: skip


def _now(request: HttpRequest, cycle: Any) -> Mapping[str, Any]:
    return {name: getattr(cycle, name) for name in CycleForm.base_fields}


change_cycle = ActionScreen(
    services.save_cycle, form=CycleForm, target=(Cycle, "pk"), title=_("Change a payment cycle"), initial=_now, done=cycle_url,
    inputs=lambda cleaned, cycle: {"cycle": cycle, "programme": cycle.programme, **cleaned}, back=cycle_url,
)  # fmt: skip
close_cycle = ActionScreen(services.close_cycle, target=(Cycle, "pk"), done=cycle_url, back=cycle_url)
waive_order = ActionScreen(
    services.waive_order, form=ReasonForm, target=(Cycle, "pk"), preview=plan_previews.waiving, back=cycle_url,
    done=lambda waiver: cycle_url(waiver.cycle), inputs=lambda cleaned, cycle: {"cycle": cycle, **cleaned},
)  # fmt: skip


def _terms_now(request: HttpRequest, programme: Any) -> Mapping[str, Any]:
    terms = terms_of(programme.pk)
    return {name: getattr(terms, name) for name in TermsForm.base_fields}


set_payment_terms = ActionScreen(
    services.set_payment_terms, form=TermsForm, target=(Programme, "pk"), initial=_terms_now, preview=plan_previews.terms,
    inputs=lambda cleaned, programme: {"programme": programme, **cleaned},
    done=lambda terms: reverse("payments:calendar", args=[terms.programme_id]),
    back=lambda programme: reverse("payments:calendar", args=[programme.pk]),
)  # fmt: skip
