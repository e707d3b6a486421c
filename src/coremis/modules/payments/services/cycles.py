"""The calendar of payment cycles: planning them, keeping their order, closing them. Nothing of it happens by itself."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.payments.models import Cycle, RoundWaiver
from coremis.modules.payments.queries import terms_of
from coremis.modules.payments.services.cancellation import require_reason
from coremis.modules.payments.services.planning import WRONG
from coremis.modules.payments.states import ENDED_PAYROLLS, PayrollState
from coremis.modules.programmes.models import Programme

# The dates of a cycle in the order in which they come (rulebook 2.7.3).
IN_ORDER = ("freeze_on", "calculate_by", "approve_by", "pay_from", "pay_until", "reconcile_by")
PATTERNS = (1, 2, 3, 6, 12)
MOST = 24


@dataclass(frozen=True)
class Pattern:
    """How the dates of a cycle follow from its last day, in days; ``freeze`` lies before it."""

    freeze: int
    calculate: int
    approve: int
    pay: int
    window: int
    reconcile: int

    def dates(self, ends_on: date) -> dict[str, date]:
        """All dates of the cycle that ends on this day."""
        found, day = {}, ends_on - timedelta(days=self.freeze)
        for name, days in zip(IN_ORDER, (0, self.calculate, self.approve, self.pay, self.window, self.reconcile), strict=True):
            day = found[name] = day + timedelta(days=days)
        return found


@action(_("Save a payment cycle"))
def save_cycle(
    *,
    programme: Programme,
    names: dict[str, Any],
    starts_on: date,
    ends_on: date,
    freeze_on: date,
    calculate_by: date | None = None,
    approve_by: date | None = None,
    pay_from: date | None = None,
    pay_until: date | None = None,
    reconcile_by: date | None = None,
    cycle: Cycle | None = None,
    actor: Actor,
) -> Cycle:
    """Create a cycle, or change one. No two cycles of one programme share a day; what payrolls rest on stays."""
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    days = {
        "starts_on": starts_on, "ends_on": ends_on, "freeze_on": freeze_on, "calculate_by": calculate_by, "approve_by": approve_by,
        "pay_from": pay_from, "pay_until": pay_until, "reconcile_by": reconcile_by,
    }  # fmt: skip
    if cycle is not None and cycle.programme_id != programme.pk:
        raise Invalid(WRONG, {"programme": [_("A cycle stays with its programme.")]})
    check_cycle(programme, days, cycle)
    found = cycle or Cycle(programme=programme)
    found.names = names
    for name, day in days.items():
        setattr(found, name, day)
    found.save()
    return found


@action(_("Plan payment cycles"))
def plan_cycles(
    *, programme: Programme, first_day: date, months: int, count: int, freeze: int = 10, calculate: int = 5, approve: int = 5,
    pay: int = 5, window: int = 10, reconcile: int = 20, actor: Actor,
) -> Programme:  # fmt: skip
    """Create ``count`` cycles of ``months`` months each, one after the other; the other dates follow from the last day of each."""
    errors: dict[str, list[Any]] = {}
    if months not in PATTERNS:
        errors["months"] = [_("Choose from the list.")]
    if not 1 <= count <= MOST:
        errors["count"] = [_("Plan 1 to %(most)s cycles at once.") % {"most": MOST}]
    pattern = Pattern(freeze, calculate, approve, pay, window, reconcile)
    for name in ("freeze", "calculate", "approve", "pay", "window", "reconcile"):
        if not 0 <= getattr(pattern, name) <= 366:
            errors[name] = [_("Enter 0 to 366 days.")]
    if errors:
        raise Invalid(WRONG, errors)
    for starts_on, ends_on in periods(first_day, months, count):
        save_cycle.body(
            programme=programme, names=period_names(starts_on, ends_on), starts_on=starts_on, ends_on=ends_on,
            **pattern.dates(ends_on), actor=actor,
        )  # fmt: skip
    return programme


def periods(first_day: date, months: int, count: int) -> list[tuple[date, date]]:
    """First and last days of ``count`` periods that follow each other without a gap."""
    starts = [_add_months(first_day, months * place) for place in range(count + 1)]
    return [(start, following - timedelta(days=1)) for start, following in zip(starts, starts[1:], strict=False)]


def period_names(starts_on: date, ends_on: date) -> dict[str, str]:
    """The months of a period, in every language."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            first, last = (formats.date_format(day, "F Y") for day in (starts_on, ends_on))
            found[code] = first if first == last else f"{first} – {last}"
    return found


@action(_("Close a payment cycle"))
def close_cycle(*, cycle: Cycle, actor: Actor) -> Cycle:
    """Close a cycle whose payrolls are closed or cancelled, at least one of them closed. After that nothing is calculated in it."""
    fresh = Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if fresh.closed_at:
        raise Refusal(_("This cycle is closed already."))
    left = fresh.payrolls.exclude(state__in=ENDED_PAYROLLS).order_by("number").first()
    if left is not None:
        raise Refusal(_("The payroll %(number)s of this cycle is not closed yet. Close or cancel it first."), number=left.number_text)
    if not fresh.payrolls.filter(state=PayrollState.CLOSED).exists():
        raise Refusal(_("Nothing was paid in this cycle yet, so it cannot be closed."))
    fresh.closed_at = timezone.now()
    fresh.save()
    return fresh


@action(_("Allow a cycle out of turn"), approvable=True)
def waive_order(*, cycle: Cycle, reason: str, actor: Actor) -> RoundWaiver:
    """Let a cycle be calculated although an earlier one is not closed."""
    require_reason(reason)
    Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if RoundWaiver.objects.filter(cycle=cycle).exists():
        raise Refusal(_("This cycle may be calculated out of turn already."))
    waiver = RoundWaiver(cycle=cycle, reason=reason.strip()[:300])
    waiver.save()
    return waiver


def require_open_cycle(cycle: Cycle) -> Cycle:
    """The cycle, held until the transaction ends; refused where it is closed, or not its turn yet. Called before a payroll is made."""
    fresh = Cycle.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cycle.pk)
    if fresh.closed_at:
        raise Refusal(_("The cycle “%(cycle)s” is closed. Calculate in another one."), cycle=str(fresh))
    if terms_of(fresh.programme_id).rounds_in_order and not RoundWaiver.objects.filter(cycle=fresh).exists():
        earlier = (
            Cycle.objects.filter(programme=fresh.programme_id, starts_on__lt=fresh.starts_on, closed_at=None).order_by("starts_on").first()
        )
        if earlier is not None:
            raise Refusal(
                _("The cycle “%(cycle)s” is not closed yet. Close it first, or ask for leave to pay out of turn."), cycle=str(earlier)
            )
    return fresh


def check_cycle(programme: Programme, days: dict[str, date | None], cycle: Cycle | None) -> None:
    """Refuse dates that are out of order, days that another cycle has, and changes of what payrolls rest on."""
    errors: dict[str, list[Any]] = {}
    starts_on, ends_on, freeze_on = days["starts_on"], days["ends_on"], days["freeze_on"]
    assert starts_on and ends_on and freeze_on
    if ends_on < starts_on:
        errors["ends_on"] = [_("The last day lies before the first day.")]
    if freeze_on > ends_on:
        errors["freeze_on"] = [_("The data freeze lies after the last day.")]
    given = [(name, days[name]) for name in IN_ORDER if days[name]]
    for (_before, earlier), (name, later) in zip(given, given[1:], strict=False):
        if earlier and later and later < earlier:
            errors[name] = [_("This day lies before the step that comes first. Correct the order.")]
    others = Cycle.objects.filter(programme=programme, starts_on__lte=ends_on, ends_on__gte=starts_on)
    other = others.exclude(pk=cycle.pk).first() if cycle else others.first()
    if other is not None:
        errors["starts_on"] = [_("The cycle “%(cycle)s” has some of these days. Choose other days.") % {"cycle": str(other)}]
    if cycle is not None and cycle.payrolls.exists() and (cycle.starts_on, cycle.freeze_on) != (starts_on, freeze_on):
        errors["freeze_on"] = [_("This cycle has payrolls already. Its first day and data freeze stay as they are.")]
    if cycle is not None and cycle.closed_at:
        errors["starts_on"] = [_("This cycle is closed. Its dates stay as they are.")]
    if errors:
        raise Invalid(WRONG, errors)


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
