"""From a file to records: sent, matched, checked, corrected, approved, taken in, reported."""

import io
from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request, return_request
from coremis.kernel.areas.models import FormerArea
from coremis.kernel.base.refusal import NeedsApproval, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.exchange import rows
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.correcting import correct_rows
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import cancel_batch, send_file
from coremis.kernel.exchange.tests.sample import MAPPING, OPTIONS, SAMPLE, TITLES, send
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import open_attachment, path_of
from coremis.kernel.files.writing import DATE, NUMBER, Sheet, SheetColumn, write_xlsx
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_user

pytestmark = pytest.mark.django_db

GOOD = "A1;Old Almond;N1A;01/02/2019;x;3;old\nB1;Old Beech;Northfield/Beech;;x;;\n"
BAD = "C1;Nobody;N2A;;y;;\n;No code;N2A;;;;\nD1;Far;S1A;31/02/2019;y;2,5;odd\nE1;Innocent;N2A;;y;;\n"


def checked(actor, area, text, name="names.csv"):
    batch = send(actor, area, text, name)
    batch = check_batch(batch=batch, mapping=MAPPING, options=OPTIONS, actor=actor)
    run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def taken_in(batch, people):
    maker, checker = people
    approve_request(request=submit_batch(batch, actor=maker).request, actor=checker)
    run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def test_it_works(country, people):
    batch = checked(people[0], country["North"], GOOD)
    assert (batch.state, batch.row_count, batch.good_count, batch.bad_count) == ("CHECKED", 2, 2, 0)
    batch = taken_in(batch, people)
    assert (batch.state, batch.applied_count, batch.unchanged_count) == ("APPLIED", 2, 0)
    assert set(FormerArea.objects.values_list("area__name", "name", "code")) == {
        ("Almond", "Old Almond", "A1"),
        ("Beech", "Old Beech", "B1"),
    }
    assert batch.job.report == {"applied": 2, "unchanged": 0, "bad": 0}


def test_the_columns_are_guessed(country, people):
    batch = send(people[0], country["North"], GOOD)
    assert batch.mapping == {code: [title] for code, title in MAPPING.items()}
    assert batch.headers == TITLES.strip().split(";")
    assert batch.source_file.name == "names.csv"


def test_every_problem_by_row_column_value_and_reason(country, people):
    """pitfall D3"""
    batch = checked(people[0], country["North"], GOOD + BAD)
    assert (batch.good_count, batch.bad_count) == (2, 4)
    told = {row.number: [(p["column"], p["value"], p["text"]) for p in row.problem_texts] for row in BatchRow.objects.filter(state="BAD")}
    assert told == {
        4: [("name", "Nobody", "This name is not used.")],
        5: [("code", "", "This is required. Fill it in.")],
        6: [
            ("place", "S1A", "“S1A” is no place in North. Write its code or its full path."),
            ("until", "31/02/2019", "“31/02/2019” is not a date. Write day/month/year, or the year alone."),
            ("size", "2,5", "“2,5” is not a whole number."),
            ("sort", "odd", "“odd” is not one of the choices: old, new."),
        ],
        7: [("family", "", "Another row of this family is wrong.")],
    }
    assert ["place", "“%(value)s” is no place in %(area)s. Write its code or its full path.", 1] in batch.problem_counts


def test_rejected_rows_go_home_and_come_back(country, people):
    batch = checked(people[0], country["North"], GOOD + BAD)
    with open_attachment(batch.rejected_file) as content:
        table = open_table(content)
        found = list(table.rows())
    assert table.headers == [*batch.headers, "Row", "To correct"]
    assert found[0][1] == ["C1", "Nobody", "N2A", None, "y", None, None, "4", "Name: This name is not used."]
    assert [cells[-2] for _number, cells in found] == ["4", "5", "6", "7"]
    batch = taken_in(batch, people)
    assert (batch.applied_count, batch.bad_count) == (2, 4)
    again = checked(people[0], country["North"], "C1;Somebody;N2A;;y;;\nE1;Innocent;N2A;;y;;\n", "names - rows to correct.csv")
    assert taken_in(again, people).applied_count == 2


def test_rows_are_corrected_here(country, people):
    batch = checked(people[0], country["North"], GOOD + BAD)
    with pytest.raises(Refusal, match="Row 99"):
        correct_rows(batch=batch, corrections={"99": {"name": "x"}}, actor=people[0])
    fixed = {"4": {"name": "Somebody"}, "6": {"place": "Cedar", "until": "", "size": "2", "sort": "Ancien"}}
    correct_rows(batch=Batch.objects.get(pk=batch.pk), corrections=fixed, actor=people[0])
    run_until_idle()
    batch = Batch.objects.get(pk=batch.pk)
    assert (batch.good_count, batch.bad_count) == (5, 1)
    assert path_of(batch.sha256).read_text() == TITLES + GOOD + BAD


def test_the_same_file_again_changes_nothing(country, people):
    """pitfall D2"""
    batch = taken_in(checked(people[0], country["North"], GOOD), people)
    with pytest.raises(Refusal, match="already imported on .*nothing to do"):
        send(people[0], country["North"], GOOD, "another name.csv")
    resaved = checked(people[0], country["North"], GOOD + "\n", "names.csv")
    resaved = taken_in(resaved, people)
    assert (resaved.applied_count, resaved.unchanged_count) == (0, 2)
    assert FormerArea.objects.count() == batch.applied_count == 2


def test_the_same_file_while_it_is_open(country, people):
    first = send(people[0], country["North"], GOOD)
    with pytest.raises(Refusal, match="already sent on"):
        send(people[0], country["North"], GOOD)
    with pytest.raises(IntegrityError), maintenance("a second import of the same file"):
        Batch(import_kind=first.import_kind, sha256=first.sha256, area=first.area, name="x").save()
    cancel_batch(batch=first, actor=people[0])
    assert send(people[0], country["North"], GOOD).pk != first.pk


def test_values_that_stand_twice_are_told_on_both_rows(country, people):
    """pitfall D4"""
    batch = checked(people[0], country["North"], "A1;One;N1A;;;;\nB1;Two;N1A;;;;\nA1;One;N1A;;;;\n")
    assert set(BatchRow.objects.filter(state="BAD").values_list("number", flat=True)) == {2, 4}
    assert "2, 4" in BatchRow.objects.get(number=2, batch=batch).problem_texts[0]["text"]


def test_a_second_person_must_agree(country, people):
    """pitfall S14: no path around the approval."""
    maker, checker = people
    batch = checked(maker, country["North"], GOOD)
    with pytest.raises(NeedsApproval):
        apply_batch(batch=batch, actor=maker)
    request = submit_batch(batch, actor=maker).request
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=maker)
    with pytest.raises(Refusal, match="waits for approval"):
        correct_rows(batch=batch, corrections={"2": {"name": "Changed"}}, actor=maker)
    return_request(request=request, note="Which year?", actor=checker)
    correct_rows(batch=batch, corrections={"2": {"name": "Changed"}}, actor=maker)
    assert not FormerArea.objects.exists()


def test_places_and_rights_hold(country, people):
    """pitfall S10"""
    maker = people[0]
    with pytest.raises(OutsidePlaces):
        send(maker, country["South"], GOOD)
    weak = make_user("weak", "exchange.create_batch", "exchange.view_batch", area=country["North"])
    with pytest.raises(NotPermitted):
        send(weak, country["North"], GOOD)
    batch = send(maker, country["North"], GOOD)
    other = make_user("other", "exchange.view_batch", area=country["South"])
    assert list(Batch.objects.visible_to(weak, "exchange.view_batch")) == [batch]
    assert not Batch.objects.visible_to(other, "exchange.view_batch").exists()


def test_what_apply_refuses_is_reported(country, people):
    """pitfall M10: the report equals the effect."""
    batch = taken_in(checked(people[0], country["North"], GOOD + "F1;Too late;N2A;;;;\n"), people)
    assert (batch.applied_count, batch.bad_count) == (2, 1)
    assert batch.rejected_file is not None
    assert FormerArea.objects.count() == 2


def test_every_row_knows_its_event_and_import(country, people):
    """pitfall D1"""
    batch = taken_in(checked(people[0], country["North"], GOOD), people)
    event = Event.objects.get(pk=FormerArea.objects.first().created_event_id)
    assert (event.action, event.job_id) == ("exchange.apply_batch", batch.job_id)
    assert Event.objects.get(pk=event.cause_id).actor_id == people[0].pk
    assert Request.objects.get().state == "APPROVED"


def test_chunks_keep_groups_whole_and_statements_few(country, people, monkeypatch):
    """pitfall P1"""
    text = "".join(f"K{n};Name {n};N1A;;{n % 7};;\n" for n in range(60))
    counts = {}
    for chunk in (60, 13):
        monkeypatch.setattr(rows, "CHUNK", chunk)
        batch = send(people[0], country["North"], text.replace("K", f"K{chunk}"))
        check_batch(batch=batch, mapping=MAPPING, options=OPTIONS, actor=people[0])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run_until_idle()
        counts[chunk] = len(queries)
        assert taken_in(Batch.objects.get(pk=batch.pk), people).applied_count == 60
    assert counts[60] < 80


def test_a_workbook_brings_dates_and_numbers(country, people):
    target = io.BytesIO()
    columns = [SheetColumn("id"), SheetColumn("NAME"), SheetColumn("place"), SheetColumn("valid until", DATE), SheetColumn("size", NUMBER)]
    write_xlsx(
        target, [Sheet("Read me", [SheetColumn("Help")], [["x"]]), Sheet("Data", columns, [["007", "Old", "n1a", date(2019, 2, 1), 3]])]
    )
    batch = send_file(target, "names.csv", kind=SAMPLE.name, area=country["North"], actor=people[0])
    batch = check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=people[0])
    run_until_idle()
    assert BatchRow.objects.get(batch=batch).values == {
        "code": "007",
        "name": "Old",
        "place": country["Almond"].pk,
        "until": "2019-02-01",
        "size": 3,
    }
    taken_in(Batch.objects.get(pk=batch.pk), people)
    assert str(FormerArea.objects.get().valid_until) == "2019-02-01"


def test_rubbish_is_refused_before_anything_is_kept(country, people):
    with pytest.raises(Refusal, match="web page"):
        send_file(io.BytesIO(b"<html>"), "names.xlsx", kind=SAMPLE.name, area=country["North"], actor=people[0])
    assert not Batch.objects.exists()


def test_a_double_click_makes_one_import(country, people):
    key = {"kind": SAMPLE.name, "area": country["North"], "actor": people[0], "key": "form-1"}
    first, second = (send_file(io.BytesIO((TITLES + GOOD).encode()), "a.csv", **key) for _time in range(2))
    assert first == second
