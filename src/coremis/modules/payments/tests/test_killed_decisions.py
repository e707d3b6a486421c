from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.money import Money
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.tests.killed import run_killed
from coremis.kernel.testing.cast import build_country
from coremis.modules.payments import services
from coremis.modules.payments.models import Difference, FlagGroup, FlagMember, Hold, PayrollLine, Review
from coremis.modules.payments.tests.sample import agree, enrol, everyone, make_cycle, make_fund, make_programme, settled, verified
from coremis.modules.payments.tests.test_killed_worker import digest
from coremis.modules.registry.models import Person
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db(transaction=True)


def through(programme, area, people, finish):
    """Two cycles: the first is approved; of the second one payment is held by a verdict, one payee dies, the rest is sent and recalled."""
    calculator, verifier, sender = people
    fund = make_fund(programme, 5_000_000)

    def calculated(month, amount, finish):
        asked = {"cycle": make_cycle(programme, month), "areas": [area], "amount": Money(amount, "SZF"), "fund": fund}
        return finish(services.generate_payroll(**asked, actor=calculator))

    first = half_held(calculated(1, 30_000, settled), verifier)
    agree(services.approve_payroll, calculator, payroll=verified(first))
    settled(first)
    payroll = half_held(calculated(2, 40_000, finish), verifier)
    agree(services.approve_payroll, calculator, payroll=verified(payroll))
    payroll = finish(payroll)
    with maintenance("somebody dies"):
        dead = PayrollLine.objects.filter(payroll=payroll, state="DUE").order_by("pk").last().payee
        dead.death_date = date(2026, 3, 1)
        dead.save()
    agree(services.release_payroll, sender, payroll=payroll)
    payroll = finish(payroll)
    sent = told(payroll)
    agree(services.void_lines, calculator, payroll=payroll, reason="x")
    payroll.refresh_from_db()
    agree(services.recall_payroll, calculator, payroll=payroll, reason="x")
    return sent, told(finish(payroll))


def half_held(payroll, verifier):
    """The second half of the flagged group is held."""
    group = FlagGroup.objects.get(payroll=payroll)
    numbers = [str(member.line.number) for member in group.members.order_by("pk")]
    said = dict(zip(numbers, ["PAY", "PAY", "HOLD", "HOLD"], strict=True))
    services.decide_flag(group=group, verdicts=said, reason="x", actor=verifier)
    return payroll


def told(payroll):
    """The digest of the thread, with everything that was found, said and held."""
    lines = {line.pk: place for place, line in enumerate(PayrollLine.objects.filter(payroll=payroll).order_by("pk"))}
    review = Review.objects.get(payroll=payroll).figures
    return digest(payroll), [
        sorted((kind, lines.get(line), change) for kind, line, change in payroll.differences.values_list("kind", "line", "change_minor")),
        list(FlagGroup.objects.filter(payroll=payroll).values_list("kind", "severity", "size", "verdict")),
        sorted((lines[line], verdict) for line, verdict in FlagMember.objects.filter(group__payroll=payroll).values_list("line", "verdict")),
        sorted((lines[line], *rest) for line, *rest in Hold.objects.filter(payroll=payroll).values_list("line", "reason", "decision")),
        review["now"], review["before"], review["areas"], review["differences"],
    ]  # fmt: skip


def test_it_works(monkeypatch):
    """Pitfalls M4, P3: comparing, flagging, approving, releasing with held payments and recalling, killed at every chunk: the same rows."""
    country = build_country()
    people = everyone(country["Testland"], "calculator", "verifier", "sender")
    calm, killed = make_programme(), make_programme()
    for place in range(6):
        household = make_household(country["Almond"], phone="+25779000111" if place < 2 else "")
        if place < 2:
            other = make_household(country["Fig"], phone="+25779000111")
        for programme in (calm, killed):
            enrol(programme, household)
            if place < 2:
                enrol(programme, other)
    monkeypatch.setattr(ranges, "CHUNK", 3)
    undisturbed = through(calm, country["Testland"], people, settled)
    with maintenance("the other programme begins with everybody alive"):
        for person in Person.objects.filter(death_date__isnull=False):
            person.death_date = None
            person.save()
    disturbed = through(killed, country["Testland"], people, run_killed)
    assert disturbed == undisturbed
    (sent, _hash), found = undisturbed[0]
    assert sent["payroll"] == ["RELEASED", 6, 240_000, 0] and len(sent["movements"]) == 6 + 5
    assert [hold[1:] for hold in found[3]] == [("FLAGGED", ""), ("FLAGGED", ""), ("DIED", "")] or len(found[3]) == 3
    assert undisturbed[1][0][0]["payroll"][0] == "CANCELLED" and Difference.objects.exists()
