"""What the rows of one household must say together, and beside the register."""

from datetime import date

import pytest

from coremis.kernel.areas.services import rename_area
from coremis.kernel.testing.cast import everywhere
from coremis.modules.intake.tests.sample import ANA, BEN, CLO, DAN, GOOD, checked, imported, told
from coremis.modules.intake.tests.sample import TITLES as PLAIN
from coremis.modules.registry.models import Household, Membership, Person, Recipient
from coremis.modules.registry.services import change_household, change_person, define_variable
from coremis.modules.registry.services.withdrawing import withdraw_household
from coremis.modules.registry.tests.factories import make_document, make_person, make_variable

pytestmark = pytest.mark.django_db
TITLES = "Household key,Place,Name,Sex,Age,Head,Recipient,Rooms\n"


def rows(*lines):
    return "".join(f"{line}\n" for line in lines)


def reasons(batch, warnings=False):
    return {number: [text for _column, _value, text in found] for number, found in told(batch, warnings).items()}


def test_it_works(country, people):
    """A household without a head is rejected, or taken in with a warning, as the person chose."""
    text = rows("A,N1A,Rui,F,30,no,,", "A,N1A,Eva,F,20,no,,")
    sentence = "No row of this household says who its head is."
    assert told(checked(people, country["North"], text, titles=TITLES)) == {n: [("relationship", "A", sentence)] for n in (2, 3)}
    batch = imported(people, country["North"], text + "\n", titles=TITLES, without_head="accept")
    assert reasons(batch, True)[2][0] == sentence
    assert (Household.objects.get().head_name, Household.objects.get().size) == ("", 2)


@pytest.mark.parametrize("name", ["NULL", "n/a", "#N/A", "Inconnu", "nan"])
def test_what_stands_for_a_missing_name_is_told(country, people, name):
    """Somebody may be called so: the row is taken in, and shown to whoever checks the file."""
    batch = checked(
        people, country["North"], rows(f"A,N1A,{name},F,30,yes,,", "B,N1A,Nana,F,30,yes,,"), titles=TITLES.replace("Name", "Given names")
    )
    about = [(row, *flag) for row, flags in told(batch, True).items() for flag in flags if flag[0] == "given_names"]
    assert batch.bad_count == 0 and [flag[:3] for flag in about] == [(2, "given_names", name)]
    assert "may stand for a missing name" in about[0][3]


def test_a_head_is_found_later(country, people):
    """A household that was taken in without a head gets one from the corrected file."""
    titles = TITLES.replace("Place,", "Place,Person key,")
    text = rows("A,N1A,1,Rui,F,30,no,,", "A,N1A,2,Eva,F,20,no,,")
    imported(people, country["North"], text, titles=titles, without_head="accept")
    batch = imported(people, country["North"], text.replace("30,no", "30,yes"), titles=titles)
    assert (batch.applied_count, batch.unchanged_count, Household.objects.get().head_name) == (1, 1, "Rui")
    assert Membership.objects.get(relationship="head").person.given_names == "Rui"


def test_two_heads(country, people):
    batch = checked(people, country["North"], rows("A,N1A,Rui,M,30,1,,", "A,N1A,Eva,F,20,1,,", "A,N1A,Ivo,M,2,0,,"), titles=TITLES)
    assert reasons(batch) == {
        2: ["This household has several heads, in rows 2, 3."],
        3: ["This household has several heads, in rows 2, 3."],
        4: ["Another row of this household must be corrected first. See row 2."],
    }


def test_members_who_disagree(country, people):
    make_variable("rooms")
    text = rows("A,N1A,Rui,M,30,1,,3", "A,N1B,Eva,F,20,0,,4", "B,N1A,Ivo,M,40,1,,2")
    found = told(checked(people, country["North"], text, titles=TITLES))
    sentence = "The rows of this household say different things here: 3, 4."
    assert [row for row in found[2] if row[0] == "household.rooms"] == [("household.rooms", "3", sentence)]
    assert ("area", "Beech", "The rows of this household say different things here: Almond, Beech.") in found[3]
    assert 4 not in found
    batch = imported(people, country["North"], text + "\n", titles=TITLES, disagreement="head")
    assert (batch.bad_count, Household.objects.get(external_id="A").data, Household.objects.get(external_id="A").area.name) == (
        0,
        {"rooms": 3},
        "Almond",
    )
    assert told(batch, warnings=True)[3][-1][2] == "This differs from the head's row, which is believed: 3."


def test_recipients_are_one_and_adult(country, people):
    text = rows("A,N1A,Rui,M,30,1,yes,", "A,N1A,Eva,F,20,0,yes,", "B,N1A,Ivo,M,40,1,,", "B,N1A,Una,F,16,0,yes,")
    found = reasons(checked(people, country["North"], text, titles=TITLES))
    assert found[2] == found[3][:1] == ["This household has several primary recipients, in rows 2, 3."]
    assert found[5] == ["Not known to be 18 or older. Give the reason why this person collects nevertheless."]
    assert 4 not in found


def test_ages_that_cannot_be(country, people):
    text = rows("A,N1A,Rui,M,11,1,,", "B,N1A,Eva,F,130,1,,", "C,N1A,Ivo,M,17,1,,", "D,N1A,Una,F,40,1,,")
    batch = checked(people, country["North"], text, titles=TITLES)
    assert reasons(batch) == {2: ["The head of household is younger than 12."], 3: ["“130” is no age in years."]}
    assert "The head of household is younger than 18." in reasons(batch, True)[4]


def test_a_row_has_an_identity(country, people):
    """pitfall D4: two identical rows are told on both sides, and never become one person."""
    text = rows("A,N1A,Rui,M,30,1,,", "A,N1A,Eva,F,20,0,,", "A,N1A,Eva,F,20,0,,", "A,N1A,Eva,F,2,0,,")
    found = reasons(checked(people, country["North"], text, titles=TITLES))
    assert found == {n: ["The same person stands in several rows: 3, 4. Give each person a key."] for n in (3, 4)}


def test_one_bad_row_harms_no_other(country, people):
    """pitfall D3"""
    text = ANA + BEN.replace("1978", "31/02/1978") + CLO + DAN.replace("Dan;Okoro", ";") + "H3;P9;N1A;Io;;;2999;head;;;;;;\n"
    batch = imported(people, country["North"], text)
    assert {row: [(column, value) for column, value, _text in found] for row, found in told(batch).items()} == {
        3: [("birth", "31/02/1978")],
        5: [("given_names", "")],
        6: [("birth", "2999")],
    }
    assert batch.applied_count == Person.objects.count() == 2
    assert Person.objects.filter(given_names="Clô", surname="").exists()
    again = imported(people, country["North"], BEN, "corrected.csv")
    assert (again.applied_count, Household.objects.get().size) == (1, 3)


def test_a_bad_head_holds_the_household_back(country, people):
    found = reasons(checked(people, country["North"], ANA.replace("03/05/1980", "x") + BEN))
    assert found[3] == ["The head of this household must be corrected first. See row 2."]


def test_a_place_by_its_former_code(country, people):
    """Codes, paths, accents and former codes; a place elsewhere is refused."""
    rename_area(area=country["Almond"], name="Almónd", code="N1X", actor=everywhere(rename_area.name))
    text = rows("A,n1a,Rui,M,30,1,,", "B,NORTH > northfield > ALMOND,Eva,F,20,1,,", "C,S1A,Ivo,M,40,1,,")
    found = told(checked(people, country["North"], text, titles=TITLES))
    assert found == {4: [("area", "S1A", "“S1A” is no place in North. Write its code or its full path.")]}


def test_corrections_by_hand_win(country, people):
    """pitfall D9"""
    imported(people, country["North"], ANA + BEN)
    hand = everywhere(change_person.name, change_household.name)
    change_person(person=Person.objects.get(external_id="P1"), given_names="Anne", actor=hand)
    change_household(household=Household.objects.get(), address="Behind the church", actor=hand)
    text = ANA.replace("By the well", "At the market").replace("12345", "54321") + BEN
    batch = imported(people, country["North"], text, "later.csv")
    ana = Person.objects.get(external_id="P1")
    assert (ana.given_names, ana.phone, Household.objects.get().address) == ("Anne", "+99954321", "Behind the church")
    kept = "Somebody changed this in the register since. That is kept."
    assert set(told(batch, warnings=True)[2]) == {("given_names", "Ana", kept), ("address", "At the market", kept)}
    batch = imported(people, country["North"], text + "\n", "latest.csv", conflicts="file")
    assert (Person.objects.get(external_id="P1").given_names, batch.applied_count) == ("Ana", 1)
    batch = imported(people, country["North"], text.replace("Ana;", "Anita;"), "newest.csv")
    assert Person.objects.get(external_id="P1").given_names == "Anita"


def test_somebody_who_lives_elsewhere(country, people):
    imported(people, country["North"], ANA + BEN + DAN)
    found = reasons(checked(people, country["North"], BEN.replace("H1", "H2"), "moved.csv"))
    assert found[2][0].startswith("This person lives in another household: H-")
    assert Membership.objects.count() == 3


def test_who_may_be_there_twice_is_told_and_not_dropped(country, people):
    """Both rows of a file, and the register (ETL-09)."""
    person = make_person(country["Almond"], "Dan", surname="Okoro", phone="+99977777")
    make_document(person, "1980 0001")
    text = ANA + DAN.replace("yes;;", "yes;+99977777;own") + "H3;P7;N1A;Zoe;;;1990;head;;;;CNI;1980-0001;\n"
    batch = imported(people, country["North"], text.replace(";own;;;", ";own;;"))
    found = reasons(batch, warnings=True)
    assert "The same document stands in several rows: 2, 4." in found[2] and "The same document stands in several rows: 2, 4." in found[4]
    assert any("has the same name and phone" in text for text in found[3])
    assert any("This document belongs to P-" in text for text in found[4])
    assert (batch.bad_count, batch.applied_count) == (0, 3)


def test_a_second_head_or_recipient_is_not_made_by_a_file(country, people):
    imported(people, country["North"], ANA + BEN)
    batch = imported(people, country["North"], BEN.replace("spouse;;", "head;yes;") + CLO, "later.csv")
    assert {column for column, *_rest in told(batch, warnings=True)[2]} == {"relationship", "collects"}
    assert Membership.objects.filter(relationship="head").get().person.external_id == "P1"
    assert Recipient.objects.get(valid_until=None).person.external_id == "P1"


def test_required_variables(country, people):
    define_variable(
        subject="household", code="rooms", names={"en": "Rooms"}, kind="NUMBER", required=True, actor=everywhere(define_variable.name)
    )
    text = rows("A,N1A,Rui,M,30,1,,", "A,N1A,Eva,F,20,0,,3", "B,N1A,Ivo,M,40,1,,")
    assert reasons(checked(people, country["North"], text, titles=TITLES)) == {4: ["This is required. Fill it in."]}


INTERVIEW = "Household key;Person key;Place;Given names;Relation;Consent;Date du consentement;Consent version;Enquêteur;Interview date\n"


def test_consent_enumerator_and_interview_are_kept(country, people):
    """Facts of the household with their import; a blank changes nothing, and nothing is made up."""
    first = imported(
        people, country["North"], "H1;P1;N1A;Ana;head;oui;03/05/2024;v2;Rui;01/05/2024\nH2;P2;N1A;Dan;head;;;;;\n", titles=INTERVIEW
    )
    asked, silent = Household.objects.order_by("external_id")
    assert (asked.consent, asked.consent_on, asked.consent_text) == ("given", date(2024, 5, 3), "v2")
    assert (asked.enumerator, asked.interviewed_on, asked.interview_batch_id) == ("Rui", date(2024, 5, 1), first.pk)
    assert (silent.consent, silent.consent_on, silent.enumerator, silent.interview_batch_id) == ("not_asked", None, "", None)
    second = imported(people, country["North"], "H1;P1;N1A;Ana;head;;;;Eva;\nH2;P2;N1A;Dan;head;non;;;;\n", "2.csv", titles=INTERVIEW)
    asked, silent = Household.objects.order_by("external_id")
    assert (asked.consent, asked.enumerator, asked.interviewed_on) == ("given", "Eva", date(2024, 5, 1))
    assert (silent.consent, silent.interview_batch_id) == ("refused", second.pk)


def test_the_same_name_birth_year_and_place(country, people):
    """Told on both rows of a file, and on a new person who is in the register already; nobody is dropped (ETL-09)."""
    twin = "H9;P8;N1A;ANA;SILVA;F;1980;head;;;;;;\n"
    batch = checked(people, country["North"], ANA + twin)
    found = {row: [sentence for _column, _value, sentence in warnings] for row, warnings in told(batch, warnings=True).items()}
    sentence = "The same name, birth year and place stand in several rows: 2, 3."
    assert sentence in found[2] and sentence in found[3] and batch.bad_count == 0
    imported(people, country["North"], ANA, "first.csv")
    again = checked(people, country["North"], twin, "second.csv", source="another")
    assert any("has the same name, birth year and place" in sentence for _c, _v, sentence in told(again, warnings=True)[2])


def test_nobody_joins_a_household_that_was_withdrawn(country, people):
    imported(people, country["North"], GOOD, titles=PLAIN)
    withdraw_household(household=Household.objects.get(external_id="H1"), reason="Entered twice", actor=everywhere(withdraw_household.name))
    batch = checked(people, country["North"], GOOD + "H1;P7;N1A;Eva;Silva;F;2010;child;;;;;;\n", "again.csv", PLAIN)
    assert set(told(batch)) == {2, 3, 4, 6}
    assert all("Restore it in the register" in found[0][2] for found in told(batch).values())


def test_a_household_in_no_village_is_told(country, people):
    batch = checked(people, country["North"], GOOD.replace("N1A", "N1"), titles=PLAIN)
    assert (told(batch), batch.good_count) == ({}, 4)
    assert told(batch, warnings=True) == {
        2: [("area", "Northfield", "This place has smaller ones below it. Write the village, if it is known.")]
    }
