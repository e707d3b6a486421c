"""Failures of deployed systems that only the whole thread can show, or that its construction makes impossible."""

import re
import tomllib

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.services import submit
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_profile, make_route
from coremis.modules.payments import services, states
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.tests.sample import (
    agree, approved, balances, calculated, confirmed, everyone, make_fund, make_programme, released, results, village,
)  # fmt: skip
from coremis.modules.programmes import statuses
from coremis.modules.programmes.models import Reason, Status
from coremis.modules.programmes.services import change_programme, change_status_matching
from tests.architecture.sources import ROOT, product
from tests.proof.world import browser, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant")


@pytest.fixture
def payroll(country, people):
    """Four payments under way."""
    programme = make_programme()
    village(programme, country["Almond"], 4)
    return released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])


def test_it_works(people, payroll):
    """Pitfall M12: sent is not paid: nothing counts as paid before a result with proof; a failure is an outcome with its reason."""
    assert set(PayrollLine.objects.values_list("state", flat=True)) == {"SENT"} and balances(payroll.fund).get("PAID") is None
    with pytest.raises(Refusal, match="have no result yet"):
        agree(services.close_payroll, people[2], payroll=payroll)
    first, second, third, fourth = [line.number_text for line in PayrollLine.objects.order_by("pk")]
    rows = [
        (first, "yes", 30_000, "R1"),
        (second, "yes", 30_000, ""),
        (third, "failed", "", "", "timeout"),
        (fourth, "accepted", 30_000, "R4"),
    ]
    file = confirmed(results(payroll, rows, people[0]), people[2])
    outcomes = list(PayrollLine.objects.order_by("pk").values_list("state", "unpaid_reason"))
    assert outcomes == [("PAID", ""), ("UNCOLLECTED", "no_proof"), ("FAILED", "timeout"), ("SENT", "")]
    assert file.bad_count == 1 and balances(payroll.fund)["PAID"] == 30_000


def test_nothing_is_paid_anew_that_may_be_with_the_provider(country, people, payroll):
    """Pitfall M16: what is under way, paid or unpaid keeps its key: a second payroll of the cycle takes nobody."""
    first, second, *_rest = [line.number_text for line in PayrollLine.objects.order_by("pk")]
    confirmed(results(payroll, [(first, "yes", 30_000, "R1"), (second, "no", "", "", "ill")], people[0]), people[2])
    with pytest.raises(Refusal, match="Nobody would be paid"):
        calculated(payroll.cycle.programme, [country["North"]], people[0], payroll.fund, payroll.cycle)
    line = PayrollLine.objects.order_by("pk").last()
    with pytest.raises(IntegrityError), transaction.atomic(), maintenance("second payment"):
        line.pk, line.number, line._state.adding = None, line.number + 100, True
        line.save()


def test_a_second_payroll_of_unpaid_money_is_not_possible_either(people, payroll):
    """Pitfall M16: what came back stays owed to the same person, on the same line, until it is re-issued."""
    numbers = [line.number_text for line in PayrollLine.objects.order_by("pk")]
    confirmed(results(payroll, [(number, "no", "", "", "ill") for number in numbers], people[0]), people[2])
    assert balances(payroll.fund)["OWED"] == 120_000
    with pytest.raises(Refusal, match="is now"):
        agree(services.release_payroll, people[1], payroll=Payroll.objects.get())


def test_every_state_belongs_to_a_declared_group():
    """Pitfall M20: a new state that nobody sorted into the groups fails here."""
    lines = {*states.FREE_LINES, *states.AWAITING_LINES, *states.OUTCOMES, *states.HELD_LINES, states.LineState.DUE}
    assert lines == set(states.LineState)
    payrolls = {*states.HIDDEN_PAYROLLS, *states.LIVE_PAYROLLS, *states.WORKING_PAYROLLS, states.PayrollState.CANCELLED}
    assert payrolls == set(states.PayrollState)
    assert {*statuses.OPEN, *statuses.ENDED} == set(Status) and set(statuses.PLACED) <= set(statuses.OPEN)
    assert {*states.UNDECIDED_FILES, states.FileState.APPLIED, states.FileState.DISCARDED} == set(states.FileState)


def test_no_query_lists_states_of_its_own():
    """Pitfall M20: modules ask for groups or named states; a state written as text stands in constraints of models only."""
    literal = re.compile(r"\b(?:state|status)(?:__in)?=[\[(]?\"[A-Z]{3,}\"")
    wrong = [
        f"{source.name}:{number}"
        for source in product()
        if source.parts[0] == "modules"
        and not source.is_test
        and not source.is_migration
        and "models" not in source.parts
        and source.path.name != "composition.py"
        for number, line in enumerate(source.text.splitlines(), 1)
        if literal.search(line) and "Job.objects" not in line
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_said_is_what_was_done(country, people, payroll):
    """Pitfall P4: ordering long work never says “done”: the page tells what is under way, then what came of it, as the rows are."""
    client = browser(people[0])
    page = reverse("payments:payroll_detail", args=[payroll.pk])
    number = PayrollLine.objects.order_by("pk").first().number_text
    file = confirmed(results(payroll, [(number, "yes", 30_000, "R1"), ("T-99", "yes", 1, "R")], people[0]), people[2])
    assert (file.good_count, file.bad_count) == (1, 1) and PayrollLine.objects.filter(result_file=file).count() == 1
    programme = make_programme()
    village(programme, country["Almond"], 2)
    fund = make_fund(programme)
    cycle = services.save_cycle(
        programme=programme, names={"en": "C"}, starts_on=payroll.cycle.starts_on, ends_on=payroll.cycle.ends_on,
        freeze_on=payroll.cycle.freeze_on, actor=people[0],
    )  # fmt: skip
    made = services.generate_payroll(cycle=cycle, areas=[country["North"]], amount=Money(100, "SZF"), fund=fund, actor=people[0])
    shown = reverse("payments:payroll_detail", args=[made.pk])
    before = said(client.get(shown))
    assert "being calculated" in before and Job.objects.filter(state="WAITING").count() == 1
    run_until_idle()
    assert "being calculated" not in said(client.get(shown)) and "2" in said(client.get(shown)) and client.get(page).status_code == 200


def test_one_process_and_one_file_are_enough():
    """Pitfall P5: no broker, no cache server, no second database: a file and the packages of one list."""
    needs = " ".join(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]).lower()
    assert not [name for name in ("celery", "redis", "rabbit", "kafka", "memcache", "elastic", "kombu") if name in needs]
    environment = (ROOT / "src" / "coremis" / "project" / "environment.py").read_text()
    assert 'data_dir / "coremis.sqlite3"' in environment and list(settings.DATABASES) == ["default"]


RAW = re.compile(r"""[{\[]\s*["']\w+["']\s*:|\b(?:None|True|False|null)\b|&(?:quot|#x27);|_minor\b|\b[a-z]+_id\b""")


def test_decisions_are_shown_in_words(country, people):
    """Pitfall P6: whoever decides sees sentences, names and amounts; no stored data and no code words, before and after."""
    profile = make_profile("deciders", "approvals.approve_request", "payments.view_payroll", "programmes.view_programme")
    maker = people[0]
    programme = make_programme()
    village(programme, country["Almond"], 3)
    payroll = calculated(programme, [country["North"]], maker)
    asked = {
        services.approve_payroll: {"payroll": payroll},
        change_status_matching: {
            "programme": programme, "areas": [country["North"]], "from_status": Status.ACTIVE, "to_status": Status.SUSPENDED,
            "reason": Reason.FUNDS_INTERRUPTED, "condition": "size >= 1",
        },
        change_programme: {"programme": programme, "names": {"en": "New name"}, "starts_on": programme.starts_on, "max_beneficiaries": 9},
        ACTIONS["access.save_profile"]: {"code": "x", "names": {"en": "Clerks"}, "permissions": ["payments.view_payroll"]},
    }  # fmt: skip
    boss = everyone(country["Testland"], "boss")[0]
    rights = make_profile("everything", *(action.name for action in asked), "approvals.submit_request", "programmes.view_programme")
    with maintenance("rights"):
        type(boss.assignments.get())(user=boss, profile=rights, area=country["Testland"], valid_from=programme.starts_on).save()
        type(boss.assignments.first())(user=people[2], profile=profile, area=country["Testland"], valid_from=programme.starts_on).save()
    decider, wrong = browser(people[2]), {}
    for action, inputs in asked.items():
        make_route(action.name, country["Testland"], profile)
        request = submit(action, inputs, actor=type(boss).objects.get(pk=boss.pk)).request
        page = decider.get(reverse("administration:request", args=[request.pk]))
        if page.status_code != 200 or (found := RAW.search(said(page))):
            wrong[action.name] = page.status_code if page.status_code != 200 else (found[0], said(page)[:600])
    assert not wrong
