"""The measured work: what a programme does to 100,000 families, through the same actions as on screen."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection

from coremis.kernel.access.models import User
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import country
from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.files.storage import keep
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.services import activate_version, save_example, save_part, save_rule
from coremis.modules.ledger.models import Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments.findings import FlagKind
from coremis.modules.payments.models import Payroll, PayrollLine, ResultFile
from coremis.modules.payments.services import (
    approve_payroll,
    check_results,
    confirm_results,
    generate_payroll,
    release_payroll,
    save_cycle,
    save_fund,
    set_payment_terms,
    upload_results,
    verify_payroll,
)  # fmt: skip
from coremis.modules.programmes.models import GroupChange, Programme, Reason, Status
from coremis.modules.programmes.services import change_status_matching, undo_status_change
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import define_variable
from coremis.project.bench import floors
from coremis.project.bench.measure import Measured, measured
from coremis.project.demo.seats import agreed, work_off

AMOUNT = 30_000


class Bench:
    """The people and records that the measured work needs."""

    def __init__(self, rows: int, show: Callable[[Measured], None] = lambda line: None) -> None:
        self.rows, self.show = rows, show
        self.report: list[Measured] = []
        root = country()
        assert root is not None
        self.root: Area = root
        everything = make_profile("everything", *known_permissions())
        self.people: list[User] = [make_user(f"bench{n}", area=self.root, profile=everything) for n in range(7)]
        for action in ACTIONS.values():
            if action.approvable:
                make_route(action.name, self.root, everything)

    def measure(self, job: str, floor: Callable[[int], None] | None, work: Callable[[], Any], rows: int = 0) -> None:
        """Run one job, keep its line of the report and show it at once."""
        self.keep(measured(job, rows or self.rows, floor, work))

    def keep(self, line: Measured) -> None:
        """One more line of the report."""
        self.report.append(line)
        self.show(line)

    def suspend_and_undo(self) -> None:
        """One set-based suspension of everybody, and its undoing."""
        maker, checker = self.people[:2]
        programme = Programme.objects.get(code="bench")
        asked = {
            "programme": programme, "areas": [self.root], "from_status": Status.ACTIVE, "to_status": Status.SUSPENDED,
            "reason": Reason.FUNDS_INTERRUPTED,
        }  # fmt: skip

        def suspend() -> None:
            agreed(change_status_matching, asked, maker, checker)
            work_off()

        self.measure("suspension", floors.suspension, suspend)
        group = GroupChange.objects.latest("pk")

        def undo() -> None:
            agreed(undo_status_change, {"group": group}, maker, checker)
            work_off()

        self.measure("undo of the suspension", None, undo)

    def pay(self, payroll: Payroll) -> None:
        """Release and reconciliation of a payroll."""
        verify_payroll(payroll=payroll, actor=self.people[6])
        agreed(approve_payroll, {"payroll": Payroll.objects.get(pk=payroll.pk)}, self.people[0], self.people[1])
        work_off()
        posting, accounts = spare_posting(payroll), accounts_of(payroll.fund)
        owed, transit, paid = (accounts[kind].pk for kind in ("OWED", "TRANSIT", "PAID"))

        def send() -> None:
            agreed(release_payroll, {"payroll": Payroll.objects.get(pk=payroll.pk)}, self.people[2], self.people[3])
            work_off()

        self.measure("release", lambda event: floors.release(event, posting, payroll.pk, owed, transit), send)
        file, content = self.bring_results(Payroll.objects.get(pk=payroll.pk))

        def reconcile() -> None:
            agreed(confirm_results, {"file": ResultFile.objects.get(pk=file.pk)}, self.people[5], self.people[3])
            work_off()

        def floor(event: int) -> None:
            floors.reconciliation(event, posting, payroll.pk, file.pk, transit, paid, content)

        check = next(line for line in self.report if line.job == "check of results")
        self.measure("reconciliation", floor, reconcile)
        both = self.report[-1]
        both.seconds, both.queries = round(both.seconds + check.seconds, 3), both.queries + check.queries
        both.ratio, both.rows_per_second = round(both.seconds / both.floor_seconds, 2), round(both.rows / both.seconds)
        both.job = "reconciliation with its check"
        self.show(both)

    def calculate(self) -> Payroll:
        """The payroll of everybody."""
        programme, maker = Programme.objects.get(code="bench"), self.people[0]
        fund = save_fund(programme=programme, code="bench", names={"en": "Bench"}, actor=maker)
        received = {
            "account": accounts_of(fund)["FUND"],
            "amount": Money(AMOUNT * self.rows * 2, "SZF"),
            "received_on": date(2024, 6, 1),
            "proof": "bench",
        }
        agreed(receive_funds, received, maker, self.people[1])
        cycle = save_cycle(
            programme=programme,
            names={"en": "Bench"},
            starts_on=date(2024, 7, 1),
            ends_on=date(2024, 8, 31),
            freeze_on=date(2024, 7, 15),
            actor=maker,
        )

        rule = three_parts(programme, maker, self.people[1])

        def calculate() -> None:
            generate_payroll(cycle=cycle, areas=[self.root], rule=rule, fund=fund, actor=self.people[4])
            work_off()

        rules = {"programme": programme, "rounds_in_order": False, "phone_limit": 6, "notice_kinds": list(FlagKind.values)}
        agreed(set_payment_terms, rules, maker, self.people[1])
        spare = spare_payroll(cycle.pk, fund.pk)
        self.measure("payroll", lambda event: floors.payroll(event, spare, cycle.pk), calculate)
        return Payroll.objects.exclude(pk=spare).latest("pk")

    def bring_results(self, payroll: Payroll) -> tuple[ResultFile, str]:
        """A file that says paid for every line, uploaded and checked; the check is measured too."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["payment number", "result", "amount", "receipt"])
        for number, amount in PayrollLine.objects.filter(payroll=payroll).order_by("pk").values_list("number", "amount_minor").iterator():
            writer.writerow([number_text("T", number), "paid", amount, f"R{number}"])
        found: list[ResultFile] = []

        def check() -> None:
            file = io.BytesIO(text.getvalue().encode())
            content = keep(file)
            sent = upload_results(payroll=payroll, name="bench.csv", sha256=content.sha256, size=content.size, actor=self.people[4])
            check_results(file=sent, mapping=sent.mapping, actor=self.people[4])
            work_off()
            found.append(ResultFile.objects.get(pk=sent.pk))

        self.measure("check of results", None, check)
        return found[0], text.getvalue()


def three_parts(programme: Programme, maker: User, checker: User) -> BenefitRule:
    """A rule of three parts: the same for each, for each adult at most three, and by a formula over a fact of the dictionary."""
    if not VariableDefinition.objects.filter(code="rooms").exists():
        dwelling, number = VariableDefinition.Subject.DWELLING, VariableDefinition.Kind.NUMBER
        define_variable(subject=dwelling, code="rooms", names={"en": "Rooms"}, kind=number, actor=maker)
    rule = save_rule(programme=programme, code="bench", names={"en": "Bench"}, actor=maker)
    version = rule.versions.get()
    common = {"names": {"en": "Part"}}
    for part in (
        {"code": "base", "kind": "FLAT", "amount": 20_000},
        {"code": "adult", "kind": "MEMBER", "member": "age >= 18", "amount": 5_000, "most": 3},
        {"code": "rooms", "kind": "FORMULA", "formula": "rooms * 1000"},
    ):
        save_part(version=version, part={**common, **part}, actor=maker)
    facts = {"members": [{"age": 40}], "values": {"rooms": 2}}
    save_example(version=version, name="One", facts=facts, expected={"base": 20_000, "adult": 5_000, "rooms": 2_000}, actor=maker)
    agreed(activate_version, {"version": RuleVersion.objects.get(pk=version.pk)}, maker, checker)
    return rule


def spare_payroll(cycle_id: int, fund_id: int) -> int:
    """A payroll the floor's lines hang on; it stays empty."""
    with maintenance("bench floor"):
        spare = Payroll(
            number=1,
            cycle_id=cycle_id,
            fund_id=fund_id,
            amount_minor=AMOUNT,
            currency="SZF",
            freeze_on=date(2024, 7, 15),
            state="ABANDONED",
        )
        spare.save()
    return int(spare.pk)


def spare_posting(payroll: Payroll) -> int:
    """A posting the floor's movements hang on; it never counts."""
    with maintenance("bench floor"):
        fields = {
            "subject_kind": "bench",
            "subject_id": payroll.pk,
            "state": "ABANDONED",
            "currency": "SZF",
            "effective_on": date(2024, 7, 1),
        }
        spare = Posting(**{("purpose" if hasattr(Posting, "Purpose") else "kind"): "RELEASE"}, **fields)
        spare.save()
    return int(spare.pk)


def vendor() -> str:
    """Which database this is."""
    return connection.vendor
