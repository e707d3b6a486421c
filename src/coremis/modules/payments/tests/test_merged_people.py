"""Records that become one, and names that change: what was paid stays as it was paid."""

import pytest
from django.urls import reverse

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.tests.sample import approved, calculated, confirmed, enrol, everyone, make_programme, released, results
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.services import change_status
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services import change_person, merge_households, merge_persons
from coremis.modules.registry.tests.factories import make_household, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(country):
    return everyone(country["Testland"], "officer")[0]


def agreed(action, **inputs):
    with approved_by(Authority(action.name, None)):
        return action(actor=everywhere(action.name), **inputs)


def merged(survivor, other):
    head = other.memberships.get(relationship="head", left_on=None)
    return agreed(merge_households, survivor=survivor, other=other, relationships={str(head.person_id): "sibling"}, reason="One household")


def paid(payroll, country):
    checker, payer, bringer, decider = everyone(country["Testland"], "checker", "payer", "bringer", "decider")
    payroll = released(approved(payroll, checker), payer)
    lines = PayrollLine.objects.filter(payroll=payroll)
    rows = [(line.number_text, "yes", line.amount_minor // 100, "", "") for line in lines]
    confirmed(results(payroll, rows, bringer), decider)
    return list(PayrollLine.objects.order_by("pk").values())


def test_it_works(country, officer):
    """Pitfall D12: merging two enrolled households never adds or changes what was paid."""
    programme, second = make_programme(), make_programme()
    survivor, other = make_household(country["Almond"]), make_household(country["Almond"])
    first, theirs = enrol(programme, survivor), enrol(programme, other)
    kept = enrol(second, other)
    payroll = calculated(programme, [country["North"]], officer)
    with pytest.raises(Refusal, match="Exit one of them"):
        merged(survivor, other)
    before = paid(payroll, country)
    leaves = Enrolment.objects.get(pk=theirs.pk)
    agreed(change_status, enrolment=leaves, status="EXITED", reason="duplicate")
    merged(survivor, Household.objects.get(pk=other.pk))
    assert list(PayrollLine.objects.order_by("pk").values()) == before
    assert Enrolment.objects.get(pk=kept.pk).household == survivor, "the programme that only the other had goes on"
    assert {row.pk: row.household_id for row in Enrolment.objects.filter(programme=programme)} == {
        first.pk: survivor.pk,
        theirs.pk: other.pk,
    }


def test_payments_on_their_way_are_settled_first(country, officer):
    """Pitfall D12"""
    programme = make_programme("person")
    other = make_person(country["Almond"])
    enrol(programme, other)
    calculated(programme, [country["North"]], officer)
    with pytest.raises(Refusal, match="on their way"):
        agreed(merge_persons, survivor=make_person(country["Almond"]), other=other, reason="Same")


def test_old_payment_keeps_the_old_name(country, officer, client):
    """Acceptance scenario 7: the payment shows the name at its freeze; search by either name finds the person."""
    programme = make_programme()
    household = make_household(country["Almond"], head={"given_names": "Rose", "surname": "Kaneza"})
    enrol(programme, household)
    payroll = calculated(programme, [country["North"]], officer)
    rose = Person.objects.get(surname="Kaneza")
    change_person(person=rose, surname="Nimubona", actor=everywhere(change_person.name))
    line = PayrollLine.objects.get(payroll=payroll)
    assert line.payee_name == "Rose Kaneza"
    client.force_login(
        make_user("reader", "registry.view_person", "payments.view_payrollline", "payments.view_payroll", area=country["North"])
    )
    for typed in ("kaneza", "nimubona"):
        address = client.post(reverse("registry:persons"), {"do": "search", "search": typed})["Location"]
        assert [row["id"] for row in client.get(address).context["rows"]] == [rose.pk], typed
    shown = client.get(reverse("registry:person", args=[rose.pk]) + "?tab=payments")
    assert shown.status_code == 200 and line.number_text in shown.content.decode()
