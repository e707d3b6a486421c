"""Opening accounts. Called inside the actions of those who own them."""

from coremis.kernel.actions.models import Record
from coremis.modules.ledger.models import Account

Station = Account.Station
OWNED = tuple(station for station in Station if station is not Station.WORLD)


def open_accounts(owner: Record, name: str, currency: str) -> dict[str, Account]:
    """One account of each station for an owner, by station; those that exist are returned as they are."""
    existing = {
        account.station: account for account in Account.objects.filter(owner_kind=owner.kind(), owner_id=owner.pk, currency=currency)
    }
    for station in OWNED:
        if station not in existing:
            existing[station] = Account(
                station=station, owner_kind=owner.kind(), owner_id=owner.pk, owner_name=name[:120], currency=currency
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
