"""Pension 70+: a category, fewer places than people; who is selected waits for approval."""

from datetime import timedelta

from django.utils import timezone

from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import submit
from coremis.modules.programmes.models import Programme, Reason, Status
from coremis.modules.programmes.services import create_programme, enrol_matching
from coremis.project.demo import money
from coremis.project.demo.clock import days_ago
from coremis.project.demo.country import CURRENCY
from coremis.project.demo.register import whole_country
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
    with days_ago(24):
        programme = create_programme(
            code="pension", names=NAMES, unit=Programme.Unit.PERSON, currency=CURRENCY,
            max_beneficiaries=max(2, round(households * PLACES)), starts_on=timezone.localdate() + timedelta(days=30),
            actor=seat("manager"),
        )  # fmt: skip
        money.fill_fund(programme, "pension", FUND, round(households * PLACES) * AMOUNT * 4, "Budget law, line 14")
        money.write_rule(programme, "pension", BENEFIT, PARTS, EXAMPLES)
    with days_ago(4):
        asked = {
            "programme": programme, "areas": [whole_country()], "status": Status.ACTIVE, "reason": Reason.IN_CATEGORY, "condition": OLD,
            "overflow": True,
        }  # fmt: skip
        request = submit(enrol_matching, asked, actor=seat("manager")).request
    assert request is not None
    return request
