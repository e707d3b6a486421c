"""What the enabled modules add, by kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Contribution:
    """Base of everything a module may add; each kind is a dataclass beside the code that uses it."""


Kind = TypeVar("Kind", bound=Contribution)


class Catalogue:
    """All contributions of the enabled modules, in the order of the modules."""

    def __init__(self) -> None:
        self._by_module: dict[str, list[Contribution]] = {}

    def add(self, module: str, contributions: Iterable[Contribution]) -> None:
        """Take a module's list; anything that is no contribution stops the start with a sentence."""
        added = list(contributions)
        for item in added:
            if not isinstance(item, Contribution):
                raise ImproperlyConfigured(f"The module “{module}” adds {item!r}, which is no contribution. Correct its module.py.")
        self._by_module[module] = added

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Every contribution of one kind."""
        return [item for items in self._by_module.values() for item in items if isinstance(item, kind)]


CATALOGUE = Catalogue()


def contributions(kind: type[Kind]) -> list[Kind]:
    """Every contribution of one kind from the enabled modules, in the order in which the modules require each other."""
    return CATALOGUE.all(kind)
