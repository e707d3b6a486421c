"""Human numbers: from the database, without a race, with check digits."""

import pytest
from django.db import Error, connection, transaction
from django.db.models import F

from coremis.kernel.actions.bulk import copy_into, insert_from
from coremis.kernel.actions.numbers import next_number, numbered, take_serials
from coremis.kernel.actions.tests.test_bulk import COLUMNS
from coremis.kernel.base.numbers import is_valid_number, with_check, without_check
from coremis.kernel.testing.racing import at_once

TABLE = "sample_house"


@pytest.fixture
def model(sample_app):
    from coremis.kernel.actions.tests.sample.models import House

    return House


def test_it_works(db, model):
    first = without_check(next_number(model))
    assert next_number(model) == with_check(first + 1)
    block = take_serials(TABLE, 100)
    assert block == first + 2 and take_serials(TABLE, 1) == block + 100


def test_numbers_are_made_by_the_database_with_the_same_check(country, root, sample_app, model):
    """pitfall D8: the statement that inserts also numbers; Python and SQL agree on the check digits."""

    def fill():
        copy_into(model, COLUMNS, [[country["Almond"].pk, "", number, "RED", {}, ""] for number in range(500)])
        serial = take_serials(TABLE, 500)
        made = insert_from(
            model, model.objects.annotate(new_number=numbered(serial), new_owner=F("color")), ["area", "number", "owner", *COLUMNS[2:]]
        )
        return serial, made

    sample_app.TOLD[0] = fill
    serial, made = sample_app.do_as_told(actor=root)
    numbers = list(model.objects.exclude(number=None).order_by("number").values_list("number", flat=True))
    assert made == 500 and numbers == [with_check(n) for n in range(serial, serial + 500)] and all(map(is_valid_number, numbers))


@pytest.mark.django_db(transaction=True)
def test_four_at_once_get_no_number_twice(model):
    """pitfall D8: single numbers and blocks, taken at the same moment."""

    def take():
        taken = []
        for count in [1, 7, 1, 50] * 5:
            first = take_serials(TABLE, count)
            taken.extend(range(first, first + count))
        return taken

    everything = [serial for taken in at_once(take, take, take, take) for serial in taken]
    assert len(everything) == len(set(everything)) == 4 * 5 * 59


@pytest.mark.django_db(transaction=True)
def test_a_block_is_taken_by_one_at_a_time(model):
    """The race above is too short to be met for sure: while somebody takes a block, the next one waits."""
    if connection.vendor != "postgresql":
        return

    def take_with_little_patience():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return take_serials(TABLE, 5)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"numbers_{TABLE}"])
        (waited,) = at_once(take_with_little_patience)
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"numbers_{TABLE}"])
    assert isinstance(waited, Error) and isinstance(at_once(take_with_little_patience)[0], int)


@pytest.mark.django_db(transaction=True)
def test_a_number_is_not_waited_for(model):
    """On PostgreSQL a long transaction keeps nobody from taking a number; what it took stays taken when it is undone."""
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic():
            mine = take_serials(TABLE, 10)
            (theirs,) = at_once(lambda: take_serials(TABLE, 1))
            assert theirs == mine + 10
            raise KeyError
    except KeyError:
        assert take_serials(TABLE, 1) == mine + 11


@pytest.mark.django_db(transaction=True)
def test_a_failure_does_not_keep_the_lock(model):
    """An error between lock and unlock would stop every other worker for ever."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), pytest.raises(Error):
        take_serials("nowhere", 5)

    def lock_is_free():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('numbers_nowhere'))")
            return cursor.fetchone()[0]

    assert at_once(lock_is_free) == [True]
