"""Pension 70+: a category, fewer places than people; who is selected waits for approval."""

from django.utils import timezone

from coremis.kernel.approvals.models import Request
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.services import create_programme
from coremis.project.demo import money
from coremis.project.demo.choosing import choose_the_old
from coremis.project.demo.clock import days_ago
from coremis.project.demo.country import CURRENCY
from coremis.project.demo.seats import seat

NAMES = {"en": "Pension 70+", "fr": "Pension 70+", "pt": "Pensão 70+"}
FUND = {"en": "Pension fund", "fr": "Fonds de pension", "pt": "Fundo de pensões"}
BENEFIT = {"en": "Pension", "fr": "Pension", "pt": "Pensão"}
AMOUNT = 36_000
PARTS = ({"code": "pension", "kind": "FLAT", "amount": AMOUNT, "names": {"en": "Pension", "fr": "Pension", "pt": "Pensão"}},)
EXAMPLES = (("Seventy-five", {"age": 75, "sex": "female"}, {"pension": AMOUNT}),)
PLACES = 0.06  # of all households: 1,200 of 20,000, for about 1,550 people
OLD = "age >= 70"


def begin(households: int) -> Request:
    """The programme, its money and what it pays; the selection is asked for."""
    places = max(2, round(households * PLACES))
    with days_ago(24):
        programme = create_programme(
            code="pension", names=NAMES, unit=Programme.Unit.PERSON, currency=CURRENCY,
            max_beneficiaries=places, starts_on=timezone.localdate(),
            actor=seat("manager"),
        )  # fmt: skip
        money.fill_fund(programme, "pension", FUND, places * AMOUNT * 4, "Budget law, line 14")
        money.write_rule(programme, "pension", BENEFIT, PARTS, EXAMPLES)
    return choose_the_old(programme, OLD, places, 14)
