"""Set-based writing: exact former values, places, constant queries, on both databases alike."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat

from coremis.kernel.actions.bulk import copy_into, insert_from, update_from
from coremis.kernel.actions.models import Change
from coremis.kernel.actions.tests.test_record import BEFORE, FULL, OTHER
from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.testing.cast import last_event
from coremis.kernel.testing.racing import at_once

COLUMNS = ["area", "owner", "rooms_count", "color", "data", "account"]


@pytest.fixture
def told(root, sample_app):
    def inside(work, actor=root):
        sample_app.TOLD[0] = work
        return sample_app.do_as_told(actor=actor)

    return inside


@pytest.fixture
def model(sample_app):
    from coremis.kernel.actions.tests.sample.models import House

    return House


@pytest.fixture
def street(country, told, model):
    """Three houses in the North, one in the South."""
    rows = [[country[place].pk, owner, number, "RED", {"n": number}, "BI"] for number, (place, owner) in enumerate(
        [("Almond", "Ada"), ("Beech", "Bo"), ("Cedar", "Cy"), ("Fig", "Di")])]  # fmt: skip
    told(lambda: copy_into(model, COLUMNS, rows))
    return model.objects.order_by("pk")


def owners(rows):
    return sorted(rows.values_list("owner", flat=True))


def test_it_works(street, told, model, country):
    assert (
        told(lambda: update_from(street.filter(rooms_count__gte=2), owner=Concat(F("owner"), Value("!")), rooms_count=F("rooms_count") + 1))
        == 2
    )
    event = last_event("actions.do_as_told")
    assert owners(street) == ["Ada", "Bo", "Cy!", "Di!"]
    changed = model.objects.get(owner="Cy!")
    assert (changed.version, changed.event_id, changed.rooms_count) == (2, event.pk, 3) and changed.created_event_id < event.pk
    kept = Change.objects.get(kind="sample.house", record_id=changed.pk)
    assert kept.before == {"owner": "Cy", "rooms_count": 2} and kept.area_id == country["Cedar"].pk and kept.event == event


def test_former_values_are_the_same_as_save_would_keep(street, told):
    """Undo and the timeline read one form, whichever way the row was changed."""
    told(lambda: update_from(street, **FULL))
    told(lambda: update_from(street, **OTHER))
    kept = Change.objects.filter(event=last_event("actions.do_as_told"), kind="sample.house")
    assert kept.count() == 4 and all(change.before == BEFORE for change in kept)
    told(lambda: update_from(street.filter(owner=""), is_safe=True))
    latest = Change.objects.filter(event=last_event("actions.do_as_told"), kind="sample.house")
    assert [change.before for change in latest] == [{"is_safe": False}] * 4


def test_twice_in_one_action_and_beside_save(street, told, model):
    """What was noted for other rows of the same action is not touched again."""

    def body():
        ada, *_others = street
        ada.owner = "first"
        ada.save()
        update_from(model.objects.filter(owner="Bo"), owner="second")
        cy = model.objects.get(owner="Cy")
        cy.owner = "third"
        cy.save()
        update_from(model.objects.filter(owner="Di"), owner="fourth")
        return update_from(model.objects.filter(owner="fourth"), owner="fifth")

    assert told(body) == 1
    assert owners(street) == ["fifth", "first", "second", "third"]
    assert list(model.objects.order_by("pk").values_list("version", flat=True)) == [2, 2, 2, 3]
    last = Change.objects.filter(kind="sample.house").order_by("-pk").first()
    assert last.before == {"owner": "fourth"}


def test_none_of_none_changes_nothing(street, told):
    """pitfall M1: an empty selection changes nobody."""
    assert told(lambda: update_from(street.none(), owner="x")) == 0
    assert told(lambda: update_from(street.filter(owner__in=[]), owner="x")) == 0
    assert not Change.objects.filter(kind="sample.house").exists() and "x" not in owners(street)


def test_rows_outside_the_places_are_refused(street, told, northerner, country, model):
    """pitfall S10: updating, moving away, moving in, by whatever name of the column."""
    assert told(lambda: update_from(street.exclude(owner="Di"), owner="x"), northerner) == 3
    with pytest.raises(OutsidePlaces):
        told(lambda: update_from(street, owner="y"), northerner)
    for move in ({"area": country["Fig"]}, {"area_id": country["Fig"].pk}):
        with pytest.raises(OutsidePlaces):
            told(lambda move=move: update_from(street.exclude(owner="Di"), **move), northerner)
        with pytest.raises(OutsidePlaces):
            told(lambda: update_from(street.filter(owner="Di"), area=country["Almond"]), northerner)
    assert told(lambda: update_from(street.exclude(owner="Di"), area=country["Almond"]), northerner) == 3
    assert owners(street) == ["Di", "x", "x", "x"] and model.objects.filter(area=country["Almond"]).count() == 3


def test_records_in_several_places_need_all_of_them(country, root, northerner, sample_app):
    sample_app.plan_tour(title="north", area_ids=[country["Almond"].pk], actor=root)
    assert sample_app.rename_tours(title="x", actor=northerner) == 1
    sample_app.plan_tour(title="both", area_ids=[country["Almond"].pk, country["Fig"].pk], actor=root)
    with pytest.raises(OutsidePlaces):
        sample_app.rename_tours(title="y", actor=northerner)
    assert sample_app.rename_tours(title="y", actor=root) == 2


def test_nested_places_are_checked(country, root, northerner, sample_app, told):
    from coremis.kernel.actions.tests.sample.models import Room

    for name in ("Almond", "Fig"):
        house = sample_app.build_house(area=country[name], actor=root)
        sample_app.add_room(house=house, name=name, actor=root)
    assert told(lambda: update_from(Room.objects.filter(name="Almond"), name="x"), northerner) == 1
    assert Change.objects.get(kind="sample.room").area_id == country["Almond"].pk
    with pytest.raises(OutsidePlaces):
        told(lambda: update_from(Room.objects.filter(name="Fig"), name="y"), northerner)
    with pytest.raises(OutsidePlaces):
        told(lambda: update_from(Room.objects.filter(name="x"), house=house), northerner)


def test_insert_from_stamps_and_copies(street, root, sample_app, model):
    """pitfall D1, P1"""
    assert sample_app.copy_houses(owner="Ada", actor=root) == 1
    copied = model.objects.latest("pk")
    event = last_event("actions.copy_houses")
    assert (copied.owner, copied.data, copied.account, copied.color) == ("Ada", {"n": 0}, "BI", "RED")
    assert (copied.version, copied.event_id, copied.created_event_id) == (1, event.pk, event.pk)
    assert sample_app.copy_houses(owner="nobody", actor=root) == 0


def test_insert_from_outside_the_places_is_refused(street, northerner, sample_app, model):
    assert sample_app.copy_houses(owner="Bo", actor=northerner) == 1
    with pytest.raises(OutsidePlaces):
        sample_app.copy_houses(owner="Di", actor=northerner)
    assert model.objects.count() == 5


def test_insert_from_takes_expressions_and_leaves_existing_rows(street, told, model):
    """pitfall M4, D7: the database's constraint decides what exists, the second run adds nothing."""
    from coremis.kernel.actions.tests.sample.models import Room

    def fill(source):
        named = source.annotate(new_house=F("pk"), new_name=Concat(F("owner"), Value(" room"), output_field=CharField()))
        return insert_from(Room, named, ["house", "name"], skip_existing=True)

    assert told(lambda: fill(model.objects.filter(owner="Ada"))) == 1
    assert told(lambda: fill(model.objects.all())) == 3
    assert told(lambda: fill(model.objects.order_by("owner"))) == 0
    assert Room.objects.count() == 4 and Room.objects.filter(name="Di room", house__owner="Di").exists()


def test_copy_into_checks_places_and_keeps_every_type(told, northerner, country, model):
    rows = [[country["Almond"].pk, *FULL.values()], [country["Beech"].pk, *[OTHER[name] for name in FULL]]]
    assert told(lambda: copy_into(model, ["area", *FULL], iter(rows)), northerner) == 2
    first, second = model.objects.order_by("pk")
    for name, value in FULL.items():
        assert getattr(first, name) == value, name
        assert getattr(second, name) == OTHER[name], name
    with pytest.raises(OutsidePlaces):
        told(lambda: copy_into(model, COLUMNS, [[country["Fig"].pk, "", 0, "RED", {}, ""]]), northerner)
    assert told(lambda: copy_into(model, COLUMNS, []), northerner) == 0 and model.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        told(lambda: copy_into(model, ["area"], [[country["Almond"].pk]]), northerner)


@pytest.mark.django_db
def test_nothing_works_outside_an_action(model):
    for work in (
        lambda: copy_into(model, ["owner"], [["x"]]),
        lambda: insert_from(model, model.objects.all(), ["owner"]),
        lambda: update_from(model.objects.all(), owner="x"),
    ):
        with pytest.raises(Refusal):
            work()


def test_queries_stay_the_same_however_many_rows(country, told, model, django_assert_max_num_queries):
    """pitfall P1, P2"""
    place = country["Almond"].pk
    for count in (3, 3000):
        told(lambda count=count: copy_into(model, COLUMNS, ([place, f"o{n}", n, "RED", {}, ""] for n in range(count))))
    for rows in (model.objects.filter(rooms_count__lt=3), model.objects.all()):
        with django_assert_max_num_queries(9):
            told(lambda rows=rows: update_from(rows, owner="x"))
        with django_assert_max_num_queries(7):
            told(lambda rows=rows: insert_from(model, rows, COLUMNS))


@pytest.mark.django_db(transaction=True)
def test_two_updates_at_the_same_moment_lose_nothing(root, sample_app, model, country):
    """The rows are locked while their former values are noted: each change says what the other left behind."""
    sample_app.build_house(area=country["Almond"], owner="0", actor=root)

    sample_app.TOLD[0] = lambda: update_from(model.objects.all(), owner=Concat(F("owner"), Value("+")))
    assert at_once(*[lambda: sample_app.do_as_told(actor=root)] * 4) == [1, 1, 1, 1]
    assert model.objects.get().owner == "0++++" and model.objects.get().version == 5
    assert sorted(change.before["owner"] for change in Change.objects.filter(kind="sample.house")) == ["0", "0+", "0++", "0+++"]
