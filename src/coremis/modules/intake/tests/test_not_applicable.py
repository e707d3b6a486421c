"""Files say “does not apply” in the words of three languages, and what was exported comes back unchanged."""

import pytest

from coremis.kernel.screens.tables import file_rows
from coremis.kernel.testing.cast import everywhere
from coremis.modules.intake.tests.sample import TITLES, checked, imported, told
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.module import SEES
from coremis.modules.registry.not_applicable import NOT_APPLICABLE
from coremis.modules.registry.services import define_variable
from coremis.modules.registry.variable_columns import variable_columns

pytestmark = pytest.mark.django_db
MORE = TITLES.strip() + ";Months;Code;Rooms\n"
CODES = [{"code": "na", "names": {"en": "Namibia"}}, {"code": "mz", "names": {"en": "Mozambique"}}]


def define(code, subject="person", kind="NUMBER", may_not_apply=True, **more):
    define_variable(
        subject=subject, code=code, names={"en": code.capitalize()}, kind=kind, may_not_apply=may_not_apply,
        actor=everywhere(define_variable.name), **more,
    )  # fmt: skip


def row(number, months="", code="", rooms="", household=""):
    return f"{household or number};{number};N1A;Ana{number};Silva;F;1980;{'child' if household else 'head'};;;;;;;{months};{code};{rooms}\n"


@pytest.fixture
def dictionary():
    define("months")
    define("code", kind="CHOICE", choices=CODES)
    define("rooms", "dwelling", may_not_apply=False)


def test_it_works(country, people, dictionary):
    said = ["n/a", "N/A", "NA", "S/O", "sans objet", "Não se aplica", "does not apply"]
    text = "".join(row(number, months) for number, months in enumerate([*said, "0", ""], start=1))
    batch = imported(people, country["North"], text, titles=MORE)
    assert batch.bad_count == 0, told(batch)
    held = [person.data for person in Person.objects.order_by("external_id")]
    assert held == [{"months": NOT_APPLICABLE}] * 7 + [{"months": 0}, {}]


def test_a_choice_of_the_same_word_stays_that_choice(country, people, dictionary):
    imported(people, country["North"], row(1, code="NA") + row(2, code="n.a.") + row(3, code="s/o"), titles=MORE)
    held = list(Person.objects.order_by("external_id").values_list("data", flat=True))
    assert held == [{"code": "na"}, {"code": NOT_APPLICABLE}, {"code": NOT_APPLICABLE}]


def test_where_it_is_no_answer_the_row_says_so(country, people, dictionary):
    batch = checked(people, country["North"], row(1, rooms="n/a"), titles=MORE)
    assert [problem[:2] for problem in told(batch)[2]] == [("household.rooms", "n/a")]


def test_rows_of_one_household_must_agree(country, people):
    define("rooms", "dwelling")
    titles = MORE.replace(";Months;Code", "")
    cut = lambda text: ";".join([*text.split(";")[:14], text.split(";")[-1]])  # noqa: E731
    batch = checked(people, country["North"], cut(row(1, rooms="n/a")) + cut(row(2, rooms="3", household="1")), titles=titles)
    assert "n/a" in told(batch)[2][0][2] and "missing" not in str(told(batch))
    imported(people, country["North"], cut(row(5, rooms="n/a")) + cut(row(6, rooms="S/O", household="5")), "b.csv", titles=titles)
    assert Household.objects.get().data == {"rooms": NOT_APPLICABLE}


def test_exported_as_words_and_read_again(country, people, dictionary):
    imported(people, country["North"], row(1, "n/a", "mz"), titles=MORE)
    reader = everywhere(*SEES)
    person = Person.objects.get()
    columns = variable_columns(reader, "person")

    class Plain:
        model = Person

    cells = dict(zip([str(one.title) for one in columns], file_rows(Plain, columns, [person], reader)[0], strict=True))
    assert cells["Months"] == "does not apply"
    batch = checked(people, country["North"], row(1, cells["Months"], cells["Code"]), "again.csv", titles=MORE)
    assert batch.bad_count == 0, told(batch)
