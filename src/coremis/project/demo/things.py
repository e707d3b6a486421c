"""The five things to try: what, from which seat, where to begin, and with which file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SEATS
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.states import PAID_LINES
from coremis.modules.registry.models import Household
from coremis.project.demo.planted import ESPERANCE, NEIGHBOUR
from coremis.project.demo.prepared import FAULTS_FILE, PROVIDER_FILE


@dataclass(frozen=True)
class Thing:
    """One thing to try. ``begin`` gives the address of its first page, or nothing where it is not there."""

    title: Any
    steps: tuple[Any, ...]
    seat: str
    begin: Callable[[], str]
    file: str = ""

    def shown(self) -> dict[str, Any]:
        """As the template prints it."""
        file = {"name": self.file, "url": reverse("demo:file", kwargs={"name": self.file})} if self.file else None
        return {
            "title": self.title,
            "steps": self.steps,
            "seat": self.seat,
            "seat_title": SEATS[self.seat],
            "begin": self.begin(),
            "file": file,
        }


def her_household() -> str:
    """The page of Espérance's household."""
    found = Household.objects.filter(external_id=ESPERANCE.key).values_list("pk", flat=True).first()
    return reverse("registry:household", kwargs={"pk": found}) if found else "/"


def payroll_of_the_floods() -> str:
    """The payroll whose results are still to come."""
    found = Payroll.objects.filter(cycle__programme__code="crues").order_by("pk").values_list("pk", flat=True).first()
    return reverse("payments:payroll_detail", kwargs={"pk": found}) if found else "/"


def her_payment() -> str:
    """The last payment that Espérance received."""
    lines = PayrollLine.objects.filter(enrolment__household__external_id=ESPERANCE.key, state__in=PAID_LINES)
    found = lines.order_by("-pk").values_list("pk", flat=True).first()
    return reverse("payments:line_detail", kwargs={"pk": found}) if found else reverse("payments:line_list")


THINGS = (
    Thing(
        _("Why Espérance is selected and her neighbour waits"),
        (
            _("Open her household and read how her score was computed."),
            _("Open the household of her neighbour: the score is a little higher, and the places of the hill are taken."),
            _("Print the list of the village."),
        ),
        "commune",
        her_household,
    ),
    Thing(
        _("Hold one of two payees with one phone"),
        (
            _("Open the payroll under “My work”. Two payees of two communes gave the same phone."),
            _("Hold one of the two payments, and approve the others."),
            _("Take the seat of the payment officer, who asked for it, and try to approve: it is refused."),
        ),
        "approver",
        lambda: reverse("administration:my_work"),
    ),
    Thing(
        _("Import a file with twelve faults"),
        (
            _("Send the file, and look at each fault with its row and reason."),
            _("Correct the rows in the page, and let the manager agree."),
            _("Correct the file and send it again under the same name: nothing changes."),
        ),
        "data",
        lambda: reverse("intake:create_batch"),
        FAULTS_FILE,
    ),
    Thing(
        _("Reconcile the floods"),
        (
            _("Send what the provider says was paid. Twelve amounts differ, five payments are missing, one line is of nobody."),
            _("Try to close the payroll: it is refused until every franc is explained."),
        ),
        "payments",
        payroll_of_the_floods,
        PROVIDER_FILE,
    ),
    Thing(
        _("Look at one payment with four eyes"),
        (
            _("See what the officer of the commune may see of it."),
            _("Take the seat of the auditor: the same payment with everything that led to it."),
        ),
        "commune",
        her_payment,
    ),
)


def card(request: HttpRequest) -> dict[str, Any]:
    """What the home page says of them."""
    return listed()


def listed() -> dict[str, Any]:
    """All five, and the numbers of the two households of the first."""
    return {"things": [thing.shown() for thing in THINGS], "selected": ESPERANCE.number, "waiting": NEIGHBOUR.number}
