"""Loading a whole country from a list."""

import random

import pytest

from coremis.kernel.actions.models import Event
from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.areas.services import define_levels, load_areas
from coremis.kernel.areas.tests.test_areas import check_tree
from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.testing.cast import make_user

LEVELS = [{"en": "Country"}, {"en": "Province"}, {"en": "Commune"}, {"en": "Zone"}, {"en": "Quarter"}]


def row(code, parent="", name=""):
    return {"code": code, "name": name or f"Unit {code}", "parent": parent}


def land(provinces, communes, zones, quarters):
    """A country like the one in the law of 2023: names repeat, codes do not."""
    rows = [row("BI", name="Country")]
    rows += [row(f"P{p}", "BI") for p in range(provinces)]
    rows += [row(f"C{c}", f"P{c % provinces}", f"Commune {c % 7}") for c in range(communes)]
    rows += [row(f"Z{z}", f"C{z % communes}", f"Zone {z % 11}") for z in range(zones)]
    return rows + [row(f"Q{q}", f"Z{q % zones}", f"Quarter {q % 13}") for q in range(quarters)]


@pytest.fixture
def levels(db, root):
    define_levels(names=LEVELS, actor=root)


def test_it_works(levels, root):
    rows = land(2, 4, 6, 12)
    assert load_areas(rows=rows, actor=root) == len(rows) == 25
    check_tree()
    assert Area.objects.get(code="Q0").full_path == "unit p0/commune 0/zone 0/quarter 0"


def test_in_any_order(levels, root):
    rows = land(2, 4, 6, 12)
    random.Random(5).shuffle(rows)
    load_areas(rows=rows, actor=root)
    check_tree()


def test_the_same_list_again_changes_nothing(levels, root):
    """pitfall D2, D7"""
    rows = land(2, 4, 6, 12)
    load_areas(rows=rows, actor=root)
    assert load_areas(rows=rows, actor=root) == 0 and Area.objects.count() == 25
    assert load_areas(rows=[*rows, row("Z9", "C1")], actor=root) == 1
    check_tree()


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ([row("P1", "BI")], "P1 stands twice"),
        ([row("X1", "nowhere")], "X1 lies in one that is not in the list"),
        ([row("X1", "X2"), row("X2", "X1")], "lies in one that is not in the list"),
        ([row("X1", "X1")], "lies in one that is not in the list"),
        ([row("X1", "Q1")], "deeper than the defined levels"),
        ([row("X1")], "one country only"),
        ([{"code": "X1", "name": " ", "parent": "BI"}], "Row 26 needs a code and a name"),
        ([{"name": "x", "parent": "BI"}], "Row 26"),
        ([row("X1", "BI", "x" * 121)], "at most 120"),
        ([row("x" * 41, "BI")], "at most 120 letters, a code 40"),
    ],
)
def test_a_wrong_list_is_refused_whole(levels, root, extra, sentence):
    """pitfall D3, M10: a sentence that names the unit, and nothing is half done."""
    with pytest.raises(Refusal, match=sentence):
        load_areas(rows=[*land(2, 4, 6, 12), *extra], actor=root)
    assert not Area.objects.exists() and not AreaTree.objects.exists() and not Event.objects.filter(action=load_areas.name).exists()


def test_a_second_country_is_refused_later_too(levels, root):
    load_areas(rows=land(2, 4, 6, 12), actor=root)
    with pytest.raises(Refusal, match="one country only"):
        load_areas(rows=[row("FR")], actor=root)


def test_codes_may_be_figures(levels, root):
    load_areas(rows=[{"code": 1, "name": "A", "parent": None}, {"code": 12, "name": "B", "parent": 1}], actor=root)
    assert Area.objects.get(code="12").parent.code == "1"


def test_only_inside_the_own_places(country):
    """pitfall S10: the places are in plain rows, and are checked all the same."""
    officer = make_user("officer", "areas.load_areas", area=country["North"])
    assert load_areas(rows=[row("N3", "N"), row("N3A", "N3")], actor=officer) == 2
    for rows in ([row("S9", "S")], [row("N4", "N"), row("S9", "S")], [row("X", "TL")]):
        with pytest.raises(OutsidePlaces):
            load_areas(rows=rows, actor=officer)
    check_tree()


def test_three_thousand_units_with_a_few_queries_a_level(levels, root, django_assert_max_num_queries):
    """pitfall P1, P2: as many units as Burundi's law of 2023 names (5, 42, 451, 3,044)."""
    rows = land(5, 42, 451, 3044)
    with django_assert_max_num_queries(5 * 6 + 10):
        assert load_areas(rows=rows, actor=root) == 3543
    assert AreaTree.objects.count() == 1 + 5 * 2 + 42 * 3 + 451 * 4 + 3044 * 5
    assert AreaTree.objects.filter(ancestor__code="BI").count() == 3543
