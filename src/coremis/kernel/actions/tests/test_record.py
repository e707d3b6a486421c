"""Saving records: stamps, versions, what was before, and what is never kept."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from coremis.kernel.actions.checks import check_actions, check_records
from coremis.kernel.actions.models import Change, Record
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.base.refusal import Refusal, Stale
from coremis.kernel.testing.cast import last_event

MORNING = datetime(2026, 1, 31, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
FULL = {
    "owner": "É", "rooms_count": 3, "color": "BLUE", "built_on": date(2026, 1, 31), "seen_at": MORNING, "is_safe": True,
    "score": 0.1 + 0.2, "share": Decimal("1.50"), "data": {"rooms": 3, "b": [1, None]}, "account": "BI-123", "nickname": "x",
}  # fmt: skip
BEFORE = {
    "owner": "É", "rooms_count": 3, "color": "BLUE", "built_on": "2026-01-31", "seen_at": "2026-01-31T08:00:00.123456+00:00", "is_safe": True,
    "score": 0.1 + 0.2, "share": "1.50", "data": {"rooms": 3, "b": [1, None]}, "account": "•••", "nickname": "x",
}  # fmt: skip
OTHER = {
    "owner": "", "rooms_count": 0, "color": "RED", "built_on": None, "seen_at": datetime(2026, 1, 31, tzinfo=UTC), "is_safe": False,
    "score": None, "share": None, "data": {}, "account": "", "nickname": None,
}  # fmt: skip


@pytest.fixture
def house(country, root, sample_app):
    return sample_app.build_house(area=country["Almond"], owner="Ada", actor=root)


@pytest.fixture
def change(root, sample_app):
    """Set fields of a house inside an action."""

    def inside(house, **values):
        def save():
            for name, value in values.items():
                setattr(house, name, value)
            house.save()

        sample_app.TOLD[0] = save
        sample_app.do_as_told(actor=root)
        return house

    return inside


def changes(house):
    return list(Change.objects.filter(kind="sample.house", record_id=house.pk).order_by("pk").values_list("before", flat=True))


def test_it_works(house, change):
    change(house, owner="Bo")
    event = last_event("actions.do_as_told")
    kept = Change.objects.get(kind="sample.house", record_id=house.pk)
    assert kept.before == {"owner": "Ada"} and kept.event == event and kept.area_id == house.area_id
    assert (house.version, house.event_id) == (2, event.pk) and house.created_event_id != event.pk


def test_changes_hold_exactly_what_was_before(house, change):
    """Every type comes back as it was, on both databases; only what differs is kept."""
    change(house, **FULL)
    fresh = type(house).objects.get()
    change(fresh, **OTHER)
    assert changes(house)[1] == BEFORE
    change(type(house).objects.get(), **OTHER)
    assert len(changes(house)) == 2 and type(house).objects.get().version == 3


def test_secret_fields_never_enter_the_changes(country, root, sample_app):
    """pitfall S9"""
    house = sample_app.build_house(area=country["Almond"], account=Secret("BI-123"), actor=root)
    assert type(house).objects.get().account == "BI-123"
    sample_app.paint_house(house=house, color="RED", account=Secret("BI-456"), actor=root)
    assert changes(house) == [{"account": "•••"}]


def test_nothing_changed_writes_nothing(house, change):
    change(house, owner="Ada")
    assert house.version == 1 and not changes(house)


def test_two_people_on_one_page_the_second_is_told(house, change):
    """pitfall D9: nothing is overwritten unseen."""
    first, second = (type(house).objects.get() for _n in range(2))
    change(first, owner="Bo")
    with pytest.raises(Stale):
        change(second, rooms_count=4)
    assert type(house).objects.get().rooms_count == 0


def test_deferred_fields_are_left_alone(house, change):
    part = type(house).objects.only("owner", "version").get()
    change(part, owner="Bo")
    assert changes(house) == [{"owner": "Ada"}]


def test_listing_fields_hides_no_change(house, root, sample_app):
    """``update_fields`` cannot keep a change out of the history: all that differs is saved and noted."""
    house.owner, house.rooms_count = "Bo", 2
    sample_app.TOLD[0] = lambda: house.save(update_fields=["owner"])
    sample_app.do_as_told(actor=root)
    assert changes(house) == [{"owner": "Ada", "rooms_count": 0}]


def test_row_knows_who_made_it(house):
    """pitfall D1"""
    assert house.created_event_id == last_event("actions.build_house").pk


def test_every_record_class_says_where_it_is():
    class Lost(Record):
        class Meta:
            app_label = "sample"
            abstract = True

    class Found(Record):
        areas_path = "areas"

        class Meta:
            app_label = "sample"
            abstract = True

    assert not hasattr(Lost, "area_path") and Found.area_path is None
    assert check_records(None) == []


def test_a_class_without_a_place_stops_the_start(monkeypatch):
    """pitfall S4: fail closed."""
    from coremis.kernel.actions.tests.sample.models import Memo

    monkeypatch.delattr(Memo, "area_path")
    assert [problem.id for problem in check_records(None)] == ["actions.E002"]


def test_a_path_that_leads_nowhere_stops_the_start(monkeypatch):
    """A misspelt path would show itself only on the first page that reads it."""
    from coremis.kernel.actions.tests.sample.models import Room

    monkeypatch.setattr(Room, "area_path", "hose__area")
    assert [problem.id for problem in check_records(None)] == ["actions.E004"]


def test_actions_that_wait_take_no_secrets_and_hide_no_others(monkeypatch, sample_app):
    from coremis.kernel.actions.action import FORMER_NAMES

    assert check_actions(None) == []
    monkeypatch.setattr(sample_app.build_house, "approvable", True)
    assert [problem.id for problem in check_actions(None)] == ["actions.E003"]
    monkeypatch.undo()
    monkeypatch.setitem(FORMER_NAMES, "actions.paint_house", "actions.build_house")
    assert [problem.id for problem in check_actions(None)] == ["actions.E005"]


def test_append_only_record_is_inserted_and_never_changed(root, sample_app, db):
    """pitfall M13"""
    from django.db import DatabaseError, transaction

    from coremis.kernel.actions.tests.sample.models import Stone

    stone = Stone(name="a")
    sample_app.TOLD[0] = stone.save
    sample_app.do_as_told(actor=root)
    stone.name = "b"
    with pytest.raises((DatabaseError, Refusal)), transaction.atomic():
        sample_app.do_as_told(actor=root)
    assert Stone.objects.get().name == "a"
