"""What this module shows on the home page: from registered to active, for each programme and for each place."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.tables import figure_table
from coremis.modules.programmes.models import Enrolment, Programme, Status, WaitingPlace
from coremis.modules.programmes.panels import list_address
from coremis.modules.programmes.queries import counts_by_status
from coremis.modules.programmes.services import ProgrammeFigure
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services.hooks import PlaceFigure

MOST = 15
UNITS = {
    Programme.Unit.HOUSEHOLD: (Household, "registry.view_household", "registry:households"),
    Programme.Unit.PERSON: (Person, "registry.view_person", "registry:persons"),
}
FOLLOWED = (Status.POTENTIAL, Status.ACTIVE, Status.SUSPENDED)


def pipeline(request: HttpRequest) -> Shown:
    """Each programme on one line, from those registered to those paid; each number leads to its list."""
    user: Any = request.user
    programmes = list(Programme.objects.visible_to(user, "programmes.view_programme").order_by("code")[: MOST + 1])
    if not programmes:
        return None
    shown = programmes[:MOST]
    registered, waiting, counts = registered_units(user, shown), waiting_places(user), counts_by_status(shown, user)
    figures = sorted((one for one in contributions(ProgrammeFigure) if user.has_perm(one.permission)), key=lambda one: one.order)
    before = sum(figure.order < 0 for figure in figures)
    further = [figure.counts(user, shown) for figure in figures]
    rows = []
    for programme in shown:
        of_status = {status: (counts.get(programme.pk, {}).get(status, 0), list_address(programme, status)) for status in FOLLOWED}
        name = (str(programme), reverse("programmes:programme_detail", args=[programme.pk]))
        selected = [of_status[Status.POTENTIAL], (waiting.get(programme.pk, 0), waiting_address(programme=programme.pk))]
        served = [of_status[Status.ACTIVE], of_status[Status.SUSPENDED]]
        others = [found.get(programme.pk, (0, "")) for found in further]
        first, then = others[:before], others[before:]
        rows.append([name, registered.get(programme.unit, ("", "")), *first, *selected, *served, *then])
    titles = [
        _("On the register"),
        *(figure.title for figure in figures[:before]),
        _("Potential"),
        _("On waiting lists"),
        _("Active"),
        _("Suspended"),
        *(figure.title for figure in figures[before:]),
    ]
    more = [{"url": reverse("programmes:programme_list") + "?clear=1", "title": now("All programmes")}] if len(programmes) > MOST else []
    return {"table": figure_table([(_("Programme"), ""), *((title, "number") for title in titles)], rows), "links": more}


def registered_units(user: Any, programmes: Sequence[Programme]) -> dict[str, tuple[int, str]]:
    """How many households and persons the reader may see; each is counted only where a programme helps them."""
    asked = {programme.unit for programme in programmes}
    return {
        unit: (model.objects.visible_to(user, right).count(), reverse(address) + "?clear=1")
        for unit, (model, right, address) in UNITS.items() if unit in asked and user.has_perm(right)
    }  # fmt: skip


def waiting_places(user: Any) -> dict[int, int]:
    """How many wait in each programme."""
    rows = _waiting(user).values_list("programme_id").annotate(count=Count("pk"))
    return dict(rows)


def waiting_address(**query: int) -> str:
    """Those who wait now."""
    return f"{reverse('programmes:waiting_list')}?{urlencode({**query, 'waiting': 'yes'})}"


def _waiting(user: Any) -> Any:
    return WaitingPlace.objects.visible_to(user, "programmes.view_waitingplace").waiting(timezone.localdate()).order_by()


def _with_status(status: Status) -> Any:
    def counts(user: Any) -> Iterable[tuple[int, int]]:
        rows = Enrolment.objects.visible_to(user, "programmes.view_enrolment").filter(status=status)
        return rows.order_by().values_list("area_id").annotate(count=Count("pk"))  # type: ignore[no-any-return]

    return counts


def _waiting_by_place(user: Any) -> Iterable[tuple[int, int]]:
    return _waiting(user).values_list("enrolment__area_id").annotate(count=Count("pk"))  # type: ignore[no-any-return]


def _status_address(status: Status) -> Any:
    return lambda place: f"{reverse('programmes:enrolment_list')}?{urlencode({'area': place, 'status': status})}"


FIGURES: list[Contribution] = [
    PlaceFigure(_("Potential"), "programmes.view_enrolment", _with_status(Status.POTENTIAL), _status_address(Status.POTENTIAL), order=20),
    PlaceFigure(
        _("On waiting lists"), "programmes.view_waitingplace", _waiting_by_place, lambda place: waiting_address(area=place), order=30
    ),
    PlaceFigure(_("Active"), "programmes.view_enrolment", _with_status(Status.ACTIVE), _status_address(Status.ACTIVE), order=40),
]
