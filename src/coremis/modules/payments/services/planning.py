"""Funds and cycles."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid
from coremis.modules.ledger.services import open_accounts
from coremis.modules.payments.models import Cycle, Fund
from coremis.modules.programmes.models import Programme

WRONG = _("Some of what was entered cannot be used. Correct it below.")


@action(_("Save a fund"))
def save_fund(
    *, programme: Programme, code: str, names: dict[str, Any], is_active: bool = True, fund: Fund | None = None, actor: Actor
) -> Fund:
    """Create a fund of a programme with its accounts in the ledger, or change its name. Its code and currency stay."""
    if fund is None and Fund.objects.filter(code=code).exists():
        raise Invalid(WRONG, {"code": [_("Another fund has this code. Choose another one.")]})
    found = fund or Fund(programme=programme, code=code, currency=programme.currency)
    found.names, found.is_active = names, is_active
    found.save()
    open_accounts(found, str(found), found.currency)
    return found


@action(_("Save a payment cycle"))
def save_cycle(
    *,
    programme: Programme,
    names: dict[str, Any],
    starts_on: date,
    ends_on: date,
    freeze_on: date,
    cycle: Cycle | None = None,
    actor: Actor,
) -> Cycle:
    """Create a cycle, or change one that has no payroll yet. No two cycles of one programme share a day."""
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    _check_cycle(programme, starts_on, ends_on, freeze_on, cycle)
    found = cycle or Cycle(programme=programme)
    found.names, found.starts_on, found.ends_on, found.freeze_on = names, starts_on, ends_on, freeze_on
    found.save()
    return found


def _check_cycle(programme: Programme, starts_on: date, ends_on: date, freeze_on: date, cycle: Cycle | None) -> None:
    errors: dict[str, list[Any]] = {}
    if ends_on < starts_on:
        errors["ends_on"] = [_("The last day lies before the first day.")]
    if freeze_on > ends_on:
        errors["freeze_on"] = [_("The data freeze lies after the last day.")]
    others = Cycle.objects.filter(programme=programme, starts_on__lte=ends_on, ends_on__gte=starts_on)
    other = others.exclude(pk=cycle.pk).first() if cycle else others.first()
    if other is not None:
        errors["starts_on"] = [_("The cycle “%(cycle)s” has some of these days. Choose other days.") % {"cycle": str(other)}]
    if cycle is not None and cycle.payrolls.exists() and (cycle.starts_on, cycle.freeze_on) != (starts_on, freeze_on):
        errors["freeze_on"] = [_("This cycle has payrolls already. Its first day and data freeze stay as they are.")]
    if errors:
        raise Invalid(WRONG, errors)
