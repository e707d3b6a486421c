"""Everything that changes payment points, who manages them, and who collects there."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, PointManager, Provider, ServedPlace
from coremis.modules.registry.models import Household

SEE = "points.view_paymentpoint"


@action(_("Add a payment point"))
def add_point(*, area: Area, code: str, name: str, address: str = "", provider: Provider | None = None, actor: Actor) -> PaymentPoint:
    """A new place where money is handed out. It serves nobody until places are given to it."""
    if PaymentPoint.objects.filter(code=code.strip()).exists():
        raise Invalid(_("Another payment point has this code."), {"code": [_("Another payment point has this code. Choose a new one.")]})
    point = PaymentPoint(area=area, code=code.strip(), name=_named(name), address=address.strip(), provider=_usable(provider))
    point.save()
    return point


@action(_("Change a payment point"))
def change_point(
    *, point: PaymentPoint, area: Area, name: str, address: str = "", provider: Provider | None = None, actor: Actor
) -> PaymentPoint:
    """Another name, place, address or provider; the code stays. What was printed or calculated keeps what it had."""
    point.provider = provider if provider and provider.pk == point.provider_id else _usable(provider)
    point.area, point.name, point.address = area, _named(name), address.strip()
    point.save()
    return point


@action(_("Add a payment provider"))
def add_provider(*, code: str, name: str, way: Provider.Way, actor: Actor) -> Provider:
    """Somebody new who carries money. Nothing goes that way before a payment point names it."""
    if Provider.objects.filter(code=code.strip()).exists():
        raise Invalid(_("Another provider has this code."), {"code": [_("Another provider has this code. Choose a new one.")]})
    provider = Provider(code=code.strip(), name=_named(name), way=way)
    provider.save()
    return provider


@action(_("Change a payment provider"))
def change_provider(*, provider: Provider, name: str, way: Provider.Way, is_active: bool, actor: Actor) -> Provider:
    """Another name or way of working; one that is no longer in use is offered for no point. Payments keep their provider."""
    if not is_active and (used := provider.points.filter(is_active=True).count()):
        raise Refusal(_("Payment points still pay through it: %(count)s. Give them another provider first."), count=used)
    provider.name, provider.way, provider.is_active = _named(name), way, is_active
    provider.save()
    return provider


def _usable(provider: Provider | None) -> Provider | None:
    if provider is not None and not provider.is_active:
        sentence = _("This provider is no longer in use. Choose another one.")
        raise Invalid(sentence, {"provider": [sentence]})
    return provider


@action(_("Close a payment point"))
def close_point(*, point: PaymentPoint, reason: str, actor: Actor) -> PaymentPoint:
    """From today nobody is sent there. Its places collect where the place above them does, or have no point."""
    if not point.is_active:
        raise Refusal(_("This payment point is closed already."))
    point.is_active, point.closed_on, point.closing_reason = False, timezone.localdate(), reason.strip()
    point.save()
    return point


@action(_("Open a payment point again"))
def reopen_point(*, point: PaymentPoint, actor: Actor) -> PaymentPoint:
    """It serves its places again from now on."""
    if point.is_active:
        raise Refusal(_("This payment point is in use already."))
    point.is_active, point.closed_on, point.closing_reason = True, None, ""
    point.save()
    return point


@action(_("Assign a manager to a payment point"))
def assign_point_manager(*, point: PaymentPoint, manager: User, since: date | None = None, actor: Actor) -> PointManager:
    """Somebody answers for a point from a day on; that person must be allowed to see it."""
    _in_use(point)
    if not manager.may(SEE, [point.area_id]):
        raise Invalid(
            _("This person may not see this payment point."), {"manager": [_("Assign a profile in this place to the person first.")]}
        )
    if PointManager.objects.filter(point=point, user=manager, valid_until=None).exists():
        raise Refusal(_("%(name)s manages this payment point already."), name=str(manager))
    row = PointManager(point=point, user=manager, valid_from=since or timezone.localdate())
    row.save()
    return row


@action(_("End the work of a point manager"))
def end_point_manager(*, manager: PointManager, until: date | None = None, actor: Actor) -> PointManager:
    """The last day on which somebody answers for a point; by default today."""
    _end(manager, until or timezone.localdate())
    return manager


@action(_("Set the places that a payment point serves"))
def serve_places(*, point: PaymentPoint, areas: list[Area], since: date, actor: Actor) -> int:
    """These places, and all below them, collect at the point from a day on; where they collected before ends the day before."""
    _in_use(point)
    if not areas:
        raise Invalid(_("Choose at least one place."), {"areas": [_("Choose at least one place.")]})
    wanted = {area.pk: area for area in areas}
    before = {row.area_id: row for row in ServedPlace.objects.select_related("area", "point").filter(area__in=wanted, valid_until=None)}
    changed = 0
    for pk, area in wanted.items():
        held = before.get(pk)
        if held and held.point_id == point.pk:
            continue
        if held:
            _replace(held, since, held.area)
        ServedPlace(point=point, area=area, valid_from=since).save()
        changed += 1
    if not changed:
        raise Refusal(_("These places collect at this payment point already."))
    return changed


@action(_("End that a place collects at a payment point"))
def stop_serving(*, place: ServedPlace, until: date, actor: Actor) -> ServedPlace:
    """The last day; afterwards the place collects where the place above it does, or has no point."""
    _end(place, until)
    return place


@action(_("Choose the payment point of a household"))
def choose_household_point(*, household: Household, point: PaymentPoint, since: date, reason: str, actor: Actor) -> HouseholdPoint:
    """A household collects elsewhere than its place does, from a day on, for a reason."""
    _in_use(point)
    held = HouseholdPoint.objects.select_related("household").filter(household=household, valid_until=None).first()
    if held and held.point_id == point.pk:
        raise Refusal(_("This household collects there already."))
    if held:
        _replace(held, since, household)
    row = HouseholdPoint(household=household, point=point, valid_from=since, reason=reason.strip())
    row.save()
    return row


@action(_("End the payment point of a household"))
def end_household_point(*, choice: HouseholdPoint, until: date, actor: Actor) -> HouseholdPoint:
    """The last day; afterwards the household collects where its place does."""
    _end(choice, until)
    return choice


def _replace(held: Any, since: date, what: Any) -> None:
    """End what held until now on the day before; a later beginning than ``since`` cannot be replaced."""
    if held.valid_from > since:
        raise Invalid(
            _("“%(name)s” has collected at “%(point)s” since %(day)s. Choose that day or a later one."),
            {"since": [_("Choose a later day.")]}, name=str(what), point=held.point.name, day=held.valid_from.isoformat(),
        )  # fmt: skip
    held.valid_until = since - timedelta(days=1)
    held.save()


def _end(row: Any, until: date) -> None:
    if row.valid_until is not None:
        raise Refusal(_("This ended already."))
    if until < row.valid_from - timedelta(days=1):
        raise Invalid(_("This began after that day. Choose a later one."), {"until": [_("Choose a later day.")]})
    row.valid_until = until
    row.save()


def _in_use(point: PaymentPoint) -> None:
    if not point.is_active:
        raise Refusal(_("“%(name)s” is closed. Choose another payment point, or open it again."), name=point.name)


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid(_("A payment point needs a name."), {"name": [_("This is required.")]})
    return name.strip()
