"""Reading: only rows in places where the reader holds the right."""

import pytest
from django.contrib.auth.models import AnonymousUser

from coremis.kernel.testing.cast import everywhere, make_user

HOUSE, ROOM, TOUR, MEMO = (f"sample.view_{name}" for name in ("house", "room", "tour", "memo"))


@pytest.fixture
def things(country, root, sample_app):
    from coremis.kernel.actions.tests.sample.models import House, Memo, Room, Tour

    for name in ("Almond", "Cedar", "Fig"):
        house = sample_app.build_house(area=country[name], owner=name, actor=root)
        sample_app.add_room(house=house, name=name, actor=root)
        sample_app.plan_tour(title=name, area_ids=[country[name].pk], actor=root)
    sample_app.plan_tour(title="north and south", area_ids=[country["Almond"].pk, country["Fig"].pk], actor=root)
    sample_app.plan_tour(title="nowhere", area_ids=[], actor=root)
    sample_app.write_memo(text="x", actor=root)
    return House, Room, Tour, Memo


def test_it_works(things, country):
    """pitfall S10: rows, counts and what is reached through another record."""
    house, room, tour, _memo = things
    reader = make_user("reader", HOUSE, ROOM, TOUR, area=country["North"])
    assert sorted(item.owner for item in house.objects.visible_to(reader, HOUSE)) == ["Almond", "Cedar"]
    assert sorted(item.name for item in room.objects.visible_to(reader, ROOM)) == ["Almond", "Cedar"]
    assert sorted(item.title for item in tour.objects.visible_to(reader, TOUR)) == ["Almond", "Cedar", "north and south"]
    assert house.objects.visible_to(reader, HOUSE).count() == 2


def test_no_permission_means_nothing(things, country):
    """pitfall S4: deny by default, also for what has no place."""
    reader = make_user("reader", ROOM, area=country["Testland"])
    for model, name in zip(things, (HOUSE, ROOM, TOUR, MEMO), strict=True):
        assert model.objects.visible_to(reader, name).exists() == (name == ROOM)
        assert not model.objects.visible_to(AnonymousUser(), name).exists()
        assert not model.objects.visible_to(make_user(f"nobody-{name}"), name).exists()


def test_what_has_no_place_is_seen_with_the_permission(things, country):
    *_others, memo = things
    assert memo.objects.visible_to(make_user("reader", MEMO, area=country["Almond"]), MEMO).count() == 1


def test_everywhere_sees_all_and_what_has_no_areas(things, country):
    house, _room, tour, _memo = things
    assert house.objects.visible_to(make_user("boss", HOUSE, area=country["Testland"]), HOUSE).count() == 3
    assert tour.objects.visible_to(everywhere(TOUR), TOUR).count() == 5


def test_several_places_give_no_row_twice(things, country):
    """A tour through two places of one reader is one row."""
    _house, _room, tour, _memo = things
    reader = make_user("reader", TOUR, area=country["North"])
    from coremis.kernel.access.models import Assignment, Profile
    from coremis.kernel.actions.services import maintenance

    with maintenance("test"):
        Assignment(user=reader, profile=Profile.objects.get(code="only-reader"), area=country["South"], valid_from="2020-01-01").save()
    fresh = type(reader).objects.get(pk=reader.pk)
    assert sorted(item.title for item in tour.objects.visible_to(fresh, TOUR)) == ["Almond", "Cedar", "Fig", "north and south"]


def test_it_composes_with_filters(things, country):
    """pitfall S10: dropdowns and grouped reads start from the same rows."""
    house, _room, tour, _memo = things
    reader = make_user("reader", HOUSE, TOUR, area=country["North"])
    assert house.objects.filter(owner="Fig").visible_to(reader, HOUSE).count() == 0
    assert list(house.objects.visible_to(reader, HOUSE).values_list("owner", flat=True).order_by("owner")) == ["Almond", "Cedar"]
    assert tour.objects.visible_to(reader, TOUR).filter(areas=country["Fig"]).count() == 1
    assert house.objects.exclude(owner="Almond").visible_to(reader, HOUSE).count() == 1


def test_one_query_whatever_the_number_of_places(things, country, django_assert_num_queries):
    """pitfall P1"""
    house, *_others = things
    reader = make_user("reader", HOUSE, area=country["North"])
    reader.has_perm(HOUSE)
    with django_assert_num_queries(1):
        assert len(house.objects.visible_to(reader, HOUSE)) == 2
