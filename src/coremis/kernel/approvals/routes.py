"""What may wait for approval, and finding the route for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import Action, places_of
from coremis.kernel.actions.models import Record
from coremis.kernel.approvals.models import Route
from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.areas.queries import common_ancestor
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.module.contributions import Contribution, contributions

Inputs = dict[str, Any]


@dataclass(frozen=True)
class Approvable(Contribution):
    """What the approval of an action needs to know: its amount, its places, and how it is shown to those who decide.

    ``subject`` is the record of which only one such request may wait (by default the first among the inputs); ``page`` is the
    address of what the request is about. ``decider`` refuses a person who may not decide whatever profiles that person holds.
    """

    action: Action[Any]
    amount: Callable[[Inputs], Money | None] = lambda inputs: None
    places: Callable[[Inputs], list[int]] | None = None
    preview: Callable[[Inputs, Any], Any] | None = None
    summary: Callable[[Inputs], Any] | None = None
    subject: Callable[[Inputs], Record | None] | None = None
    page: Callable[[Inputs], str] | None = None
    decider: Callable[[Inputs, Any], None] | None = None


def approvable(action: Action[Any]) -> Approvable:
    """The declaration for an action; without one, it has no amount and lies where its inputs lie."""
    for item in contributions(Approvable):
        if item.action.name == action.name:
            return item
    return Approvable(action)


def subject_of(item: Approvable, values: Inputs) -> Record | None:
    """The record a request is about: as declared, else the first one among its inputs."""
    if item.subject is not None:
        return item.subject(values)
    return next((value for value in values.values() if isinstance(value, Record)), None)


def area_of(item: Approvable, values: Inputs) -> Area:
    """The lowest area that contains everything the request is about."""
    places = item.places(values) if item.places else [place for place in places_of(values) if place is not None]
    area = common_ancestor(places)
    if area is None:
        raise Refusal(_("There are no administrative units yet. Finish the first-run assistant."))
    return area


def find_route(action: str, area: Area, amount_minor: int | None) -> Route:
    """The most specific route in use: lowest area first, then highest amount. None means no approval, never a free pass."""
    above = AreaTree.objects.filter(descendant=area)
    routes = (
        Route.objects.filter(action=action, is_active=True, area__in=above.values("ancestor_id"), min_amount__lte=amount_minor or 0)
        .annotate(depth=F("area__level__position"))
        .order_by("-depth", "-min_amount")
    )
    route = routes.first()
    if route is None or not (route.no_approval or route.levels.filter(is_active=True).exists()):
        raise Refusal(_("No approval route fits this. Ask an administrator to add one under “Approval routes”."))
    return route
