"""What this module adds."""

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.base.money import Money
from coremis.kernel.config.settings import Setting
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel, Tab
from coremis.kernel.screens.menu import PROVIDE, MenuItem
from coremis.modules.payments import (
    findings_panels,
    findings_previews,
    home,
    panels,
    people,
    plan_previews,
    point_panels,
    previews,
    providers,
    queries,
    result_panels,
    services,
)  # fmt: skip
from coremis.modules.payments.amounts_file import AMOUNTS
from coremis.modules.payments.costs import MEANS
from coremis.modules.payments.datasets import DATASETS
from coremis.modules.payments.facts import facts
from coremis.modules.payments.jobs import book_what_was_kept_back
from coremis.modules.payments.models import Cycle, FlagGroup, Payroll, PayrollLine
from coremis.modules.payments.queries import to_approve
from coremis.modules.payments.services.carrying import UNPAID, carriable
from coremis.modules.payments.services.confirmation import settled_amount
from coremis.modules.payments.services.forfeiting import forfeitable
from coremis.modules.payments.services.steps import refuse_second_step
from coremis.modules.payments.states import Step
from coremis.modules.payments.views.addresses import payroll_url
from coremis.modules.points.models import PaymentPoint
from coremis.modules.programmes.models import Enrolment, Programme
from coremis.modules.programmes.services import UndoObstacle
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services.hooks import BeforeMerge

# From this amount on two levels agree; smallest units. It is the minimum amount of a route, so every country changes it there.
TWO_LEVELS_FROM = 50_000_000
SEES_PLANS = ("payments.view_fund", "payments.view_cycle", "payments.view_payroll", "payments.view_payrollstep", "payments.view_leftout")
SEES_RESULTS = ("payments.view_resultfile", "payments.view_resultrow", "payments.view_incident")
SEES_FINDINGS = (
    "payments.view_review",
    "payments.view_flaggroup",
    "payments.view_flagmember",
    "payments.view_hold",
    "payments.view_difference",
)
SEES = (*SEES_PLANS, *SEES_FINDINGS, *SEES_RESULTS, "payments.view_payrollline", "payments.view_takenpaper")
CALCULATES = (
    "payments.save_cycle",
    "payments.plan_cycles",
    "payments.generate_payroll",
    "payments.reissue_payroll",
    "payments.review_payroll",
    "payments.approve_payroll",
    "payments.cancel_payroll",
    "payments.recall_payroll",
    "payments.pay_held",
    "payments.void_lines",
    "payments.waive_order",
)
JUDGES = ("payments.decide_flag",)
VERIFIES = (*JUDGES, "payments.review_payroll", "payments.verify_payroll")
PRINTS_POINTS = ("payments.take_point_list", "payments.take_cash_sheet", "payments.view_takenpaper")
PRINTS = ("payments.take_payee_list", "payments.take_funds_request", "payments.save_notes_and_coins", *PRINTS_POINTS)
TYPES = ("payments.start_sheet", "payments.save_sheet", "payments.attach_page", "payments.send_sheet", "payments.dispute_payment")
BRINGS = ("payments.upload_results", "payments.check_results", "payments.discard_results", "payments.take_rejected_rows", *TYPES)
RECONCILES = (
    "payments.confirm_results", "payments.close_payroll", "payments.write_off", "payments.take_rejected_rows", "payments.discard_results",
    "payments.settle_incident", "payments.dispute_payment", "payments.forfeit_unclaimed", "payments.carry_unpaid",
    "payments.save_unclaimed_policy",
)  # fmt: skip


def page_of(inputs: dict[str, object]) -> str:
    """The page of the payroll that a request is about."""
    payroll = inputs["payroll"]
    assert isinstance(payroll, Payroll)
    return payroll_url(payroll)


def did_no_other_step(inputs: dict[str, object], person: User) -> None:
    """Refuse a person who did another step of the payroll, at whatever level."""
    payroll = inputs["payroll"]
    assert isinstance(payroll, Payroll)
    refuse_second_step(payroll, [person.pk], Step.APPROVE)


def approved_total(inputs: dict[str, object]) -> Money:
    """What an approval would owe, without what a verdict holds."""
    payroll = inputs["payroll"]
    assert isinstance(payroll, Payroll)
    return Money(to_approve(payroll)[1], payroll.currency)


def chosen_total(inputs: dict[str, object]) -> Money:
    """What the payments are worth that are decided on."""
    found = findings_previews.decision(inputs, None).amount
    assert found is not None
    return found


def total_of(inputs: dict[str, object]) -> Money:
    """What a payroll pays in all."""
    payroll = inputs["payroll"]
    assert isinstance(payroll, Payroll)
    return payroll.total


def incident_amount(inputs: dict[str, Any]) -> Money:
    """What an incident is about."""
    amount: Money = inputs["incident"].amount
    return amount


def unclaimed_total(inputs: dict[str, Any]) -> Money:
    """What would go back to the fund."""
    payroll = inputs["payroll"]
    return Money(forfeitable(payroll).aggregate(total=Sum("amount_minor"))["total"] or 0, payroll.currency)


def carried_total(inputs: dict[str, Any]) -> Money:
    """What would be paid with the next payments instead."""
    payroll = inputs["payroll"]
    return Money(carriable(payroll).aggregate(total=Sum(UNPAID))["total"] or 0, payroll.currency)


contributions: list[Contribution] = [
    *DATASETS,
    AMOUNTS,
    Schedule(book_what_was_kept_back, every="day", at_hour=3),
    *facts,
    Setting(
        "payments.denominations", _("Notes and coins"), _("The notes and coins of each currency, in its smallest unit."),
        {
            "BIF": [10000, 5000, 2000, 1000, 500, 100, 50], "SZF": [10000, 5000, 2000, 1000, 500, 100, 50],
            "XOF": [10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5], "XAF": [10000, 5000, 2000, 1000, 500, 100, 50, 25, 10, 5],
            "MZN": [100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50],
        },
    ),
    Setting(
        "payments.currency_words", _("Names of currencies"), _("How a currency is called in words, for one and for several, by language."),
        {"SZF": {"en": ["franc", "francs"], "fr": ["franc sanzirais", "francs sanzirais"], "pt": ["franco", "francos"]}},
    ),
    MenuItem(_("Payrolls"), "payments:payroll_list", group=PROVIDE, order=10),
    MenuItem(_("Payments"), "payments:line_list", group=PROVIDE, order=20),
    MenuItem(_("Results of payment"), "payments:result_file_list", group=PROVIDE, order=30),
    MenuItem(_("Incidents"), "payments:incident_list", group=PROVIDE, order=35),
    MenuItem(_("Payment cycles"), "payments:cycle_list", group=PROVIDE, order=40),
    MEANS,
    MenuItem(_("Funds"), "payments:fund_list", group=PROVIDE, order=45),
    Tab(Payroll, "lines", _("Payments"), order=10),
    Tab(Payroll, "findings", _("Comparison and flags"), order=5),
    Tab(Payroll, "points", _("Payment points"), order=15),
    Tab(Payroll, "left_out", _("Left out"), order=20),
    Tab(Payroll, "results", _("Results"), order=30),
    Tab(Payroll, "money", _("Money"), order=40),
    Panel(Payroll, _("What became of the payments"), panels.figures, "payments.view_payroll", order=10),
    Panel(PayrollLine, _("How the amount came about"), panels.parts, "payments.view_payrollline", order=10),
    Panel(Payroll, _("Who did what"), panels.steps, "payments.view_payrollstep", order=20),
    Panel(Payroll, _("Payments"), panels.lines, "payments.view_payrollline", tab="lines"),
    Panel(Payroll, _("Payment points"), point_panels.payroll_points, "payments.view_payroll", tab="points", order=10),
    Panel(Payroll, _("Papers that were taken"), point_panels.payroll_papers, "payments.view_takenpaper", tab="points", order=20),
    Panel(PaymentPoint, _("Payees of the newest payrolls"), point_panels.point_payrolls, "payments.view_payrollline", order=30),
    Panel(PaymentPoint, _("Papers that were taken"), point_panels.point_papers, "payments.view_takenpaper", order=50),
    Panel(Payroll, _("Left out, by reason"), panels.left_out, "payments.view_leftout", tab="left_out"),
    Panel(
        Payroll, _("Balance"), result_panels.balance, "payments.view_payroll", "payments/balance.html", order=20, tab="results"
    ),
    Panel(Payroll, _("By provider"), providers.payroll_providers, "payments.view_payrollline", order=25, tab="results"),
    Panel(Payroll, _("Incidents"), result_panels.incidents, "payments.view_incident", order=30, tab="results"),
    Panel(PayrollLine, _("What comes next"), result_panels.next_step, "payments.view_payrollline", order=10),
    Panel(PayrollLine, _("Incidents"), result_panels.line_incidents, "payments.view_incident", order=20),
    Panel(PayrollLine, _("Earlier results"), result_panels.earlier_results, "payments.view_payrollline", order=30),
    Setting(
        "payments.grace_days", _("Days for which unclaimed money is kept"),
        _("Counted from the last day of the payment cycle, where a programme has no rule of its own."), 90, most=3650,
    ),
    Panel(Payroll, _("Files of results"), panels.results, "payments.view_resultfile", tab="results"),
    Panel(Payroll, _("Postings in the ledger"), panels.money, "ledger.view_posting", tab="money"),
    Panel(Payroll, _("Beside the cycle before"), findings_panels.comparison, "payments.view_review", order=5, tab="findings"),
    Panel(Payroll, _("Flagged groups"), findings_panels.flags, "payments.view_flaggroup", order=10, tab="findings"),
    Panel(Payroll, _("Held payments"), findings_panels.holds, "payments.view_hold", order=20, tab="findings"),
    Panel(FlagGroup, _("Side by side"), findings_panels.members, "payments.view_flagmember", order=10),
    Panel(Cycle, _("Payrolls"), findings_panels.payrolls, "payments.view_payroll", order=10),
    Panel(Programme, _("Payment calendar"), findings_panels.programme_calendar, "payments.view_cycle", order=60),
    Panel(Programme, _("Payment rules"), findings_panels.programme_terms, "payments.view_cycle", order=70),
    *home.CARDS,
    Tab(Household, "payments", _("Payments"), order=60),
    Tab(Person, "payments", _("Payments"), order=60),
    Panel(Household, _("Payments"), panels.household_payments, "payments.view_payrollline", tab="payments"),
    Panel(Person, _("Payments"), panels.person_payments, "payments.view_payrollline", tab="payments"),
    Panel(Enrolment, _("Payments"), panels.enrolment_payments, "payments.view_payrollline", order=30),
    *[BeforeMerge(kind, people.unsettled, undo=people.paid_since) for kind in (Household, Person)],
    UndoObstacle(
        queries.paid_on_a_status,
        _("A payment that was sent rests on this status, so it cannot be undone. Change the status instead, with its reason."),
    ),
    Approvable(
        services.approve_payroll, amount=approved_total, preview=findings_previews.approval, page=page_of, decider=did_no_other_step
    ),
    Approvable(services.release_payroll, amount=total_of, preview=previews.release, page=page_of, decider=did_no_other_step),
    Approvable(services.recall_payroll, amount=total_of, preview=findings_previews.recall, page=page_of),
    Approvable(services.pay_held, amount=chosen_total, preview=findings_previews.letting_go, page=page_of),
    Approvable(services.void_lines, amount=chosen_total, preview=findings_previews.voiding, page=page_of),
    Approvable(services.waive_order, preview=plan_previews.waiving),
    Approvable(services.set_payment_terms, preview=plan_previews.terms),
    Approvable(services.cancel_payroll, amount=total_of, preview=previews.cancellation),
    Approvable(services.close_payroll, amount=total_of, preview=previews.closing, decider=did_no_other_step),
    Approvable(
        services.confirm_results, preview=previews.confirmation,
        amount=lambda inputs: settled_amount(inputs["file"], inputs.get("missing_as_unpaid", False)),
    ),
    Approvable(services.write_off, preview=previews.writing_off, places=lambda inputs: inputs["row"].file.place_ids() or []),
    Approvable(
        services.settle_incident, preview=previews.settling, amount=incident_amount,
        places=lambda inputs: inputs["incident"].payroll.place_ids() or [],
    ),
    Approvable(services.carry_unpaid, preview=previews.carrying, amount=carried_total),
    Approvable(services.forfeit_unclaimed, preview=previews.forfeiting, amount=unclaimed_total),
    RoutePreset(services.settle_incident, ("approver",)),
    RoutePreset(services.carry_unpaid, ("approver",)),
    RoutePreset(services.forfeit_unclaimed, ("approver",)),
    RoutePreset(services.approve_payroll, ("approver",)),
    RoutePreset(services.approve_payroll, ("verifier", "approver"), min_amount=TWO_LEVELS_FROM),
    RoutePreset(services.release_payroll, ("approver",)),
    RoutePreset(services.cancel_payroll, ("approver",)),
    RoutePreset(services.recall_payroll, ("approver",)),
    RoutePreset(services.pay_held, ("approver",)),
    RoutePreset(services.void_lines, ("approver",)),
    RoutePreset(services.waive_order, ("manager",)),
    RoutePreset(services.set_payment_terms, ("approver",)),
    RoutePreset(services.confirm_results, ("approver",)),
    RoutePreset(services.close_payroll, ("approver",)),
    RoutePreset(services.write_off, ("approver",)),
    SeatPermissions("payments", (*SEES, *CALCULATES, *BRINGS, *PRINTS)),
    SeatPermissions("verifier", (*SEES, *VERIFIES)),
    SeatPermissions("approver", (*SEES, *JUDGES)),
    SeatPermissions(
        "accountant",
        (*SEES, "payments.take_funds_request", "payments.save_fund", "payments.release_payroll", "payments.close_cycle", *RECONCILES),
    ),
    SeatPermissions("manager", (*SEES, "payments.release_payroll", "payments.close_cycle", "payments.set_payment_terms")),
    SeatPermissions("auditor", SEES),
    SeatPermissions("commune", ("payments.view_payrollline", "payments.view_cycle", *PRINTS_POINTS)),
]  # fmt: skip
