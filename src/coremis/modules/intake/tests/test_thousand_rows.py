"""The first acceptance scenario: a thousand rows with single names, shared phones and unknown places, taken in, and sent again."""

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.config.models import StoredSetting
from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.intake.tests.sample import checked, fresh, imported, told
from coremis.modules.registry.models import Household, Membership, Person
from coremis.modules.registry.rules import SINGLE_NAMES

pytestmark = pytest.mark.django_db

TITLES = "Household key;Person key;Place;Given names;Surname;Sex;Birth date;Relation to the head;Phone\n"
SINGLE, SHARING, LOST = (11, 222, 633), (40, 41, 300, 520, 999), (100, 700)


def line(number):
    household, place = divmod(number, 4)
    surname = "" if number in SINGLE else f"Family{household}"
    phone = "+99977777777" if number in SHARING else ""
    name = "Alike" if number in SHARING else f"Name{'abcdefghij'[number % 10]}{number}"
    surname = "Same" if number in SHARING else surname
    area = "N1Z" if number in LOST else "N1A"
    return f"H{household};P{number};{area};{name};{surname};F;19{60 + number % 30};{'sibling' if place else 'head'};{phone}\n"


TEXT = "".join(map(line, range(1000)))


def test_it_works(country, people):
    """The 2 come back with reasons, the 5 are flagged on every side and not dropped, the 3 are accepted; the key groups members."""
    batch = imported(people, country["North"], TEXT, titles=TITLES)
    reasons = told(batch)
    assert {number + 2 for number in LOST} <= set(reasons)
    assert all("is no place in" in reasons[number + 2][0][2] for number in LOST)
    flagged = told(batch, warnings=True)
    assert {number + 2 for number in SHARING} <= {
        row for row, notes in flagged.items() if any("same name and phone" in text for *_x, text in notes)
    }
    assert Person.objects.filter(phone="+99977777777").count() == 5
    assert Person.objects.filter(external_id__in=[f"P{number}" for number in SINGLE], surname="").count() == 3
    held = {row for row, notes in reasons.items() if any("See row" in text for *_x, text in notes)}
    assert Person.objects.count() == 1000 - len(reasons) and len(reasons) == 2 + len(held) <= 8
    assert Household.objects.count() == 248 and Household.objects.filter(size=4).count() == 248
    assert Membership.objects.filter(relationship="head").count() == 248
    assert batch.rejected_file.name.endswith("rows to correct.xlsx")


def test_single_names_are_returned_where_the_country_asks_for_two(country, people):
    """ETL-13: by the setting, each with its row and reason, and the rest of the household waits; who is in already stays."""
    imported(people, country["North"], TEXT[: TEXT.index("H5;")], titles=TITLES)
    with maintenance("setting"):
        StoredSetting.objects.create(name=SINGLE_NAMES, value=False)
    batch = imported(people, country["North"], TEXT + "\n", "all.csv", titles=TITLES)
    reasons = told(batch)
    returned = {row for row, notes in reasons.items() if any("a single name" in text for *_x, text in notes)}
    assert returned == {number + 2 for number in SINGLE if number >= 20}
    assert Person.objects.filter(external_id="P11", surname="").exists()


def test_again_nothing_changes(country, people):
    """pitfall D2"""
    imported(people, country["North"], TEXT, titles=TITLES)
    before = list(Person.objects.order_by("pk").values_list("pk", "version"))
    again = checked(people, country["North"], TEXT + "\n", "again.csv", titles=TITLES)
    assert (again.good_count, again.unchanged_count) == (992, 992)
    assert list(Person.objects.order_by("pk").values_list("pk", "version")) == before


def test_corrected_in_the_page_they_load(country, people, client):
    """One wrong place is replaced for all its rows; the same import then takes everybody in."""
    batch = checked(people, country["North"], TEXT, titles=TITLES)
    client.force_login(people[0])
    page = client.get(reverse("intake:correct_rows", args=[batch.pk])).content.decode()
    assert "N1Z" in page and "is no place in" in page
    values = client.get(reverse("intake:replace_text", args=[batch.pk])).content.decode()
    assert "N1Z" in values
    sent = {"key": "r", "step": "confirm", "column": "area", "before": "N1Z", "after": "N1A"}
    client.post(reverse("intake:replace_text", args=[batch.pk]), sent)
    run_until_idle()
    assert (fresh(batch).good_count, fresh(batch).bad_count) == (1000, 0)
    assert "N1Z" in client.get(reverse("intake:corrections", args=[batch.pk])).content.decode()


def test_cells_are_corrected_in_the_grid(country, people, client):
    batch = checked(people, country["North"], TEXT, titles=TITLES)
    client.force_login(people[0])
    address = reverse("intake:correct_rows", args=[batch.pk])
    form = client.get(address).context["form"]
    wrong = [
        (field.html_name, line.row.number)
        for line in form.lines_shown
        for field, is_wrong, code in line.cells
        if code == "area" and is_wrong
    ]
    assert [number for _name, number in wrong] == [number + 2 for number in LOST]
    values = {field.html_name: field.value() if field.value() is not None else "" for field in form}
    sent = {**values, wrong[0][0]: "N1A", "key": "c", "step": "confirm", "check": "later"}
    assert client.post(address, sent).url == address
    kept = fresh(batch)
    assert kept.needs_check and kept.corrections == {"102": {"area": "N1A"}}
    page = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    assert "Rows were corrected since the last check" in page and "Take in the good rows" not in page
    assert BatchRow.objects.filter(batch=batch, state="BAD").count() == 8
