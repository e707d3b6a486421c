"""What was true on a past day, former names, and records that were registered by mistake."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coremis.kernel.actions.models import Event
from coremis.kernel.actions.past import as_of, end_of, put_back
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.services import (
    change_household,
    change_person,
    register_household,
    restore_person,
    withdraw_household,
    withdraw_person,
)
from coremis.modules.registry.tests.factories import make_household, make_person

TODAY = date.today()


@pytest.fixture
def clerk(country):
    return make_user("clerk", *SEES, *KEEPS, area=country["North"])


@pytest.fixture
def at(monkeypatch):
    """Let actions happen at another moment."""

    def set_moment(day):
        moment = timezone.now().replace(year=day.year, month=day.month, day=day.day, hour=12)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_moment


def test_it_works(country, clerk, at, client):
    """Names, place and facts of a past day, in the same number of queries whatever happened."""
    at(date(2026, 1, 10))
    members = [
        {"given_names": "Rose", "surname": "Kaneza", "relationship": "head", "collects": "primary", "birth": "1990", "sex": "female"}
    ]
    household = register_household(area=country["Almond"], members=members, address="Old road", actor=clerk)
    person = Person.objects.get()
    at(date(2026, 2, 10))
    change_person(person=person, surname="Nimubona", actor=clerk)
    change_household(household=Household.objects.get(), area=country["Beech"], address="New road", actor=clerk)
    at(date(2026, 4, 1))
    client.force_login(clerk)
    pages = {}
    for day in ("2026-01-09", "2026-01-31", "2026-03-01"):
        for name, pk in (("household", household.pk), ("person", person.pk)):
            page = client.get(reverse(f"registry:{name}", args=[pk]) + f"?tab=past&on={day}", headers={"HX-Request": "true"})
            pages[day, name] = page.content.decode()
    assert "was made later" in pages["2026-01-09", "household"] and "Kaneza" not in pages["2026-01-09", "person"]
    before, after = pages["2026-01-31", "household"], pages["2026-03-01", "household"]
    assert (
        "Rose Kaneza" in before
        and "Old road" in before
        and "Almond" in before
        and "Nimubona" not in before
        and "primary recipient" in before
    )
    assert "Rose Nimubona" in after and "New road" in after and "Beech" in after and "Kaneza" not in after
    assert "Kaneza" in pages["2026-01-31", "person"] and household.number_text in pages["2026-01-31", "person"]


def test_rebuilding_takes_two_queries(country, clerk):
    households = [make_household(country["Almond"]) for _one in range(3)]
    people = list(Person.objects.all())
    for turn in range(3):
        for person in Person.objects.all():
            change_person(person=person, phone=f"7900000{turn}", data=None, actor=clerk)
    with CaptureQueriesContext(connection) as captured:
        past = as_of(Person.objects.all().iterator(), end_of(TODAY))
    assert len(captured) == 3 and all(row.phone == "79000002" for row in past.values()) and len(past) == len(people)
    moment = Event.objects.filter(action="registry.change_person").order_by("pk")[0].recorded_at - timedelta(microseconds=1)
    assert {row.phone for row in as_of(Person.objects.all(), moment).values()} == {""}
    assert as_of(households, moment - timedelta(days=9)) == {} and as_of([], moment) == {}


def test_erased_values_are_said_to_be_unknown(country):
    person = make_person(country["Almond"])
    put_back(person, {"surname": "Before", "gone_column": 1})
    assert person.surname == "Before" and not hasattr(person, "erased")
    put_back(person, None)
    assert person.erased and person.surname == "Before"


def test_former_name_finds_the_person(country, clerk, client):
    """Acceptance scenario 7, the search: either name finds her, and the list says what she was called."""
    person = make_person(country["Almond"], "Rose", surname="Kaneza")
    for surname in ("Nimubona", "Irakoze", "NIMUBONA"):
        change_person(person=Person.objects.get(pk=person.pk), surname=surname, actor=clerk)
    person.refresh_from_db()
    assert person.former_names.split("\n") == ["Rose Irakoze", "Rose Kaneza"], "each once, without the present one"
    client.force_login(clerk)
    for typed in ("kaneza", "Irakoze rose", "nimubona"):
        address = client.post(reverse("registry:persons"), {"do": "search", "search": typed})["Location"]
        (row,) = client.get(address).context["rows"]
        assert row["cells"][0].text == "Rose NIMUBONA (formerly Rose Irakoze, Rose Kaneza)", typed
    make_household(country["Almond"], head={"given_names": "Other"})
    address = client.post(reverse("registry:persons"), {"do": "search", "search": "kaneza irakoze uwimana"})["Location"]
    assert not client.get(address).context["rows"]


def test_withdrawn_and_restored(country, clerk, client):
    """BEN-24: out of every list, and back with all roles."""
    household = make_household(country["Almond"])
    withdraw_household(household=household, reason="Made for training", actor=clerk)
    assert not Household.objects.exists() and not Person.objects.exists() and Household.everything.get().retired_on == TODAY
    client.force_login(clerk)
    assert not client.get(reverse("registry:persons")).context["rows"]
    page = client.get(reverse("registry:household", args=[household.pk])).content.decode()
    restore = reverse("registry:restore_household", args=[household.pk])
    assert restore in page and client.get(restore).status_code == 200
    assert client.post(restore, {"key": "k", "step": "confirm"}).status_code == 303
    household = Household.objects.get()
    assert (household.size, Person.objects.count(), household.memberships.filter(left_on=None).count()) == (3, 3, 3)
    assert household.recipients.get(valid_until=None).rank == 0 and client.get(restore).status_code == 404


def test_withdrawing_a_person(country, clerk):
    """pitfall D10: whoever was withdrawn by hand stays so until somebody restores the record."""
    person, member = make_person(country["Almond"]), make_household(country["Almond"]).memberships.first().person
    with pytest.raises(Refusal, match="lives in a household"):
        withdraw_person(person=member, reason="x", actor=clerk)
    withdraw_person(person=person, reason="Entered twice", actor=clerk)
    gone = Person.everything.get(pk=person.pk)
    for wrong in (lambda: withdraw_person(person=gone, reason="x", actor=clerk), lambda: restore_person(person=member, actor=clerk)):
        with pytest.raises(Refusal):
            wrong()
    restore_person(person=gone, actor=clerk)
    assert Person.objects.filter(pk=person.pk).exists()
    with maintenance("merged elsewhere"):
        gone.refresh_from_db()
        gone.retired_on, gone.merged_into = TODAY, member
        gone.save()
    with pytest.raises(Refusal, match="merged"):
        restore_person(person=gone, actor=clerk)
