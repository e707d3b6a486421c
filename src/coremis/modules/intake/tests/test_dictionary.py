"""Files follow the data dictionary: its columns, rules and choices, values that must be different, and masks."""

import io

import pytest
from django.urls import reverse
from django.utils import translation

from coremis.kernel.actions.services import maintenance
from coremis.kernel.exchange.services import send_file
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.intake.columns import person_columns
from coremis.modules.intake.tests.sample import GOOD, TITLES, check, checked, fresh, imported, take_in, told
from coremis.modules.registry.models import Household, Person, PhoneOwner, Sex
from coremis.modules.registry.module import LOOKS_BEHIND, SEES
from coremis.modules.registry.services import change_variable, define_variable
from coremis.modules.registry.sight import SENSITIVE, VARIABLE
from coremis.modules.registry.tests.factories import make_person, make_variable

pytestmark = pytest.mark.django_db
MORE = TITLES.strip() + ";Card;Rooms\n"


def row(household, person, name, card="", rooms="", relation="head", phone=""):
    return f"{household};{person};N1A;{name};Silva;F;1980;{relation};;{phone};;;;;{card};{rooms}\n"


def define(code, subject="person", kind="TEXT", **more):
    names = {"en": code.capitalize(), "fr": f"{code} FR"}
    return define_variable(subject=subject, code=code, names=names, kind=kind, **{**more, "actor": everywhere(define_variable.name)})


@pytest.fixture
def dictionary():
    define("card", unique=True, masked=True)
    define("rooms", "dwelling", "NUMBER", validation="value between 1 and 20", error_texts={"en": "From 1 to 20 rooms."})


def test_it_works(country, people, dictionary):
    """PRG-06, ETL-09: rules and uniqueness are row errors, on both sides."""
    text = (
        row("A", "1", "Ana", "X1", "3") + row("B", "2", "Ben", "X1", "4") + row("C", "3", "Clo", "X2", "99") + row("D", "4", "Dan", "", "2")
    )
    batch = checked(people, country["North"], text, titles=MORE)
    assert {number: [problem[0] for problem in problems] for number, problems in told(batch).items()} == {
        2: ["person.card"], 3: ["person.card"], 4: ["household.rooms"],
    }  # fmt: skip
    assert "From 1 to 20 rooms." in told(batch)[4][0][2]
    assert "X1" not in str(told(batch)), "masked in what is told"


def test_a_value_of_the_register_is_refused(country, people, dictionary):
    imported(people, country["North"], row("A", "1", "Ana", "X1", "3"), titles=MORE)
    other = checked(people, country["North"], row("B", "2", "Ben", "X1", "4"), "b.csv", titles=MORE)
    assert [problem[:2] for problem in told(other)[2]] == [("person.card", "•••")]
    own = checked(people, country["North"], row("A", "1", "Ana", "X1", "5"), "c.csv", titles=MORE)
    assert own.bad_count == 0, "one's own value is no second one"


def test_what_stands_twice_in_different_chunks_is_found(country, people, dictionary, monkeypatch):
    monkeypatch.setattr("coremis.kernel.exchange.rows.CHUNK", 2)
    text = "".join(row(chr(65 + n), str(n), f"Ana{chr(97 + n)}", "SAME" if n in (0, 5) else f"X{n}", "3") for n in range(6))
    batch = checked(people, country["North"], text, titles=MORE)
    assert list(told(batch)) == [2, 7]


def test_the_register_decides_when_it_is_taken_in(country, people, dictionary):
    """Somebody took the value between the check and the taking in: the row waits, the others come."""
    batch = checked(people, country["North"], row("A", "1", "Ana", "X1", "3") + row("B", "2", "Ben", "X2", "4"), titles=MORE)
    make_person(country["Almond"], data={"card": "X1"})
    batch = take_in(batch, people)
    assert batch.applied_count == 1 and Person.objects.filter(external_id="1").count() == 0 and list(told(batch)) == [2]


def test_columns_follow_dates_use_and_choices(country, people):
    roof = define("roof", "dwelling", "CHOICE", choices=[{"code": c, "names": {"en": c.capitalize()}} for c in ("tin", "tile", "straw")])
    assert "household.roof" in {column.code for column in person_columns()}
    old = TITLES.strip() + ";Roof\n"
    plain = "A;1;N1A;Ana;Silva;F;1980;head;;;;;;;straw\n"
    imported(people, country["North"], plain, titles=old)
    with maintenance("test"):
        roof.choices = [*roof.choices[:2], {**roof.choices[2], "retired": True}]
        roof.save()
    batch = checked(people, country["North"], plain + plain.replace("A;1", "B;2").replace("Ana", "Eva"), "b.csv", titles=old)
    assert list(told(batch)) == [3], "who has it keeps it, nobody new gets it"


def test_sensitive_columns_need_the_right(country, people):
    define("illness", sensitive=True)
    batch = checked(people, country["North"], "A;1;N1A;Ana;Silva;F;1980;head;;;;;;;flu\n", titles=TITLES.strip() + ";Illness\n")
    assert batch.good_count == 0 and "sensitive" in told(batch)[2][0][2] and "flu" not in str(told(batch))


def test_files_of_an_import_need_their_own_right(country, people, client, dictionary):
    batch = fresh(checked(people, country["North"], row("A", "1", "Ana", "X1", "99", phone="79887766554"), titles=MORE))
    files = [batch.source_file.pk, batch.rejected_file.pk]
    rights = ("exchange.view_batch", "files.view_attachment", *SEES)
    client.force_login(make_user("sees", *rights, area=country["Testland"]))
    assert [client.get(reverse("files:download_attachment", args=[pk])).status_code for pk in files] == [404, 404]
    for name in ("batch", "rows"):
        text = client.get(reverse(f"intake:{name}", args=[batch.pk])).content.decode()
        assert "X1" not in text and "79887766554" not in text and "Download" not in text
    client.force_login(make_user("opens", *rights, "intake.reveal_files", area=country["Testland"]))
    assert [client.get(reverse("files:download_attachment", args=[pk])).status_code for pk in files] == [200, 200]


def test_what_was_exported_imports_again_unchanged(country, people, client, dictionary):
    define("weight", kind="NUMBER")
    define("since", kind="DATE")
    define("school", kind="BOOLEAN")
    titles = MORE.strip() + ";Weight;Since;School\n"
    text = row("A", "1", "Ana", "X1", "3", phone="79887766554").strip() + ";0,5;2020-02-01;yes\n"
    imported(people, country["North"], text, titles=titles, decimal_comma=True)
    before = Person.objects.get().data, Household.objects.get().data
    assert before[0]["weight"] == 0.5
    rights = (*SEES, *LOOKS_BEHIND, VARIABLE, SENSITIVE, "screens.export_list")
    for language in ("en", "fr", "pt"):
        client.force_login(make_user(f"taker-{language}", *rights, area=country["Testland"], language=language))
        file = client.post(reverse("registry:persons") + "?sort=number", {"do": "export", "format": "csv"})
        assert again(country, people, file.content, f"{language}.csv") == (1, 1, 0), language
    client.force_login(make_user("masked", *SEES, "screens.export_list", area=country["Testland"]))
    file = client.post(reverse("registry:persons") + "?sort=number", {"do": "export", "format": "csv"})
    assert b"79887766554" not in file.content and again(country, people, file.content, "m.csv") == (1, 1, 0)
    assert (Person.objects.get().data, Household.objects.get().data) == before


def again(country, people, content, name):
    """Rows, unchanged and to correct, when a file that was taken home is sent as it is."""
    batch = send_file(io.BytesIO(content), name, kind="intake.persons", area=country["North"], actor=people[0])
    batch = check(batch, people[0], {code: titles for code, titles in batch.mapping.items() if code not in ("area", "age")})
    return batch.row_count, batch.unchanged_count, batch.bad_count


def changed(people, area, text, kind="intake.person_changes", name="changes.csv"):
    batch = send_file(io.BytesIO(text.encode()), name, kind=kind, area=area, actor=people[0])
    return check(batch, people[0])


def test_files_of_changes_obey_the_dictionary(country, people):
    """Rules, choices no longer offered, values that must differ and sensitive facts hold for every way in."""
    roofs = [{"code": "tin", "names": {"en": "Tin"}}, {"code": "tile", "names": {"en": "Tile"}, "retired": True}]
    make_variable("beds", "NUMBER", "dwelling", validation="value between 0 and 20")
    make_variable("roof", "CHOICE", "dwelling", choices=roofs)
    make_variable("card", "TEXT", "person", unique=True)
    make_variable("status", "BOOLEAN", "person", sensitive=True)
    imported(people, country["North"], GOOD)
    take_in(changed(people, country["North"], "Person key;Card\nP1;a-1\n"), people)
    wrong = changed(people, country["North"], "Person key;Card\nP2;a-1\nP3;b-2\nP4;b-2\n", name="cards.csv")
    assert {row: found[0][2] for row, found in told(wrong).items()} == {
        2: "Somebody else has this value already. It must be different for everybody.",
        3: "The same value stands in several rows: 3, 4.",
        4: "The same value stands in several rows: 3, 4.",
    }
    wrong = changed(people, country["North"], "Household key;Beds;Roof\nH1;99;tile\n", "intake.household_changes", "beds.csv")
    assert {column for column, *_rest in told(wrong)[2]} == {"household.beds", "household.roof"}
    wrong = changed(people, country["North"], "Person key;Status\nP1;yes\n", name="status.csv")
    assert "You may not bring sensitive facts" in told(wrong)[2][0][2]


def test_a_change_of_the_dictionary_holds_for_what_waits(country, people, monkeypatch):
    """Between check and approval a choice was taken away and a type changed: such rows come back, nothing unreadable is stored."""
    monkeypatch.setattr(change_variable, "approvable", False)
    keeper = everywhere(change_variable.name)
    roofs = [{"code": code, "names": {"en": code}} for code in ("tin", "tile", "mud")]
    roof, beds = make_variable("roof", "CHOICE", "dwelling", choices=roofs), make_variable("beds", "NUMBER", "dwelling")
    text = "H1;P1;N1A;Ana;head;tile;\nH2;P2;N1A;Ben;head;;3\nH3;P3;N1A;Clo;head;tin;\n"
    batch = checked(people, country["North"], text, titles="Household key;Person key;Place;Given names;Relation to the head;Roof;Beds\n")
    assert batch.good_count == 3
    change_variable(variable=roof, choices=[roofs[0], roofs[2]], actor=keeper)
    change_variable(variable=beds, kind="DATE", actor=keeper)
    batch = take_in(batch, people)
    assert {row: found[0][2] for row, found in told(batch).items()} == {
        2: "This choice of “Roof” is no longer offered. Choose another.",
        3: "“Beds” is of another type by now. Give the value anew.",
    }
    assert [one.data for one in Household.objects.all()] == [{"roof": "tin"}]


def test_choices_are_understood_in_every_language(country, people):
    """A list taken home in French is read again by somebody who works in English, and by a worker that has no language."""
    imported(people, country["North"], GOOD)
    titles = "Person key;Whose phone;Sex\n"
    with translation.override("fr"):
        owner, sex = str(PhoneOwner.OWN.label), str(Sex.FEMALE.label)
    with translation.override("pt"):
        other, male = str(PhoneOwner.OTHER.label), str(Sex.MALE.label)
    batch = changed(people, country["North"], f"{titles}P1;{owner};{sex}\nP2;{other};{male}\n")
    assert told(batch) == {}
