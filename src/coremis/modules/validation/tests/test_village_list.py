"""The village list on paper, and the workbook that comes back."""

import io
import zipfile

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.services import approve_request
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import send_file
from coremis.kernel.files.storage import path_of
from coremis.kernel.files.writing import Sheet, SheetColumn, write_xlsx
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_profile, make_route, make_user
from coremis.modules.targeting.models import Rejection, Verdict
from coremis.modules.validation import services
from coremis.modules.validation.imports import ANSWERS
from coremis.modules.validation.models import VillageList
from coremis.modules.validation.tests.sample import WRITES, entries, open_validation

pytestmark = pytest.mark.django_db
LIST, NUMBER, NAME, OUTCOME, RANK, ANSWER, REASON, NOTE = 0, 1, 2, 4, 5, 7, 8, 9


@pytest.fixture
def land(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return build_country()


@pytest.fixture
def people(land):
    """Somebody who brings answers, and somebody who agrees."""
    checkers = make_profile("checkers", "approvals.approve_request", "exchange.view_batch")
    make_route(apply_batch.name, land["Testland"], checkers)
    rights = [f"exchange.{right}" for right in ("create_batch", "check_batch", "apply_batch", "view_batch")]
    maker = make_user("maker", *WRITES, "approvals.submit_request", "targeting.view_stageentry", *rights, area=land["Testland"])
    return maker, make_user("checker", area=land["Testland"], profile=checkers)


def taken(run, area, actor, paper="XLSX", language="en"):
    made = services.take_village_list(run=run, area=area, paper=VillageList.Paper(paper), language=language, actor=actor)
    return path_of(made.sha256).read_bytes()


def rows_of(content):
    """The cells of the first sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def checked(rows, people, land):
    """The rows as an import, checked."""
    file = io.BytesIO()
    write_xlsx(file, [Sheet("1", [SheetColumn(title) for title in rows[0]], rows[1:])])
    batch = send_file(io.BytesIO(file.getvalue()), "answers.xlsx", kind=ANSWERS.name, area=land["Testland"], actor=people[0])
    batch = check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=people[0])
    run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def brought(rows, people, land):
    """The rows as an import, checked and, where something is good, taken in."""
    batch = checked(rows, people, land)
    if batch.good_count:
        approve_request(request=submit_batch(batch, actor=people[0]).request, actor=people[1])
        run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def test_it_works(land, people):
    """Take the workbook, fill it in in French, bring it back: the answers are there; twice changes nothing."""
    village = land["Almond"]
    run = open_validation([village])
    content = taken(run, village, people[0], language="fr")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<sheetProtection" in parts.read("xl/worksheets/sheet1.xml") and b'locked="0"' in parts.read("xl/styles.xml")
    rows = rows_of(content)
    with translation.override("fr"):
        rows[1][ANSWER], rows[2][ANSWER] = str(Verdict.CONFIRMED.label), str(Verdict.REJECTED.label).upper()
        rows[2][REASON], rows[2][NOTE] = str(Rejection.NOT_HERE.label), "Parti en ville"
    batch = brought(rows, people, land)
    assert (batch.bad_count, batch.applied_count) == (0, 2), list(BatchRow.objects.filter(state="BAD").values_list("problems", flat=True))[
        :1
    ]
    first, second = entries(run, village, "SELECTED")[:2]
    assert (first.verdict, second.verdict, second.reason, second.note) == ("CONFIRMED", "REJECTED", "not_here", "Parti en ville")
    rows[1][NOTE] = " "  # another file that says the same
    again = brought(rows, people, land)
    assert (again.applied_count, again.bad_count) == (0, 0)


def test_protected_cells_are_compared(land, people):
    village = land["Almond"]
    run = open_validation([village])
    rows = rows_of(taken(run, village, people[0]))
    rows[1][NAME] = "Somebody Else"
    rows[5][OUTCOME] = "selected"
    rows[2][RANK] = 99
    rows[3][LIST] = "NOSUCHCODE"
    rows[4][NUMBER] = "H-1-11"
    rows[6][ANSWER] = "rejected"
    batch = brought(rows, people, land)
    told = {row.number: [problem["column"] for problem in row.problems] for row in BatchRow.objects.filter(batch=batch, state="BAD")}
    assert sorted(column for columns in told.values() for column in columns) == ["list", "name", "number", "outcome", "rank", "reason"]


def test_a_list_has_versions_and_copies(land, people):
    village = land["Almond"]
    run = open_validation([village])
    for _time in range(2):
        assert taken(run, village, people[0], "PDF").startswith(b"%PDF-")
    assert list(VillageList.objects.order_by("pk").values_list("number", "copy", "listed")) == [(1, 0, 12), (1, 1, 12)]
    entry = entries(run, village, "SELECTED")[0]
    with maintenance("test"):
        entry.outcome, entry.reason = "NOT_SELECTED", "not_here"
        entry.save()
    taken(run, village, people[0], "PDF")
    assert VillageList.objects.latest("pk").number == 2


def test_one_list_for_each_village_and_none_from_outside(land, people):
    run = open_validation([land["Almond"], land["Beech"]])
    taken(run, land["Northfield"], people[0], "PDF")
    assert VillageList.objects.count() == 2
    with pytest.raises(Refusal):
        services.take_village_list(run=run, area=land["Fig"], actor=people[0])


def test_one_row_for_each_and_only_of_its_own_list(land, people):
    """Two rows about one say two things, and a row pasted under the code of another list belongs to nobody there."""
    almond, beech = land["Almond"], land["Beech"]
    run = open_validation([almond, beech])
    rows, others = rows_of(taken(run, almond, people[0])), rows_of(taken(run, beech, people[0]))
    rows[1][ANSWER] = "confirmed"
    rows.append([*rows[1][:ANSWER], "rejected", "deceased", ""])
    rows.append([rows[1][LIST], *others[1][1:]])
    batch = brought(rows, people, land)
    told = {row.number: row.problems[0]["column"] for row in BatchRow.objects.filter(batch=batch, state="BAD")}
    assert told == {len(rows) - 1: "number", len(rows): "number"}
    assert entries(run, almond, "SELECTED")[0].verdict == "CONFIRMED"


def test_the_lists_of_several_villages_come_back_together(land, people):
    """One sheet holds them all: of several, only the first would be read."""
    run = open_validation([land["Almond"], land["Beech"]])
    content = taken(run, land["Northfield"], people[0])
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names) == 1
    rows = rows_of(content)
    for row in rows[1:]:
        row[ANSWER] = "confirmed" if row[OUTCOME] in ("selected", "waiting list") else ""
    brought(rows, people, land)
    for name in ("Almond", "Beech"):
        assert {entry.verdict for entry in entries(run, land[name], "SELECTED")} == {"CONFIRMED"}
