"""A household moves between places: proposed where it leaves, accepted where it arrives, by two people."""

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import again, last_event, make_user
from coremis.modules.registry.models import Household, HouseholdMove, Person
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.services import accept_move, change_household, propose_move, recall_move, reject_move
from coremis.modules.registry.services.hooks import AfterMove
from coremis.modules.registry.tests.factories import make_household


@pytest.fixture
def officers(country):
    return tuple(make_user(place.lower(), *SEES, *KEEPS, area=country[place]) for place in ("North", "South"))


@pytest.fixture
def household(country):
    return make_household(country["Almond"])


def test_it_works(country, officers, household):
    """Number, members and history go along; who read it before reads it no more (pitfall S10)."""
    north, south = officers
    move = propose_move(household=household, to_area_id=country["Ebony"].pk, reason="Work", address="By the mill", actor=north)
    household.refresh_from_db()
    assert household.area == country["Almond"], "nothing changes before it is accepted"
    accept_move(move=move, actor=south)
    moved = Household.objects.select_related("area").get(pk=household.pk)
    assert moved.number == household.number and moved.area == country["Ebony"] and moved.address == "By the mill"
    assert set(Person.objects.values_list("area__name", flat=True)) == {"Ebony"}
    seen = (
        Household.objects.visible_to(again(north), "registry.view_household"),
        Household.objects.visible_to(again(south), "registry.view_household"),
    )
    assert [list(rows) for rows in seen] == [[], [moved]]
    assert last_event("registry.accept_move").actor_name == "south"


def test_only_the_place_of_arrival_accepts(country, officers, household):
    """pitfall S10: never one person alone."""
    north, south = officers
    with pytest.raises(OutsidePlaces):
        propose_move(household=household, to_area_id=country["Ebony"].pk, reason="Theft of a household", actor=south)
    move = propose_move(household=household, to_area_id=country["Ebony"].pk, reason="Work", actor=north)
    for wrong in (accept_move, reject_move):
        with pytest.raises(OutsidePlaces):
            wrong(move=move, note="x", actor=north)
    with pytest.raises(OutsidePlaces):
        recall_move(move=move, actor=south)
    both = make_user("both", *SEES, *KEEPS, area=country["Testland"])
    second = propose_move(household=make_household(country["Beech"]), to_area_id=country["Fig"].pk, reason="Work", actor=both)
    with pytest.raises(NotPermitted):
        accept_move(move=second, actor=both)


def test_rejected_and_taken_back(country, officers, household):
    north, south = officers
    move = propose_move(household=household, to_area_id=country["Ebony"].pk, reason="Work", actor=north)
    with pytest.raises(Refusal):
        propose_move(household=household, to_area_id=country["Fig"].pk, reason="Work", actor=north)
    with pytest.raises(Refusal):
        change_household(household=household, area=country["Beech"], actor=north)
    with pytest.raises(Invalid):
        reject_move(move=move, note=" ", actor=south)
    assert reject_move(move=move, note="Not known here", actor=south).state == HouseholdMove.State.REJECTED
    again_asked = propose_move(household=household, to_area_id=country["Ebony"].pk, reason="Work", actor=north)
    assert recall_move(move=again_asked, actor=north).state == HouseholdMove.State.RECALLED
    for decided in (accept_move, reject_move):
        with pytest.raises(Refusal):
            decided(move=again_asked, note="x", actor=south)
    with pytest.raises(Invalid):
        propose_move(household=household, to_area_id=household.area_id, reason="Work", actor=north)


def test_moved_meanwhile(country, officers, household):
    north, south = officers
    move = propose_move(household=household, to_area_id=country["Ebony"].pk, reason="Work", actor=north)
    with maintenance("moved by an import"):
        household.refresh_from_db()
        household.area = country["Beech"]
        household.save()
    with pytest.raises(Refusal, match="meanwhile"):
        accept_move(move=move, actor=south)


def test_other_modules_follow_in_the_same_transaction(country, officers, household):
    north, south = officers
    seen = []
    CATALOGUE.add(
        "test_followers", [AfterMove(kind, lambda rows, actor: seen.append((len(rows), rows[0].area.name))) for kind in (Household, Person)]
    )
    try:
        change_household(household=household, area=country["Beech"], actor=north)
        household.refresh_from_db()
        move = propose_move(household=household, to_area_id=country["Ebony"].pk, reason="Work", actor=north)
        accept_move(move=move, actor=south)
    finally:
        CATALOGUE.add("test_followers", [])
    assert seen == [(1, "Beech"), (3, "Beech"), (1, "Ebony"), (3, "Ebony")]


def test_both_officers_find_it_in_their_work(country, officers, household, client):
    north, south = officers
    client.force_login(north)
    page = reverse("registry:propose_move", args=[household.pk])
    typed = {"key": "k", "place": "ebony", "address": "", "reason": "Work", "version": household.version}
    assert client.post(page, {**typed, "place": "nowhere", "step": "preview"}).status_code == 422
    seen = client.post(page, {**typed, "step": "preview"})
    assert client.post(page, {**typed, "step": "confirm", "seen": seen.context["seen"]}).status_code == 303
    move = HouseholdMove.objects.get()
    work, accept = reverse("administration:my_work"), reverse("registry:accept_move", args=[move.pk])
    assert reverse("registry:recall_move", args=[move.pk]) in client.get(work).content.decode()
    assert client.get(accept).status_code == 404, "only those of the other place accept"
    client.force_login(south)
    assert accept in client.get(work).content.decode() and accept in client.get(reverse("registry:moves")).content.decode()
    assert client.get(reverse("registry:household", args=[household.pk])).status_code == 404
    told = client.post(accept, {"key": "a", "note": "", "step": "preview", "version": move.version})
    assert household.number_text in told.content.decode() and household.head_name.split()[0] in told.content.decode()
    answer = client.post(accept, {"key": "a", "note": "", "step": "confirm", "seen": told.context["seen"], "version": move.version})
    assert answer.status_code == 303 and client.get(answer["Location"]).status_code == 200
    client.force_login(make_user("third", *SEES, *KEEPS, area=country["Northlake"]))
    assert household.number_text not in client.get(reverse("registry:moves")).content.decode()


def test_several_moves_are_accepted_one_by_one(country, officers, client):
    """Each with its own right: one's own, another place's and a decided one are left alone, with the reason beside each."""
    north, south = officers
    rows = [
        propose_move(household=make_household(country["Almond"]), to_area_id=country[place].pk, reason="Work", actor=north)
        for place in ("Ebony", "Fig", "Cedar")
    ]
    rows.append(propose_move(household=make_household(country["Fig"]), to_area_id=country["Date palm"].pk, reason="Work", actor=south))
    reject_move(move=rows[1], note="no", actor=south)
    client.force_login(south)
    page = reverse("registry:accept_chosen_moves")
    seen = [rows[place].pk for place in (0, 1, 3)]
    ticked = client.post(reverse("registry:moves"), {"do": "chosen", "tick": seen, "then": page})
    assert f'value="{" ".join(map(str, seen))}"' in client.get(ticked["Location"]).content.decode()
    typed = {"key": "k", "chosen": " ".join(map(str, seen)), "note": "Welcome"}
    look = client.post(page, {**typed, "step": "preview"})
    assert "This move is decided already" in look.content.decode() and "You proposed this move" in look.content.decode()
    done = client.post(page, {**typed, "step": "confirm", "seen": look.context["seen"]})
    assert "Done for 1 row." in done.content.decode() and "2 rows were left alone." in done.content.decode()
    states = [move.state for move in HouseholdMove.objects.order_by("pk")]
    assert states == ["ACCEPTED", "REJECTED", "PROPOSED", "PROPOSED"] and HouseholdMove.objects.get(pk=rows[0].pk).answer == "Welcome"
    elsewhere = client.post(page, {**typed, "chosen": str(rows[2].pk), "step": "preview"})
    assert elsewhere.status_code == 422, "a move between places of the North is not seen in the South"
