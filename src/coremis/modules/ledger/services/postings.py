"""Opening a posting, making it count, and giving it up."""

from datetime import date

from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.modules.ledger.models import Account, Movement, Posting, PostingTotal
from coremis.modules.ledger.queries import available, with_balance
from coremis.modules.ledger.services.movements import require_preparing

Totals = dict[int, list[int]]


def open_posting(
    purpose: Posting.Purpose, subject: Record, amount: Money, *, takes_from: Account, name: str = "", names: dict[str, str] | None = None,
    effective_on: date | None = None,
    reason: str = "", proof: str = "", reverses: Posting | None = None,
) -> Posting:  # fmt: skip
    """A posting that prepares to take ``amount`` from an account; refused where that is not there or promised to others."""
    lock([takes_from.pk])
    if takes_from.station not in Account.SIGNED:
        require_funds(takes_from, available(takes_from), amount)
    posting = Posting(
        purpose=purpose, subject_kind=subject.kind(), subject_id=subject.pk, subject_name=(name or str(subject))[:120],
        subject_names=names or {},
        attempt=_next_attempt(purpose, subject), currency=amount.currency, effective_on=effective_on or timezone.localdate(),
        reason=reason[:300], proof=proof[:300], takes_from=takes_from, declared_minor=amount.amount_minor, reverses=reverses,
    )  # fmt: skip
    posting.save()
    return posting


def open_reversal(original: Posting, subject: Record, *, takes_from: Account, reason: str) -> Posting:
    """A posting that will take back all that ``original`` did; once only."""
    reversed_before = original.reversals.exclude(state=Posting.State.ABANDONED).exists()
    if original.state != Posting.State.POSTED or reversed_before:
        raise Refusal(_("Only what is posted can be reversed, and only once."))
    amount = Money(original.declared_minor, original.currency)
    return open_posting(
        Posting.Purpose.REVERSAL,
        subject,
        amount,
        takes_from=takes_from,
        name=original.subject_name,
        names=original.subject_names,
        reason=reason,
        reverses=original,
    )


def post(posting: Posting) -> Posting:
    """Make a posting count, in the caller's transaction: its accounts are locked and none falls below zero but those that may.

    What it takes from its own account must be exactly what it announced.
    """
    fresh = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
    require_preparing(fresh)
    totals = totals_of(fresh)
    lock(totals)
    taken = totals.get(fresh.takes_from_id or 0, [0, 0, 0])
    if taken[1] - taken[0] != fresh.declared_minor:
        raise Refusal(_("The movements do not add up to the announced total. Nothing was posted. Tell your administrator."))
    _refuse_overdraft(totals)
    for account_id, (received, given, count) in sorted(totals.items()):
        PostingTotal(posting=fresh, account_id=account_id, received_minor=received, given_minor=given, movement_count=count).save()
    fresh.state, fresh.posted_at = Posting.State.POSTED, timezone.now()
    fresh.save()
    return fresh


def abandon(posting: Posting) -> None:
    """Give a posting up: it stays, its movements stay, and it never counts."""
    fresh = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
    if fresh.state == Posting.State.PREPARING:
        fresh.state = Posting.State.ABANDONED
        fresh.save()


def totals_of(posting: Posting) -> Totals:
    """What the movements of a posting bring and take, by account: received, given, number. Two statements."""
    found: Totals = {}
    for place, side in enumerate(("to_account", "from_account")):
        rows = Movement.objects.filter(posting=posting).order_by().values_list(side).annotate(moved=Sum("amount_minor"), count=Count("pk"))
        for account_id, amount, count in rows:
            total = found.setdefault(account_id, [0, 0, 0])
            total[place] += amount
            total[2] += count
    return found


def lock(account_ids: "Totals | list[int]") -> None:
    """Hold these accounts until the transaction ends, always in the same order."""
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=list(account_ids)).order_by("pk").values_list("pk"))


def require_funds(account: Account, there: Money, needed: Money) -> None:
    """Refuse, with the amounts, where an account does not hold what is needed."""
    if there < needed:
        raise Refusal(
            _("“%(account)s” has %(there)s free, and %(needed)s is needed. Enter the funds received first."),
            account=account.owner, there=there.text(), needed=needed.text(),
        )  # fmt: skip


def _refuse_overdraft(totals: Totals) -> None:
    for account in with_balance(Account.objects.filter(pk__in=list(totals)).exclude(station__in=Account.SIGNED)):
        received, given, _count = totals[account.pk]
        now = Money(account.balance_minor, account.currency)  # type: ignore[attr-defined]
        require_funds(account, now, Money(max(0, given - received), account.currency))


def _next_attempt(purpose: str, subject: Record) -> int:
    earlier = Posting.objects.filter(purpose=purpose, subject_kind=subject.kind(), subject_id=subject.pk)
    return (earlier.aggregate(last=Max("attempt"))["last"] or 0) + 1
