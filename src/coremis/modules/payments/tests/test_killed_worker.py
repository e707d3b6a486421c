import hashlib
import json

import pytest

from coremis.kernel.base.money import Money
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.tests.killed import run_killed
from coremis.kernel.testing.cast import build_country
from coremis.modules.ledger.models import Movement, Posting, PostingTotal
from coremis.modules.ledger.queries import postings_about
from coremis.modules.payments import services
from coremis.modules.payments.models import EarlierResult, Incident, LeftOut, PayrollLine, ResultRow
from coremis.modules.payments.tests.sample import (
    agree,
    balances,
    enrol,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    results,
    settled,
    verified,
)  # fmt: skip
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db(transaction=True)
HOUSEHOLDS, SIZE = 8, 3


def through(programme, area, calculator, sender, accountant, finish):
    """Calculate, approve, send and reconcile, each step finished by ``finish``."""
    fund, cycle = make_fund(programme), make_cycle(programme)
    payroll = finish(services.generate_payroll(cycle=cycle, areas=[area], amount=Money(30_000, "SZF"), fund=fund, actor=calculator))
    agree(services.approve_payroll, calculator, payroll=verified(payroll))
    finish(payroll)
    agree(services.release_payroll, sender, payroll=payroll)
    finish(payroll)
    numbers = [line.number_text for line in PayrollLine.objects.filter(payroll=payroll).order_by("pk")]
    rows = [(number, "yes", 30_000 + 1_000 * (place % 3 - 1), f"R{place}") for place, number in enumerate(numbers[:-2])]
    file = results(payroll, rows, calculator, name=f"{programme.code}.csv")
    agree(services.confirm_results, accountant, file=file, missing_as_unpaid=True)
    finish(file)
    payroll.refresh_from_db()
    corrected(payroll, numbers, calculator, accountant, finish)
    return payroll


def corrected(payroll, numbers, calculator, accountant, finish):
    """A second file: late answers, a payment that came back, an unknown one; then what is left is re-issued."""
    rows = [
        (numbers[-2], "yes", 30_000, "L1"), (numbers[-1], "returned", "", "", "moved"), (numbers[0], "reversed", "", "", "other"),
        (numbers[2], "reversed", "", "", "other"), (numbers[1], "yes", 30_000, "L9"), ("T-99", "yes", 1, "L8"),
    ]  # fmt: skip
    file = results(payroll, rows, calculator, name="second.csv", extra=payroll.number_text)
    agree(services.confirm_results, accountant, file=file)
    finish(file)
    again = services.reissue_payroll(payroll=payroll, freeze_on=payroll.freeze_on, actor=calculator)
    finish(again)


def digest(payroll):
    """Everything the business tables say about a payroll, without the ids of rows and events."""
    lines = PayrollLine.objects.filter(payroll=payroll).order_by("pk")
    order = {line.pk: place for place, line in enumerate(lines)}
    facts = {
        "payroll": [payroll.state, payroll.line_count, payroll.total_minor, payroll.left_out_count],
        "lines": list(lines.values_list("payee_id", "area_id", "amount_minor", "state", "paid_minor", "unpaid_reason", "receipt")),
        "left out": list(LeftOut.objects.filter(payroll=payroll).order_by("pk").values_list("name", "reason")),
        "postings": list(postings_about(payroll).order_by("pk").values_list("purpose", "attempt", "state", "declared_minor")),
        "movements": [
            [order[line], *rest]
            for line, *rest in Movement.objects.filter(posting__in=postings_about(payroll)).order_by("posting", "line_id", "step")
            .values_list("line_id", "step", "from_account__station", "to_account__station", "amount_minor", "area_id")
        ],
        "totals": list(
            PostingTotal.objects.filter(posting__in=postings_about(payroll)).order_by("posting", "account__station")
            .values_list("posting__purpose", "account__station", "received_minor", "given_minor", "movement_count")
        ),
        "rows": list(ResultRow.objects.filter(file__payroll=payroll).order_by("file", "position").values_list("position", "outcome")),
        "incidents": list(
            Incident.objects.filter(payroll=payroll).order_by("row__file", "row__position").values_list("kind_of", "state", "amount_minor")
        ),
        "earlier": list(EarlierResult.objects.filter(line__in=lines).order_by("line").values_list("state", "paid_minor", "receipt")),
        "again": list(
            PayrollLine.objects.filter(payroll__reissues=payroll).order_by("reissue_of").values_list("payee_id", "amount_minor", "attempt", "state")
        ),
        "balances": balances(payroll.fund),
    }  # fmt: skip
    return facts, hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()


def test_it_works(monkeypatch):
    """Pitfalls M4, P1: killed at every chunk boundary and inside every chunk, all business tables are as after an undisturbed run."""
    country = build_country()
    people = everyone(country["Testland"], "calculator", "sender", "accountant")
    calm, killed = make_programme(), make_programme()
    for place in range(HOUSEHOLDS):
        household = make_household(country["Almond"], recipient=place != 4)
        enrol(calm, household)
        enrol(killed, household)
    monkeypatch.setattr(ranges, "CHUNK", SIZE)
    undisturbed = digest(through(calm, country["North"], *people, finish=settled))
    disturbed = digest(through(killed, country["North"], *people, finish=run_killed))
    assert undisturbed[0]["payroll"] == ["RELEASED", 7, 210_000, 1] and len(undisturbed[0]["movements"]) == 7 + 7 + 7 + 3 + 4
    assert len(undisturbed[0]["again"]) == 4 and len(undisturbed[0]["incidents"]) == 3 and len(undisturbed[0]["earlier"]) == 4
    assert [name for name, facts in disturbed[0].items() if facts != undisturbed[0][name]] == []
    assert disturbed == undisturbed
    assert not Posting.objects.exclude(state="POSTED").exists()
