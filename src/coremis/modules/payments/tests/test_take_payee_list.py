import io
import zipfile
from collections import Counter

import pytest
from django.db.models import Sum

from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.pdf import write_papers
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import path_of
from coremis.kernel.files.tests.reading_pdf import pages_of
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine, TakenPaper
from coremis.modules.payments.services import papers
from coremis.modules.payments.services.papers import ListFormat
from coremis.modules.payments.tests.at_points import change, put
from coremis.modules.payments.tests.sample import calculated, enrol, everyone, make_programme, village
from coremis.modules.points.tests.sample import make_point
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(country):
    return everyone(country["Testland"], "officer")[0]


@pytest.fixture
def payroll(country, officer):
    """Two at North, 23 in two villages at South, one in Fig without a point."""
    programme = make_programme(currency="USD")
    enrol(programme, make_household(country["Almond"], head={"given_names": "=cmd()", "surname": "N'Diaye"}))
    enrol(programme, make_household(country["Almond"], head={"given_names": "Aimée", "surname": ""}))
    village(programme, country["Date palm"], 15)
    village(programme, country["Ebony"], 8)
    village(programme, country["Fig"], 1)
    payroll = calculated(programme, [country["Testland"]], officer, amount=1_234)
    put(payroll, make_point(country["North"], "North market"), country["North"])
    put(payroll, make_point(country["Southfield"], "South school"), country["Southfield"])
    return payroll


@pytest.fixture(autouse=True)
def readable(monkeypatch):
    """PDF without compression, so that their text can be read."""
    monkeypatch.setattr(papers, "write_papers", lambda *args, **more: write_papers(*args, **more, compressed=False))


def content(attachment):
    return path_of(attachment.sha256).read_bytes()


def point_of(payroll, name):
    return payroll.lines.filter(point__name=name).first().point


def take(payroll, actor, file_format=ListFormat.PDF, **more):
    return services.take_payee_list(payroll=payroll, file_format=file_format, actor=actor, **more)


def page_totals(page):
    return [int(page[at + 1].split(" ")[1].replace(".", "")) for at, text in enumerate(page) if text.startswith("Total of this page")]


def test_it_works(officer, payroll):
    """Pitfall M2: every payment of the payroll once over all points; page totals sum to the payroll's; those without a point are last."""
    pages = pages_of(content(take(payroll, officer)))
    numbers = Counter(text for page in pages for text in page if text.startswith("T-"))
    assert numbers == Counter(line.number_text for line in payroll.lines.all())
    assert sum(sum(page_totals(page)) for page in pages) == payroll.total_minor
    assert any("no payment point" in text for text in pages[-1]) and "Without a payment point" in pages[-1]
    assert "twelve US dollars and 34/100" in pages[0] and "Original" in pages[0] and "Version 1" in pages[0]
    assert not any(text.startswith("…") for page in pages for text in page)


def test_grand_total_of_each_point(officer, payroll):
    """The grand total of a list is what the payroll pays at that point, in figures and in words."""
    point = point_of(payroll, "South school")
    attachment = services.take_point_list(point=point, payroll_number=payroll.number, actor=officer)
    pages = pages_of(content(attachment))
    total = payroll.lines.filter(point=point).aggregate(total=Sum("amount_minor"))["total"]
    assert "Grand total: 23 payees" in pages[-1] and "USD 283.82" in pages[-1] and total == 28_382
    assert "two hundred and eighty-three US dollars and 82/100" in pages[-1]
    assert len(pages) == 3 and [text for text in pages[-1] if text.startswith("Page")] == ["Page 3 of 3"]
    assert sum(sum(page_totals(page)) for page in pages) == total
    assert [text for page in pages for text in page if text in ("Date palm", "Ebony")] == ["Date palm", "Ebony"]


def test_same_numbers_on_paper_and_in_the_workbook(officer, payroll):
    attachment = take(payroll, officer, ListFormat.ZIP)
    with zipfile.ZipFile(io.BytesIO(content(attachment))) as archive:
        assert [name.split("-", 1)[1].rsplit("-", 1)[1] for name in archive.namelist()] == ["payees.pdf"] * 3
        on_paper = {}
        for name in archive.namelist():
            for page in pages_of(archive.read(name)):
                on_paper.update({page[at]: page[at - 1] for at, text in enumerate(page) if text.startswith("T-")})
    point = point_of(payroll, "South school")
    book = services.take_point_list(point=point, payroll_number=payroll.number, file_format=ListFormat.XLSX, actor=officer)
    table = open_table(path_of(book.sha256))
    rows = [cells for _number, cells in table.rows() if cells[1]]
    assert len(rows) == 23 and all(on_paper[cells[1]] == str(cells[0]) for cells in rows)
    assert table.headers[7:9] == ["Amount (USD)", "Amount in words"] and str(rows[0][7]) == "12.34"


def test_versions_and_copies(officer, payroll):
    """The first print is the original, the next one copy 1; a held payment makes version 2, and each taking names who took it."""
    point = point_of(payroll, "South school")

    def marks():
        services.take_point_list(point=point, payroll_number=payroll.number, actor=officer)
        last = TakenPaper.objects.latest("pk")
        assert last.taken_by == officer
        return last.number, last.copy, last.line_count

    assert [marks(), marks()] == [(1, 0, 23), (1, 1, 23)]
    change(PayrollLine.objects.filter(point=point).last(), state="HELD", hold_reason="FLAGGED")
    assert [marks(), marks()] == [(2, 0, 22), (2, 1, 22)]
    assert len(set(TakenPaper.objects.values_list("code", flat=True))) == 4


def test_no_personal_data_in_the_code(officer, payroll):
    """The code on the pages is chance only (rulebook 2.11.3)."""
    take(payroll, officer)
    assert all(len(code) == 10 and code.isalnum() for code in TakenPaper.objects.values_list("code", flat=True))


def test_many_as_a_job(officer, payroll, monkeypatch):
    """Pitfall P3: many pages are written by a job, in chunks, with progress; only who asked may open the file."""
    monkeypatch.setattr(papers, "AT_ONCE", 5)
    monkeypatch.setattr(papers, "IN_A_CHUNK", 1)
    assert take(payroll, officer, ListFormat.ZIP) is None
    with pytest.raises(Refusal, match="being written"):
        take(payroll, officer)
    run_until_idle()
    job, attachment = Job.objects.latest("pk"), Attachment.objects.get()
    assert job.state == "DONE" and job.done == job.total == 26 and attachment.user_id == officer.pk
    assert TakenPaper.objects.filter(copy=0, number=1).count() == 3
    assert len(zipfile.ZipFile(io.BytesIO(content(attachment))).namelist()) == 3


def test_a_cancelled_job_uses_up_no_copy(officer, payroll, monkeypatch):
    monkeypatch.setattr(papers, "AT_ONCE", 5)
    take(payroll, officer)
    ask_cancel(Job.objects.latest("pk"))
    run_until_idle()
    assert not TakenPaper.objects.exists() and not Attachment.objects.exists()
    monkeypatch.setattr(papers, "AT_ONCE", 500)
    take(payroll, officer)
    assert set(TakenPaper.objects.values_list("copy", flat=True)) == {0}


def test_a_commune_officer_prints_only_his_points(country, payroll):
    """Pitfall S10: the list of a point needs the right where the point is, and where everybody on the list lives."""
    (commune,) = everyone(country["Southfield"], "commune")
    south, north = point_of(payroll, "South school"), point_of(payroll, "North market")
    services.take_point_list(point=south, payroll_number=payroll.number, actor=commune)
    with pytest.raises(OutsidePlaces):
        services.take_point_list(point=north, payroll_number=payroll.number, actor=commune)
    with pytest.raises(OutsidePlaces):
        take(payroll, commune)
    put(payroll, south, country["Fig"])
    with pytest.raises(OutsidePlaces, match="outside your places collect"):
        services.take_point_list(point=south, payroll_number=payroll.number, actor=commune)


def test_nobody_at_the_point(country, officer, payroll):
    with pytest.raises(Refusal, match="Nobody is paid at this point"):
        services.take_point_list(point=make_point(country["North"]), payroll_number=payroll.number, actor=officer)
