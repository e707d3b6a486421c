"""The tree as it is held, by code and by former code."""

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from coremis.kernel.areas.models import Area, AreaLevel, FormerArea
from coremis.kernel.areas.queries import below

if TYPE_CHECKING:
    from coremis.modules.geography.tree.units import Unit


class Held(NamedTuple):
    """One unit of the tree."""

    pk: int
    code: str
    name: str
    parent_id: int | None
    position: int
    since: date
    until: date | None


class Known:
    """Every unit in a place, closed ones too: three statements, however many rows ask."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.levels = {level.position: str(level) for level in AreaLevel.objects.all()}
        inside = Area.objects.filter(pk__in=below([area.pk])).order_by("pk")
        fields = ("pk", "code", "name", "parent_id", "level__position", "valid_from", "valid_until")
        held = [Held(*row) for row in inside.values_list(*fields)]
        self.by_pk = {one.pk: one for one in held}
        self.open = [one for one in held if one.until is None]
        self._open = {one.code: one for one in self.open}
        self._short = {one.code.lstrip("0"): one.code for one in held if one.code.isdigit() and one.code[0] == "0"}
        self._closed: dict[str, list[Held]] = defaultdict(list)
        for one in held:
            if one.until is not None:
                self._closed[one.code].append(one)
        self._former: dict[str, set[int]] = defaultdict(set)
        former = FormerArea.objects.filter(area__in=below([area.pk]), area__valid_until=None)
        for code, pk in former.values_list("code", "area_id"):
            self._former[code].add(pk)

    def find(self, code: str) -> Held | None:
        """The open unit that has this code now, or alone had it before."""
        if code in self._open:
            return self._open[code]
        former = self._former.get(code, set())
        return self.by_pk[next(iter(former))] if len(former) == 1 else None

    def in_use(self, code: str) -> bool:
        """Whether an open unit has this code now."""
        return code in self._open

    def had(self, unit: Held, code: str) -> bool:
        """Whether this very unit had the code before."""
        return unit.pk in self._former.get(code, ())

    def longer(self, code: str) -> str:
        """A code that is held with zeros in front of this one; a spreadsheet program takes them away."""
        return self._short.get(code, "")

    def closed(self, code: str, until: date | None = None) -> Held | None:
        """The closed unit of this code and last day; without a day, the one closed last."""
        found = [one for one in self._closed.get(code, []) if until in (None, one.until)]
        return max(found, key=lambda one: str(one.until), default=None)

    def meant(self, unit: "Unit") -> Held | None:
        """The unit that a row means: by its code, else by the former code that the row gives."""
        if unit.until and (ended := self.closed(unit.code, unit.until)) is not None:
            return ended
        return self._open.get(unit.code) or (self._open.get(unit.former) if unit.former else None)

    def above(self, unit: "Unit") -> Held | None:
        """The unit in which a row says it lies, where that is none of the file's own; a closed one only for a closed unit."""
        if (found := self.find(unit.parent)) is not None:
            return found
        ended = self.closed(unit.parent) if unit.until else None
        return ended or (self._country() if unit.level == 1 and unit.parent.isalpha() and len(unit.parent) in (2, 3) else None)

    def _country(self) -> Held | None:
        """Lists of several countries name the country by its ISO code above the first level."""
        return self.by_pk[self.area.pk] if self.area.parent_id is None else None
