"""Two records of one person or household become one: nothing is lost, nothing is invented, and it is approved by others."""

from datetime import date

import pytest
from django.urls import reverse

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.base.refusal import Invalid, NeedsApproval, OutsidePlaces, Refusal
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Document, Household, Membership, Person, Photo, Recipient
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.services import change_person, merge_households, merge_persons
from coremis.modules.registry.services.hooks import BeforeMerge
from coremis.modules.registry.tests.factories import make_document, make_household, make_person, make_photo, make_variable


@pytest.fixture
def clerk(country):
    return make_user("clerk", *SEES, *KEEPS, "approvals.submit_request", area=country["North"])


def agreed(action, **inputs):
    with approved_by(Authority(action.name, None)):
        return action(**inputs)


def head_of(household):
    return household.memberships.get(relationship="head", left_on=None).person


def test_it_works(country, clerk, client):
    """The survivor keeps its values and gets those it lacks; the old number leads to it."""
    make_variable("school", "TEXT", subject="person")
    survivor = make_person(country["Almond"], "Rose", surname="Kaneza", phone="", data={})
    other = make_person(
        country["Beech"], "Roza", surname="Nimubona", phone="79001122", birth_date=date(1985, 5, 18), data={"school": "Yes"}
    )
    make_document(other, number="BI-1")
    make_photo(other)
    with pytest.raises(NeedsApproval):
        merge_persons(survivor=survivor, other=other, reason="Same document", actor=clerk)
    agreed(merge_persons, survivor=survivor, other=other, reason="Same document", actor=clerk)
    kept, gone = Person.objects.get(), Person.everything.get(pk=other.pk)
    assert (kept.full_name, kept.phone, kept.birth_date, kept.data) == ("Rose Kaneza", "79001122", date(1985, 5, 17), {"school": "Yes"})
    assert gone.merged_into == kept and gone.full_name == "Roza Nimubona" and kept.former_names == "Roza Nimubona"
    assert Document.objects.get().person == Photo.objects.get().person == kept
    client.force_login(clerk)
    for typed in (other.number_text, "roza nimubona"):
        address = client.post(reverse("registry:persons"), {"do": "search", "search": typed})["Location"]
        assert [row["id"] for row in client.get(address).context["rows"]] == [kept.pk], typed
    page = client.get(reverse("registry:person", args=[gone.pk]))
    assert reverse("registry:person", args=[kept.pk]) in page.content.decode() and not page.context["head"]()["actions"]
    for tab in ("documents", "history", "past"):
        assert client.get(reverse("registry:person", args=[gone.pk]) + f"?tab={tab}").status_code == 200


def test_roles_and_homes_come_along(country, clerk):
    household = make_household(country["Almond"])
    double = head_of(household)
    survivor = make_person(country["Beech"], "Rose")
    agreed(merge_persons, survivor=survivor, other=double, reason="Same", actor=clerk)
    household.refresh_from_db()
    survivor.refresh_from_db()
    assert head_of(household) == survivor and household.head_name == survivor.full_name and survivor.area == household.area
    assert Recipient.objects.get(valid_until=None).person == survivor and household.memberships.filter(left_on=None).count() == 3


def test_both_in_one_household(country, clerk):
    household = make_household(country["Almond"], size=3)
    survivor, double = household.memberships.get(relationship="spouse").person, head_of(household)
    agreed(merge_persons, survivor=survivor, other=double, reason="Written down twice", actor=clerk)
    household.refresh_from_db()
    assert household.size == 2 and head_of(household) == survivor and Recipient.objects.get(valid_until=None).person == survivor


def test_refused_with_a_sentence(country, clerk):
    """pitfall D4: rows have identity; nothing is merged that lives in two places or that a module forbids."""
    first, second = (head_of(make_household(country["Almond"])) for _one in range(2))
    third, dead = make_person(country["Almond"]), make_person(country["Almond"], death_date=date(2025, 1, 1))
    for survivor, other, words in ((first, second, "two households"), (third, third, "same record"), (third, dead, "dead")):
        with pytest.raises(Refusal, match=words):
            agreed(merge_persons, survivor=survivor, other=other, reason="x", actor=clerk)
    with pytest.raises(Invalid):
        agreed(merge_persons, survivor=first, other=third, reason=" ", actor=clerk)
    with pytest.raises(OutsidePlaces):
        agreed(merge_persons, survivor=first, other=make_person(country["Ebony"]), reason="x", actor=clerk)
    CATALOGUE.add("test_veto", [BeforeMerge(Person, lambda survivor, other: ["Not yet. Do that first."])])
    try:
        with pytest.raises(Refusal, match="Do that first"):
            agreed(merge_persons, survivor=first, other=third, reason="x", actor=clerk)
    finally:
        CATALOGUE.add("test_veto", [])
    agreed(merge_persons, survivor=first, other=third, reason="x", actor=clerk)
    with pytest.raises(Refusal, match="already"):
        agreed(merge_persons, survivor=first, other=third, reason="x", actor=clerk)
    with pytest.raises(Refusal):
        change_person(person=Person.everything.get(pk=third.pk), surname="Again", actor=clerk)


def test_chain_of_merges_leads_to_the_last(country, clerk):
    a, b, c = (make_person(country["Almond"], source="list", external_id=key) for key in ("1", "2", "3"))
    agreed(merge_persons, survivor=b, other=a, reason="x", actor=clerk)
    agreed(merge_persons, survivor=c, other=Person.objects.get(pk=b.pk), reason="x", actor=clerk)
    assert set(Person.everything.filter(retired_on__isnull=False).values_list("merged_into", flat=True)) == {c.pk}


def test_households(country, clerk):
    survivor, other = make_household(country["Almond"], address=""), make_household(country["Beech"], address="Mill", data={"x": 1})
    old_head = head_of(other)
    with pytest.raises(Invalid, match="related"):
        agreed(merge_households, survivor=survivor, other=other, reason="Same yard", actor=clerk)
    agreed(merge_households, survivor=survivor, other=other, relationships={str(old_head.pk): "sibling"}, reason="Same yard", actor=clerk)
    kept = Household.objects.get()
    assert (kept.size, kept.address, kept.head_name) == (6, "Mill", survivor.head_name)
    assert Membership.objects.filter(household=other, left_on=None).count() == 0 and set(Person.objects.values_list("area", flat=True)) == {
        kept.area_id
    }
    assert Recipient.objects.get(valid_until=None).household == kept


def test_preview_shows_conflicts_and_reasons(country, clerk, client):
    client.force_login(clerk)
    survivor, other = (
        make_person(country["Almond"], "Rose", surname="K"),
        make_person(country["Almond"], "Roza", surname="K", phone="79001122"),
    )
    page = reverse("registry:merge_persons", args=[survivor.pk])
    typed = {"key": "k", "number": other.number_text, "reason": "Same", "step": "preview", "version": survivor.version}
    text = client.post(page, typed).content.decode()
    assert "Rose stays, Roza is only in the history" in text and "79001122" not in text  # whoever may not reveal sees it masked
    home = head_of(make_household(country["Almond"]))
    own = head_of(make_household(country["Almond"]))
    page = reverse("registry:merge_persons", args=[own.pk])
    text = client.post(page, {**typed, "number": home.number_text, "version": own.version}).content.decode()
    assert "two households" in text and "seen" in text and 'value="confirm"' not in text
