"""Payrolls by a benefit rule: amounts part by part, caps, what is left for the next payment, and who is left out."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs import ranges, worker
from coremis.kernel.testing.cast import make_user
from coremis.modules.benefits.tests.sample import make_rule, part
from coremis.modules.payments import services
from coremis.modules.payments.models import LeftOut, Payroll, PayrollLine
from coremis.modules.payments.previews import calculation
from coremis.modules.payments.selection import asked_by, changed_lines, counts
from coremis.modules.payments.tests.sample import (
    RIGHTS,
    agree,
    approved,
    enrol,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    settled,
)
from coremis.modules.points.models import PaymentPoint, ServedPlace
from coremis.modules.registry.tests.factories import make_household, make_variable

pytestmark = pytest.mark.django_db
CHILD = part("child", "MEMBER", member="age < 18", amount=20)


@pytest.fixture
def officer(country):
    return everyone(country["Testland"], "officer")[0]


def by_rule(rule, areas, actor, month=1, fund=None, cycle=None, **more):
    cycle = cycle or make_cycle(rule.programme, month)
    fund = fund or rule.programme.funds.first() or make_fund(rule.programme)
    return settled(services.generate_payroll(cycle=cycle, areas=areas, rule=rule, fund=fund, actor=actor, **more))


def amounts(payroll):
    return list(PayrollLine.objects.filter(payroll=payroll).order_by("pk").values_list("amount_minor", flat=True))


def reasons(payroll):
    return list(LeftOut.objects.filter(payroll=payroll).order_by("pk").values_list("reason", flat=True))


def test_it_works(country, officer):
    """Acceptance scenario 4: base 100 + 20 per child + rebate 15, each its own part; the preview says what the payroll holds."""
    programme = make_programme()
    rule = make_rule(programme, part("base", amount=100), CHILD, part("rebate", "REBATE", amount=15))
    for size in (2, 3, 5):
        enrol(programme, make_household(country["Almond"], size=size))
    cycle, fund = make_cycle(programme), make_fund(programme)
    inputs = {"cycle": cycle, "areas": [country["North"]], "rule": rule, "fund": fund}
    preview = calculation(inputs, officer)
    payroll = by_rule(rule, [country["North"]], officer, cycle=cycle, fund=fund)
    lines = list(PayrollLine.objects.order_by("pk"))
    assert [line.amount_minor for line in lines] == [115, 135, 175]
    assert lines[2].parts == [["base", 100, 1], ["child", 60, 3], ["rebate", 15, 1]] and lines[0].parts == [
        ["base", 100, 1],
        ["rebate", 15, 1],
    ]
    assert payroll.part_totals == {"base": 300, "child": 80, "rebate": 45} and payroll.total_minor == 425
    assert (preview.count, preview.amount.amount_minor) == (3, 425)
    assert (payroll.source, payroll.rule_version) == ("RULE", rule.versions.get())
    assert not changed_lines(PayrollLine.objects.all()).exists()
    with pytest.raises(Refusal):
        services.generate_payroll(cycle=cycle, areas=[country["North"]], rule=rule, fund=fund, actor=officer)


def test_a_changed_part_is_found(country, officer):
    """What was frozen covers the parts, the payment point and the alternate too."""
    programme = make_programme()
    enrol(programme, make_household(country["Almond"]))
    by_rule(make_rule(programme, part("base", amount=100)), [country["North"]], officer)
    for field, value in {"parts": [["base", 100, 2]], "point_name": "x", "alternate_name": "x", "document_end": "1"}.items():
        before = PayrollLine.objects.values_list(field, flat=True).get()
        with maintenance("somebody meddles"):
            update_from(PayrollLine.objects.all(), **{field: value})
        assert changed_lines(PayrollLine.objects.all()).count() == 1, field
        with maintenance("back"):
            update_from(PayrollLine.objects.all(), **{field: before})


def test_members_are_those_of_the_freeze_day(country, officer):
    """Ages and members as of the data freeze: a child born later, one who has turned 18, one who left, one who died."""
    programme = make_programme()
    people = [
        {}, {"birth_date": date(2008, 1, 20)}, {"birth_date": date(2008, 1, 21)}, {"birth_date": date(2026, 2, 1)},
        {"birth_date": date(2015, 1, 1), "death_date": date(2026, 1, 19)},
    ]  # fmt: skip
    enrol(programme, make_household(country["Almond"], people=people))
    by_rule(make_rule(programme, part("base", amount=100), CHILD), [country["North"]], officer)
    assert PayrollLine.objects.get().parts == [["base", 100, 1], ["child", 40, 2]]


def test_remainders_are_carried_once(country, officer):
    """Rounded down to the coin, the rest is paid with the next payment, each franc once; a cancelled payroll gives it back."""
    programme = make_programme()
    rule = make_rule(programme, part("base", amount=1_030), coin=100, takes_backlog=True)
    enrol(programme, make_household(country["Almond"]))
    first = approved(by_rule(rule, [country["North"]], officer), officer)
    assert amounts(first) == [1_000] and PayrollLine.objects.get().carried_minor == 30
    second = by_rule(rule, [country["North"]], officer, 2)
    line = PayrollLine.objects.get(payroll=second)
    assert (line.amount_minor, line.backlog_minor, line.carried_minor) == (1_000, 30, 60)
    agree(services.cancel_payroll, officer, payroll=second, reason="Wrong")
    settled(second)
    third = approved(by_rule(rule, [country["North"]], officer, cycle=second.cycle), officer)
    assert PayrollLine.objects.get(payroll=third).backlog_minor == 30
    fourth = approved(by_rule(rule, [country["North"]], officer, 3), officer)
    fifth = approved(by_rule(rule, [country["North"]], officer, 4), officer)
    assert amounts(fourth) == [1_000] and amounts(fifth) == [1_100]


def test_below_the_minimum_is_kept(country, officer):
    """Too small to pay: left out with the reason, kept, and paid when it is enough."""
    programme = make_programme()
    rule = make_rule(programme, part("size", "SIZE", steps=[[1, 40], [4, 500]]), minimum=70, takes_backlog=True)
    enrol(programme, make_household(country["Almond"], size=2))
    enrol(programme, make_household(country["Almond"], size=5))
    first = approved(by_rule(rule, [country["North"]], officer), officer)
    assert reasons(first) == ["BELOW_MINIMUM"] and LeftOut.objects.get().carried_minor == 40
    second = by_rule(rule, [country["North"]], officer, 2)
    assert amounts(second) == [80, 500]


def test_too_small_is_kept_once_in_a_cycle(country, officer):
    """Pitfall M4: what was kept in a cycle is not computed again by a second payroll of it, approved or not; a cancelled one frees it."""
    programme = make_programme()
    more = part("more", "FLAT", amount=100, condition="size > 4")
    rule = make_rule(programme, part("base", amount=40), more, minimum=70, takes_backlog=True)
    for place, size in (("Almond", 2), ("Almond", 5), ("Beech", 5), ("South", 5)):
        enrol(programme, make_household(country[place], size=size))
    cycle = make_cycle(programme)
    first = by_rule(rule, [country["Almond"]], officer, cycle=cycle)
    second = by_rule(rule, [country["Almond"], country["Beech"]], officer, cycle=cycle)
    assert reasons(first) == ["BELOW_MINIMUM"] and reasons(second) == ["ALREADY", "ALREADY"] and amounts(second) == [140]
    for payroll in (first, second):
        agree(services.cancel_payroll, officer, payroll=payroll, reason="Wrong")
        settled(payroll)
    third = approved(by_rule(rule, [country["Testland"]], officer, cycle=cycle), officer)
    assert reasons(third) == ["BELOW_MINIMUM"]
    assert amounts(by_rule(rule, [country["Almond"]], officer, 2)) == [80, 140]


def test_caps_hold_on_every_path(country, officer):
    """Pitfall M5: the caps of a payment, a cycle and a beneficiary, the number of payments and the maximum are all enforced."""
    programme = make_programme()
    rule = make_rule(programme, part("base", amount=100), CHILD, part("extra", "TOP_UP", amount=7, counting=False), cap=110, maximum=116)
    school = make_rule(programme, part("base", amount=50), code="school", component="school", cap_cycle=130)
    total = make_rule(programme, part("base", amount=90), code="total", component="total", cap_total=200, max_payments=4)
    enrol(programme, make_household(country["Almond"], size=5))
    cycle = make_cycle(programme)
    first = by_rule(rule, [country["North"]], officer, cycle=cycle)
    line = PayrollLine.objects.get()
    assert line.parts == [["base", 100, 1], ["child", 60, 3], ["extra", 7, 1], ["cap", -50, 1]]
    assert (line.amount_minor, line.state, line.hold_reason, first.held_count, first.held_minor) == (117, "HELD", "OVER_MAXIMUM", 1, 117)
    second = by_rule(school, [country["North"]], officer, cycle=cycle)
    assert amounts(second) == [13]
    third = by_rule(total, [country["North"]], officer, 2)
    assert amounts(third) == [70]
    with pytest.raises(Refusal, match="Nobody would be paid"):
        by_rule(total, [country["North"]], officer, 3)
    asked = asked_by(Payroll(cycle=make_cycle(programme, 4), rule_version=total.versions.get(), source="RULE"), [country["North"].pk])
    assert counts(asked).left_out == {"CAP_REACHED": 1}


def test_the_number_of_payments_is_that_of_the_component(country, officer):
    """Twelve rounds of a grant are twelve, however many school payments came beside them."""
    programme = make_programme()
    grant = make_rule(programme, part("base", amount=100), max_payments=2)
    school = make_rule(programme, part("base", amount=50), code="school", component="school")
    enrol(programme, make_household(country["Almond"]))
    for month in (1, 2):
        cycle = make_cycle(programme, month)
        assert amounts(by_rule(school, [country["North"]], officer, cycle=cycle)) == [50]
        assert amounts(by_rule(grant, [country["North"]], officer, cycle=cycle)) == [100]
    last = make_cycle(programme, 3)
    assert amounts(by_rule(school, [country["North"]], officer, cycle=last)) == [50]
    asked = asked_by(Payroll(cycle=last, rule_version=grant.versions.get(), source="RULE", component="base"), [country["North"].pk])
    assert counts(asked).left_out == {"MAX_PAYMENTS": 1}


def test_a_missing_fact_is_not_zero(country, officer):
    """Pitfall M19: a formula whose fact is missing leaves the household out with a reason; zero is an amount of zero."""
    make_variable("rooms")
    programme = make_programme()
    rule = make_rule(programme, part("rooms", "FORMULA", formula="rooms * 10.005"))
    for data in ({}, {"rooms": 0}, {"rooms": "two"}, {"rooms": 100}):
        enrol(programme, make_household(country["Almond"], data=data))
    payroll = by_rule(rule, [country["North"]], officer)
    assert reasons(payroll) == ["MISSING_FACT", "ZERO", "MISSING_FACT"] and amounts(payroll) == [1_001]


def test_by_filter_and_by_point(country):
    """Pitfalls M1, M2: a filter and a payment point limit the payroll exactly as the preview says; nobody found pays nobody."""
    officer = make_user("filters", *RIGHTS, "registry.view_household", area=country["Testland"])
    programme = make_programme()
    rule = make_rule(programme, part("base", amount=100))
    with maintenance("points"):
        points = [PaymentPoint(code=f"p{n}", name=f"Point {n}", area=country["North"]) for n in range(2)]
        for point, place in zip(points, ("North", "Beech"), strict=True):
            point.save()
            ServedPlace(point=point, area=country[place], valid_from=date(2020, 1, 1)).save()
    for place, size in (("Almond", 2), ("Almond", 6), ("Beech", 6)):
        enrol(programme, make_household(country[place], size=size))
    large = {"about": "household", "where": {"all": [{"fact": "registry.household.size", "is": "least", "value": 5}]}}
    payroll = by_rule(rule, [country["North"]], officer, condition=large)
    assert payroll.line_count == 2 and payroll.condition == large and "Members: 5 or more" in payroll.condition_words
    assert set(PayrollLine.objects.values_list("area__name", "point_name")) == {("Almond", "Point 0"), ("Beech", "Point 1")}
    one = by_rule(rule, [country["North"]], officer, 2, point=points[0])
    assert one.line_count == 2 and one.left_out_count == 0
    with pytest.raises(Refusal, match="Nobody would be paid"):
        by_rule(rule, [country["Almond"]], officer, 3, point=points[1])
    with pytest.raises(Invalid):
        by_rule(rule, [country["North"]], officer, 3, condition={"about": "moon", "where": {}})


def test_statements_of_a_chunk(country, monkeypatch):
    """Pitfall P1: a chunk of a payroll by a rule that looks back, with a filter, takes at most eight statements."""
    officer = make_user("counting", *RIGHTS, "registry.view_household", area=country["Testland"])
    programme = make_programme()
    rule = make_rule(programme, part("base", amount=100), CHILD, part("half", "PERCENT", share=5_000), cap_total=10_000, takes_backlog=True)
    for _number in range(6):
        enrol(programme, make_household(country["Almond"]))
    found, original = [], worker.run_chunk

    def counted(job, kind, work, lease):
        begun = job.begun
        with CaptureQueriesContext(connection) as context:
            more = original(job, kind, work, lease)
        said = [
            query["sql"] for query in context.captured_queries if not query["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))
        ]
        if begun and more and kind.name == "payments.calculate_payroll":
            found.append(len(said))
        return more

    monkeypatch.setattr(worker, "run_chunk", counted)
    monkeypatch.setattr(ranges, "CHUNK", 2)
    small = {"about": "household", "where": {"all": [{"fact": "registry.household.size", "is": "most", "value": 9}]}}
    by_rule(rule, [country["North"]], officer, condition=small)
    assert len(found) == 2 and max(found) <= 8, found
