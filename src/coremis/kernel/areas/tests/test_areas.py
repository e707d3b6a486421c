"""The tree of areas: any depth, dated names, every ancestor of every area right after each change."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.actions.models import Change
from coremis.kernel.areas.models import Area, AreaLevel, AreaTree, FormerArea
from coremis.kernel.areas.places import AreaPlaces
from coremis.kernel.areas.queries import below, common_ancestor, country, path_of
from coremis.kernel.areas.services import add_area, close_area, define_levels, move_area, rename_area
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import make_user


def fresh(area):
    return Area.objects.select_related("parent", "level").get(pk=area.pk)


def check_tree():
    """The table of ancestors is exactly what the parents say, worked out one by one."""
    areas = {area.pk: area for area in Area.objects.all()}
    expected = set()
    for area in areas.values():
        above, depth = area, 0
        while above:
            expected.add((above.pk, area.pk, depth))
            above, depth = areas.get(above.parent_id), depth + 1
    assert set(AreaTree.objects.values_list("ancestor_id", "descendant_id", "depth")) == expected
    for area in areas.values():
        names = [item.search_name for item in path_of(area)][1:] or [area.search_name]
        assert area.full_path == "/".join(names), area


def test_it_works(country, root):
    check_tree()
    grove = add_area(name="Grève d’Été", code="N1C", parent=country["Northfield"], actor=root)
    assert grove.full_path == "north/northfield/greve d ete" and grove.level.position == 3
    assert [area.name for area in path_of(grove)] == ["Testland", "North", "Northfield", "Grève d’Été"]
    check_tree()


def test_any_depth(db, root):
    define_levels(names=[{"en": f"Level {number}"} for number in range(12)], actor=root)
    area = None
    for number in range(12):
        area = add_area(name=f"Unit {number}", code=f"C{number}", parent=area, actor=root)
    check_tree()
    assert AreaTree.objects.filter(descendant=area).count() == 12
    with pytest.raises(Refusal, match="no level below"):
        add_area(name="Too deep", code="C12", parent=area, actor=root)


def test_levels_are_renamed_not_doubled(country, root):
    define_levels(names=[{"en": "State"}], actor=root)
    assert AreaLevel.objects.count() == 4 and str(AreaLevel.objects.get(position=0)) == "State"


def test_rename_keeps_what_it_was_called(country, root):
    """Codes and names are dated; the area keeps its identity."""
    north = rename_area(area=country["North"], name="Up", code="UP", actor=root)
    former = FormerArea.objects.get(area=north)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert (former.name, former.code, former.valid_from, former.valid_until) == ("North", "N", date(1900, 1, 1), yesterday)
    assert north.pk == country["North"].pk and north.valid_from == timezone.localdate()
    assert fresh(country["Almond"]).full_path == "up/northfield/almond"
    assert fresh(country["Fig"]).full_path == "south/southlake/fig"
    assert Change.objects.get(kind="areas.area", record_id=country["Almond"].pk).before == {"full_path": "north/northfield/almond"}
    check_tree()


def test_a_name_that_begins_like_another_changes_only_its_own(country, root):
    add_area(name="Northern", code="NN", parent=country["Testland"], actor=root)
    rename_area(area=country["North"], name="A", code="A", actor=root)
    assert Area.objects.get(code="NN").full_path == "northern"
    check_tree()


def test_renaming_the_country_moves_no_path(country, root):
    rename_area(area=country["Testland"], name="Otherland", code="OL", actor=root)
    check_tree()


def test_renamed_twice_on_one_day(country, root):
    for name in ("One", "Two"):
        rename_area(area=fresh(country["Fig"]), name=name, code="S2A", actor=root)
    assert [former.name for former in FormerArea.objects.order_by("pk")] == ["Fig", "One"]
    assert all(former.valid_from <= former.valid_until for former in FormerArea.objects.all())


@pytest.mark.parametrize("days", [1, -50000])
def test_a_change_is_dated_between_the_last_one_and_today(country, root, days):
    with pytest.raises(Refusal, match="date must lie"):
        rename_area(area=country["Fig"], name="x", code="y", on=timezone.localdate() + timedelta(days=days), actor=root)


def test_move_takes_everything_below_along(country, root):
    moved = move_area(area=country["Northfield"], parent=country["South"], on=date(2026, 1, 1), actor=root)
    assert moved.parent == country["South"] and fresh(country["Almond"]).full_path == "south/northfield/almond"
    former = FormerArea.objects.get(area=moved)
    assert former.parent == country["North"] and former.valid_until == date(2025, 12, 31)
    check_tree()
    south = AreaPlaces(False, frozenset({country["South"].pk}))
    north = AreaPlaces(False, frozenset({country["North"].pk}))
    assert south.cover([country["Almond"].pk]) and not north.cover([country["Almond"].pk])


def test_no_circles(country, root):
    """Into itself, below itself, to another level, or the country itself: refused, and the tree stays as it was."""
    for area, parent in (
        ("North", "North"),
        ("North", "Almond"),
        ("North", "Northfield"),
        ("Testland", "North"),
        ("Almond", "South"),
        ("Almond", "Fig"),
    ):
        with pytest.raises(Refusal):
            move_area(area=country[area], parent=country[parent], actor=root)
    check_tree()


def test_codes_are_unique_among_those_in_use(country, root):
    with pytest.raises(Invalid) as refused:
        add_area(name="Again", code="N1A", parent=country["Northfield"], actor=root)
    assert "code" in refused.value.errors
    with pytest.raises(Invalid):
        rename_area(area=country["Fig"], name="Fig", code="N1A", actor=root)
    close_area(area=country["Almond"], until=timezone.localdate(), actor=root)
    assert rename_area(area=country["Fig"], name="Fig", code="N1A", actor=root).code == "N1A"


@pytest.mark.parametrize(("name", "code"), [("", "x"), ("x", " "), ("x" * 121, "x"), ("x", "x" * 41)])
def test_a_name_and_a_code_of_the_right_length(country, root, name, code):
    for work in (
        lambda: add_area(name=name, code=code, parent=country["North"], actor=root),
        lambda: rename_area(area=country["Fig"], name=name, code=code, actor=root),
    ):
        with pytest.raises(Refusal):
            work()


def test_closed_units(country, root):
    """Nothing is deleted: a closed unit stays readable, takes nothing new, and closes only when it is empty."""
    with pytest.raises(Refusal, match="still has units"):
        close_area(area=country["Northlake"], until=timezone.localdate(), actor=root)
    with pytest.raises(Refusal, match="began after"):
        close_area(area=country["Cedar"], until=date(1899, 1, 1), actor=root)
    close_area(area=country["Cedar"], until=timezone.localdate(), actor=root)
    lake = close_area(area=country["Northlake"], until=timezone.localdate(), actor=root)
    with pytest.raises(Refusal, match="closed"):
        add_area(name="New", code="N2B", parent=lake, actor=root)
    with pytest.raises(Refusal, match="closed"):
        move_area(area=country["Almond"], parent=lake, actor=root)
    check_tree()


def test_there_is_one_country(country, root):
    with pytest.raises(Refusal, match="country already"):
        add_area(name="Second", code="TL2", actor=root)


def test_only_inside_the_own_places(country):
    """pitfall S10: also where it moves to."""
    officer = make_user("officer", "areas.add_area", "areas.move_area", "areas.rename_area", area=country["North"])
    add_area(name="New", code="NEW", parent=country["Northfield"], actor=officer)
    move_area(area=country["Almond"], parent=country["Northlake"], actor=officer)
    for work in (
        lambda: add_area(name="New", code="X", parent=country["Southfield"], actor=officer),
        lambda: move_area(area=country["Beech"], parent=country["Southfield"], actor=officer),
        lambda: move_area(area=country["Fig"], parent=country["Northfield"], actor=officer),
        lambda: rename_area(area=country["Testland"], name="x", code="x", actor=officer),
    ):
        with pytest.raises(OutsidePlaces):
            work()
    with pytest.raises(NotPermitted):
        close_area(area=country["Beech"], until=date(2026, 1, 1), actor=officer)
    check_tree()


def test_queries(country):
    assert common_ancestor([country["Almond"].pk, country["Cedar"].pk]) == country["North"]
    assert common_ancestor([country["Almond"].pk]) == country["Almond"]
    assert common_ancestor([country["Almond"].pk, country["Northfield"].pk]) == country["Northfield"]
    assert common_ancestor([country["Almond"].pk, country["Fig"].pk]) == common_ancestor([]) == country["Testland"]
    assert set(below([country["Northfield"].pk])) == {country[name].pk for name in ("Northfield", "Almond", "Beech")}


def test_no_place_lies_only_inside_the_whole_country(country):
    local, whole, none = (
        AreaPlaces(everywhere, frozenset(roots)) for everywhere, roots in ((False, {country["North"].pk}), (True, ()), (False, ()))
    )
    assert not local.cover([None]) and not local.cover([country["Almond"].pk, None]) and whole.cover([None]) and local.cover([])
    assert not none.cover([country["Almond"].pk]) and not local.cover([999999])
    assert set(none.areas()) == set()


def test_renaming_costs_the_same_however_much_lies_below(country, root, django_assert_max_num_queries):
    """pitfall P1"""
    with django_assert_max_num_queries(20):
        rename_area(area=country["North"], name="Up", code="UP", actor=root)


def test_empty_installation(db):
    assert country() is None and common_ancestor([]) is None
