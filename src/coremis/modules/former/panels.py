"""Payments of a former system on the pages of households and persons."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.tables import Table, small_table
from coremis.modules.former.models import FormerPayment
from coremis.modules.registry.models import Household, Person

LATEST = 24


class FormerTable(Table):
    """Payments of a former system."""

    model = FormerPayment
    permission = "former.view_formerpayment"
    columns = (
        Column("paid_on", gettext_lazy("Paid on"), kind="date"),
        Column("amount", gettext_lazy("Amount"), lambda row: row.amount, kind="amount"),
        Column("programme", gettext_lazy("Programme")),
        Column("period", gettext_lazy("Period")),
        Column("payee_name", gettext_lazy("Payee")),
        Column("source", gettext_lazy("Former system")),
        Column("reference", gettext_lazy("Reference"), kind="code"),
    )
    export_name = ""


def of_household(request: HttpRequest, household: Household) -> Shown:
    """What the household received before, the latest first."""
    return _shown(request, Q(household=household))


def of_person(request: HttpRequest, person: Person) -> Shown:
    """What the person received before, the latest first."""
    return _shown(request, Q(person=person))


def _shown(request: HttpRequest, whose: Q) -> Shown:
    user: Any = request.user
    rows = FormerPayment.objects.visible_to(user, FormerTable.permission).filter(whose, taken_back_on=None).order_by("-paid_on", "-pk")
    found = list(rows[: LATEST + 1])
    if not found:
        return None
    words = _("Made by another system: they stand in no balance and no figure of today's programmes.")
    more = " " + _("Only the latest %(count)s are shown.") % {"count": LATEST} if len(found) > LATEST else ""
    return {"table": small_table(FormerTable, found[:LATEST], user), "text": words + more}
