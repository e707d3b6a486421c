"""How money moves in the demo: a fund is filled, a payroll is calculated, judged, approved, sent, answered by its provider, and closed."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from coremis.kernel.access.models import User
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.files.storage import keep
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.services import activate_version, save_example, save_part, save_rule
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments.findings import NEEDS_VERDICT
from coremis.modules.payments.models import Cycle, FlagGroup, Fund, Payroll, PayrollLine, ResultFile
from coremis.modules.payments.module import TWO_LEVELS_FROM
from coremis.modules.payments.services import (
    approve_payroll,
    check_results,
    close_payroll,
    confirm_results,
    decide_flag,
    generate_payroll,
    reissue_payroll,
    release_payroll,
    save_cycle,
    save_fund,
    upload_results,
    verify_payroll,
)
from coremis.modules.payments.states import AWAITING_LINES
from coremis.modules.programmes.models import Programme
from coremis.project.demo.country import CURRENCY
from coremis.project.demo.register import csv_of, whole_country
from coremis.project.demo.seats import agreed, seat, work_off

RESULT_HEADS = ("payment number", "result", "amount", "receipt", "reason")
Names = dict[str, str]
Answer = Callable[[int, int, int], tuple[str, int, str]]  # place in the file, number, amount: result, amount paid, reason


def fill_fund(programme: Programme, code: str, names: Names, amount: int, proof: str) -> Fund:
    """A fund of the programme, and the first money in it."""
    fund = save_fund(programme=programme, code=code, names=names, actor=seat("accountant"))
    receive(fund, amount, proof)
    return fund


def receive(fund: Fund, amount: int, proof: str) -> None:
    """Money comes in, with its proof, and the approver agrees."""
    asked = {"account": accounts_of(fund)["FUND"], "amount": Money(amount, CURRENCY), "received_on": timezone.localdate(), "proof": proof}
    agreed(receive_funds, asked, seat("accountant"), seat("approver"))


def write_rule(
    programme: Programme, code: str, names: Names, parts: tuple[dict[str, Any], ...], examples: tuple[tuple[str, Any, dict[str, int]], ...]
) -> BenefitRule:
    """What is paid, with its examples, approved."""
    manager = seat("manager")
    rule = save_rule(programme=programme, code=code, names=names, actor=manager)
    version = rule.versions.get()
    for part in parts:
        save_part(version=version, part=part, actor=manager)
    for name, facts, expected in examples:
        save_example(version=version, name=name, facts=facts, expected=expected, actor=manager)
    agreed(activate_version, {"version": RuleVersion.objects.get(pk=version.pk)}, manager, seat("approver"))
    return rule


def new_cycle(programme: Programme, names: Names, starts_on: date, ends_on: date) -> Cycle:
    """A cycle whose data are frozen today; its other dates follow."""
    today = timezone.localdate()
    pay_from = max(starts_on, today + timedelta(days=7))
    return save_cycle(
        programme=programme, names=names, starts_on=starts_on, ends_on=ends_on, freeze_on=today,
        calculate_by=today + timedelta(days=3), approve_by=today + timedelta(days=7), pay_from=pay_from,
        pay_until=pay_from + timedelta(days=12), reconcile_by=pay_from + timedelta(days=27), actor=seat("payments"),
    )  # fmt: skip


def calculated(fund: Fund, cycle: Cycle, rule: BenefitRule, *, judged: bool = True) -> Payroll:
    """A payroll for everybody who is active, calculated, its flags judged, and verified."""
    made = generate_payroll(cycle=cycle, areas=[whole_country()], rule=rule, fund=fund, actor=seat("payments"))
    work_off()
    if judged:
        judge_flags(made)
    verify_payroll(payroll=fresh(made), actor=seat("verifier"))
    return fresh(made)


def judge_flags(payroll: Payroll) -> None:
    """The verifier asked around: all payments of every flagged group are made."""
    for group in FlagGroup.objects.filter(payroll=payroll, severity__in=NEEDS_VERDICT, verdict="").order_by("pk"):
        said = {str(member.line.number): "PAY" for member in group.members.filter(elsewhere=False).select_related("line")}
        decide_flag(group=group, verdicts=said, reason="Deux familles : le chef de colline connaît les deux", actor=seat("verifier"))


def approvers(payroll: Payroll) -> list[User]:
    """One level decides, two from a certain amount on."""
    return [seat("controller"), seat("approver")] if payroll.total_minor >= TWO_LEVELS_FROM else [seat("approver")]


def approved(payroll: Payroll) -> Payroll:
    """All levels agree, and the money is blocked."""
    agreed(approve_payroll, {"payroll": payroll}, seat("payments"), *approvers(payroll))
    work_off()
    return fresh(payroll)


def released(payroll: Payroll) -> Payroll:
    """Sent for payment."""
    agreed(release_payroll, {"payroll": payroll}, seat("manager"), seat("approver"))
    work_off()
    return fresh(payroll)


def waiting_for_the_last(payroll: Payroll) -> Request:
    """Approval is asked for; all levels but the last agree."""
    request = submit(approve_payroll, {"payroll": payroll}, actor=seat("payments")).request
    assert request is not None
    for checker in approvers(payroll)[:-1]:
        request = approve_request(request=request, actor=checker)
    return request


def answered(payroll: Payroll, answer: Answer) -> Payroll:
    """The provider's file comes back, is checked, and confirmed by the accountant."""
    kept = keep(io.BytesIO(results_of(payroll, answer)))
    file = upload_results(payroll=payroll, name="results.csv", sha256=kept.sha256, size=kept.size, actor=seat("payments"))
    check_results(file=file, mapping=file.mapping, actor=seat("payments"))
    work_off()
    agreed(confirm_results, {"file": ResultFile.objects.get(pk=file.pk)}, seat("accountant"), seat("approver"))
    work_off()
    return fresh(payroll)


def closed(payroll: Payroll) -> Payroll:
    """Every franc is explained, and the payroll closed."""
    agreed(close_payroll, {"payroll": payroll}, seat("accountant"), seat("approver"))
    work_off()
    return fresh(payroll)


def sent_again(payroll: Payroll) -> Payroll:
    """What was not collected is sent again."""
    made = reissue_payroll(payroll=payroll, freeze_on=timezone.localdate(), note="Ils étaient en voyage", actor=seat("payments"))
    work_off()
    verify_payroll(payroll=fresh(made), actor=seat("verifier"))
    return released(approved(fresh(made)))


def all_but_the_ill(place: int, number: int, amount: int) -> tuple[str, int, str]:
    """Most are paid; a few are ill, and will be paid with the next cycle."""
    return ("uncollected", 0, "ill") if place % 25 == 11 else ("paid", amount, "")


def all_but(gone: set[int], there: set[int]) -> Answer:
    """Three in a hundred did not collect, and those of some payment numbers; those of others did."""

    def answer(place: int, number: int, amount: int) -> tuple[str, int, str]:
        travels = number in gone or (place % 33 == 5 and number not in there)
        return ("uncollected", 0, "travelling") if travels else ("paid", amount, "")

    return answer


def results_of(payroll: Payroll, answer: Answer) -> bytes:
    """What a provider sends back: a line for each payment."""
    lines = PayrollLine.objects.filter(payroll=payroll, state__in=AWAITING_LINES).order_by("pk").values_list("number", "amount_minor")
    rows = []
    for place, (number, amount) in enumerate(lines):
        result, paid, reason = answer(place, number, amount)
        rows.append((number_text(PayrollLine.number_prefix, number), result, paid, f"SZ{number}" if result == "paid" else "", reason))
    return csv_of(RESULT_HEADS, rows)


def fresh(payroll: Payroll) -> Payroll:
    """As it is now."""
    return Payroll.objects.get(pk=payroll.pk)
