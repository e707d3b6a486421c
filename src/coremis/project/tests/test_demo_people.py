"""The people, places and outlines of the demo country: shares as published, stories at any size, the same every time."""

import json
from collections import Counter
from datetime import date
from itertools import islice

import pytest

from coremis.project.demo import country, outlines, people
from coremis.project.demo.files import OF_DWELLINGS, OF_MEMBERS, corrected_families, families_with_faults
from coremis.project.demo.planted import ESPERANCE, NEIGHBOUR, NOT_ASSESSED, PLANTED, PROMOTED, TIE_IN, TIE_OUT, VILLAGE
from coremis.project.demo.quotas import places_for, quotas

TODAY = date(2026, 3, 15)


@pytest.fixture(scope="module")
def families():
    return list(people.families(4000, TODAY))


def share(found, whole):
    found, whole = list(found), list(whole)
    return len(found) / len(whole)


def age(person):
    return TODAY.year - int(person["birth_date"][:4])


def test_it_works(families):
    """Size 4.6, half under 18, 24 % of households headed by women, 78 % of recipients women, and what people know about themselves."""
    persons = [person for family in families for person in family.persons]
    adults = [person for person in persons if age(person) >= 18]
    recipients = [person for person in persons if person["recipient"]]
    heads = [family.persons[0] for family in families]
    assert len(families) == 4000 and len(persons) / len(families) == pytest.approx(4.6, abs=0.05)
    assert share((one for one in persons if age(one) < 18), persons) == pytest.approx(0.5, abs=0.02)
    assert share((one for one in heads if one["sex"] == "female"), heads) == pytest.approx(0.24, abs=0.02)
    assert share((one for one in recipients if one["sex"] == "female"), recipients) == pytest.approx(0.78, abs=0.02)
    assert share((one for one in families if any(person["phone"] for person in one.persons)), families) == pytest.approx(0.45, abs=0.02)
    assert share((one for one in adults if one["document_number"]), adults) == pytest.approx(0.6, abs=0.02)
    assert share((one for one in persons if len(one["birth_date"]) == 4), persons) == pytest.approx(1 / 3, abs=0.02)
    assert share((one for one in persons if not one["surname"]), persons) == pytest.approx(0.08, abs=0.01)
    assert share((one for one in persons if age(one) >= 70), persons) == pytest.approx(1450 / 92_000, abs=0.004)


def test_disability_as_the_washington_group_asks(families):
    """Rising with age, nobody under five asked; of their own chance, so that not a name or amount of the demo depends on it."""
    persons = [person for family in families for person in family.persons]
    asked = [person for person in persons if person["disability"]]
    assert share((one for one in asked if one["disability"] == "yes"), asked) == pytest.approx(0.045, abs=0.015)
    by_age = [
        share((one for one in group if one["disability"] == "yes"), group)
        for first, last in ((6, 17), (18, 39), (40, 59), (61, 100))
        if (group := [one for one in asked if first <= age(one) <= last])
    ]
    assert by_age == sorted(by_age) and by_age[0] < 0.04 and by_age[-1] > 0.1
    assert not any(one["disability"] for one in persons if age(one) < 4)
    assert all(bool(one["difficulty"]) == (one["disability"] == "yes") for one in persons)


def test_a_tenth_of_the_phones_is_shared(families):
    phones = [person for family in families for person in family.persons if person["phone"]]
    assert share((one for one in phones if one["phone_owner"] == "household"), phones) == pytest.approx(0.1, abs=0.02)


def test_the_same_every_time(families):
    again = [family.persons for family in people.families(4000, TODAY)]
    assert again == [family.persons for family in families]


def test_persons_have_keys_of_their_own(families):
    keys = Counter(person["person"] for family in families for person in family.persons)
    assert max(keys.values()) == 1
    assert [family.serial for family in families] == list(range(1, 4001))


@pytest.mark.parametrize("households", [100, 300, 1000, 4000])
def test_stories_hold_at_any_size(households):
    """Espérance has the last place but two, two are equal at the last place, and who moves up is the first of the waiting list."""
    found = list(people.families(households, TODAY))
    places = quotas(people.counts_of(households))
    assert sum(places.values()) == places_for(households) and len(found) == households
    by_serial = {family.serial: family for family in found}

    def rank(one):
        family = by_serial[one.serial]
        return sorted(other.score for other in found if other.hill == family.hill and other.score is not None).index(family.score) + 1

    last = places[by_serial[ESPERANCE.serial].hill]
    assert (rank(ESPERANCE), rank(TIE_IN), rank(TIE_OUT), rank(NEIGHBOUR)) == (last - 2, last, last, last + 3)
    assert by_serial[TIE_IN.serial].score == by_serial[TIE_OUT.serial].score
    assert by_serial[NOT_ASSESSED.serial].score is None
    assert rank(PROMOTED) == places[by_serial[PROMOTED.serial].hill] + 1
    poor = [one for one in PLANTED if one.poorest]
    assert all(rank(one) <= places[by_serial[one.serial].hill] for one in poor), "the poorest are selected in any village"
    assert len({by_serial[one.serial].hill for one in VILLAGE}) == 1
    named = [one for one in PLANTED if one.recipient[0]]
    assert all(by_serial[one.serial].recipient["given_names"] == one.recipient[0] for one in named)


def test_tree_has_the_shape_of_a_real_one():
    units = country.units()
    assert Counter(len(unit["code"]) for unit in units) == {2: 5, 4: 42, 6: 451, 8: 3044}
    codes = {unit["code"] for unit in units}
    assert len(codes) == len(units) and all(unit["parent"] in codes for unit in units if unit["parent"])
    inside = Counter((unit["code"][:4], unit["name"]) for unit in units if len(unit["code"]) > 4)
    assert max(inside.values()) == 1, "no name comes twice in a commune"
    assert len(country.settled_hills(20_000)) == pytest.approx(20_000 / 92, abs=3)


def test_outlines_fit_together():
    """Every unit has one; the hills of a unit cover it, and none of them twice."""
    features = json.loads(outlines.geojson())["features"]
    sizes = {one["properties"]["code"]: sum(map(size, one["geometry"]["coordinates"])) for one in features}
    assert set(sizes) == {unit["code"] for unit in country.units()}
    for code in ("01", "0203", "050101"):
        below = [value for other, value in sizes.items() if other.startswith(code) and len(other) == 8]
        assert sizes[code] == pytest.approx(sum(below), rel=0.001)


def size(polygon):
    return sum(
        abs(sum(one[0] * two[1] - two[0] * one[1] for one, two in zip(ring, ring[1:], strict=False))) * (-1 if place else 1)
        for place, ring in enumerate(polygon)
    )


def test_twelve_rows_have_a_fault():
    wrong, right = families_with_faults(TODAY).splitlines(), corrected_families(TODAY).splitlines()
    assert len(wrong) == len(right)
    assert sum(one != two for one, two in zip(wrong, right, strict=True)) == len((*OF_MEMBERS, *OF_DWELLINGS)) == 12


def test_a_large_population_is_made_piece_by_piece():
    assert len(list(islice(people.rows(100_000, TODAY), 50))) == 50
