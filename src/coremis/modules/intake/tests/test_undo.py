"""Taking an import back: what it made and changed is reversed where nothing depends on it; the rest stays, with its reason."""

from contextlib import suppress

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.actions.models import Change
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange import rows
from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.exchange.undoing import undo_batch
from coremis.kernel.jobs import worker
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel, resume
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import everywhere
from coremis.modules.intake.tests.sample import GOOD, fresh, imported
from coremis.modules.intake.tests.test_resume import TEXT, Killed
from coremis.modules.registry.models import Document, Household, Membership, Person, Recipient
from coremis.modules.registry.services import change_person
from coremis.modules.registry.services.hooks import AfterMove
from coremis.modules.registry.tables import HouseholdTable, PersonTable

pytestmark = pytest.mark.django_db
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


def ask(batch, people):
    return submit(undo_batch, {"batch": fresh(batch)}, actor=people[0]).request


def taken_back(batch, people):
    approve_request(request=ask(batch, people), actor=people[1])
    run_until_idle()
    return fresh(batch)


def in_register(user):
    see = everywhere("registry.view_person", "registry.view_household")
    return PersonTable.visible(see).count(), HouseholdTable.visible(see).count()


def test_it_works(country, people):
    """Nothing is deleted, nothing is left in the register, and the same file can be taken in again."""
    batch = imported(people, country["North"], GOOD)
    undone = taken_back(batch, people)
    assert (undone.state, undone.undone_count, undone.kept_count) == ("UNDONE", 4, 0)
    assert in_register(people[0]) == (0, 0) and Person.everything.count() == 4
    assert not Membership.objects.filter(left_on=None).exists() and not Recipient.objects.filter(valid_until=None).exists()
    assert not Document.objects.filter(ended_on=None).exists()
    ana = Person.everything.get(given_names="Ana")
    assert Change.objects.filter(kind="registry.person", record_id=ana.pk).latest("pk").before["external_id"] == "P1"
    again = imported(people, country["North"], GOOD)
    assert (again.applied_count, again.warning_counts) == (4, [])
    assert in_register(people[0]) == (4, 2) and Person.objects.get(external_id="P1").number != ana.number


def test_former_values_come_back(country, people):
    """What an import changed gets its former values, also the place that all members follow, and the size."""
    imported(people, country["North"], GOOD)
    before = list(Household.objects.order_by("pk").values_list("head_name", "size", "address", "area", "search_name"))
    persons = list(Person.objects.order_by("pk").values_list("given_names", "sex", "birth_date", "birth_precision", "area", "phone"))
    moved = "H1;P1;N1B;Anabela;Silva;F;03/05/1980;head;yes;+99912345;own;CNI;1980-0001;At the market\nH1;P2;N1B;Ben;Silva;M;17/02/1977;spouse;;;;;;\n"
    batch = imported(people, country["North"], moved + "H1;P9;N1B;Eve;Silva;F;2020;child;;;;;;\n", "2.csv")
    assert Household.objects.get(external_id="H1").size == 4
    undone = taken_back(batch, people)
    assert (undone.undone_count, undone.kept_count) == (3, 0), list(BatchRow.objects.values_list("problems", flat=True))
    assert list(Household.objects.order_by("pk").values_list("head_name", "size", "address", "area", "search_name")) == before
    rows = Person.objects.order_by("pk")
    assert list(rows.values_list("given_names", "sex", "birth_date", "birth_precision", "area", "phone")) == persons


def test_what_was_changed_since_stays(country, people):
    """A later correction, wherever in the household: the household stays as a whole, with the reason by row, to be taken home."""
    batch = imported(people, country["North"], GOOD)
    change_person(person=Person.objects.get(external_id="P2"), given_names="Benjamin", actor=everywhere(change_person.name))
    undone = taken_back(batch, people)
    assert (undone.undone_count, undone.kept_count, undone.state) == (1, 3, "UNDONE")
    told = [row.problem_texts[-1]["text"] for row in BatchRow.objects.filter(batch=batch, state="KEPT").order_by("number")]
    assert "was changed since" in " ".join(told) and "See row" in told[0]
    assert undone.kept_file.name.endswith("rows not taken back.xlsx") and undone.rejected_file is None
    assert in_register(people[0]) == (3, 1)


def test_a_later_import_stays(country, people):
    batch = imported(people, country["North"], GOOD)
    imported(people, country["North"], "H2;P4;N1B;Daniel;Okoro;homme;1990-01-31;head;yes;;;;;\n", "2.csv")
    assert (taken_back(batch, people).kept_count, in_register(people[0])) == (1, (1, 1))


def test_not_twice_and_not_without_a_second_person(country, people):
    batch = imported(people, country["North"], GOOD)
    request = ask(batch, people)
    with pytest.raises(Refusal):
        approve_request(request=request, actor=people[0])
    with pytest.raises(Refusal):
        ask(batch, people)
    approve_request(request=request, actor=people[1])
    run_until_idle()
    with pytest.raises(Refusal, match="Nothing of this import"):
        undo_batch.body(batch=fresh(batch), actor=everywhere("registry.register_household"))


def test_killed_and_resumed(country, people, monkeypatch):
    """The worker dies after every chunk: in the end everything is taken back, each row once."""
    batch = imported(people, country["North"], TEXT)
    monkeypatch.setattr(rows, "CHUNK", 13)
    approve_request(request=ask(batch, people), actor=people[1])

    def die(*args):
        raise Killed

    monkeypatch.setattr(worker, "after_chunk", die)
    for _turn in range(60):
        with suppress(Killed):
            run_until_idle()
        if Job.objects.latest("pk").finished:
            break
        resume(Job.objects.latest("pk"))
    assert (fresh(batch).state, fresh(batch).undone_count, in_register(people[0])) == ("UNDONE", 100, (0, 0))
    assert set(Person.everything.values_list("version", flat=True)) == {2}


def test_stopped_half_way_and_taken_back_later(country, people, monkeypatch):
    batch = imported(people, country["North"], TEXT)
    monkeypatch.setattr(rows, "CHUNK", 13)
    approve_request(request=ask(batch, people), actor=people[1])
    with monkeypatch.context() as patched:
        patched.setattr(worker, "after_chunk", lambda: ask_cancel(Job.objects.latest("pk")))
        run_until_idle()
    stopped = fresh(batch)
    assert 0 < stopped.undone_count < 100 and stopped.applied_count == 100 - stopped.undone_count
    assert taken_back(batch, people).undone_count == 100


def test_statements(country, people, monkeypatch):
    """Pitfall P1: a chunk takes as many statements for fifty rows as for thirteen.

    They are more than eight, whatever the size: five tables are locked and read, references are looked for in every table that may hold
    one, and each of six kinds of records that is ended or given back takes three, since what it held before is kept.
    """
    counts, original = {}, worker.run_chunk

    def counted(job, kind, work, lease):
        with CaptureQueriesContext(connection) as seen:
            more = original(job, kind, work, lease)
        if more:
            counts.setdefault(rows.CHUNK, []).append(len([one for one in seen.captured_queries if not one["sql"].startswith(CONTROL)]))
        return more

    for size in (13, 50):
        batch = imported(people, country["North"], TEXT + f"H{size}x;;N1B;Ana;Silva;F;1980;head;;;;;;\n", f"{size}.csv")
        monkeypatch.setattr(rows, "CHUNK", size)
        with monkeypatch.context() as patched:
            patched.setattr(worker, "run_chunk", counted)
            assert taken_back(batch, people).undone_count == 101
        monkeypatch.setattr(rows, "CHUNK", 20_000)
    assert min(counts[13]) == min(counts[50]) and max(counts[13] + counts[50]) <= 40, counts


def test_other_modules_follow_households_that_go_back(country, people):
    """An import that moved a household is taken back: what lies where it lies, such as its enrolments, is told."""
    imported(people, country["North"], GOOD)
    batch = imported(people, country["North"], GOOD.replace("N1A", "N1B"), "moved.csv")
    told = []
    CATALOGUE.add("test_follows", [AfterMove(model, lambda rows, actor: told.append(list(rows))) for model in (Household, Person)])
    try:
        taken_back(batch, people)
    finally:
        CATALOGUE.add("test_follows", [])
    household = Household.objects.get(external_id="H1")
    assert household.area == country["Almond"]
    assert [household] in told and any(len(rows) == 3 for rows in told)
