"""Urgence crues: help after a flood in fourteen hills, in payment; the provider's file with its faults lies ready."""

from datetime import timedelta

from django.utils import timezone

from coremis.kernel.areas.models import Area
from coremis.modules.intake.imports import HOUSEHOLD_CHANGES
from coremis.modules.payments.models import Payroll
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.services import create_programme
from coremis.modules.registry.models import Household
from coremis.project.demo import dwellings, money
from coremis.project.demo.choosing import choose_the_flooded
from coremis.project.demo.clock import days_ago
from coremis.project.demo.country import CURRENCY, SETTLED, settled_hills
from coremis.project.demo.register import bring, csv_of
from coremis.project.demo.seats import seat

NAMES = {"en": "Flood emergency aid", "fr": "Urgence crues", "pt": "Emergência cheias"}
FUND = {"en": "Flood fund", "fr": "Fonds d'urgence crues", "pt": "Fundo das cheias"}
BENEFIT = {"en": "Emergency aid", "fr": "Aide d'urgence", "pt": "Ajuda de emergência"}
AMOUNT, PAYMENTS = 60_000, 2
PARTS = ({"code": "aid", "kind": "FLAT", "amount": AMOUNT, "names": {"en": "Aid", "fr": "Aide", "pt": "Ajuda"}},)
EXAMPLES = (("Any family", {"members": [{"age": 40, "relationship": "head"}]}, {"aid": AMOUNT}),)
HILLS, OF_HILLS = 14, 219  # at full size
HELPED = 0.062  # of all households: 1,240 of 20,000
WRONG, MISSING = 12, 5  # lines of the provider's file with another amount, and lines that it lacks


def begin(households: int) -> Programme:
    """The flood is surveyed, the programme made with a day on which it ends, and every family of these hills with damage enrolled."""
    hills = flooded(households)
    with days_ago(38):
        survey(hills, damaged(households))
    with days_ago(35):
        programme = create_programme(
            code="crues", names=NAMES, unit=Programme.Unit.HOUSEHOLD, currency=CURRENCY, starts_on=timezone.localdate(),
            ends_on=timezone.localdate() + timedelta(days=120), actor=seat("manager"),
        )  # fmt: skip
        choose_the_flooded(programme, dwellings.FLOOD.code)
    return programme


def flooded(households: int) -> list[Area]:
    """The hills along the river: in the second and third commune, none of those where a planted family lives."""
    hills = settled_hills(households)
    count = max(2, round(HILLS * len(hills) / OF_HILLS))
    third = [hill for hill in hills if hill.startswith(SETTLED[2])]
    return list(Area.objects.filter(code__in=third[-count:]).order_by("code"))


def damaged(households: int) -> int:
    """How many houses the flood damaged: 1,240 of 20,000, and in a small demo enough for every fault of the provider's file."""
    return max(WRONG + MISSING + 7, round(households * HELPED))


def survey(hills: list[Area], count: int) -> None:
    """A second survey brings one fact about each damaged house: a file of changes by household key."""
    keys = Household.objects.filter(area__in=hills, recipients__rank=0).order_by("number").values_list("external_id", flat=True)
    heads = ("household key", dwellings.FLOOD.en)
    bring(csv_of(heads, ((key, "yes") for key in keys[:count])), "crues-evaluation.csv", HOUSEHOLD_CHANGES.name)


def pay_first(programme: Programme, households: int) -> Payroll:
    """The first of two payments, on its way to the families since ten days."""
    with days_ago(33):
        fund = money.fill_fund(programme, "crues", FUND, damaged(households) * AMOUNT * PAYMENTS, "Contribution CR-7")
        rule = money.write_rule(programme, "aid", BENEFIT, PARTS, EXAMPLES)
    with days_ago(20):
        first = timezone.localdate()
        names = {"en": "First payment", "fr": "Premier versement", "pt": "Primeiro pagamento"}
        payroll = money.calculated(fund, money.new_cycle(programme, names, first, first + timedelta(days=40)), rule)
    with days_ago(18):
        payroll = money.approved(payroll)
    with days_ago(10):
        return money.released(payroll)
