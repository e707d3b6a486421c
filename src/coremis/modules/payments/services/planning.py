"""Funds, and how a programme pays."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid
from coremis.modules.ledger.services import open_accounts
from coremis.modules.payments.findings import FlagKind
from coremis.modules.payments.models import Fund, PaymentTerms
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
    open_accounts(found, found.names, found.currency)
    return found


@action(_("Change the payment rules of a programme"), approvable=True)
def set_payment_terms(
    *, programme: Programme, rounds_in_order: bool, phone_limit: int, notice_kinds: list[str], consent_needed: bool = False, actor: Actor
) -> PaymentTerms:
    """Say whether cycles follow in order, how many payees may share a phone, which flags need no verdict, and whether consent is needed."""
    if not 1 <= phone_limit <= 1000:
        raise Invalid(WRONG, {"phone_limit": [_("Enter a number from 1 to 1,000.")]})
    if not set(notice_kinds) <= set(FlagKind.values):
        raise Invalid(WRONG, {"notice_kinds": [_("Choose from the list.")]})
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    found = PaymentTerms.objects.filter(programme=programme).first() or PaymentTerms(programme=programme)
    found.rounds_in_order, found.phone_limit, found.notice_kinds = rounds_in_order, phone_limit, sorted(set(notice_kinds))
    found.consent_needed = consent_needed
    found.save()
    return found
