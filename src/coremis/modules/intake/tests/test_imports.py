"""From a file of persons to the register."""

from datetime import date

import pytest

from coremis.kernel.actions.models import Event
from coremis.kernel.exchange.models import BatchRow
from coremis.modules.intake.tests.sample import ANA, BEN, CLO, DAN, GOOD, checked, imported, told
from coremis.modules.registry.models import Document, Household, Membership, Person, Recipient

pytestmark = pytest.mark.django_db


def test_it_works(country, people):
    batch = checked(people, country["North"], GOOD)
    assert told(batch) == {} and (batch.good_count, batch.bad_count) == (4, 0)
    batch = imported(people, country["North"], GOOD + "\n", "again.csv")
    assert (batch.state, batch.applied_count, batch.bad_count) == ("APPLIED", 4, 0)
    first, second = Household.objects.order_by("external_id")
    assert (first.head_name, first.size, first.area.name, first.address) == ("Ana Silva", 3, "Almond", "By the well")
    assert (second.head_name, second.size, second.area.name) == ("Dan Okoro", 1, "Beech")
    ana, ben, clo, dan = Person.objects.order_by("external_id")
    assert (ana.sex, ana.birth_date, ana.birth_precision, ana.phone, ana.phone_owner) == (
        "female",
        date(1980, 5, 3),
        "DAY",
        "+99912345",
        "own",
    )
    assert (ben.birth_precision, clo.birth_precision, clo.surname, clo.search_name) == ("YEAR", "MONTH", "", "clo")
    assert (dan.area.name, dan.sex) == ("Beech", "male")
    assert list(Membership.objects.order_by("person__external_id").values_list("relationship", flat=True)) == [
        "head",
        "spouse",
        "child",
        "head",
    ]
    assert set(Recipient.objects.values_list("person__given_names", "rank")) == {("Ana", 0), ("Dan", 0)}
    document = Document.objects.get()
    assert (document.person, document.kind, document.number) == (ana, "national_id", "1980-0001")


def test_every_row_knows_its_event_and_import(country, people):
    """pitfall D1"""
    batch = imported(people, country["North"], GOOD)
    for record in (*Person.objects.all(), *Household.objects.all()):
        event = Event.objects.get(pk=record.created_event_id)
        assert (event.action, event.job_id, record.batch_id) == ("exchange.apply_batch", batch.job_id, batch.pk)


def test_document_numbers_lie_encrypted(country, people):
    batch = checked(people, country["North"], GOOD + "H2;P9;;Eva;;;;child;;;;CNI;1\nH2;P8;;Ivo;;;;child;;;;;1990-0002\n")
    kept = str(list(BatchRow.objects.filter(batch=batch).values_list("values", "problems")))
    assert "1980-0001" not in kept and "1990-0002" not in kept
    assert {row: [column for column, *_rest in found] for row, found in told(batch).items()} == {
        6: ["document_number"],
        7: ["document_kind"],
    }


def test_the_same_rows_again_change_nothing(country, people):
    """pitfall D2"""
    imported(people, country["North"], GOOD)
    again = checked(people, country["North"], DAN + ANA + BEN + CLO, "other.csv")
    assert (again.good_count, again.unchanged_count) == (4, 4)
    assert Person.objects.count() == 4


def test_only_columns_of_the_file_are_touched(country, people):
    """pitfall D5: blank means unchanged."""
    imported(people, country["North"], GOOD)
    batch = imported(
        people, country["North"], "P1;H1;Anabela;\nP2;H1;;M\n", "less.csv", titles="Person key;Household key;Given names;Sex\n"
    )
    assert (batch.applied_count, batch.unchanged_count, batch.bad_count) == (1, 1, 0)
    ana = Person.objects.get(external_id="P1")
    assert (ana.full_name, ana.search_name, ana.phone, ana.sex, ana.version) == ("Anabela Silva", "anabela silva", "+99912345", "female", 2)
    assert Household.objects.get(external_id="H1").head_name == "Anabela Silva"
    assert Person.objects.get(external_id="P2").version == 1


def test_a_corrected_file_updates(country, people):
    """pitfall D2"""
    imported(people, country["North"], GOOD)
    text = ANA.replace("By the well", "At the market").replace("N1A", "N1B") + BEN.replace("1978", "17/02/1977").replace("N1A", "N1B")
    batch = imported(
        people, country["North"], text + CLO.replace("N1A", "N1B") + "H1;P5;N1B;Eve;;;2020;child;alternate;;;;;\n".replace("alternate", "")
    )
    assert (batch.applied_count, batch.unchanged_count) == (3, 1)
    household = Household.objects.get(external_id="H1")
    assert (household.address, household.area.name, household.size) == ("At the market", "Beech", 4)
    assert set(Person.objects.filter(memberships__household=household).values_list("area__name", flat=True)) == {"Beech"}
    assert Person.objects.get(external_id="P2").birth_date == date(1977, 2, 17)
