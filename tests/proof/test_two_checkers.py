"""People at the same moment, through the pages and each with a connection of their own."""

import pytest
from django.urls import reverse

from coremis.kernel.approvals.models import Decision, Request
from coremis.kernel.approvals.services import submit
from coremis.kernel.base.money import Money
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_profile, make_route, make_user
from coremis.kernel.testing.racing import at_once
from coremis.modules.ledger.models import Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments import services
from coremis.modules.payments.models import Payroll
from coremis.modules.payments.tests.sample import calculated, everyone, make_fund, make_programme, verified, village
from coremis.modules.registry.models import Person
from tests.proof.world import browser, row_counts, said, sent

DECIDES = ("approvals.approve_request", "approvals.reject_request", "payments.view_payroll")


@pytest.fixture
def office():
    """A calculated payroll that waits for one of three checkers."""
    country = build_country()
    (calculator,) = everyone(country["Testland"], "calculator")
    programme = make_programme()
    village(programme, country["North"], 3)
    payroll = verified(calculated(programme, [country["North"]], calculator))
    profile = make_profile("checkers", *DECIDES)
    checkers = [make_user(f"checker{number}", area=country["Testland"], profile=profile) for number in range(3)]
    make_route(services.approve_payroll.name, country["Testland"], profile)
    request = submit(services.approve_payroll, {"payroll": payroll}, actor=calculator).request
    return country, payroll, checkers, request


@pytest.mark.django_db(transaction=True)
def test_it_works(office):
    """Pitfalls S2, M4: three checkers press the button at once: one decision, one posting; the others are told."""
    _country, payroll, checkers, request = office
    url = reverse("administration:approve_request", args=[request.pk])
    ready = [(browser(person), person) for person in checkers]
    forms = [sent(client, url, note="yes") for client, _person in ready]
    answers = at_once(*[lambda client=client, form=form: client.post(url, form) for (client, _p), form in zip(ready, forms, strict=True)])
    assert sorted(answer.status_code for answer in answers)[0] == 303
    told = [answer for answer in answers if answer.status_code != 303]
    assert len(told) == 2 and all(answer.status_code in (404, 409, 422) and len(said(answer)) > 20 for answer in told)
    assert Decision.objects.count() == 1 and Request.objects.get().state == Request.State.APPROVED
    run_until_idle()
    assert Posting.objects.filter(purpose=Posting.Purpose.APPROVAL, subject_id=payroll.pk).count() == 1
    assert Payroll.objects.get().state == "APPROVED"


@pytest.mark.django_db(transaction=True)
def test_two_people_change_one_register_entry(country_of_one):
    """Pitfall D9: the second one sees the new values beside what was typed; nothing is overwritten unseen."""
    person, clerks = country_of_one
    url = reverse("registry:change_person", args=[person.pk])
    typed = {"given_names": person.given_names, "surname": "", "sex": "female", "birth": "1985"}
    both = [browser(clerk) for clerk in clerks]
    forms = [sent(client, url, **{**typed, "surname": name}) for client, name in zip(both, ("First", "Second"), strict=True)]
    answers = at_once(*[lambda client=client, form=form: client.post(url, form) for client, form in zip(both, forms, strict=True)])
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert Person.objects.get(pk=person.pk).version == person.version + 1


@pytest.fixture
def country_of_one():
    from coremis.modules.registry.tests.factories import make_person

    country = build_country()
    rights = ("registry.change_person", "registry.view_person")
    return make_person(country["Almond"]), [make_user(name, *rights, area=country["North"]) for name in ("one", "two")]


@pytest.mark.django_db
def test_a_key_with_other_inputs_is_told_on_the_page(country):
    """Pitfall M4: the same page sent again with another amount is not the first request, and is not swallowed."""
    (accountant,) = everyone(country["Testland"], "accountant")
    make_route(receive_funds.name, country["Testland"], make_profile("approvers", *DECIDES))
    fund = make_fund(make_programme(), 0)
    inputs = {"account": accounts_of(fund)["FUND"], "received_on": fund.programme.starts_on, "proof": "Advice 1"}
    first = submit(receive_funds, {**inputs, "amount": Money(100, "SZF")}, actor=accountant, key="page")
    again = submit(receive_funds, {**inputs, "amount": Money(100, "SZF")}, actor=accountant, key="page")
    before = row_counts()
    with pytest.raises(Exception, match="already sent with other values"):
        submit(receive_funds, {**inputs, "amount": Money(999, "SZF")}, actor=accountant, key="page")
    assert first.request == again.request and row_counts() == before and Request.objects.count() == 1
