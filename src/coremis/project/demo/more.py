"""What stands around the delivery chain: payment points, a calendar, a waiting list, a filter, a re-issue, a dispute."""

from datetime import date, timedelta

from django.utils import timezone

from coremis.kernel.access.models import User
from coremis.kernel.areas.models import Area
from coremis.modules.duplicates.services import look_for_duplicates
from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.services import save_filter
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.services import (
    approve_payroll,
    dispute_payment,
    plan_cycles,
    reissue_payroll,
    release_payroll,
    verify_payroll,
)
from coremis.modules.payments.states import LineState
from coremis.modules.points.services import add_point, assign_point_manager, serve_places
from coremis.modules.programmes.models import Programme, Reason, Status
from coremis.modules.programmes.services import create_programme, enrol_matching
from coremis.project.demo.country import CURRENCY
from coremis.project.demo.people import COMMUNES
from coremis.project.demo.seats import agreed, seat, work_off

# Households of five or more with at least two children of four years or less.
LARGE_FAMILIES = {
    "about": "household",
    "where": {
        "all": [
            {"fact": "registry.household.size", "is": "least", "value": 5},
            {
                "link": "registry.household:members",
                "count": 2,
                "where": {"all": [{"fact": "registry.person.age", "is": "most", "value": 4}]},
            },
        ]
    },
}
OLD_AGE_PLACES = 60


def make_points() -> None:
    """A payment point in each zone where families live; the commune's officer answers for those of his commune."""
    today, officer = timezone.localdate(), seat("payments")
    for zone in Area.objects.filter(parent__code__in=COMMUNES).select_related("parent").order_by("code"):
        point = add_point(area=zone, code=f"PP-{zone.code}", name=f"{zone.name}, centre", address="Market place", actor=officer)
        serve_places(point=point, areas=[zone], since=today, actor=officer)
        assign_point_manager(point=point, manager=point_manager(zone), actor=officer)


def point_manager(zone: Area) -> User:
    """Who answers for the point of a zone."""
    assert zone.parent is not None
    return seat("commune") if zone.parent.code == COMMUNES[0] else seat("payments")


def keep_filter() -> SavedFilter:
    """A question about families that the manager shares with everybody."""
    return save_filter(
        name="Large families with small children", condition=LARGE_FAMILIES, shared=SavedFilter.Shared.EVERYBODY, actor=seat("manager")
    )


def fill_waiting_lists(country: Area) -> Programme:
    """A programme for old people with fewer places than there are people: the others wait in their villages."""
    manager = seat("manager")
    programme = create_programme(
        code="aines", names={"en": "Old age grant", "fr": "Allocation vieillesse", "pt": "Subsídio de velhice"}, unit=Programme.Unit.PERSON,
        currency=CURRENCY, starts_on=timezone.localdate() - timedelta(days=30), max_beneficiaries=OLD_AGE_PLACES, actor=manager,
    )  # fmt: skip
    asked = {
        "programme": programme, "areas": [country], "status": Status.ACTIVE, "reason": Reason.SELECTED, "condition": "age >= 70",
        "overflow": True,
    }  # fmt: skip
    agreed(enrol_matching, asked, manager, seat("approver"))
    work_off()
    return programme


def plan_calendar(programme: Programme, after: date) -> None:
    """Four cycles of two months, from the first of the month after the last cycle."""
    following = (after.replace(day=1) + timedelta(days=32)).replace(day=1)
    plan_cycles(programme=programme, first_day=following, months=2, count=4, actor=seat("payments"))


def pay_again(payroll: Payroll) -> Payroll:
    """What was not collected in the first cycle is paid again, and is still with the payment points."""
    made = reissue_payroll(payroll=payroll, freeze_on=timezone.localdate(), note="They were travelling", actor=seat("payments"))
    work_off()
    verify_payroll(payroll=Payroll.objects.get(pk=made.pk), actor=seat("verifier"))
    agreed(approve_payroll, {"payroll": Payroll.objects.get(pk=made.pk)}, seat("payments"), seat("approver"))
    work_off()
    agreed(release_payroll, {"payroll": Payroll.objects.get(pk=made.pk)}, seat("manager"), seat("approver"))
    work_off()
    return Payroll.objects.get(pk=made.pk)


def dispute_one(payroll: Payroll) -> None:
    """Somebody says that she never saw the money."""
    line = PayrollLine.objects.filter(payroll=payroll, state=LineState.PAID).order_by("pk")[10]
    dispute_payment(line=line, explanation="She was at the hospital that day and received nothing", actor=seat("payments"))


def look_around() -> None:
    """The search for possible duplicates that otherwise runs every night."""
    look_for_duplicates(actor=seat("data"))
    work_off()
