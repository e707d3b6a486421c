"""Ticking flagged groups and held payments of a payroll, and deciding on several at once."""

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.payments import services
from coremis.modules.payments.models import FlagGroup, Hold, PayrollLine
from coremis.modules.payments.tests.sample import (
    approved,
    calculated,
    enrol,
    everyone,
    make_programme,
    released,
    settled,
    states,
    verified,
    village,
)  # fmt: skip
from coremis.modules.payments.tests.test_holds import payroll as held_payroll  # noqa: F401
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "verifier")


def tick(client, listed, name, payroll, rows=(), **more):
    page = reverse(f"payments:{name}", kwargs={"pk": payroll.pk})
    ticked = {"do": "chosen", "tick": [row.pk for row in rows], "then": page, **more}
    return client.get(client.post(reverse(f"payments:{listed}", kwargs={"pk": payroll.pk}), ticked)["Location"])


def send(client, name, payroll, typed):
    page, typed = reverse(f"payments:{name}", kwargs={"pk": payroll.pk}), {"key": "k", **typed}
    seen = client.post(page, {**typed, "step": "preview"})
    assert seen.status_code == 200, seen.context["form"].errors
    return seen, client.post(page, {**typed, "step": "confirm", "seen": seen.context["seen"]})


def test_it_works(country, people, client):
    """Three groups flagged: the one with a verdict stays as it is, the others get one verdict, each its own."""
    programme = make_programme()
    for phone in ("+25779000111", "+25779000333", "+25779000555"):
        for place in ("Almond", "Fig"):
            enrol(programme, make_household(country[place], phone=phone))
    village(programme, country["Almond"], 2)
    payroll = verified(calculated(programme, [country["Testland"]], people[0]), people[2])
    groups = list(FlagGroup.objects.filter(severity="SERIOUS").order_by("pk"))
    assert len(groups) == 3
    said = {str(member.line.number): "HOLD" for member in groups[0].members.all()}
    services.decide_flag(group=groups[0], verdicts=said, reason="Same person", actor=people[2])
    client.force_login(people[2])
    page = tick(client, "payroll_flags", "decide_chosen_flags", payroll, groups)
    assert f'value="{" ".join(str(group.pk) for group in groups)}"' in page.content.decode()
    typed = {"chosen": " ".join(str(group.pk) for group in groups), "verdict": "PAY", "reason": "Known to the chief"}
    seen, done = send(client, "decide_chosen_flags", payroll, typed)
    assert seen.content.decode().count("Will be done") == 2
    assert "A verdict was given already" in seen.content.decode() and "Done for 2 rows." in done.content.decode()
    told = list(FlagGroup.objects.filter(severity="SERIOUS").order_by("pk").values_list("verdict", "reason"))
    assert told == [("HOLD", "Same person"), ("PAY", "Known to the chief"), ("PAY", "Known to the chief")]


def test_whoever_calculated_gives_no_verdict(country, people, client):
    """Rule of five rights: the refusal stands beside each row, and nothing is stored."""
    programme = make_programme()
    for place in ("Almond", "Fig"):
        enrol(programme, make_household(country[place], phone="+25779000111"))
    payroll = verified(calculated(programme, [country["Testland"]], people[2]), people[0])
    group = FlagGroup.objects.get()
    client.force_login(people[2])
    typed = {"chosen": str(group.pk), "verdict": "PAY", "reason": "Known"}
    _seen, done = send(client, "decide_chosen_flags", payroll, typed)
    assert "You have done another step of this payroll" in done.content.decode()
    assert "1 row was left alone." in done.content.decode() and not FlagGroup.objects.get().verdict


def test_ticked_payments_are_let_go_by_one_request(country, held_payroll, people, client):  # noqa: F811
    """Only those ticked, of this payroll; one approval for all of them."""
    profile = make_profile("approvers", "approvals.approve_request")
    make_route("payments.pay_held", country["Testland"], profile)
    approver = make_user("approver", area=country["Testland"], profile=profile)
    payroll = released(held_payroll, people[1])
    rows = list(Hold.objects.filter(reason__in=("SUSPENDED", "LEFT")).order_by("pk"))
    client.force_login(people[0])
    page = tick(client, "payroll_holds", "pay_chosen", payroll, rows)
    assert f'value="{rows[0].pk} {rows[1].pk}"' in page.content.decode()
    seen, done = send(client, "pay_chosen", payroll, {"chosen": f"{rows[0].pk} {rows[1].pk}", "reason": "Checked in the village"})
    assert "Ticked in the list" in seen.content.decode() and done.status_code == 303, done.content.decode()
    request = Request.objects.latest("pk")
    assert request.amount_minor == 60_000 and states(payroll) == {"HELD": 4, "SENT": 2}
    approve_request(request=request, actor=approver)
    assert states(settled(payroll)) == {"HELD": 2, "SENT": 4}
    decided = Hold.objects.filter(decision="PAY").order_by("pk")
    assert list(decided) == rows and {hold.note for hold in decided} == {"Checked in the village"}


def test_everything_that_the_list_shows_is_of_this_payroll(country, held_payroll, people, client):  # noqa: F811
    payroll = released(held_payroll, people[1])
    other = make_programme()
    village(other, country["Almond"], 1)
    line = PayrollLine.objects.filter(payroll=approved(calculated(other, [country["North"]], people[0]), people[0])).get()
    hold = Hold.objects.first()
    hold.pk, hold.line, hold.payroll = None, line, line.payroll
    with maintenance("another payroll's"):
        hold._state.adding = True
        hold.save()
    client.force_login(people[0])
    page = tick(client, "payroll_holds", "void_chosen", payroll, everything="1")
    mine = " ".join(str(pk) for pk in Hold.objects.filter(payroll=payroll).order_by("pk").values_list("pk", flat=True))
    assert f'value="{mine}"' in page.content.decode()
