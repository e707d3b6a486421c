"""Matching titles with columns, and finding places."""

import pytest

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.exchange.kinds import AREA, ImportColumn
from coremis.kernel.exchange.mapping import checked_mapping, guess_mapping
from coremis.kernel.exchange.places import PlaceFinder, joined

COLUMNS = [
    ImportColumn("first_name", "First name", required=True, aliases=("prénom", "nome próprio")),
    ImportColumn("name", "Name"),
    ImportColumn("place", "Place", AREA),
]
BY_CODE = {column.code: column for column in COLUMNS}


def test_it_works():
    assert guess_mapping(COLUMNS, ["NAME", "Prenom", "other"]) == {"first_name": ["Prenom"], "name": ["NAME"]}


def test_codes_titles_and_aliases_without_accents_or_signs():
    for header in ("first_name", "First Name", "PRÉNOM", "nome-proprio"):
        assert guess_mapping(COLUMNS, [header]) == {"first_name": [header]}


def test_a_title_is_used_once():
    columns = [ImportColumn("a", "Name"), ImportColumn("b", "Name")]
    assert guess_mapping(columns, ["name"]) == {"a": ["name"]}


def test_wrong_mappings_say_which_column():
    headers = ["Name", "Province", "Commune"]
    good = {"first_name": "Name", "place": ["Province", "Commune"], "name": ""}
    assert checked_mapping(good, BY_CODE, headers) == {"first_name": ["Name"], "place": ["Province", "Commune"]}
    for mapping, code in (
        ({"name": "Name"}, "first_name"),
        ({"first_name": "Nom"}, "first_name"),
        ({"first_name": "Name", "name": "Name"}, "name"),
        ({"first_name": ["Name", "Commune"]}, "first_name"),
        ({"first_name": "Name", "gone": "Commune"}, "gone"),
    ):
        with pytest.raises(Invalid) as caught:
            checked_mapping(mapping, BY_CODE, headers)
        assert list(caught.value.errors) == [code]


@pytest.mark.parametrize(
    "text", ["N1A", "n1a", "Almond", "Northfield/Almond", "North / NORTHFIELD > almond", "Testland/North/Northfield/Almond"]
)
def test_places_by_code_name_or_path(country, text, django_assert_num_queries):
    with django_assert_num_queries(4):
        finder = PlaceFinder(country["Testland"])
    assert finder.find(text) == country["Almond"].pk


def test_places_outside_unknown_or_of_two_meanings(country):
    finder = PlaceFinder(country["North"])
    for text in ("Fig", "S2A", "South/Almond", "x", "/"):
        with pytest.raises(Refusal, match="is no place in North"):
            finder.find(text)
    finder._learn("testland/elsewhere/almond", 1)
    with pytest.raises(Refusal, match="Several places"):
        finder.find("almond")
    assert finder.find("northfield/almond") == country["Almond"].pk


def test_a_place_in_several_columns():
    assert joined(["North", None, " Almond "]) == "North/Almond"
    assert joined([None, None]) is None
