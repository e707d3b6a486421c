"""Units that are merged, split, renamed, moved and closed: dated, agreed to, with their people, rights and codes."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.access.models import Assignment, User
from coremis.kernel.actions.models import Change
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.tests.test_areas import check_tree, fresh
from coremis.kernel.base.refusal import NeedsApproval, OutsidePlaces, Refusal
from coremis.kernel.exchange.places import PlaceFinder
from coremis.kernel.jobs import worker
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import again, make_profile, make_route, make_user
from coremis.modules.geography.models import CodeLink
from coremis.modules.geography.services import moving
from coremis.modules.geography.services.moving import move_people
from coremis.modules.geography.services.reorganising import merge_units, split_unit
from coremis.modules.geography.services.units import close_unit, move_unit, rename_unit
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.tests.factories import make_household

DAY = date(2025, 7, 1)
EVE = DAY - timedelta(days=1)
ALL = (merge_units, split_unit, rename_unit, move_unit, close_unit, move_people)


@pytest.fixture
def cast(country):
    """Somebody who asks in the whole country, and somebody who agrees."""
    checkers = make_profile("checkers", "approvals.approve_request")
    for action in ALL:
        make_route(action.name, country["Testland"], checkers)
    maker = make_user("maker", "approvals.submit_request", *(action.name for action in ALL), area=country["Testland"])
    return maker, make_user("checker", area=country["Testland"], profile=checkers)


def agreed(cast, action, **inputs):
    request = submit(action, inputs, actor=cast[0]).request
    approve_request(request=request, actor=cast[1])
    run_until_idle()


def linked(code):
    return {(link.area.code, round(link.share, 4), link.why) for link in CodeLink.objects.filter(former_code=code)}


def test_it_works(country, cast):
    """Two villages become one: it takes their people over, their users see it, their codes lead to it."""
    homes = [make_household(country["Almond"]), make_household(country["Beech"])]
    clerk = make_user("clerk", "registry.view_household", area=country["Almond"])
    agreed(cast, merge_units, areas=[country["Almond"], country["Beech"]], name="Orchard", code="N1Z", on=DAY, source="Law 5")
    orchard = Area.objects.get(code="N1Z")
    assert (orchard.valid_from, orchard.parent, fresh(country["Almond"]).valid_until) == (DAY, country["Northfield"], EVE)
    assert (
        set(Household.objects.values_list("area__code", flat=True)) == {"N1Z"} == set(Person.objects.values_list("area__code", flat=True))
    )
    assert Change.objects.filter(kind="registry.household", record_id=homes[0].pk, before__area_id=country["Almond"].pk).exists()
    assert linked("N1A") == linked("N1B") == {("N1Z", 1, "MERGE")}
    assert PlaceFinder(country["Testland"]).find("N1A") == orchard.pk
    assert Household.objects.visible_to(again(clerk), "registry.view_household").count() == 2
    assert Assignment.objects.get(user=clerk, area=orchard).valid_from == timezone.localdate()
    check_tree()


def test_one_goes_on_and_takes_the_other_in(country, cast):
    """Upper units: what lies inside moves along, and stays whole."""
    agreed(cast, merge_units, areas=[country["Northfield"], country["Northlake"]], into=country["Northlake"], on=DAY)
    assert fresh(country["Almond"]).parent == country["Northlake"] and fresh(country["Almond"]).full_path == "north/northlake/almond"
    assert fresh(country["Northfield"]).valid_until == EVE and linked("N1") == {("N2", 1, "MERGE")}
    check_tree()


def test_split_into_parts(country, cast):
    """Units inside go to their part; the people of the very unit wait until it is said where they belong."""
    home = make_household(country["Northfield"])
    parts = [
        {"code": "N1E", "name": "East", "share": "0.4", "inside": ["N1A"]},
        {"code": "N1W", "name": "West", "share": "0.6", "inside": ["N1B"]},
    ]
    agreed(cast, split_unit, area=country["Northfield"], parts=parts, on=DAY)
    assert fresh(country["Almond"]).full_path == "north/east/almond" and linked("N1") == {("N1E", 0.4, "SPLIT"), ("N1W", 0.6, "SPLIT")}
    assert Household.objects.get(pk=home.pk).area == country["Northfield"] and fresh(country["Northfield"]).valid_until == EVE
    with pytest.raises(Refusal, match="Several places"):
        PlaceFinder(country["Testland"]).find("N1")
    agreed(cast, move_people, from_areas=[fresh(country["Northfield"])], to=Area.objects.get(code="N1W"))
    assert Household.objects.get(pk=home.pk).area.code == "N1W"
    check_tree()


def test_a_part_is_carved_out_and_the_unit_goes_on(country, cast):
    parts = [{"code": "N1C", "name": "New", "share": "0.25", "inside": ["N1B"]}]
    agreed(cast, split_unit, area=country["Northfield"], parts=parts, on=DAY, goes_on=True)
    assert fresh(country["Northfield"]).valid_until is None and fresh(country["Almond"]).parent == country["Northfield"]
    assert linked("N1") == {("N1C", 0.25, "SPLIT"), ("N1", 0.75, "SPLIT")}
    assert PlaceFinder(country["Testland"]).find("N1") == country["Northfield"].pk


def test_rename_move_and_close(country, cast):
    agreed(cast, rename_unit, area=country["Almond"], name="Amande", code="N1X", on=DAY, source="Decree 7")
    assert linked("N1A") == {("N1X", 1, "RENAME")} and PlaceFinder(country["Testland"]).find("N1A") == country["Almond"].pk
    agreed(cast, move_unit, area=fresh(country["Almond"]), parent=country["Northlake"], on=DAY)
    assert fresh(country["Almond"]).full_path == "north/northlake/amande"
    agreed(cast, close_unit, area=country["Fig"], until=EVE)
    assert fresh(country["Fig"]).valid_until == EVE and not linked("S2A")
    check_tree()


def test_rights_follow_for_the_days_they_were_given(country, cast):
    """A contract that ends, and one that begins later, hold in the new place for the same days: no longer and no earlier."""
    today, clerks = timezone.localdate(), make_profile("clerks", "registry.view_household")
    ends, begins, ended = today + timedelta(days=90), today + timedelta(days=30), today - timedelta(days=1)
    make_user("fixed", area=country["Almond"], profile=clerks)
    make_user("later", area=country["Almond"], profile=clerks)
    make_user("gone", area=country["Almond"], profile=clerks)
    make_user("both", area=country["Almond"], profile=clerks)
    with maintenance("dated contracts"):
        for name, days in {"fixed": {"valid_until": ends}, "later": {"valid_from": begins}, "gone": {"valid_until": ended}}.items():
            row = Assignment.objects.get(user__username=name)
            row.valid_from = ended if "valid_until" in days else row.valid_from
            for field, day in days.items():
                setattr(row, field, day)
            row.save()
        Assignment(user=User.objects.get(username="both"), profile=clerks, area=country["Beech"], valid_from=begins).save()
    agreed(cast, merge_units, areas=[country["Almond"], country["Beech"]], into=country["Beech"], on=DAY)
    given = Assignment.objects.filter(area=country["Beech"], profile=clerks)
    assert set(given.values_list("user__username", "valid_from", "valid_until")) == {
        ("fixed", today, ends), ("later", begins, None), ("both", begins, None), ("both", today, begins - timedelta(days=1)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("areas", "more", "sentence"),
    [
        (["Almond"], {}, "at least two"),
        (["Almond", "Northlake"], {}, "one level"),
        (["Testland", "Almond"], {}, "one level"),
        (["Almond", "Beech"], {"on": timezone.localdate() + timedelta(days=1)}, "in the future"),
        (["Almond", "Beech"], {"on": date(1900, 1, 1)}, "began after"),
        (["Almond", "Beech"], {"code": "S2A"}, "code S2A is in use"),
        (["Almond", "Beech"], {"code": ""}, "name and a code"),
    ],
)
def test_merges_that_cannot_be(country, cast, areas, more, sentence):
    inputs = {"name": "New", "code": "NEW", "on": DAY, **more}
    request = submit(merge_units, {"areas": [country[name] for name in areas], **inputs}, actor=cast[0]).request
    with pytest.raises(Refusal, match=sentence):
        approve_request(request=request, actor=cast[1])
    assert not CodeLink.objects.exists() and not Area.objects.exclude(valid_until=None).exists()


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([("A", "0.5", ["N1A"])], "at least two parts"),
        ([("A", "0.5", ["N1A"]), ("B", "0.6", ["N1B"])], "100 %"),
        ([("A", "0.5", ["N1A"]), ("B", "0.2", ["N1B"])], "100 %"),
        ([("A", "0", ["N1A"]), ("B", "1", ["N1B"])], "100 %"),
        ([("A", "0.5", ["N1A"]), ("B", "0.5", [])], "these units belong: N1B"),
        ([("A", "0.5", ["N1A", "N1B"]), ("B", "0.5", ["N1B"])], "one part only"),
        ([("A", "0.5", ["S2A"]), ("B", "0.5", ["N1A", "N1B"])], "one part only"),
        ([("A", "0.5", ["N1A"]), ("A", "0.5", ["N1B"])], "code A is in use"),
    ],
)
def test_splits_that_cannot_be(country, cast, parts, sentence):
    asked = [{"code": code, "name": f"Part {code}", "share": share, "inside": inside} for code, share, inside in parts]
    request = submit(split_unit, {"area": country["Northfield"], "parts": asked, "on": DAY}, actor=cast[0]).request
    with pytest.raises(Refusal, match=sentence):
        approve_request(request=request, actor=cast[1])
    check_tree()


def test_nobody_changes_the_tree_alone_or_elsewhere(country, cast):
    """pitfall S10"""
    with pytest.raises(NeedsApproval):
        close_unit(area=country["Fig"], until=EVE, actor=cast[0])
    north = make_user("north", merge_units.name, "approvals.submit_request", area=country["North"])
    with pytest.raises(OutsidePlaces):
        submit(merge_units, {"areas": [country["Almond"], country["Fig"]], "name": "x", "code": "x", "on": DAY}, actor=north)


def test_the_second_of_two_requests_is_refused(country, cast):
    """Two people at once: what was looked at has changed meanwhile."""
    first = submit(rename_unit, {"area": country["Fig"], "name": "One", "code": "S2A"}, actor=cast[0]).request
    second = submit(close_unit, {"area": country["Fig"], "until": EVE}, actor=cast[0]).request
    approve_request(request=first, actor=cast[1])
    decided = approve_request(request=second, actor=cast[1])
    assert decided.state == "STALE" and fresh(country["Fig"]).valid_until is None


def test_a_killed_move_goes_on_where_it_was(country, cast, monkeypatch):
    """Each household moves once, however often the work is taken up again."""
    monkeypatch.setattr(moving, "CHUNK", 2)
    for _number in range(5):
        make_household(country["Almond"])
    deaths = iter([True, False, True, *([False] * 20)])

    def die():
        if next(deaths):
            raise KeyboardInterrupt

    monkeypatch.setattr(worker, "after_chunk", die)
    request = submit(move_people, {"from_areas": [country["Almond"]], "to": country["Beech"]}, actor=cast[0]).request
    approve_request(request=request, actor=cast[1])
    for _try in range(4):
        try:
            run_until_idle()
        except KeyboardInterrupt:
            Job.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    assert Household.objects.filter(area=country["Beech"]).count() == 5 and not Household.objects.filter(area=country["Almond"]).exists()
    moves = Change.objects.filter(kind="registry.household", before__area_id=country["Almond"].pk)
    assert sorted(moves.values_list("record_id", flat=True)) == sorted(Household.objects.values_list("pk", flat=True))
