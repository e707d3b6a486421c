"""The whole thread on a real survey: imported, enrolled, paid, reconciled with 3 % unpaid and 1 % of amounts wrong, closed.

What must come out is worked out here a second time, from the file alone, and compared.
"""

import csv
import io
import random
import time
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from coremis.kernel.actions.seals import seal_events, verify
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.queue import enqueue
from coremis.modules.administration.services import first_run
from coremis.modules.ledger.jobs import prove_balances
from coremis.modules.ledger.models import Account, Movement
from coremis.modules.ledger.queries import accounts_of, last_proof, with_balance
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments import services as payments
from coremis.modules.payments.models import LeftOut, Payroll, PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.queries import figures_of
from coremis.modules.programmes.models import Enrolment, Programme, Reason, Status
from coremis.modules.programmes.services import create_programme, enrol_matching
from coremis.modules.registry.models import Household, Person
from coremis.project.demo.money import approvers, judge_flags
from coremis.project.demo.seats import ADMINISTRATORS, PASSWORD, agreed, decide, make_seats, seat, work_off
from tests.real.costarica import MISSING, REGIONS, SOURCE, collectors, define_variables, rewrite, survey

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not SOURCE.exists(), reason=MISSING)]
AMOUNT, CURRENCY = 5_000_000, "CRC"  # 50,000 colones
UNPAID, WRONG, STEP = 3, 1, 100_000
POOR = {"1", "2"}


@pytest.fixture
def place(settings, tmp_path):
    """The country with its six regions, the ready seats and routes, and the variables of the survey."""
    settings.MEDIA_ROOT = tmp_path / "files"
    inputs = {
        "name": "Costa Rica", "code": "CR", "levels": [{"en": "Country"}, {"en": "Region"}],
        "units": [{"code": code, "name": name, "parent": ""} for code, name in REGIONS.items()],
        "settings": {"country.name": "Costa Rica", "country.languages": ["en"], "country.currency": CURRENCY, "country.decimals": 2},
    }  # fmt: skip
    administrators = [{"username": name, "name": text, "password": PASSWORD} for name, text in ADMINISTRATORS.items()]
    root = first_run(country_inputs=inputs, administrators=administrators)
    make_seats(root, Area.objects.get(code="lugar1"))
    define_variables()
    return root


def test_it_works(place, tmp_path, capsys):
    """Every figure of the thread is the one that the file itself gives; the ledger and the history prove themselves."""
    began = time.monotonic()
    batch = imported(place, tmp_path / "survey.csv")
    expected = worked_out()
    assert (batch.row_count, batch.bad_count) == (9557, expected["rejected rows"])
    assert Household.objects.count() == expected["households"] and Person.objects.count() == 9557 - expected["rejected rows"]
    programme = enrolled(place)
    assert Enrolment.objects.filter(programme=programme, status=Status.ACTIVE).count() == expected["enrolled"]
    payroll = released(place, programme)
    assert (payroll.line_count, payroll.left_out_count) == (expected["paid to"], expected["enrolled"] - expected["paid to"])
    assert payroll.total_minor == expected["paid to"] * AMOUNT
    told = reconciled(payroll)
    payroll.refresh_from_db()
    check_outcome(payroll, told)
    check_ledger()
    with capsys.disabled():
        print(table(batch, programme, payroll, told, time.monotonic() - began))


def imported(place, path, more=None):
    """Brought by the data officer, agreed to by the manager."""
    rewrite(SOURCE, path, more)
    with path.open("rb") as file:
        batch = send_file(file, path.name, kind="intake.persons", area=place, actor=seat("data"))
    check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=seat("data"))
    work_off()
    decide(submit_batch(Batch.objects.get(pk=batch.pk), actor=seat("data")), seat("manager"))
    work_off()
    return Batch.objects.get(pk=batch.pk)


def worked_out():
    """The same from the file: households that have exactly one head and one class; the poor among them; those with an adult."""
    people = survey(SOURCE)
    heads, classes = Counter(), {}
    for row in people:
        heads[row["idhogar"]] += row["parentesco1"] == "1"
        classes.setdefault(row["idhogar"], set()).add(row["Target"])
    good = {key for key, found in classes.items() if len(found) == 1 and heads[key] == 1}
    poor = {key for key in good if classes[key] <= POOR}
    return {
        "households": len(good), "rejected rows": sum(row["idhogar"] not in good for row in people), "enrolled": len(poor),
        "paid to": len(poor & set(collectors(people))),
    }  # fmt: skip


def enrolled(place):
    """A programme for the households of the classes 1 and 2."""
    manager = seat("manager")
    programme = create_programme(
        code="poor", names={"en": "Transfer to poor households"}, unit=Programme.Unit.HOUSEHOLD, currency=CURRENCY,
        starts_on=timezone.localdate() - timedelta(days=30), actor=manager,
    )  # fmt: skip
    asked = {"programme": programme, "areas": [place], "status": Status.ACTIVE, "reason": Reason.SELECTED}
    agreed(enrol_matching, {**asked, "condition": "target in ('1', '2')"}, manager, seat("approver"))
    work_off()
    return programme


def released(place, programme):
    """Funded, calculated, approved by two, sent."""
    today, accountant = timezone.localdate(), seat("accountant")
    fund = payments.save_fund(programme=programme, code="state", names={"en": "State budget"}, actor=accountant)
    received = {"account": accounts_of(fund)["FUND"], "amount": Money(10_000_000_000, CURRENCY), "received_on": date(2026, 1, 5)}
    agreed(receive_funds, {**received, "proof": "Credit advice 1"}, accountant, seat("approver"))
    days = {"starts_on": today - timedelta(days=30), "ends_on": today, "freeze_on": today}
    cycle = payments.save_cycle(programme=programme, names={"en": "First cycle"}, actor=seat("payments"), **days)
    made = payments.generate_payroll(cycle=cycle, areas=[place], amount=Money(AMOUNT, CURRENCY), fund=fund, actor=seat("payments"))
    work_off()
    payroll = Payroll.objects.get(pk=made.pk)
    judge_flags(payroll)
    payments.verify_payroll(payroll=payroll, actor=seat("verifier"))
    payroll = Payroll.objects.get(pk=made.pk)
    agreed(payments.approve_payroll, {"payroll": payroll}, seat("payments"), *approvers(payroll))
    work_off()
    agreed(payments.release_payroll, {"payroll": Payroll.objects.get(pk=payroll.pk)}, seat("manager"), seat("approver"))
    work_off()
    return Payroll.objects.get(pk=payroll.pk)


def reconciled(payroll):
    """The provider's file, confirmed by others; what was overpaid is written off; then the payroll is closed."""
    content, told = results_of(payroll)
    kept = keep(io.BytesIO(content))
    file = payments.upload_results(payroll=payroll, name="results.csv", sha256=kept.sha256, size=kept.size, actor=seat("payments"))
    payments.check_results(file=file, mapping=file.mapping, actor=seat("payments"))
    work_off()
    assert (ResultFile.objects.get().good_count, ResultFile.objects.get().bad_count) == (payroll.line_count, 0)
    agreed(payments.confirm_results, {"file": ResultFile.objects.get()}, seat("accountant"), seat("approver"))
    work_off()
    for row in ResultRow.objects.filter(outcome="OVERPAID"):
        agreed(payments.write_off, {"row": row, "reason": "Too little to recover"}, seat("accountant"), seat("approver"))
    agreed(payments.close_payroll, {"payroll": Payroll.objects.get(pk=payroll.pk)}, seat("accountant"), seat("approver"))
    return told


def results_of(payroll):
    """Three in a hundred not collected, one in a hundred with another amount (by turns too little and too much); and how many of each."""
    numbers = list(PayrollLine.objects.filter(payroll=payroll).order_by("pk").values_list("number", flat=True))
    chosen = random.Random(2024).sample(numbers, round(len(numbers) * UNPAID / 100) + round(len(numbers) * WRONG / 100))
    unpaid, wrong = set(chosen[: round(len(numbers) * UNPAID / 100)]), chosen[round(len(numbers) * UNPAID / 100) :]
    differs = {number: STEP if place % 2 else -STEP for place, number in enumerate(wrong)}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["payment number", "result", "amount", "receipt", "reason"])
    for number in numbers:
        amount = Money(AMOUNT + differs.get(number, 0), CURRENCY).amount_minor
        paid = [number_text("T", number), "paid", f"{amount / 100:.2f}", f"R{number}", ""]
        writer.writerow([number_text("T", number), "uncollected", "", "", "travelling"] if number in unpaid else paid)
    signs = Counter(step > 0 for step in differs.values())
    return text.getvalue().encode(), {"unpaid": len(unpaid), "over": signs[True], "under": signs[False]}


def check_outcome(payroll, told):
    """Every line has the outcome that the file says, and approved = paid + uncollected, in number and value (rulebook 2.11.2)."""
    states = Counter(PayrollLine.objects.filter(payroll=payroll).values_list("state", flat=True))
    paid = payroll.line_count - sum(told.values())
    assert states == {"PAID": paid, "UNCOLLECTED": told["unpaid"], "OVERPAID": told["over"], "PARTIAL": told["under"]}
    found = figures_of(payroll)
    owed = told["unpaid"] * AMOUNT + told["under"] * STEP
    assert found.paid == (payroll.line_count - told["unpaid"], payroll.total_minor - owed)
    assert found.uncollected == (told["unpaid"], owed) and found.explained() == found.approved and found.excess_minor == told["over"] * STEP
    assert payroll.state == "CLOSED" and payroll.closed_at is not None


def check_ledger():
    """All balances total zero, the nightly proof holds, and the history is as it was sealed."""
    assert sum(account.balance_minor for account in with_balance(Account.objects.all())) == 0
    enqueue(prove_balances)
    work_off()
    assert last_proof().holds
    while seal_events():
        pass
    assert list(verify()) == []
    call_command("audit", "verify", stdout=io.StringIO())


def table(batch, programme, payroll, told, seconds):
    """The totals, for people."""

    def money(amount):
        return Money(amount, CURRENCY).text()

    held = {name: account.balance_minor for name, account in accounts_of(payroll.fund).items() if account.balance_minor}
    figures, left = figures_of(payroll), Counter(LeftOut.objects.filter(payroll=payroll).values_list("reason", flat=True))
    rows = {
        "database": f"{connection.vendor}, whole thread in {seconds:.0f} s",
        "rows read": batch.row_count, "rows taken in": batch.applied_count, "rows rejected": batch.bad_count,
        **{f"  {column}: {message}": count for column, message, count in batch.problem_counts},
        "households": Household.objects.count(), "persons": Person.objects.count(),
        "enrolled (class 1 or 2)": Enrolment.objects.filter(programme=programme).count(),
        "payroll": f"{payroll.line_count} payments, {money(payroll.total_minor)}",
        "left out": ", ".join(f"{count} {reason}" for reason, count in left.items()) or 0,
        "paid": f"{figures.paid[0]}, {money(figures.paid[1])}",
        "unpaid": f"{figures.uncollected[0]} (with the rests {money(figures.uncollected[1])})",
        "amounts too small, too large": f"{told['under']}, {told['over']} (written off {money(figures.excess_minor)})",
        "movements in the ledger": Movement.objects.count(),
        "balances": ", ".join(f"{name} {money(amount)}" for name, amount in held.items()),
    }  # fmt: skip
    return "\n" + "\n".join(f"{name:<60} {value}" for name, value in rows.items())
