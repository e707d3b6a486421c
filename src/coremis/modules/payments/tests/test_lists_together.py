"""The lists of many points, read together: the same numbers as one by one, and as many statements for many as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.jobs import worker
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.paper import contents
from coremis.modules.payments.paper.contents import facts_of, lines_of, planned_parts
from coremis.modules.payments.services import papers
from coremis.modules.payments.services.papers import ListFormat
from coremis.modules.payments.tests.at_points import change, put
from coremis.modules.payments.tests.sample import calculated, everyone, make_programme, settled, village
from coremis.modules.points.tests.sample import make_point

pytestmark = pytest.mark.django_db
VILLAGES = ("Almond", "Beech", "Date palm", "Ebony", "Fig")
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


@pytest.fixture
def officer(country):
    return everyone(country["Testland"], "officer")[0]


def paid_at(country, officer, households, points=VILLAGES[:4]):
    """A payroll with so many payments in each of five villages; the last village has no point."""
    programme = make_programme()
    for name in VILLAGES:
        village(programme, country[name], households)
    payroll = calculated(programme, [country["Testland"]], officer, amount=1_000)
    for name in points:
        put(payroll, make_point(country[name], f"Market {name}"), country[name])
    return payroll


def told(lines):
    return [(line.pk, line.order_number) for line in lines if line.state != "HELD"]


def test_it_works(country, officer, monkeypatch):
    """Parts that begin and end within villages, with a held payment: each has the payments and numbers it has by itself."""
    monkeypatch.setattr(contents, "PART", 4)
    payroll = paid_at(country, officer, 3, points=("Beech",))
    change(payroll.lines.order_by("pk")[1], state="HELD", hold_reason="FLAGGED")
    planned = planned_parts(payroll)
    assert [(part.point is None, part.first, part.last) for part, _facts in planned] == [
        (False, 1, 3), (True, 1, 4), (True, 5, 8), (True, 9, 12),
    ]  # fmt: skip
    read = lines_of(payroll, [part for part, _facts in planned])
    assert [told(lines) for lines in read] == [told(part.lines()) for part, _facts in planned]
    assert sum(len(lines) for lines in read) == 15
    for (part, facts), lines in zip(planned, read, strict=True):
        assert facts.digest == part.facts().digest == facts_of(part, lines).digest
        assert (facts.count, facts.not_listed, set(facts.areas)) == (part.facts().count, part.facts().not_listed, set(part.areas))


def test_a_place_under_two_names(country, officer, monkeypatch):
    """Renamed while the payroll was calculated: it stands twice on the list, and is numbered as on the list all the same."""
    monkeypatch.setattr(contents, "PART", 4)
    payroll = paid_at(country, officer, 3, points=())
    change(PayrollLine.objects.filter(payroll=payroll, area=country["Almond"]).first(), area_name="Zebra")
    planned = planned_parts(payroll)
    taken = [item for group in papers._taken(payroll, [[(part, paper(facts))] for part, facts in planned]) for item in group]
    assert [told(item.lines()) for item in taken] == [told(part.lines()) for part, _facts in planned]


def paper(facts):
    """What was noted of a paper."""
    return papers.TakenPaper(digest=facts.digest, line_count=facts.count)


@pytest.mark.parametrize("file_format", [ListFormat.ZIP, ListFormat.PDF, ListFormat.XLSX])
def test_statements(country, officer, monkeypatch, file_format):
    """Pitfall P1: a chunk takes at most eight statements, whatever the number of its points and payments."""
    monkeypatch.setattr(papers, "AT_ONCE", 1)
    counts, original = [], worker.run_chunk

    def counted(job, kind, work, lease):
        begun = job.begun
        with CaptureQueriesContext(connection) as seen:
            more = original(job, kind, work, lease)
        if begun and more:
            counts.append(len([query for query in seen.captured_queries if not query["sql"].startswith(CONTROL)]))
        return more

    monkeypatch.setattr(worker, "run_chunk", counted)
    most = []
    for households, files in ((1, 2), (4, 2), (4, 4)):  # payments in a village, villages in a chunk
        monkeypatch.setattr(papers, "IN_A_CHUNK", households * files)
        monkeypatch.setattr(papers, "IN_A_FILE", households * 2)
        payroll = paid_at(country, officer, households)
        counts.clear()
        services.take_payee_list(payroll=payroll, file_format=file_format, cash_sheets=True, actor=officer)
        settled(payroll)
        assert counts
        most.append(max(counts))
    assert len(set(most)) == 1 and most[0] <= 8, most
