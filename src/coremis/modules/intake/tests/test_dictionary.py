"""Files follow the data dictionary: its columns, rules and choices, values that must be different, and masks."""

import io

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.exchange.services import send_file
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.intake.columns import person_columns
from coremis.modules.intake.tests.sample import TITLES, check, checked, fresh, imported, take_in, told
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.module import LOOKS_BEHIND, SEES
from coremis.modules.registry.services import define_variable
from coremis.modules.registry.sight import SENSITIVE, VARIABLE
from coremis.modules.registry.tests.factories import make_person

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
