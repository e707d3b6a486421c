"""Where somebody holds a right: a set of areas with all that lies below them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from coremis.kernel.areas.models import AreaTree


@dataclass
class AreaPlaces:
    """``roots`` and everything below; ``everywhere`` where a root is the country itself."""

    everywhere: bool
    roots: frozenset[int]
    _known: dict[int, bool] = field(default_factory=dict, repr=False)

    def areas(self) -> "QuerySet[AreaTree, int]":
        """The ids of all areas covered, for ``area__in=``."""
        return AreaTree.objects.filter(ancestor_id__in=self.roots).values_list("descendant_id", flat=True)

    def cover(self, area_ids: Iterable[int | None]) -> bool:
        """Whether all these areas lie inside; no place (None) lies only inside the whole country."""
        if self.everywhere:
            return True
        wanted = set(area_ids)
        new = {area for area in wanted if area is not None and area not in self._known}
        if new:
            inside = set(AreaTree.objects.filter(ancestor_id__in=self.roots, descendant_id__in=new).values_list("descendant_id", flat=True))
            self._known.update({area: area in inside for area in new})
        return all(area is not None and self._known[area] for area in wanted)
