"""What this module shows on the pages of points and households."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.points.models import HouseholdPoint, PaymentPoint
from coremis.modules.points.queries import points_of_households
from coremis.modules.points.tables import HouseholdPointTable, ManagerTable, ServedTable, point_url
from coremis.modules.registry.models import Household

FIRST = 100


def omitted(user: Any, *always: str, **actions: str) -> Sequence[str]:
    """The columns that this reader does not need: those given, and links to what they may not do."""
    return [*always, *(column for column, permission in actions.items() if not user.has_perm(permission))]


def served(request: HttpRequest, point: PaymentPoint) -> Shown:
    """The places that collect there now, then those that did."""
    rows = list(ServedTable.visible(request.user).filter(point=point).order_by("-valid_until", "area__name")[:FIRST])
    rows.sort(key=lambda row: (row.valid_until is not None, row.area.name))
    if not rows:
        return {"text": _("No place collects here yet. Set the places that it serves.")}
    return {"table": small_table(ServedTable, rows, request.user, omitted(request.user, "point", end="points.stop_serving"))}


def managers(request: HttpRequest, point: PaymentPoint) -> Shown:
    """Who answers for it, and who did."""
    rows = sorted(ManagerTable.visible(request.user).filter(point=point), key=lambda row: (row.valid_until is not None, -row.pk))
    if not rows:
        return {"text": _("Nobody manages this payment point yet.")}
    return {"table": small_table(ManagerTable, rows, request.user, omitted(request.user, end="points.end_point_manager"))}


def own_households(request: HttpRequest, point: PaymentPoint) -> Shown:
    """Households that collect here although their place does not."""
    rows = list(HouseholdPointTable.visible(request.user).filter(point=point).order_by("-pk")[:FIRST])
    return (
        {"table": small_table(HouseholdPointTable, rows, request.user, omitted(request.user, "point", end="points.end_household_point"))}
        if rows
        else None
    )


def household_point(request: HttpRequest, household: Household) -> Shown:
    """Where a household collects today, and the choices made for it."""
    user: Any = request.user
    found = points_of_households([household.pk], timezone.localdate()).get(household.pk)
    seen = found is not None and PaymentPoint.objects.visible_to(user, "points.view_paymentpoint").filter(pk=found.pk).exists()
    rows = list(HouseholdPointTable.visible(user).filter(household=household).order_by("-pk")[:FIRST])
    address = point_url(found.pk) if found and seen else ""
    shown: dict[str, Any] = {"facts": [Fact(_("Collects at"), found.name if found else _("no payment point"), address).ready()]}
    if rows:
        shown["table"] = small_table(HouseholdPointTable, rows, user, omitted(user, "number", "name", end="points.end_household_point"))
    if user.has_perm("points.choose_household_point") and household.ended_on is None:
        url = reverse("points:choose_household_point", kwargs={"pk": household.pk})
        shown["links"] = [{"url": url, "title": _("Choose the payment point of this household")}]
    return shown


def back_to(row: Any) -> str:
    """The page of the household of a choice."""
    return reverse("registry:household", kwargs={"pk": row.pk if isinstance(row, Household) else row.household_id})


def choices_of(household: Household) -> list[HouseholdPoint]:
    """The choices made for a household, for its history."""
    return list(HouseholdPoint.objects.filter(household=household))
