"""Money that comes in."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.ledger.models import Account, Movement, Posting
from coremis.modules.ledger.services.accounts import world
from coremis.modules.ledger.services.movements import copy_reversed
from coremis.modules.ledger.services.postings import open_posting, open_reversal, post

WRONG = _("Some of what was entered cannot be used. Correct it below.")


@action(_("Enter funds received"), approvable=True)
def receive_funds(*, account: Account, amount: Money, received_on: date, proof: str, note: str = "", actor: Actor) -> Posting:
    """Put money that arrived into a fund: world → fund. ``proof`` names the paper that shows it (a credit advice)."""
    check_receipt(account, amount, received_on, proof)
    outside = world(account.currency)
    posting = open_posting(
        Posting.Purpose.RECEIPT,
        account,
        amount,
        takes_from=outside,
        name=account.owner_name,
        names=account.owner_names,
        effective_on=received_on,
        reason=note,
        proof=proof,
    )
    Movement(
        posting=posting, step="in", from_account=outside, to_account=account, amount_minor=amount.amount_minor, currency=amount.currency,
        reason=posting.purpose, effective_on=received_on, recorded_at=timezone.now(),
    ).save()  # fmt: skip
    return post(posting)


@action(_("Reverse funds received"), approvable=True)
def reverse_receipt(*, posting: Posting, reason: str, actor: Actor) -> Posting:
    """Take back a receipt that was entered wrongly; refused where the money has been used."""
    if posting.purpose != Posting.Purpose.RECEIPT:
        raise Refusal(_("Only funds received can be reversed here. Cancel the payroll instead."))
    if not reason.strip():
        raise Invalid(WRONG, {"reason": [_("Give the reason.")]})
    account = Account.objects.get(pk=posting.subject_id)
    reversal = open_reversal(posting, account, takes_from=account, reason=reason)
    copy_reversed(reversal, Movement.objects.filter(posting=posting))
    return post(reversal)


def check_receipt(account: Account, amount: Money, received_on: date, proof: str) -> None:
    """Refuse a receipt without proof, of another currency, of nothing, or from the future."""
    errors: dict[str, list[object]] = {}
    if account.station != Account.Station.FUND:
        errors["account"] = [_("Money arrives in a fund. Choose a fund.")]
    if amount.amount_minor <= 0:
        errors["amount"] = [_("The amount must be above zero.")]
    elif amount.currency != account.currency:
        errors["amount"] = [_("This fund is kept in another currency.")]
    if not proof.strip():
        errors["proof"] = [_("Name the paper that proves it, such as the credit advice.")]
    if received_on > timezone.localdate():
        errors["received_on"] = [_("This day is still to come.")]
    if errors:
        raise Invalid(WRONG, errors)
