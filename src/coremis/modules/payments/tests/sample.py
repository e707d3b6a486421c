"""A programme with beneficiaries, a fund with money, and the people who do its steps; for the tests of this module."""

import io
from datetime import date
from itertools import count

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.numbers import next_number
from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import system
from coremis.kernel.base.money import Money
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_user
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine
from coremis.modules.programmes.models import Enrolment, Programme
from coremis.modules.registry.tests.factories import make_household, make_person

FREEZE = date(2026, 1, 31)
RIGHTS = [
    *(
        f"payments.{name}" for name in (
            "generate_payroll", "approve_payroll", "release_payroll", "cancel_payroll", "close_payroll", "take_payee_list", "save_fund",
            "take_point_list", "take_cash_sheet", "take_funds_request", "save_notes_and_coins", "view_takenpaper",
            "save_cycle", "upload_results", "check_results", "confirm_results", "discard_results", "write_off", "take_rejected_rows",
            "verify_payroll", "review_payroll", "decide_flag", "pay_held", "void_lines", "recall_payroll", "close_cycle", "plan_cycles",
            "waive_order", "set_payment_terms", "view_flaggroup", "view_flagmember", "view_hold", "view_difference", "view_review",
            "view_payroll", "view_payrollline", "view_leftout", "view_resultfile", "view_resultrow", "view_fund", "view_cycle",
            "dispute_payment", "settle_incident", "forfeit_unclaimed", "carry_unpaid", "save_unclaimed_policy", "reissue_payroll", "start_sheet",
            "save_sheet", "send_sheet", "attach_page", "view_incident",
        )
    ),
    "ledger.receive_funds", "approvals.approve_request", "approvals.submit_request",
]  # fmt: skip
_codes = count(1)


def everyone(area, *names):
    """People who hold every right of this module in ``area``; who does what is up to the test."""
    return [make_user(name, *RIGHTS, area=area) for name in names]


def make_programme(unit="household", currency="SZF", **fields):
    with maintenance("test programmes"):
        programme = Programme(
            code=f"net{next(_codes)}", names={"en": "Safety net"}, unit=unit, currency=currency, starts_on=date(2025, 1, 1), **fields
        )
        programme.save()
    return programme


def enrol(programme, subject, status="ACTIVE", since=date(2025, 6, 1)):
    with maintenance("test enrolments"):
        enrolment = Enrolment(
            number=next_number(Enrolment), programme=programme, area=subject.area, status=status, status_since=since, enrolled_on=since,
            **{programme.unit: subject},
        )  # fmt: skip
        enrolment.save()
    return enrolment


def make_fund(programme, amount=1_000_000):
    everywhere = system(services.save_fund.name, receive_funds.name)
    code = f"fund{next(_codes)}"
    fund = services.save_fund(programme=programme, code=code, names={"en": "State budget"}, actor=everywhere)
    if amount:
        receive(fund, amount)
    return fund


def receive(fund, amount):
    agreed = Authority(receive_funds.name, None)
    with approved_by(agreed):
        receive_funds(
            account=accounts_of(fund)["FUND"], amount=Money(amount, fund.currency), received_on=date(2026, 1, 5), proof="Credit advice 17",
            actor=system(receive_funds.name),
        )  # fmt: skip


def make_cycle(programme, month=1):
    return services.save_cycle(
        programme=programme, names={"en": f"Cycle {month}"}, starts_on=date(2026, month, 1), ends_on=date(2026, month, 28),
        freeze_on=date(2026, month, 20), actor=system(services.save_cycle.name),
    )  # fmt: skip


def village(programme, area, households=5, **fields):
    """Active households (or persons) in one place."""
    make = make_household if programme.unit == "household" else make_person
    return [enrol(programme, make(area, **fields)) for _number in range(households)]


def agree(action, actor, deciders=(), **inputs):
    """Run an approvable action as if it had been agreed to."""
    with approved_by(Authority(action.name, None, tuple(deciders))):
        return action(actor=actor, **inputs)


def calculated(programme, areas, actor, fund=None, cycle=None, amount=30_000):
    payroll = services.generate_payroll(
        cycle=cycle or make_cycle(programme),
        areas=areas,
        amount=Money(amount, programme.currency),
        fund=fund or make_fund(programme),
        actor=actor,
    )
    return settled(payroll)


def verified(payroll, actor=None):
    """Verified by ``actor``, by default by nobody in particular."""
    if payroll.state == "CALCULATED":
        services.verify_payroll(payroll=payroll, actor=actor or system(services.verify_payroll.name))
        payroll.refresh_from_db()
    return payroll


def approved(payroll, actor):
    verified(payroll)
    agree(services.approve_payroll, actor, payroll=payroll)
    return settled(payroll)


def released(payroll, actor):
    agree(services.release_payroll, actor, payroll=payroll)
    return settled(payroll)


def settled(row):
    """Run all work, and read the row again."""
    run_until_idle()
    broken = Job.objects.exclude(traceback="").first()
    assert broken is None, broken.traceback
    row.refresh_from_db()
    return row


def results(payroll, rows, actor, header="Payment number;Paid;Amount;Receipt;Reason", name="results.csv", extra=""):
    """Bring and check a CSV of (reference, paid, amount, receipt, reason); ``extra`` tells its content from that of another file."""
    lines = [f"{header};{extra}" if extra else header, *(";".join("" if cell is None else str(cell) for cell in row) for row in rows)]
    content = keep(io.BytesIO("\r\n".join(lines).encode()))
    file = services.upload_results(payroll=payroll, name=name, sha256=content.sha256, size=content.size, actor=actor)
    services.check_results(file=file, mapping=file.mapping, actor=actor)
    return settled(file)


def confirmed(file, actor, **inputs):
    agree(services.confirm_results, actor, file=file, **inputs)
    return settled(file)


def states(payroll):
    """How many lines are in each state."""
    found = {}
    for line in PayrollLine.objects.filter(payroll=payroll):
        found[line.state] = found.get(line.state, 0) + 1
    return found


def balances(fund):
    """What the accounts of a fund hold, without the empty ones."""
    return {kind: account.balance_minor for kind, account in accounts_of(fund).items() if account.balance_minor}
