"""What filters can ask about payments."""

from datetime import date

import pytest

from coremis.kernel.base.refusal import NotPermitted
from coremis.kernel.testing.cast import make_user
from coremis.modules.filters.queries import checked, matching, words
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.tests.sample import approved, calculated, confirmed, everyone, make_programme, released, results, village
from coremis.modules.programmes.models import Enrolment
from coremis.modules.registry.models import Household

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@pytest.fixture
def lines(country):
    people = everyone(country["Testland"], "calculator", "sender", "accountant")
    programme = make_programme()
    village(programme, country["Almond"], 4)
    payroll = released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])
    lines = list(PayrollLine.objects.order_by("pk"))
    rows = [(lines[0].number_text, "yes", "30000", "R1", ""), (lines[1].number_text, "yes", "20000", "R2", ""),
            (lines[2].number_text, "no", "0", "", "moved")]  # fmt: skip
    confirmed(results(payroll, rows, people[0]), people[2])
    village(programme, country["Almond"], 1)
    return list(PayrollLine.objects.order_by("pk"))


def asked(key, is_, *value, link="", count=1):
    fact = {"fact": key, "is": is_, **({"value": value[0]} if value else {})}
    return {"about": "household", "where": {"link": link, "count": count, "where": fact} if link else fact}


def found(tree):
    return list(matching(Household.objects.order_by("pk"), tree, DAY).values_list("pk", flat=True))


def test_it_works(lines):
    homes = [line.enrolment.household_id for line in lines]
    payments, fact = "registry.household:payments", "payments.payrollline"
    assert found(asked(f"{fact}.arrived", "yes", link=payments)) == homes[:2]
    assert found(asked(f"{fact}.failed", "yes", link=payments)) == [homes[2]]
    assert found(asked(f"{fact}.last", "yes", link=payments)) == homes
    assert found(asked(f"{fact}.cycle", "in", [str(lines[0].cycle_id)], link=payments, count=0)) == [Household.objects.latest("pk").pk]
    assert found(asked(f"{fact}.unpaid_reason", "in", ["moved"], link=payments)) == [homes[2]]
    assert found(asked(f"{fact}.paid_szf", "most", 20_000, link=payments)) == homes[1:]
    assert words(asked(f"{fact}.paid_szf", "least", 20_000, link=payments)).endswith("Amount paid: SZF\xa020,000 or more]")


def test_what_was_received_in_all_is_nothing_for_those_who_were_never_paid(lines):
    """Pitfall M19: nothing received is 0, not unknown."""
    everybody = list(Household.objects.order_by("pk").values_list("pk", flat=True))
    key = "registry.household.received_szf"
    assert found(asked(key, "least", 1)) == everybody[:2]
    assert found(asked(key, "most", 20_000)) == everybody[1:]
    assert found(asked(key, "equal", 0)) == everybody[2:]
    assert found(asked(key, "unequal", 0)) == everybody[:2]
    assert found(asked(key, "between", [20_000, 25_000])) == [everybody[1]]
    assert found(asked(key, "known")) == everybody
    assert found(asked(key, "unknown")) == []


def test_payments_of_a_list_and_beneficiaries_follow_filters_too(lines):
    tree = asked("payments.payrollline.arrived", "yes", link="registry.household:payments")
    assert set(matching(PayrollLine.objects.all(), tree, DAY)) == set(lines[:2])
    assert {enrolment.pk for enrolment in matching(Enrolment.objects.all(), tree, DAY)} == {line.enrolment_id for line in lines[:2]}
    alone = {"about": "payment", "where": {"fact": "payments.payrollline.arrived", "is": "yes"}}
    assert set(matching(PayrollLine.objects.all(), alone, DAY)) == set(lines[:2])


def test_who_may_not_see_payments_cannot_ask_for_them(lines, country):
    """Pitfall S10: a filter tells nobody what he may not see, and counts only payments in his places."""
    clerk = make_user("clerk", "registry.view_household", area=country["Testland"])
    link = asked("payments.payrollline.arrived", "yes", link="registry.household:payments")
    for tree in (link, asked("registry.household.received_szf", "least", 1)):
        with pytest.raises(NotPermitted):
            checked(tree, user=clerk)
        with pytest.raises(NotPermitted):
            matching(Household.objects.all(), tree, DAY, clerk)
    south = make_user("south", "registry.view_household", "payments.view_payrollline", area=country["South"])
    for tree in (link, asked("registry.household.received_szf", "least", 1)):
        assert matching(Household.objects.all(), tree, DAY, south).count() == 0
