"""Files that change people who are in the register: only their columns, blank unchanged, clearing by a word, nobody created."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.config.models import StoredSetting
from coremis.kernel.exchange.correcting import correct_rows
from coremis.kernel.exchange.models import BatchRow, Correction
from coremis.kernel.exchange.services import send_file
from coremis.kernel.testing.cast import everywhere
from coremis.modules.intake.tables import shown_text
from coremis.modules.intake.tests.sample import GOOD, check, fresh, imported, take_in, told
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.rules import SINGLE_NAMES
from coremis.modules.registry.services import change_person
from coremis.modules.registry.tests.factories import make_variable

pytestmark = pytest.mark.django_db


def changed(people, area, text, kind="intake.person_changes", name="changes.csv", **options):
    batch = send_file(io.BytesIO(text.encode()), name, kind=kind, area=area, actor=people[0])
    return check(batch, people[0], clear_word="[clear]", **options)


def test_it_works(country, people):
    """pitfall D5: only the listed columns, blank is unchanged, clearing is explicit."""
    imported(people, country["North"], GOOD)
    ana = Person.objects.get(external_id="P1")
    text = f"Number;Person key;Given names;Phone;Sex\n{ana.number_text};;Anabela;[clear];\n;P2;;+99955555;\n;P3;;;F\n"
    batch = changed(people, country["North"], text)
    assert (batch.good_count, batch.unchanged_count, batch.bad_count) == (3, 1, 0), told(batch)
    assert {column: (count, examples[0][1:]) for column, count, examples in batch.change_counts} == {
        "given_names": (1, ["Ana", "Anabela"]), "phone": (2, ["•••45", ""]), "phone_owner": (1, ["own", ""]),
    }  # fmt: skip
    take_in(batch, people)
    ana.refresh_from_db()
    assert (ana.given_names, ana.surname, ana.phone, ana.phone_owner, ana.search_name) == ("Anabela", "Silva", "", "", "anabela silva")
    assert Person.objects.get(external_id="P2").phone == "+99955555" and Person.objects.count() == 4
    assert Household.objects.get(external_id="H1").head_name == "Anabela Silva"
    assert fresh(batch).applied_count == 2


def test_a_number_from_before_a_merge_means_the_record_that_stays(country, people):
    """An old list names who was merged meanwhile: the record that stays is changed and the row says so; withdrawn ones stay unknown."""
    imported(people, country["North"], GOOD)
    found = {one.external_id: one for one in Person.objects.all()}
    survivor, other, third, gone = (found[key] for key in ("P1", "P2", "P3", "P4"))
    today = timezone.localdate()
    with maintenance("test"):
        for one, into in ((other, survivor), (gone, None)):
            one.retired_on, one.merged_into = today, into
            one.save()
    text = f"Number;Person key;Phone\n{other.number_text};;+99955555\n;P4;+99955556\n;P3;+99955557\n"
    batch = changed(people, country["North"], text)
    assert (batch.good_count, batch.bad_count) == (2, 1)
    sentence = f"This record was merged into {survivor.number_text}, which is changed."
    assert told(batch, warnings=True) == {2: [("number", other.number_text, sentence)]}
    assert "Nobody in this place" in told(batch)[3][0][2]
    take_in(batch, people)
    phones = Person.everything.in_bulk([survivor.pk, other.pk, third.pk])
    assert phones[survivor.pk].phone == "+99955555" and phones[third.pk].phone == "+99955557"
    assert phones[other.pk].phone == other.phone
    both = changed(people, country["North"], "Person key;Surname\nP1;A\nP2;B\n", name="both.csv")
    assert both.bad_count == 1 and "Another row means the same person" in told(both)[3][-1][2]


def test_unknown_keys_are_errors(country, people):
    """Nobody is created, nobody of another place is found, and a mistyped number finds nobody."""
    imported(people, country["North"], GOOD)
    text = "Number;Person key;Surname\n;P99;X\nP-00001-99;;X\n;;X\n;P1;A\n;P1;B\n"
    batch = changed(people, country["North"], text)
    assert (batch.good_count, batch.bad_count) == (0, 5)
    assert [found[0][2].split(".")[0] for found in told(batch).values()][:3] == [
        "Nobody in this place has this number or key",
        "“P-00001-99” is no number of the register",
        "Give the number in the register or the key",
    ]
    assert Person.objects.count() == 4


def test_local_edits_win_unless_told_otherwise(country, people):
    """pitfall D9"""
    imported(people, country["North"], GOOD)
    change_person(person=Person.objects.get(external_id="P2"), given_names="Benjamin", actor=everywhere(change_person.name))
    text = "Person key;Given names\nP2;Bento\n"
    batch = changed(people, country["North"], text)
    assert (batch.unchanged_count, "changed this in the register" in str(told(batch, warnings=True))) == (1, True)
    batch = take_in(changed(people, country["North"], text + "\n", name="again.csv", conflicts="file"), people)
    assert Person.objects.get(external_id="P2").given_names == "Bento" and batch.applied_count == 1


def test_households_and_their_facts(country, people):
    make_variable("rooms", "NUMBER", "household")
    make_variable("roof", "TEXT", "household", required=True)
    imported(
        people, country["North"], "H1;P1;N1A;Ana;head;3;tin\n", titles="Household key;Person key;Place;Given names;Relation;rooms;roof\n"
    )
    text = "Household key;Address;rooms;roof;Consent\nH1;Hill;[clear];;oui\n"
    batch = take_in(changed(people, country["North"], text, "intake.household_changes"), people)
    home = Household.objects.get()
    assert (home.address, home.data, home.consent, home.interview_batch_id) == ("Hill", {"roof": "tin"}, "given", batch.pk)
    refused = changed(people, country["North"], "Household key;roof\nH1;[clear]\n", "intake.household_changes", "2.csv")
    assert "It cannot be cleared" in str(told(refused))


def test_a_name_is_never_cleared_away(country, people):
    imported(people, country["North"], GOOD)
    batch = changed(people, country["North"], "Person key;Given names;Surname\nP1;[clear];[clear]\nP3;[clear];\n")
    assert (batch.bad_count, "Write at least one name" in str(told(batch))) == (2, True)


def test_a_second_name_is_not_cleared_away_where_the_country_asks_for_two(country, people):
    """ETL-13; a person who has a single name already may still be given another birth date."""
    imported(people, country["North"], GOOD)
    change_person(person=Person.objects.get(external_id="P3"), surname="", actor=everywhere(change_person.name))
    with maintenance("setting"):
        StoredSetting.objects.create(name=SINGLE_NAMES, value=False)
    batch = changed(people, country["North"], "Person key;Surname;Sex\nP1;[clear];other\nP3;;other\n")
    assert (batch.bad_count, batch.good_count, "a single name" in str(told(batch))) == (1, 1, True)


def test_statements_do_not_grow(country, people):
    """pitfall P1"""
    imported(people, country["North"], GOOD)
    counts = []
    for size in (5, 400):
        text = "Person key;Sex\n" + "".join(f"P{n};other\n" for n in range(1, size))
        with CaptureQueriesContext(connection) as asked:
            batch = changed(people, country["North"], text, name=f"{size}.csv")
        counts.append(len(asked))
        assert BatchRow.objects.filter(batch=batch).count() == size - 1 and batch.good_count == 4
    assert counts[1] <= counts[0] + 10  # the file of rejected rows


def test_of_a_masked_fact_not_even_the_end_is_shown(country, people):
    """The end of “yes” or of “7” is all of it; an import's page is open to more people than such facts."""
    make_variable("status", "BOOLEAN", "person", masked=True)
    imported(people, country["North"], GOOD)
    batch = changed(people, country["North"], "Person key;Status\nP2;yes\n")
    assert [examples[0][1:] for _column, _count, examples in batch.change_counts] == [["", "•••"]]
    correct_rows(batch=batch, corrections={"2": {"person.status": "no"}}, actor=people[0])
    noted = Correction.objects.get()
    assert (shown_text(noted, noted.before), shown_text(noted, noted.after)) == ("•••", "•••")
