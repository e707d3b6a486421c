"""One small run of the whole thread, whose long work is finished by whoever is given: calmly, or by workers that are killed."""

import io
from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.system import system
from coremis.kernel.base.money import Money
from coremis.kernel.exchange.applying import apply_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.kernel.files.storage import keep
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments import services as payments
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.queries import blocking_rows
from coremis.modules.programmes import services as programmes
from coremis.modules.programmes.models import GroupChange, Programme, Reason, Status

TITLES = "Household key;Person key;Place;Given names;Surname;Sex;Birth date;Relation to the head;Collects the money"
VILLAGES = ("N1A", "N1B", "N2A")
AMOUNT = Money(30_000, "SZF")
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 28)
# The work is done in small pieces, so that there are many boundaries at which a worker can die.
PIECES = {
    "coremis.kernel.exchange.rows.CHUNK": 30, "coremis.modules.programmes.services.places.CHUNK": 12,
    "coremis.kernel.jobs.ranges.CHUNK": 12,
}  # fmt: skip


def file_of(households: int) -> bytes:
    """Persons with a household key; every tenth household has a fault."""
    lines = [TITLES]
    for number in range(households):
        place = "nowhere" if number % 10 == 9 else VILLAGES[number % 3]
        lines.append(f"K{number:03};K{number:03}a;{place};Head {number};Ka;F;1970;head;{'' if number == 4 else 'yes'}")
        lines += [f"K{number:03};K{number:03}{child};{place};Child {child};Ka;M;20{child}1;child;" for child in range(number % 4)]
    return ("\n".join(lines) + "\n").encode()


class Thread:
    """Every step as one person orders it; ``finish`` does the work that was ordered."""

    def __init__(self, area: Any, people: list[Any], finish: Callable[[], None], households: int = 40) -> None:
        self.area, self.finish, self.households = area, finish, households
        self.maker, self.sender, self.accountant = people
        self.cycles = count(1)

    def run(self) -> None:
        """From a file to results, with a suspension taken back and a payroll cancelled on the way."""
        self.import_file()
        programme = self.enrol()
        self.suspend_and_undo(programme)
        fund = self.fill_fund(programme)
        self.cancelled(self.approved(programme, fund))
        self.paid(self.approved(programme, fund))

    def agree(self, action: Any, actor: Any, **inputs: Any) -> Any:
        """Run an approvable action as if it had been agreed to, and finish its work."""
        with approved_by(Authority(action.name, None)):
            row = action(actor=actor, **inputs)
        self.finish()
        row.refresh_from_db()
        return row

    def import_file(self) -> None:
        batch = send_file(io.BytesIO(file_of(self.households)), "families.csv", kind="intake.persons", area=self.area, actor=self.maker)
        check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=self.maker)
        self.finish()
        self.agree(apply_batch, self.maker, batch=Batch.objects.get(pk=batch.pk))

    def enrol(self) -> Programme:
        programme = programmes.create_programme(
            code="net", names={"en": "Net"}, unit=Programme.Unit.HOUSEHOLD, currency="SZF", starts_on=FIRST, actor=self.maker
        )
        inputs = {"programme": programme, "areas": [self.area], "status": Status.ACTIVE, "reason": Reason.SELECTED}
        self.agree(programmes.enrol_matching, self.maker, **inputs)
        return programme

    def suspend_and_undo(self, programme: Programme) -> None:
        asked = {"from_status": Status.ACTIVE, "to_status": Status.SUSPENDED, "reason": Reason.UNDER_VERIFICATION}
        self.agree(programmes.change_status_matching, self.maker, programme=programme, areas=[self.area], **asked)
        self.agree(programmes.undo_status_change, self.maker, group=GroupChange.objects.latest("pk"))

    def fill_fund(self, programme: Programme) -> Any:
        fund = payments.save_fund(programme=programme, code="net", names={"en": "Net"}, actor=self.maker)
        received = {
            "account": accounts_of(fund)["FUND"],
            "amount": Money(9_000_000, "SZF"),
            "received_on": FIRST,
            "proof": "Credit advice 1",
        }
        self.agree(receive_funds, self.maker, **received)
        return fund

    def approved(self, programme: Programme, fund: Any) -> Any:
        today = timezone.localdate()
        first = today.replace(year=today.year + next(self.cycles))
        days = {"starts_on": first, "ends_on": first, "freeze_on": today}
        cycle = payments.save_cycle(programme=programme, names={"en": str(first.year)}, actor=self.maker, **days)
        payroll = payments.generate_payroll(cycle=cycle, areas=[self.area], amount=AMOUNT, fund=fund, actor=self.maker)
        self.finish()
        payroll.refresh_from_db()
        payments.verify_payroll(payroll=payroll, actor=system(payments.verify_payroll.name))
        payroll.refresh_from_db()
        return self.agree(payments.approve_payroll, self.maker, payroll=payroll)

    def cancelled(self, payroll: Any) -> None:
        self.agree(payments.cancel_payroll, self.maker, payroll=payroll, reason="Wrong amount")

    def paid(self, payroll: Any) -> None:
        payroll = self.agree(payments.release_payroll, self.sender, payroll=payroll)
        numbers = [line.number_text for line in PayrollLine.objects.filter(payroll=payroll).order_by("pk")]
        self.bring(payroll, results_of(numbers[:-1]), "results.csv")
        self.bring(payroll, results_of(numbers[1:2], repeated=False), "corrected.csv")
        for row in blocking_rows(payroll):
            self.agree(payments.write_off, self.accountant, row=row, reason="Typed twice; the corrected file holds it")
        payroll.refresh_from_db()
        self.agree(payments.close_payroll, self.accountant, payroll=payroll)

    def bring(self, payroll: Any, content: bytes, name: str) -> None:
        kept = keep(io.BytesIO(content))
        file = payments.upload_results(payroll=payroll, name=name, sha256=kept.sha256, size=kept.size, actor=self.maker)
        payments.check_results(file=file, mapping=file.mapping, actor=self.maker)
        self.finish()
        file.refresh_from_db()
        self.agree(payments.confirm_results, self.accountant, file=file, missing_as_unpaid=True)


def results_of(numbers: list[str], repeated: bool = True) -> bytes:
    """Paid, paid too little, paid too much, not collected; and one payment twice, so that neither row is applied."""
    lines = ["Payment number;Result;Amount;Receipt;Reason"]
    for place, number in enumerate(numbers):
        paid = f"{number};paid;{30_000 + 500 * (place % 3 - 1)};R{place};"
        lines.append(f"{number};uncollected;;;ill" if place % 7 == 3 else paid)
    return ("\n".join([*lines, *([f"{numbers[1]};paid;30000;R;"] if repeated else [])]) + "\n").encode()
