"""The system as an actor: it works on somebody's behalf, with the places that person had when the work was ordered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from coremis.kernel.actions import context

# Set by the areas package, which lies above this one: makes places from (everywhere, root areas).
make_places: list[Callable[[bool, frozenset[int]], context.Places]] = []


@dataclass
class System:
    """Holds exactly the rights of one action, in fixed places."""

    permissions: frozenset[str]
    everywhere: bool
    roots: frozenset[int]
    pk: int | None = None

    def get_username(self) -> str:
        return "system"

    def has_perm(self, name: str) -> bool:
        """Only what the work was ordered for."""
        return name in self.permissions

    def places_for(self, permission: str) -> context.Places:
        """The places that were fixed when the work was ordered."""
        return make_places[0](self.everywhere and self.has_perm(permission), self.roots if self.has_perm(permission) else frozenset())

    def may(self, permission: str, area_ids: Iterable[int | None]) -> bool:
        """Whether all these areas lie in the fixed places."""
        places: Any = self.places_for(permission)
        return self.has_perm(permission) and places.cover(area_ids)


def system(*permissions: str) -> System:
    """The system itself, everywhere: for scheduled work that nobody ordered."""
    return System(frozenset(permissions), True, frozenset())
