"""Workbooks that come back after the world has changed: other answers, other names, an older file."""

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.services import approve_request
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.targeting.models import StageEntry
from coremis.modules.validation.tests.sample import entries, open_validation, say
from coremis.modules.validation.tests.test_village_list import ANSWER, NAME, NUMBER, REASON, brought, checked, land, people, rows_of, taken

pytestmark = pytest.mark.django_db
__all__ = ["land", "people"]


def verdict(entry):
    return StageEntry.objects.get(pk=entry.pk).verdict


def rename(entry, name):
    with maintenance("test"):
        entry.household.head_name = name
        entry.household.save()


def told(batch):
    return {row.number: [problem["column"] for problem in row.problems] for row in BatchRow.objects.filter(batch=batch, state="BAD")}


def test_it_works(land, people):
    """A list that was taken when somebody was confirmed does not undo the rejection that was typed since; its other rows count."""
    village = land["Almond"]
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    say(run, village, {first: ("CONFIRMED",)})
    rows = rows_of(taken(run, village, people[0]))
    say(run, village, {first: ("REJECTED", "deceased")})
    rows[2][ANSWER] = "confirmed"
    batch = brought(rows, people, land)
    assert (told(batch), batch.applied_count) == ({2: ["verdict"]}, 1)
    assert (verdict(first), verdict(second)) == ("REJECTED", "CONFIRMED")


def test_what_was_recorded_while_the_file_waits_stays(land, people):
    village = land["Almond"]
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    rows = rows_of(taken(run, village, people[0]))
    rows[1][ANSWER] = rows[2][ANSWER] = "confirmed"
    batch = checked(rows, people, land)
    assert batch.good_count == len(rows) - 1
    request = submit_batch(batch, actor=people[0]).request
    say(run, village, {first: ("REJECTED", "deceased")})
    approve_request(request=request, actor=people[1])
    run_until_idle()
    assert (verdict(first), verdict(second)) == ("REJECTED", "CONFIRMED")
    assert list(told(Batch.objects.get(pk=batch.pk)).values()) == [["verdict"]]


def test_a_corrected_file_corrects(land, people):
    """Brought again with another answer, the same workbook says what holds now."""
    village = land["Almond"]
    run = open_validation([village])
    first = entries(run, village, "SELECTED")[0]
    rows = rows_of(taken(run, village, people[0]))
    rows[1][ANSWER] = "confirmed"
    brought(rows, people, land)
    rows[1][ANSWER], rows[1][REASON] = "rejected", "deceased"
    assert told(brought(rows, people, land)) == {}
    assert verdict(first) == "REJECTED"


def test_a_name_that_was_corrected_since_the_list_was_taken(land, people):
    """The row says what the list said; only a name that no list ever said is refused."""
    village = land["Almond"]
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    rows = rows_of(taken(run, village, people[0]))
    rename(first, "Renamed since")
    rename(second, "Renamed as well")
    rows[1][ANSWER] = rows[2][ANSWER] = "confirmed"
    rows[2][NAME] = "Somebody else"
    batch = brought(rows, people, land)
    assert told(batch) == {3: ["name"]}
    assert (verdict(first), verdict(second)) == ("CONFIRMED", "")
    assert rows[1][NUMBER] and rows[1][NAME] != "Renamed since"
