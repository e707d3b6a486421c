"""The day of ``under_load``: the register, the work that runs meanwhile, and what must hold afterwards."""

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Count

from coremis.kernel.access.models import User
from coremis.kernel.access.seats import permissions_of
from coremis.kernel.actions.seals import seal_events, verify
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.models import State as JobState
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import PASSWORD, make_profile, make_user
from coremis.modules.intake.imports import PERSONS
from coremis.modules.ledger.jobs import prove_balances
from coremis.modules.ledger.queries import accounts_of, last_proof
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.services import approve_payroll, generate_payroll, save_cycle, save_fund, set_payment_terms, verify_payroll
from coremis.modules.programmes.models import Enrolment, Programme
from coremis.modules.programmes.services import create_programme
from coremis.modules.registry.models import Household, Person
from coremis.modules.targeting.models import Campaign, Kind, StageEntry, StageRun
from coremis.modules.targeting.services import create_campaign, run_stage, set_quotas, set_stage
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.project.bench.data import build
from coremis.project.bench.imports import write_file
from coremis.project.bench.measure import tidy
from coremis.project.bench.scores import CHILDREN, DAY, prepared
from coremis.project.bench.thread import AMOUNT, Bench, three_parts
from coremis.project.demo.seats import agreed, decide
from tests.journeys.house import free_port, wait_for
from tests.proof.load_clients import Visitor, percentile
from tests.proof.scratch import start

SEATS = ("manager", "data", "commune", "payments", "verifier", "approver", "accountant", "auditor")
LONGEST_WAIT = 3600  # seconds for the work to end


class Day:
    """One day at full load."""

    def __init__(self, households: int, imported: int, minutes: float, folder: Path) -> None:
        self.households, self.minutes, self.folder = households, minutes, folder
        self.say(f"Making {households} households ...")
        build(households)
        self.programme = Programme.objects.get(code="bench")
        self.bench = Bench(households)
        self.version = prepared(self.bench)
        self.file = folder / "persons.csv"
        self.imported = write_file(self.file, imported)
        for seat in SEATS:
            place = Area.objects.get(code="0.0") if seat == "commune" else self.bench.root
            make_user(seat, area=place, profile=make_profile(seat, *permissions_of(seat)))
        tidy()

    def run(self) -> int:
        """Serve, click, work, check; the exit code."""
        port = free_port()
        server = start("coremis.project.cli", "serve", "--port", str(port))
        worker = start("coremis.project.cli", "worker")
        try:
            wait_for(f"http://127.0.0.1:{port}/account/login/", [])
            until = time.monotonic() + self.minutes * 60
            people = [Visitor(f"http://127.0.0.1:{port}", seat, PASSWORD, until, number) for number, seat in enumerate(SEATS)]
            for person in people:
                person.start()
            self.work()
            for person in people:
                person.join()
            self.wait()
        finally:
            for process in (server, worker):
                process.terminate()
                process.wait(timeout=60)
        return self.report(people)

    def work(self) -> None:
        """A payroll of everybody, a file of persons and a campaign up to its quotas; one worker does them while people click."""
        self.order_payroll()
        self.order_campaign()
        self.bring_file()
        self.carry_out(Kind.LISTING, Kind.SCORING, Kind.QUOTA)
        self.wait()
        payroll = Payroll.objects.get(state="CALCULATED")
        verify_payroll(payroll=payroll, actor=self.person(6))
        agreed(approve_payroll, {"payroll": Payroll.objects.get(pk=payroll.pk)}, self.person(0), self.person(1))
        self.wait()

    def order_payroll(self) -> None:
        """Order the payroll of everybody by a rule of three parts."""
        maker, checker = self.person(0), self.person(1)
        fund = save_fund(programme=self.programme, code="bench", names={"en": "Bench"}, actor=maker)
        money = {"account": accounts_of(fund)["FUND"], "amount": Money(AMOUNT * self.households * 2, "SZF")}
        agreed(receive_funds, {**money, "received_on": date(2024, 6, 1), "proof": "load"}, maker, checker)
        cycle = save_cycle(
            programme=self.programme, names={"en": "Load"}, starts_on=date(2024, 7, 1), ends_on=date(2024, 8, 31),
            freeze_on=date(2024, 7, 15), actor=maker,
        )  # fmt: skip
        rule = three_parts(self.programme, maker, checker)
        rules = {"programme": self.programme, "rounds_in_order": False, "phone_limit": 6, "notice_kinds": []}
        agreed(set_payment_terms, rules, maker, checker)
        generate_payroll(cycle=cycle, areas=[self.bench.root], rule=rule, fund=fund, actor=self.person(4))

    def order_campaign(self) -> None:
        """A campaign over the whole country: list, score, and a quota of one household in four for each village."""
        maker = self.person(0)
        programme = create_programme(
            code="load", names={"en": "Load"}, unit=Programme.Unit.HOUSEHOLD, currency="SZF", starts_on=date(2024, 1, 1), actor=maker
        )
        self.campaign: Campaign = create_campaign(
            programme=programme, code="load", names={"en": "Load"}, areas=[self.bench.root], day=DAY, ladder=Ladder.SCORE, actor=maker
        )
        scoring = self.campaign.stages.get(kind=Kind.SCORING)
        set_stage(stage=scoring, settings={**scoring.settings, "formula": self.version.formula_id}, actor=maker)
        households = Household.objects.order_by().values_list("area").annotate(found=Count("pk"))
        self.places = {str(area): found // 4 for area, found in households}
        set_quotas(stage=self.campaign.stages.get(kind=Kind.QUOTA), places=self.places, actor=maker)

    def carry_out(self, *kinds: Kind) -> None:
        """One stage after the other, each from the list of the one before."""
        for kind in kinds:
            run = run_stage(stage=self.campaign.stages.get(kind=kind), actor=self.person(0))
            over = StageRun.objects.filter(pk=run.pk).exclude(state=StageRun.State.PREPARING)
            self.ended(over.first)

    def bring_file(self) -> None:
        """Send, check, agree to and take in a file, each step when the worker has done the one before."""
        maker, checker = self.person(2), self.person(3)
        with self.file.open("rb") as file:
            batch = send_file(file, self.file.name, kind=PERSONS.name, area=self.bench.root, actor=maker)
        check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=maker)
        checked = self.ended(lambda: Batch.objects.filter(pk=batch.pk, state="CHECKED").first())
        decide(submit_batch(checked, actor=maker), checker)
        self.batch_id = batch.pk

    def person(self, number: int) -> User:
        """One of those who may do everything, as of now."""
        return User.objects.get(pk=self.bench.people[number].pk)

    def ended(self, look: Callable[[], Any]) -> Any:
        """What ``look`` finds, as soon as it finds something."""
        for _second in range(LONGEST_WAIT):
            if found := look():
                return found
            time.sleep(1)
        raise TimeoutError("The work did not end in an hour.")

    def wait(self) -> None:
        """Until the worker has nothing left to do that somebody ordered."""
        going = Job.objects.filter(state__in=(JobState.WAITING, JobState.RUNNING)).exclude(actor_id=None)
        self.ended(lambda: not going.exists())

    def report(self, people: list[Visitor]) -> int:
        """Print what was measured, and what holds."""
        seconds = [one for person in people for values in person.seen.seconds.values() for one in values]
        problems = [problem for person in people for problem in person.seen.problems] + self.faults()
        kinds: dict[str, list[float]] = {}
        for person in people:
            for kind, values in person.seen.seconds.items():
                kinds.setdefault(kind, []).extend(values)
        for kind, values in sorted(kinds.items(), key=lambda pair: -percentile(pair[1], 0.95))[:15]:
            self.say(f"  {kind:<48} {len(values):>5} times, p50 {percentile(values, 0.5):.3f} s, p95 {percentile(values, 0.95):.3f} s")
        told = f"{len(seconds)} pages in {self.minutes:g} min by {len(people)} people, p50 {percentile(seconds, 0.5):.3f} s"
        self.say(
            f"{told}, p95 {percentile(seconds, 0.95):.3f} s, p99 {percentile(seconds, 0.99):.3f} s, longest {max(seconds, default=0):.1f} s"
        )
        for problem in problems[:20]:
            self.say(f"  PROBLEM: {problem}")
        self.say(
            "Nothing failed, was lost or was doubled; the ledger and the history prove themselves." if not problems else "NOT in order."
        )
        return 1 if problems else 0

    def faults(self) -> list[str]:
        """What was lost, doubled or does not prove itself."""
        found = [f"work failed: {job.title}: {job.problem_text}" for job in Job.objects.filter(state=JobState.FAILED)]
        payroll = Payroll.objects.latest("pk")
        lines = PayrollLine.objects.filter(payroll=payroll)
        active = Enrolment.objects.filter(programme=self.programme, status="ACTIVE").count()
        if (payroll.state, lines.count()) != ("APPROVED", active):
            found.append(f"payroll {payroll.state}: {lines.count()} lines for {active} beneficiaries")
        if lines.order_by().values("enrolment").annotate(found=Count("pk")).filter(found__gt=1).exists():
            found.append("somebody stands twice on the payroll")
        batch = Batch.objects.get(pk=self.batch_id)
        if (batch.state, batch.applied_count + batch.bad_count) != ("APPLIED", batch.row_count) or batch.row_count != self.imported:
            found.append(f"import {batch.state}: {batch.applied_count} of {self.imported}")
        if Person.objects.count() < self.households * (1 + CHILDREN) + batch.applied_count:
            found.append("persons were lost")
        return found + self.campaign_faults() + self.proofs()

    def campaign_faults(self) -> list[str]:
        """Households that were lost between two stages, stand twice in a list, have no outcome, or were selected beyond a quota."""
        found, before = [], self.households
        for kind in (Kind.LISTING, Kind.SCORING, Kind.QUOTA):
            run = StageRun.objects.get(stage__campaign=self.campaign, stage__kind=kind)
            entries = StageEntry.objects.filter(run=run)
            if run.state != "DONE" or entries.count() < before:
                found.append(f"campaign, {kind}: {run.state}, {entries.count()} entries for {before} households")
            before = entries.count()
        if entries.order_by().values("household").annotate(found=Count("pk")).filter(found__gt=1).exists():
            found.append("a household stands twice in the list of a stage")
        chosen = dict(entries.filter(outcome="SELECTED").order_by().values_list("area").annotate(found=Count("pk")))
        if {str(area): count for area, count in chosen.items()} != self.places or entries.filter(outcome="").exists():
            found.append(f"quotas: {sum(chosen.values())} selected for {sum(self.places.values())} places")
        return found

    def proofs(self) -> list[str]:
        """The ledger's proof and the history's verification, as commands do them."""
        enqueue(prove_balances)
        run_until_idle(limit=100_000)
        found = [] if last_proof() is not None and last_proof().holds else ["the ledger's proof does not hold"]
        while seal_events():
            pass
        return found + [f"history: {one}" for one in verify()]

    def say(self, text: str) -> None:
        """One line, at once."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
