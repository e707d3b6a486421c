"""Long work: progress, report in words, cancel, try again."""

import pytest

from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.screens import exports
from coremis.modules.administration.tests.house import send, signed_in

WORK = "/administration/work/"
PART = {"HX-Request": "true"}


@pytest.fixture
def job(people):
    return enqueue("administration.verify_history", actor_id=people["data"].pk, total=40)


def test_it_works(people, job):
    """The page renews its part while the work runs, and ends with a report in words."""
    client, address = signed_in(people["data"]), f"{WORK}{job.pk}/"
    page = client.get(address).content.decode()
    assert "Prove the history" in page and f'hx-get="{address}?progress=yes"' in page and "close this page" in page
    part = client.get(f"{address}?progress=yes", headers=PART).content.decode()
    assert part.startswith('<div id="progress"') and "<html" not in part
    run_until_idle()
    ended = client.get(f"{address}?progress=yes", headers=PART).content.decode()
    assert "hx-get" not in ended and "Entries proved" in ended and "findings" not in ended
    assert "Done" in client.get("/administration/my-work/").content.decode()


def test_cancelled_by_the_one_who_ordered_it(people, job):
    assert send(signed_in(people["data"]), f"{WORK}{job.pk}/cancel/").status_code == 303
    assert Job.objects.get(pk=job.pk).state == State.CANCELLED
    again = send(signed_in(people["it"]), f"{WORK}{job.pk}/retry/")
    assert again.status_code == 422 and "Only failed work" in again.content.decode()


def test_tried_again_by_the_administrator(people, job):
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, problem="The line was cut.")
    client = signed_in(people["it"])
    page = client.get(f"{WORK}{job.pk}/").content.decode()
    assert "The line was cut." in page and "Try again" in page
    assert send(client, f"{WORK}{job.pk}/retry/").status_code == 303
    assert Job.objects.get(pk=job.pk).state == State.WAITING


def test_the_administrator_sees_no_figures_of_others(people, job):
    """Report and log may speak of people and money: only for who ordered it, and for the auditor."""
    Job.objects.filter(pk=job.pk).update(state=State.DONE, report={"total_minor": 374_460_000, "lines": 12_482, "secret_key": 1})
    shown = {seat: signed_in(people[seat]).get(f"{WORK}{job.pk}/").content.decode() for seat in ("data", "it", "auditor")}
    assert "SZF\u00a0374,460,000" in shown["data"] and "12,482" in shown["auditor"] and "374,460,000" not in shown["it"]
    assert not any("total_minor" in page or "secret_key" in page for page in shown.values())


def test_a_long_export_ends_with_a_file(people, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    client = signed_in(people["auditor"])
    client.post("/administration/areas/", {"do": "export", "format": "csv"})
    run_until_idle()
    job = Job.objects.get(kind="screens.export_table")
    page = client.get(f"{WORK}{job.pk}/").content.decode()
    assert "Take the file home" in page and "File of a list: Administrative units" in page
    assert ".csv" in client.get("/administration/my-work/").content.decode()
    address = page.split('href="/files/')[1].split('"')[0]
    assert b"Almond" in b"".join(client.get(f"/files/{address}").streaming_content)
    assert signed_in(people["it"]).get(f"/files/{address}").status_code == 404
