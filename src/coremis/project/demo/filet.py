"""Filet social: four cycles paid, the fifth waits for its last approver. Who leaves, falls out or dies on the way is planted here."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from coremis.kernel.areas.models import Area
from coremis.modules.benefits.models import BenefitRule
from coremis.modules.payments.models import Fund, Payroll, PayrollLine
from coremis.modules.payments.services import close_cycle, dispute_payment, plan_cycles
from coremis.modules.payments.services.cycles import periods
from coremis.modules.payments.states import LineState
from coremis.modules.programmes.models import Enrolment, Programme, Reason, Status
from coremis.modules.programmes.services import change_status, create_programme, undo_last_change
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services import change_person, record_death
from coremis.modules.targeting.models import Campaign
from coremis.modules.targeting.services import fill_places
from coremis.project.demo import money, planted, quotas
from coremis.project.demo.clock import days_ago
from coremis.project.demo.country import CURRENCY
from coremis.project.demo.seats import agreed, seat

NAMES = {"en": "Family safety net", "fr": "Filet social", "pt": "Rede de proteção familiar"}
FUND = {"en": "Family safety net fund", "fr": "Fonds du filet social", "pt": "Fundo da rede"}
BENEFIT = {"en": "Family allowance", "fr": "Allocation familiale", "pt": "Abono de família"}
PARTS: tuple[dict[str, Any], ...] = (
    {"code": "base", "kind": "FLAT", "amount": 30_000, "names": {"en": "Base amount", "fr": "Montant de base", "pt": "Montante de base"}},
    {
        "code": "children", "kind": "MEMBER", "member": "age < 18", "amount": 5_000, "most": 3,
        "names": {"en": "Children under 18", "fr": "Enfants de moins de 18 ans", "pt": "Crianças com menos de 18 anos"},
    },
)  # fmt: skip
HEAD = {"age": 34, "relationship": "head"}
EXAMPLES: tuple[tuple[str, dict[str, Any], dict[str, int]], ...] = (
    ("Sans enfants", {"members": [{**HEAD, "age": 63}]}, {"base": 30_000}),
    ("Deux enfants", {"members": [HEAD, {"age": 8}, {"age": 17}]}, {"base": 30_000, "children": 10_000}),
    ("Cinq enfants", {"members": [HEAD, *({"age": age} for age in range(5))]}, {"base": 30_000, "children": 15_000}),
)
CYCLES, MONTHS, LARGEST = 5, 2, 45_000
# Before each cycle's first day, in days: data freeze and calculation, verification and approval, sending, answer, closing.
FREEZE, APPROVE = 7, 4
SENT, ANSWERED, CLOSED = 2, 16, 30  # after its first day
ABSENT_NOTE = "Absente au passage du comité"
# Of a thousand beneficiaries: suspended, died, gone in the fifth cycle.
SUSPENDED, DEATHS, LEFT = 5.5, 2.5, 2


def starts(today: date) -> list[date]:
    """The first days of the five cycles; the fifth begins within a few days, so that its payroll waits now."""
    first = (today + timedelta(days=20)).replace(day=1)
    month = first.year * 12 + first.month - 1 - MONTHS * (CYCLES - 1)
    return [start for start, _end in periods(date(month // 12, month % 12 + 1, 1), MONTHS, CYCLES)]


def begin(households: int) -> Programme:
    """The programme with its places."""
    return create_programme(
        code="filet", names=NAMES, unit=Programme.Unit.HOUSEHOLD, currency=CURRENCY, starts_on=timezone.localdate(),
        max_beneficiaries=quotas.places_for(households), actor=seat("manager"),
    )  # fmt: skip


def pay_cycles(programme: Programme, fund: Fund, rule: BenefitRule, today: date) -> Payroll:
    """The four cycles that are over, each on its own days; gives the payroll of the fourth."""
    first_days = starts(today)
    last = None
    for number, first_day in enumerate(first_days[:-1], start=1):
        if number == CYCLES - 1:
            before_the_fourth(programme, today)
        last = pay_cycle(programme, fund, rule, number, first_day, today)
    assert last is not None
    return last


def pay_cycle(programme: Programme, fund: Fund, rule: BenefitRule, number: int, first_day: date, today: date) -> Payroll:
    """Calculated, approved, sent, answered with three in a hundred unpaid, closed; what was not collected is paid again in the fourth."""

    def ago(days: int) -> int:
        return (today - first_day).days - days

    with days_ago(ago(-FREEZE)):
        payroll = money.calculated(fund, cycle_of(programme, number, first_day), rule)
    with days_ago(ago(-APPROVE)):
        payroll = money.approved(payroll)
    with days_ago(ago(-SENT)):
        payroll = money.released(payroll)
    with days_ago(ago(ANSWERED)):
        payroll = money.answered(payroll, money.all_but(*planted_numbers(payroll, number)))
    with days_ago(ago(CLOSED)):
        payroll = money.closed(payroll)
    if number == CYCLES - 1:
        pay_again(payroll, ago(CLOSED + 1))
    with days_ago(ago(CLOSED + 5)):
        close_cycle(cycle=payroll.cycle, actor=seat("manager"))
    return payroll


def pay_again(payroll: Payroll, ago: int) -> None:
    """What was not collected is paid a few days later; somebody says that she never saw hers."""
    with days_ago(ago):
        again = money.sent_again(payroll)
        dispute_one(payroll)
    with days_ago(ago - 3):
        money.closed(money.answered(again, money.all_but_the_ill))


def cycle_of(programme: Programme, number: int, first_day: date) -> Any:
    """One of the five cycles, from today's data freeze on."""
    start, end = periods(first_day, MONTHS, 1)[0]
    names = {"en": f"Cycle {number}", "fr": f"Cycle {number}", "pt": f"Ciclo {number}"}
    return money.new_cycle(programme, names, start, end)


def planted_numbers(payroll: Payroll, cycle: int) -> tuple[set[int], set[int]]:
    """The payment of the planted family that did not collect in the fourth cycle, and those of the others, who did."""
    planted_lines = PayrollLine.objects.filter(payroll=payroll, enrolment__household__in=of_stories())
    mine = planted_lines.filter(enrolment__household=household(planted.PAID_AGAIN)) if cycle == CYCLES - 1 else planted_lines.none()
    gone = set(mine.values_list("number", flat=True))
    return gone, set(planted_lines.values_list("number", flat=True)) - gone


def before_the_fourth(programme: Programme, today: date) -> None:
    """A family left its village, and the next one of its list moved up."""
    village = household(planted.PROMOTED).area
    leaving = active(programme).filter(area=village).exclude(household__in=of_stories()).order_by("-number").first()
    assert leaving is not None
    with days_ago(75):
        agreed(
            change_status,
            of_status(leaving, Status.EXITED, Reason.MOVED_OUT, "Partie dans la province voisine"),
            seat("manager"),
            seat("approver"),
        )
    with days_ago(74):
        asked = {"campaign": campaign_of(programme), "areas": [village], "note": "Place d'une famille partie"}
        agreed(fill_places, asked, seat("manager"), seat("approver"))


def campaign_of(programme: Programme) -> Campaign:
    """The campaign that found its beneficiaries."""
    found: Campaign = Campaign.objects.get(programme=programme)
    return found


def before_the_fifth(programme: Programme) -> list[Area]:
    """Who is left out of the fifth cycle: suspended with many reasons, died without a successor, gone; and two phones that became one."""
    rows = list(active(programme).exclude(household__in=of_stories()).select_related("household", "area").order_by("number"))
    chosen = spread(rows, *(max(1, round(len(rows) * share / 1000)) for share in (SUSPENDED, DEATHS, LEFT)))
    with days_ago(40):
        die([household(planted.NO_RECIPIENT), *(one.household for one in chosen[1] if one.household)], days=3)
    with days_ago(30):
        undone = enrolment_of(programme, planted.UNDONE)
        agreed(change_status, of_status(undone, Status.SUSPENDED, Reason.ABSENT, ABSENT_NOTE), seat("commune"), seat("approver"))
        for place, one in enumerate(chosen[0]):
            reason = (Reason.ABSENT, Reason.UNDER_VERIFICATION, Reason.UNCOLLECTED)[place % 3]
            agreed(change_status, of_status(one, Status.SUSPENDED, reason), seat("manager"), seat("approver"))
    with days_ago(28):
        agreed(
            undo_last_change,
            {"enrolment": enrolment_of(programme, planted.UNDONE), "note": "Elle était au centre de santé"},
            seat("manager"),
            seat("approver"),
        )
    with days_ago(8):
        share_a_phone()
        for one in chosen[2]:
            leaves = of_status(one, Status.EXITED, Reason.VOLUNTARY, "A trouvé du travail en ville")
            agreed(change_status, leaves, seat("manager"), seat("approver"))
    return [one.area for one in chosen[2]]


def prepare_fifth(programme: Programme, fund: Fund, rule: BenefitRule, today: date, left: list[Area]) -> Payroll:
    """Calculated and verified; one level agreed, the approver's decision is missing, and so is a verdict on two payees with one phone."""
    with days_ago(6):
        cycle = cycle_of(programme, CYCLES, starts(today)[-1])
    with days_ago(5):
        asked = {"campaign": campaign_of(programme), "areas": left, "note": "Places de familles parties"}
        agreed(fill_places, asked, seat("manager"), seat("approver"))
        payroll = money.calculated(fund, cycle, rule, judged=False)
    with days_ago(2):
        money.waiting_for_the_last(payroll)
    with days_ago(1):
        die([household(planted.DIED_AFTER)], days=3)
        plan_cycles(
            programme=programme, first_day=periods(starts(today)[-1], MONTHS, 2)[1][0], months=MONTHS, count=3, actor=seat("payments")
        )
    return payroll


def share_a_phone() -> None:
    """A payee of another commune gives the phone of the planted one as hers: nobody has looked at that yet."""
    person = recipient(planted.FAR_TWO)
    change_person(person=person, phone=planted.FAR_PHONE, actor=seat("data"))


def dispute_one(payroll: Payroll) -> None:
    """Somebody says that she never saw the money."""
    line = (
        PayrollLine.objects.filter(payroll=payroll, state=LineState.PAID).exclude(enrolment__household__in=of_stories()).order_by("pk")[3]
    )
    dispute_payment(line=line, explanation="Elle était à l'hôpital ce jour-là et n'a rien reçu", actor=seat("payments"))


def die(households: Iterable[Household], days: int) -> None:
    """The recipients of these households died some days ago; where one led the household, an adult follows."""
    for one in households:
        person = one.recipients.get(rank=0, valid_until=None).person
        led = one.memberships.filter(person=person, left_on=None, relationship="head").exists()
        other = one.memberships.filter(left_on=None).exclude(person=person).order_by("person__birth_date").first()
        record_death(
            person=person, died_on=timezone.localdate() - timedelta(days=days), new_head=other.person if led and other else None,
            actor=seat("data"),
        )  # fmt: skip


def active(programme: Programme) -> "QuerySet[Enrolment]":
    """Its active beneficiaries."""
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(programme=programme, status=Status.ACTIVE)
    return rows


def of_stories() -> "QuerySet[Household]":
    """The planted households: nothing but their own story happens to them."""
    rows: QuerySet[Household] = Household.objects.filter(external_id__in=[one.key for one in planted.PLANTED])
    return rows


def household(one: planted.Planted) -> Household:
    """A planted household."""
    found: Household = Household.objects.get(external_id=one.key)
    return found


def recipient(one: planted.Planted) -> Person:
    """Who collects for a planted household."""
    found: Person = household(one).recipients.get(rank=0, valid_until=None).person
    return found


def enrolment_of(programme: Programme, one: planted.Planted) -> Enrolment:
    """A planted household in the programme."""
    found: Enrolment = Enrolment.objects.get(programme=programme, household__external_id=one.key)
    return found


def of_status(enrolment: Enrolment, status: Status, reason: Reason, note: str = "") -> dict[str, Any]:
    """The inputs of one change of status."""
    return {"enrolment": enrolment, "status": status, "reason": reason, "note": note}


def spread(rows: list[Enrolment], *counts: int) -> list[list[Enrolment]]:
    """Several groups of rows that share nobody, each spread over the whole list."""
    found, step = [], max(1, len(rows) // (sum(counts) + 1))
    taken = rows[::step]
    for count in counts:
        found.append(taken[:count])
        taken = taken[count:]
    return found
