import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.jobs import worker
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    calculated,
    everyone,
    make_programme,
    released,
    results,
    settled,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


@pytest.fixture
def most(monkeypatch):
    """The statements of every chunk that is run, by the job's kind; transaction control is not counted."""
    counts = {}
    original = worker.run_chunk

    def counted(job, kind, work, lease):
        begun = job.begun
        with CaptureQueriesContext(connection) as context:
            more = original(job, kind, work, lease)
        said = [query["sql"] for query in context.captured_queries if not query["sql"].startswith(CONTROL)]
        if begun and more:
            counts.setdefault(job.kind, []).append(len(said))
        return more

    monkeypatch.setattr(worker, "run_chunk", counted)
    return counts


def steps(country, people, households, monkeypatch):
    """Everything that happens to a payroll, in chunks of a quarter of its payments."""
    monkeypatch.setattr("coremis.kernel.jobs.ranges.CHUNK", max(1, households // 4))
    programme = make_programme()
    village(programme, country["Almond"], households)
    calculator, sender, accountant = people
    payroll = released(approved(calculated(programme, [country["North"]], calculator, amount=1_000), calculator), sender)
    numbers = [line.number_text for line in PayrollLine.objects.filter(payroll=payroll).order_by("pk")]
    rows = [(number, "yes", 900 + 100 * (place % 3), f"R{place}") for place, number in enumerate(numbers[: len(numbers) // 2])]
    file = results(payroll, rows, calculator, name=f"{households}.csv")
    agree(services.confirm_results, accountant, file=file, missing_as_unpaid=True)
    settled(file)
    half = len(numbers) // 2
    rows = [(number, "yes", 1_100, f"L{place}") for place, number in enumerate(numbers[half:])]
    rows = [*rows[: half // 2], *((number, "returned", "", "", "moved") for number in numbers[half + half // 2 :])]
    rows += [(number, "reversed", "", "", "other") for number in numbers[:half]]
    second = results(payroll, [*rows, *((f"T-{place}", "yes", 1, "U") for place in range(half))], calculator, name=f"{households}-2.csv")
    agree(services.confirm_results, accountant, file=second)
    settled(second)
    settled(services.reissue_payroll(payroll=payroll, freeze_on=payroll.freeze_on, actor=calculator))
    village(programme, country["Almond"], households)
    second = approved(calculated(programme, [country["North"]], calculator, payroll.fund, payroll.cycle, amount=1_000), calculator)
    agree(services.cancel_payroll, calculator, payroll=second, reason="Wrong")
    settled(second)


def test_it_works(country, most, monkeypatch):
    """Pitfall P1: a chunk takes at most eight statements, and as many for forty payments as for eight."""
    people = everyone(country["Testland"], "calculator", "sender", "accountant")
    steps(country, people, 8, monkeypatch)
    few = {kind: max(counts) for kind, counts in most.items()}
    most.clear()
    steps(country, people, 40, monkeypatch)
    many = {kind: max(counts) for kind, counts in most.items()}
    assert set(many) == {f"payments.{name}" for name in (
        "calculate_payroll", "post_approval", "post_release", "read_results", "apply_results", "post_cancellation", "look_through",
        "calculate_reissue",
    )}  # fmt: skip
    assert many == few and max(many.values()) <= 8, (few, many)
