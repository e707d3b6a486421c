"""Workers die and people change their minds: a chunk is whole or not there, and nothing is done twice."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coremis.kernel.approvals.services import approve_request
from coremis.kernel.exchange import rows
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.staging import OPEN_TABLES
from coremis.kernel.jobs import worker
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel, resume
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.intake import writing
from coremis.modules.intake.tests.sample import TITLES, check, checked, fresh, imported, send
from coremis.modules.registry.models import Document, Household, Membership, Person, Recipient

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What SIGKILL leaves: the chunk in hand is not committed."""


def family(number):
    lines = (f"K{number};K{number}a;N1A;Head {number};Ka;F;1970;head;yes;+9990{number:05d};own;CNI;19-{number};Street {number}\n",)
    return "".join(
        (*lines, *(f"K{number};K{number}{place};N1A;Child {place};Ka;M;20{place}1;child;;;;;;\n" for place in (0, 1, 2)[: number % 4]))
    )


TEXT = "".join(family(number) for number in range(40))


def digest():
    """Every business table, without ids and numbers, which are given out anew after a killed chunk."""
    return {
        "households": list(
            Household.objects.order_by("external_id").values_list("external_id", "head_name", "size", "address", "area", "version")
        ),
        "persons": list(
            Person.objects.order_by("external_id").values_list("external_id", "search_name", "birth_date", "phone", "area", "version")
        ),
        "members": list(
            Membership.objects.order_by("person__external_id").values_list("person__external_id", "household__external_id", "relationship")
        ),
        "recipients": list(Recipient.objects.order_by("person__external_id").values_list("person__external_id", "rank")),
        "documents": list(Document.objects.order_by("person__external_id").values_list("person__external_id", "number_hash")),
    }


def submitted(people, country):
    batch = checked(people, country["North"], TEXT)
    approve_request(request=submit_batch(batch, actor=people[0]).request, actor=people[1])
    return batch


def undisturbed(people, country):
    batch = submitted(people, country)
    run_until_idle()
    assert (fresh(batch).applied_count, Household.objects.count()) == (100, 40)
    return digest()


def test_it_works(country, people, monkeypatch):
    """Households are never divided over two chunks."""
    monkeypatch.setattr(rows, "CHUNK", 7)
    undisturbed(people, country)
    assert all(household.size == household.memberships.count() for household in Household.objects.all())


def test_killed_at_every_boundary_and_in_the_middle(country, people, monkeypatch):
    """The same in the end as an undisturbed run, wherever the worker died: the next one goes on, each row once."""
    with transaction.atomic():
        expected = undisturbed(people, country)
        transaction.set_rollback(True)
    OPEN_TABLES.__init__()
    monkeypatch.setattr(rows, "CHUNK", 13)
    batch, deaths, original = submitted(people, country), [], writing.copy_into

    def die(*args, **options):
        deaths.append(1)
        raise Killed

    def die_every_other_time(model, *args, **options):
        return die() if model is Membership and len(deaths) % 2 else original(model, *args, **options)

    monkeypatch.setattr(worker, "after_chunk", die)
    monkeypatch.setattr(writing, "copy_into", die_every_other_time)
    while len(deaths) < 60 and not Job.objects.latest("pk").finished:
        with suppress(Killed):
            run_until_idle()
        OPEN_TABLES.__init__()
        if not (job := Job.objects.latest("pk")).finished:
            resume(job)
    assert (fresh(batch).state, fresh(batch).applied_count, len(deaths) > 10) == ("APPLIED", 100, True)
    assert digest() == expected


def test_stopped_half_way_and_sent_again(country, people, monkeypatch):
    """Each chunk is complete in itself: what was taken in stays and is reported; sending the file again brings the rest."""
    monkeypatch.setattr(rows, "CHUNK", 13)
    batch, chunks = submitted(people, country), []

    def stop_after_two():
        chunks.append(1)
        if len(chunks) == 2:
            ask_cancel(Job.objects.latest("pk"))

    monkeypatch.setattr(worker, "after_chunk", stop_after_two)
    run_until_idle()
    stopped = fresh(batch)
    assert stopped.state == "CANCELLED" and 0 < stopped.applied_count == Person.objects.count() < 100
    assert all(household.size == household.memberships.count() for household in Household.objects.all())
    again = imported(people, country["North"], TEXT)
    assert (again.unchanged_count, again.applied_count) == (stopped.applied_count, 100 - stopped.applied_count)


def test_statements_do_not_grow_with_the_rows(country, people):
    """pitfall P1"""
    counts = []
    for size in (3, 39):
        text = "".join(family(number + size * 100) for number in range(size))
        batch = send(people[0], country["North"], text, f"{size}.csv", TITLES)
        with CaptureQueriesContext(connection) as checking:
            batch = check(batch, people[0])
        approve_request(request=submit_batch(batch, actor=people[0]).request, actor=people[1])
        with CaptureQueriesContext(connection) as taking_in:
            run_until_idle()
        assert fresh(batch).applied_count == batch.row_count > 0
        counts.append((len(checking), len(taking_in)))
    assert counts[0] >= counts[1]
    assert counts[1][1] < 75
