"""The cost of a result, beside the funds, in the preview of its approval."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.money import Money
from coremis.kernel.testing.cast import make_user
from coremis.modules.benefits.tests.sample import make_rule, part
from coremis.modules.payments.models import Cycle
from coremis.modules.payments.tests.sample import make_fund
from coremis.modules.targeting import previews
from coremis.modules.targeting.budget import budget_of
from coremis.modules.targeting.queries import current_run_of
from coremis.modules.targeting.tests.test_results import again, decided

pytestmark = pytest.mark.django_db


def shown(campaign, actor=None):
    found = previews.result({"campaign": again(campaign)}, actor or seer())
    return {str(fact[0]): fact[1] for fact in found.facts}, found


def seer():
    from coremis.kernel.testing.cast import everywhere

    return everywhere("targeting.view_stageentry", "payments.view_fund")


def cycles(programme, count, days=60):
    first = timezone.localdate() + timedelta(days=1)
    with maintenance("test"):
        for place in range(count):
            start = first + timedelta(days=days * place)
            Cycle(
                programme=programme, names={"en": "C"}, starts_on=start, ends_on=start + timedelta(days=days - 1), freeze_on=start
            ).save()  # fmt: skip
    return first + timedelta(days=days * count - 1)


def test_it_works():
    """Four selected and four waiting, 10,000 each and 500 for each member of the household; three cycles, a fund."""
    village, campaign = decided()
    rule = make_rule(campaign.programme, part("base", amount=10_000), part("each", "MEMBER", amount=500))
    make_fund(campaign.programme, 100_000)
    cycles(campaign.programme, 3)
    facts, preview = shown(campaign)
    assert facts["One payment: the selected"] == Money(4 * 10_500, "XOF")
    assert facts["One payment: the waiting too"] == Money(8 * 10_500, "XOF")
    assert facts["3 payments: the selected"] == Money(3 * 4 * 10_500, "XOF")
    assert facts["Free in the fund “State budget”"] == Money(100_000, "XOF")
    assert facts["Missing in the funds"] == Money(26_000, "XOF")
    assert str(rule.versions.get()) in facts["How it is reckoned"] and "3 payment cycles are planned" in facts["How it is reckoned"]
    cells = [cell.text for cell in preview.table["rows"][0]["cells"]]
    assert any("42,000" in text for text in cells) and any("126,000" in text for text in cells), cells


def test_the_limits_of_the_rule_and_the_end_of_the_programme_count():
    """Two cycles and three more until the last day; at most four payments, and 35,000 in all."""
    last = timezone.localdate() + timedelta(days=60 * 5 + 20)
    village, campaign = decided(ends_on=last)
    cycles(campaign.programme, 2)
    make_rule(campaign.programme, part("base", amount=10_000), max_payments=4)
    facts, _preview = shown(campaign)
    assert facts["5 payments: the selected"] == Money(4 * 40_000, "XOF") and "3 more" in facts["How it is reckoned"]
    with maintenance("test"):
        version = campaign.programme.benefit_rules.get().versions.get()
        version.definition = {**version.definition, "cap_total": 35_000}
        version.save()
    assert shown(campaign)[0]["5 payments: the selected"] == Money(4 * 35_000, "XOF")


def test_without_a_rule_or_a_cycle_it_is_said():
    village, campaign = decided()
    facts, preview = shown(campaign)
    assert facts["What it costs"] == "The programme has no benefit rule in use, so no cost can be reckoned."
    assert "One payment" not in [head["title"] for head in preview.table["heads"]]
    make_rule(campaign.programme, part("base", amount=10_000))
    facts, _preview = shown(campaign)
    assert "No payment cycle is planned" in facts["How it is reckoned"] and "payments: the selected" not in " ".join(facts)


def test_whose_amount_depends_on_a_missing_fact_is_counted_apart():
    village, campaign = decided()
    make_rule(campaign.programme, part("base", "FORMULA", formula="1000 / (size - 1)"))
    facts, _preview = shown(campaign)
    assert facts["Without an amount: a fact is missing"] > 0


def test_money_is_that_of_the_readers_places():
    """pitfall S10: somebody of another province sees no cost of these villages, and no fund without the right."""
    village, campaign = decided()
    make_rule(campaign.programme, part("base", amount=10_000))
    make_fund(campaign.programme, 5_000)
    elsewhere = make_user("elsewhere", "targeting.view_stageentry", area=village.parent.parent.parent.children.get(name="South"))
    assert budget_of(current_run_of(campaign), elsewhere).once("SELECTED").amount_minor == 0
    assert not [title for title in shown(campaign, elsewhere)[0] if "fund" in title]
