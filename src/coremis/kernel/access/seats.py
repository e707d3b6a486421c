"""Seats: the ready-made profiles. Each module says what its permissions mean to each seat."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution, contributions

SEATS: dict[str, Any] = {
    "manager": _("Programme manager"),
    "data": _("Data officer"),
    "commune": _("Commune officer"),
    "payments": _("Payment officer"),
    "verifier": _("Verifier"),
    "approver": _("Approver"),
    "accountant": _("Accountant"),
    "auditor": _("Auditor"),
    "it": _("IT administrator"),
}


@dataclass(frozen=True)
class SeatPermissions(Contribution):
    """The permissions of one module that a seat holds."""

    seat: str
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class FirstRunPage(Contribution):
    """The address (a URL name) of the assistant that sets up an empty installation."""

    address: str


def permissions_of(seat: str) -> list[str]:
    """Everything the enabled modules give to a seat."""
    return sorted({name for item in contributions(SeatPermissions) if item.seat == seat for name in item.permissions})
