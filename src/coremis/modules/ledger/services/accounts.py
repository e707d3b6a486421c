"""Opening accounts. Called inside the actions of those who own them."""

from collections.abc import Mapping

from coremis.kernel.actions.models import Record
from coremis.modules.ledger.models import Account

Station = Account.Station
OWNED = tuple(station for station in Station if station is not Station.WORLD)


def open_accounts(owner: Record, names: Mapping[str, str], currency: str) -> dict[str, Account]:
    """One account of each station for an owner, by station; ``names`` is its name in each language, also for those that exist."""
    existing = {
        account.station: account for account in Account.objects.filter(owner_kind=owner.kind(), owner_id=owner.pk, currency=currency)
    }
    name = next(iter(names.values()), "")
    for account in existing.values():
        if account.owner_names != dict(names):
            account.owner_name, account.owner_names = name[:120], dict(names)
            account.save()
    for station in OWNED:
        if station not in existing:
            existing[station] = Account(
                station=station,
                owner_kind=owner.kind(),
                owner_id=owner.pk,
                owner_name=name[:120],
                owner_names=dict(names),
                currency=currency,
            )
            existing[station].save()
    return existing


def world(currency: str) -> Account:
    """Where money comes from, for one currency."""
    found = Account.objects.filter(station=Station.WORLD, currency=currency).first()
    if found is None:
        found = Account(station=Station.WORLD, currency=currency)
        found.save()
    return found
