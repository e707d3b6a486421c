"""Who had a status on a past day: compared with what the history of one beneficiary says."""

import random
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from coremis.kernel.actions.past import as_of, end_of
from coremis.kernel.testing.cast import make_user
from coremis.modules.filters.queries import matching, words
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.tests.sample import (
    R,
    S,
    agreed,
    change_all,
    change_status,
    enrol,
    enrol_all,
    make_household,
    make_programme,
    many_households,
    undo,
)  # fmt: skip
from coremis.modules.registry.models import Household

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@contextmanager
def on(day, monkeypatch):
    """Everything inside happens on a day, at noon."""

    class Noon(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(day.year, day.month, day.day, 12, tzinfo=tz)

    with monkeypatch.context() as patched:
        patched.setattr(timezone, "datetime", Noon)
        yield


def days(count):
    return TODAY - timedelta(days=count)


def found(status, is_, value, user=None):
    tree = {"about": "enrolment", "where": {"fact": f"programmes.enrolment.was_{status.lower()}", "is": is_, "value": value}}
    return list(matching(Enrolment.objects.order_by("pk"), tree, TODAY, user))


def text(count):
    return days(count).isoformat()


@pytest.fixture
def story(country, monkeypatch):
    """Enrolled 90 days ago; suspended 60 days ago and that undone 50 days ago; left 10 days ago."""
    with on(days(90), monkeypatch):
        row = enrol(make_programme(), make_household(country["Almond"]))
    with on(days(60), monkeypatch):
        change_status(row, S.SUSPENDED, R.UNDER_VERIFICATION)
    with on(days(50), monkeypatch):
        row.refresh_from_db()
        agreed(services.undo_last_change, enrolment=row)
    with on(days(10), monkeypatch):
        row.refresh_from_db()
        change_status(row, S.EXITED)
    return row


def test_it_works(story):
    assert found(S.ACTIVE, "on", text(91)) == []
    for count in (90, 61, 50, 11):
        assert found(S.ACTIVE, "on", text(count)) == [story], count
    for count in (60, 51):
        assert (found(S.ACTIVE, "on", text(count)), found(S.SUSPENDED, "on", text(count))) == ([], [story])
    assert found(S.EXITED, "on", text(10)) == found(S.EXITED, "on", text(0)) == [story]
    assert found(S.EXITED, "on", (TODAY + timedelta(days=1)).isoformat()) == []


def test_at_any_time_between_two_days(story):
    """The suspension held for ten days, though it was undone: it explains why nobody was paid then."""
    assert found(S.SUSPENDED, "between", [text(70), text(60)]) == [story]
    assert found(S.SUSPENDED, "between", [text(55), text(54)]) == [story]
    assert found(S.SUSPENDED, "between", [text(50), text(40)]) == [story]  # until noon
    assert found(S.SUSPENDED, "between", [text(49), text(0)]) == []
    assert found(S.SUSPENDED, "between", [text(80), text(61)]) == []
    assert found(S.SUSPENDED, "before", text(60)) == [] and found(S.SUSPENDED, "before", text(59)) == [story]
    assert found(S.EXITED, "last", 5) == found(S.ACTIVE, "last", 10) == [story] and found(S.ACTIVE, "last", 9) == []
    assert found(S.ACTIVE, "after", text(10)) == [] and found(S.ACTIVE, "after", text(11)) == [story]


def test_it_says_what_every_single_history_says(country, monkeypatch):
    """Random lives, by hand and in groups; each day compared with the record as it was then."""
    chance, programme = random.Random(7), make_programme()
    many_households(country["Almond"], 6)
    with on(days(40), monkeypatch):
        enrol_all(programme, country["North"])
    after = {S.ACTIVE: S.SUSPENDED, S.SUSPENDED: S.ACTIVE}
    for count in range(38, 2, -4):
        with on(days(count), monkeypatch):
            for row in chance.sample(list(Enrolment.objects.all()), 2):
                change_status(row, after[row.status], R.UNDER_VERIFICATION if row.status == S.ACTIVE else R.VERIFIED)
            if count in (30, 18) and Enrolment.objects.filter(status=S.ACTIVE).exists():
                group = change_all(programme, country["North"], also_set_by_hand=True)
        if count == 18:
            with on(days(17), monkeypatch):
                undo(group)
    rows = list(Enrolment.objects.order_by("pk"))
    for count in range(42, -1, -1):
        then = {row.pk: row.status for row in as_of(rows, end_of(days(count))).values() if row.enrolled_on <= days(count)}
        for status in (S.ACTIVE, S.SUSPENDED):
            assert [row.pk for row in found(status, "on", text(count))] == [pk for pk, held in sorted(then.items()) if held == status], (
                count
            )


def test_households_are_found_by_the_programme_and_the_day(country, story):
    other = make_household(country["Almond"])
    enrol(make_programme("TWO"), other)
    was = {"fact": "programmes.enrolment.was_active", "is": "on", "value": text(30)}
    programme = {"fact": "programmes.enrolment.programme", "is": "in", "value": [str(story.programme_id)]}
    link = {"link": "registry.household:enrolments", "count": 1, "where": {"all": [programme, was]}}
    tree = {"about": "household", "where": link}
    assert list(matching(Household.objects.all(), tree, TODAY)) == [story.household]
    assert list(matching(Household.objects.all(), {"about": "household", "where": {"not": link}}, TODAY)) == [other]
    assert words({"about": "enrolment", "where": was}).startswith("Beneficiaries: Was active: ")


def test_nobody_finds_those_of_other_places(country, story):
    make_household(country["Fig"])
    officer = make_user("officer", "programmes.view_enrolment", "registry.view_household", area=country["South"])
    tree = {"about": "household", "where": {"link": "registry.household:enrolments", "count": 1, "where":
            {"fact": "programmes.enrolment.was_active", "is": "on", "value": text(30)}}}  # fmt: skip
    assert list(matching(Household.objects.all(), tree, TODAY, officer)) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a plan of PostgreSQL")
def test_the_history_is_read_once_for_all(country, monkeypatch):
    programme = make_programme()
    many_households(country["Almond"], 3000)
    with on(days(40), monkeypatch):
        enrol_all(programme, country["North"])
    with on(days(20), monkeypatch):
        change_all(programme, country["North"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE actions_change, actions_event, programmes_enrolment")
    tree = {"about": "enrolment", "where": {"fact": "programmes.enrolment.was_active", "is": "on", "value": text(30)}}
    rows = matching(Enrolment.objects.all(), tree, TODAY).order_by().values("pk")
    assert rows.count() == 3000
    plan = rows.explain(analyze=True)
    history = [line for line in plan.splitlines() if "actions_change" in line]
    by_record = [line for line in history if "pkey" not in line]  # what was found in the groups is fetched by its key
    assert by_record and not any("loops=3000" in line for line in by_record), plan
    assert plan.count("SubPlan 1)") == plan.count("hashed SubPlan 1)") and "SubPlan 2" not in plan, plan
