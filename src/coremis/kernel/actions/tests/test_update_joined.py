"""Setting on each row what another query says of it: the same traces as ``update_from``, with the query read once."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import F, IntegerField
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext

from coremis.kernel.actions.bulk import copy_into, update_joined
from coremis.kernel.actions.models import Change
from coremis.kernel.base.refusal import OutsidePlaces
from coremis.kernel.testing.cast import last_event

COLUMNS = ["area", "owner", "rooms_count", "nickname", "color", "data", "account"]


@pytest.fixture
def told(root, sample_app):
    def inside(work, actor=root):
        sample_app.TOLD[0] = work
        return sample_app.do_as_told(actor=actor)

    return inside


@pytest.fixture
def street(country, told, sample_app):
    """Three houses; two of them have a room, whose name is what will be said of them."""
    from coremis.kernel.actions.tests.sample.models import House, Room

    names = [("Almond", "Ada"), ("Beech", "Bo"), ("Fig", "Di")]
    told(lambda: copy_into(House, COLUMNS, [[country[area].pk, name, 7, name, "RED", {}, ""] for area, name in names]))
    ada, _bo, di = House.objects.order_by("pk")
    told(lambda: copy_into(Room, ["house", "name"], [[ada.pk, "Kitchen"], [di.pk, "Hall"]]))
    return House.objects.order_by("pk"), Room.objects.all()


def set_all(street):
    houses, rooms = street
    said = {"owner": F("name"), "rooms_count": F("house__rooms_count") + Length("name", output_field=IntegerField())}
    return update_joined(houses.model, rooms, "house", **said, nickname=None, built_on=date(2026, 1, 2), color="BLUE")


def test_it_works(street, told):
    """Expressions come from the query, the rest is set as it is; who is not spoken of stays."""
    assert told(lambda: set_all(street)) == 2
    event = last_event("actions.do_as_told")
    seen = list(street[0].values_list("owner", "rooms_count", "nickname", "built_on", "color", "version", "event_id"))
    new = (None, date(2026, 1, 2), "BLUE", 2, event.pk)
    assert [seen[0], seen[2]] == [("Kitchen", 14, *new), ("Hall", 11, *new)] and seen[1][:3] == ("Bo", 7, "Bo") and seen[1][5] == 1


def test_former_values_are_kept(street, told, country):
    told(lambda: set_all(street))
    kept = Change.objects.filter(event=last_event("actions.do_as_told"), kind="sample.house").order_by("record_id")
    assert [one.before for one in kept] == [
        {"owner": name, "rooms_count": 7, "nickname": name, "built_on": None, "color": "RED"} for name in ("Ada", "Di")
    ]
    assert [one.area_id for one in kept] == [country["Almond"].pk, country["Fig"].pk]


def test_nobody_is_spoken_of(street, told):
    """Nothing is written, not even a trace."""
    houses, rooms = street
    assert told(lambda: update_joined(houses.model, rooms.filter(name="Cellar"), "house", owner=F("name"))) == 0
    assert not Change.objects.filter(event=last_event("actions.do_as_told")).exists()


def test_places(street, told, northerner):
    """Whoever works in the North changes nothing in the South, and then nothing at all."""
    with pytest.raises(OutsidePlaces):
        told(lambda: set_all(street), northerner)
    assert set(street[0].values_list("version", flat=True)) == {1}


def test_three_statements(street, told):
    with CaptureQueriesContext(connection) as seen:
        told(lambda: set_all(street))
    written = [query["sql"] for query in seen.captured_queries if "sample_house" in query["sql"] or "MAX(" in query["sql"]]
    assert len(written) == 3 and sum("sample_room" in sql for sql in written) == 2
