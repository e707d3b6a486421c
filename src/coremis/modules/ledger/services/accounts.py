"""Opening accounts. Called inside the actions of those who own them."""

from coremis.kernel.actions.models import Record
from coremis.modules.ledger.models import Account

Kind = Account.Kind
OWNED = tuple(kind for kind in Kind if kind is not Kind.WORLD)


def open_accounts(owner: Record, name: str, currency: str) -> dict[str, Account]:
    """One account of each kind for an owner, by kind; those that exist are returned as they are."""
    existing = {account.kind: account for account in Account.objects.filter(owner_kind=owner.kind(), owner_id=owner.pk, currency=currency)}
    for kind in OWNED:
        if kind not in existing:
            existing[kind] = Account(kind=kind, owner_kind=owner.kind(), owner_id=owner.pk, owner_name=name[:120], currency=currency)
            existing[kind].save()
    return existing


def world(currency: str) -> Account:
    """Where money comes from, for one currency."""
    found = Account.objects.filter(kind=Kind.WORLD, currency=currency).first() or Account(kind=Kind.WORLD, currency=currency)
    if found.pk is None:
        found.save()
    return found
