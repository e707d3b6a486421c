"""A merge that was wrong is undone: both records hold what they held before; where something rests on it, it is refused."""

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Document, Household, Membership, Person, Recipient
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.services import (
    change_person,
    merge_households,
    merge_persons,
    undo_merge_of_households,
    undo_merge_of_persons,
)
from coremis.modules.registry.services.hooks import BeforeMerge
from coremis.modules.registry.services.unmerging import reasons_against_undoing
from coremis.modules.registry.services.withdrawing import restore_person, withdraw_person
from coremis.modules.registry.tests.factories import make_document, make_household, make_person, make_variable
from coremis.modules.registry.tests.test_merging import agreed

pytestmark = pytest.mark.django_db
CHANGING = ("version", "event_id")


@pytest.fixture
def clerk(country):
    return make_user("clerk", *SEES, *KEEPS, "approvals.submit_request", area=country["Testland"])


def held(*models):
    """What all rows hold, without the marks of who changed them last."""
    found = {}
    for model in models:
        rows = model._base_manager.order_by("pk")
        found[model] = [{name: value for name, value in row.items() if name not in CHANGING} for row in rows.values()]
    return found


def merged_people(country, clerk):
    survivor = make_person(country["Almond"], "Rose", surname="Kaneza", phone="", source="old", external_id="")
    household = make_household(country["Beech"], head={"given_names": "Roza"})
    other = household.memberships.get(relationship="head").person
    make_document(other, number="BI-1")
    before = held(Person, Document, Membership, Recipient, Household)
    agreed(merge_persons, survivor=survivor, other=other, reason="Same document", actor=clerk)
    return survivor, other, before


def test_it_works(country, clerk, client):
    """Names, document, home, role and place are as before; the page of the survivor leads there, and other people must agree."""
    survivor, other, before = merged_people(country, clerk)
    assert held(Person) != before[Person]
    client.force_login(clerk)
    page = client.get(reverse("registry:person", args=[survivor.pk])).content.decode()
    address = reverse("registry:undo_merge_of_persons", args=[other.pk])
    assert address in page
    look = client.post(address, {"key": "k", "step": "preview", "reason": "They are sisters"}).content.decode()
    assert "In use again" in look and other.number_text in look
    agreed(undo_merge_of_persons, other=Person.everything.get(pk=other.pk), reason="They are sisters", actor=clerk)
    assert held(Person, Document, Membership, Recipient, Household) == before
    assert not Person.objects.get(pk=survivor.pk).merged.exists()
    with pytest.raises(Refusal, match="was not merged"):
        agreed(undo_merge_of_persons, other=other, reason="Again", actor=clerk)


def test_households(country, clerk):
    """Everybody who came lives at home again; that they lived elsewhere stays in the history as no day at all."""
    survivor, other = (make_household(country[name], 2) for name in ("Almond", "Fig"))
    before = held(Household, Person, Recipient)
    homes = dict(Membership.objects.filter(left_on=None).values_list("person", "household"))
    agreed(
        merge_households, survivor=survivor, other=other, reason="One kitchen", actor=clerk,
        relationships={str(other.memberships.get(relationship="head").person_id): "other_relative"},
    )  # fmt: skip
    assert Household.objects.get().size == 4
    agreed(undo_merge_of_households, other=Household.everything.get(pk=other.pk), reason="Two kitchens", actor=clerk)
    assert held(Household, Person, Recipient) == before
    assert dict(Membership.objects.filter(left_on=None).values_list("person", "household")) == homes
    assert [row.left_on - row.joined_on for row in Membership.objects.filter(household=survivor).exclude(left_on=None)] != []


def test_later_changes_forbid_it(country, clerk):
    survivor, other, _before = merged_people(country, clerk)
    survivor.refresh_from_db()
    change_person(person=survivor, given_names="Rosa", actor=clerk)
    with pytest.raises(Refusal, match="was changed after the merge"):
        agreed(undo_merge_of_persons, other=Person.everything.get(pk=other.pk), reason="Two", actor=clerk)


def test_a_chain_of_merges_is_undone_from_its_end(country, clerk):
    """The last merge first, which is said; what was changed and taken back since is no change."""
    first, second, third = (
        make_household(country[name], head={"given_names": name}).memberships.get(relationship="head").person
        for name in ("Almond", "Beech", "Fig")
    )
    home = Membership.objects.get(person=second)
    with maintenance("test"):
        for membership in Membership.objects.filter(person__in=[first, third]):
            membership.left_on = membership.joined_on
            membership.save()
    before = held(Person, Membership)
    agreed(merge_persons, survivor=second, other=third, reason="The same", actor=clerk)
    between = held(Person, Membership)
    agreed(merge_persons, survivor=first, other=Person.objects.get(pk=second.pk), reason="The same", actor=clerk)
    reasons = " ".join(reasons_against_undoing(Person.everything.get(pk=third.pk)))
    assert "was itself merged into" in reasons and first.number_text in reasons and "Undo that merge first" in reasons
    agreed(undo_merge_of_persons, other=Person.everything.get(pk=second.pk), reason="Two", actor=clerk)
    assert held(Person, Membership)[Person] == between[Person] and Membership.objects.get(pk=home.pk).person_id == second.pk
    agreed(undo_merge_of_persons, other=Person.everything.get(pk=third.pk), reason="Two", actor=clerk)
    assert held(Person)[Person] == before[Person]


def test_a_changed_document_forbids_it_though_its_number_is_not_in_the_history(country, clerk):
    """Numbers are secret, so nobody can say that one is the same as before."""
    _survivor, other, _before = merged_people(country, clerk)
    document = Document.objects.get()
    with maintenance("test"):
        document.number = "BI-2"
        document.save()
    assert "was changed after the merge" in " ".join(reasons_against_undoing(Person.everything.get(pk=other.pk)))


def test_other_modules_may_forbid_it(country, clerk):
    _survivor, other, _before = merged_people(country, clerk)
    CATALOGUE.add("test_undo_veto", [BeforeMerge(Person, undo=lambda survivor, other, since: ["Paid since then."])])
    try:
        with pytest.raises(Refusal, match="Paid since then"):
            agreed(undo_merge_of_persons, other=Person.everything.get(pk=other.pk), reason="Two", actor=clerk)
    finally:
        CATALOGUE.add("test_undo_veto", [])


def test_a_reason_is_needed(country, clerk):
    _survivor, other, _before = merged_people(country, clerk)
    with pytest.raises(Invalid):
        agreed(undo_merge_of_persons, other=Person.everything.get(pk=other.pk), reason=" ", actor=clerk)


def test_what_must_differ_and_was_given_away_is_told(country, clerk):
    """Coming back with a value that a third one holds by now is refused in words."""
    make_variable("card", "TEXT", "person", unique=True)
    survivor, other = make_person(country["Almond"], "Rose"), make_person(country["Almond"], "Rosa", data={"card": "A-1"})
    withdrawn = make_person(country["Almond"], "Ada", data={"card": "B-2"})
    agreed(merge_persons, survivor=survivor, other=other, reason="The same", actor=clerk)
    withdraw_person(person=withdrawn, reason="Never lived", actor=clerk)
    agreed(undo_merge_of_persons, other=Person.everything.get(pk=other.pk), reason="They are two", actor=clerk)
    agreed(merge_persons, survivor=survivor, other=Person.objects.get(pk=other.pk), reason="The same after all", actor=clerk)
    with maintenance("test"):
        kept = Person.objects.get(pk=survivor.pk)
        kept.data = {}
        kept.save()
    for card in ("A-1", "B-2"):
        make_person(country["Almond"], "Third", data={"card": card})
    assert "given to somebody else" in " ".join(reasons_against_undoing(Person.everything.get(pk=other.pk)))
    with pytest.raises(Refusal, match="“Card” of Ada .* was given to somebody else"):
        restore_person(person=Person.everything.get(pk=withdrawn.pk), actor=clerk)
