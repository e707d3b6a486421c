"""The right to bring payments of a former system; the import itself writes them."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.modules.former.models import FormerPayment
from coremis.modules.registry.models import Household


@action(_("Add a payment of a former system"))
def add_former_payment(
    *, household: Household, source: str, reference: str, paid_on: date, amount: Money, programme: str = "", period: str = "",
    payee_name: str = "", actor: Actor,
) -> FormerPayment:  # fmt: skip
    """Write down one payment that another system made. It enters no balance and no figure of today's programmes."""
    if amount.amount_minor <= 0:
        raise Refusal(_("The amount must be above zero."))
    if not reference.strip() or not source.strip():
        raise Refusal(_("Name the former system and the reference of the payment there."))
    if FormerPayment.objects.filter(source=source.strip(), reference=reference.strip(), taken_back_on=None).exists():
        raise Refusal(_("This payment is known already: %(reference)s."), reference=reference)
    payment = FormerPayment(
        household=household, area_id=household.area_id, source=source.strip()[:40], reference=reference.strip()[:80], paid_on=paid_on,
        amount_minor=amount.amount_minor, currency=amount.currency, programme=programme[:120], period=period[:60],
        payee_name=payee_name[:200],
    )  # fmt: skip
    payment.save()
    return payment
