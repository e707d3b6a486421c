"""Taking a list home: the file, who may, what is noted, and long ones as work."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.money import Money
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.screens.exports import my_downloads
from coremis.kernel.screens.jobs import append_rows, cut_to_size, packed, stored_rows, unpacked
from coremis.kernel.testing.cast import again, make_user

pytestmark = pytest.mark.urls("coremis.kernel.screens.tests.sample_urls")
LIST = "/sample/areas/"


@pytest.fixture
def reader(country, client):
    user = make_user("reader", "areas.view_area", "screens.export_list", area=country["North"])
    client.force_login(user)
    return user


def rows_of(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_it_works(reader, client, country):
    """pitfall S10, S13: only my places, and the reading is noted."""
    answer = client.post(f"{LIST}?level=3&sort=-name", {"do": "export", "format": "csv"})
    assert answer["Content-Disposition"].startswith('attachment; filename="areas-')
    titles, *rows = rows_of(answer)
    assert titles == ["Name", "Code", "Level", "Until", "State", "Cost", "Secret"]
    assert [row[:3] for row in rows] == [["Cedar", "N2A", "Village"], ["Beech", "N1B", "Village"], ["Almond", "N1A", "Village"]]
    assert rows[2][5] == str(country["Almond"].pk * 100) and rows[2][6] == ""
    event = Event.objects.get(action="screens.export_list")
    asked = Change.objects.get(event=event, kind=Change.INPUTS).before
    assert event.actor_id == reader.pk and asked["row_count"] == 3 and asked["address"] == f"{LIST}?level=3&sort=-name"


def test_a_workbook_has_numbers_as_numbers(reader, client, country):
    answer = client.post(f"{LIST}?code=N1A", {"do": "export", "format": "xlsx"})
    cells = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert cells[1][0] == "Almond" and cells[1][5] == country["Almond"].pk * 100


def test_a_searched_name_is_not_in_the_history(reader, client):
    address = client.post(LIST, {"search": "almond"})["Location"]
    assert len(rows_of(client.post(address, {"do": "export", "format": "csv"}))) == 2
    asked = Change.objects.get(kind=Change.INPUTS, before__has_key="row_count").before
    assert "almond" not in str(asked).lower()


def test_refusals(reader, client, country):
    for query, data in [("?level=9", "csv"), ("", "exe"), ("?q=99", "csv")]:
        answer = client.post(LIST + query, {"do": "export", "format": data})
        assert answer.status_code == 303
    assert not Event.objects.filter(action="screens.export_list").exists()
    client.force_login(make_user("nofiles", "areas.view_area", area=country["North"]))
    page = client.get(LIST)
    assert b'name="format"' not in page.content
    assert client.post(LIST, {"do": "export", "format": "csv"}).status_code == 403
    client.force_login(make_user("noview", "screens.export_list", area=country["North"]))
    assert client.post(LIST, {"do": "export", "format": "csv"}).status_code == 403


@pytest.fixture
def long_list(reader, client, monkeypatch):
    """The export of six rows as work, in chunks of two."""
    monkeypatch.setattr("coremis.kernel.screens.exports.AT_ONCE", 3)
    monkeypatch.setattr("coremis.kernel.screens.jobs.CHUNK", 2)
    answer = client.post(f"{LIST}?sort=-name", {"do": "export", "format": "csv"})
    assert answer.status_code == 303 and answer["Location"] == f"{LIST}?sort=-name"
    return Job.objects.get(kind="screens.export_table")


def test_a_long_list_becomes_work(reader, client, long_list, country):
    """pitfall P3"""
    run_until_idle()
    long_list.refresh_from_db()
    assert long_list.state == State.DONE and long_list.report["rows"] == 6
    attachment = my_downloads(again(reader)).get()
    answer = client.get(f"/files/{attachment.pk}/")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert sorted(row[0] for row in rows[1:]) == ["Almond", "Beech", "Cedar", "North", "Northfield", "Northlake"]
    client.force_login(make_user("other", "areas.view_area", "screens.export_list", area=country["Testland"]))
    assert client.get(f"/files/{attachment.pk}/").status_code == 404


def test_rights_are_read_again_when_it_runs(reader, long_list):
    """pitfall S6, S14"""
    with maintenance("test"):
        assignment = Assignment.objects.get(user=reader)
        assignment.profile.permissions = ["areas.view_area"]
        assignment.profile.save()
    run_until_idle()
    long_list.refresh_from_db()
    assert long_list.state == State.FAILED and not my_downloads(again(reader)).exists()


def test_a_killed_worker_leaves_no_half_chunk(tmp_path):
    part = tmp_path / "x.rows"
    assert cut_to_size(part, 0)
    size = append_rows(part, [["a", 1], ["b", None]])
    append_rows(part, [["half", 2]])
    assert cut_to_size(part, size) and list(stored_rows(part)) == [["a", 1], ["b", None]]
    assert not cut_to_size(part, size + 1) and list(stored_rows(part)) == []


def test_values_survive_the_wait():
    for value in [Money(5, "XOF"), Decimal("1.50"), date(2026, 3, 1), datetime(2026, 3, 1, 8, tzinfo=UTC), "x", 3, None]:
        assert unpacked(packed(value)) == value
