"""Balances, and what they are made of."""

from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from coremis.kernel.actions.models import Record
from coremis.kernel.base.money import Money
from coremis.modules.ledger.models import Account, Posting, PostingTotal, Proof

# The one declared set of state groups, used by every query.
COUNTS = (Posting.State.POSTED,)
UNDER_WAY = (Posting.State.PREPARING,)


def with_balance(accounts: "QuerySet[Account]") -> "QuerySet[Account]":
    """The accounts, each with ``balance_minor`` from the totals of posted postings."""
    totals = PostingTotal.objects.filter(account=OuterRef("pk"), posting__state__in=COUNTS).order_by().values("account")
    return accounts.annotate(balance_minor=_summed(totals, Sum("received_minor") - Sum("given_minor")))


def balance(account: Account) -> Money:
    """What an account holds now."""
    return Money(with_balance(Account.objects.filter(pk=account.pk)).get().balance_minor, account.currency)  # type: ignore[attr-defined]


def available(account: Account) -> Money:
    """The balance less what postings under way have announced to take."""
    announced = Posting.objects.filter(takes_from=account, state__in=UNDER_WAY).aggregate(total=Sum("declared_minor"))["total"] or 0
    return balance(account) - Money(announced, account.currency)


def accounts_of(owner: Record) -> dict[str, Account]:
    """The accounts of one owner by station, with their balances."""
    mine = Account.objects.filter(owner_kind=owner.kind(), owner_id=owner.pk)
    return {account.station: account for account in with_balance(mine)}


def postings_about(subject: Record) -> "QuerySet[Posting]":
    """Every posting about one subject, in the order in which they were made."""
    return Posting.objects.filter(subject_kind=subject.kind(), subject_id=subject.pk).order_by("pk")


def sums_about(subject: Record) -> dict[str, int]:
    """What posted postings about a subject have left in the accounts, by station, in smallest units."""
    totals = PostingTotal.objects.filter(posting__in=postings_about(subject).filter(state__in=COUNTS))
    rows = totals.values("account__station").annotate(left=Sum("received_minor") - Sum("given_minor")).order_by()
    return {row["account__station"]: row["left"] for row in rows}


def last_proof() -> Proof | None:
    """The newest proof."""
    return Proof.objects.order_by("-pk").first()


def _summed(rows: Any, total: Any) -> Any:
    return Coalesce(Subquery(rows.annotate(_sum=total).values("_sum"), output_field=BigIntegerField()), 0)
