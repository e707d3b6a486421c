"""Finding the place that a file means: by its code, its name, or its path, inside one area."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area, FormerArea
from coremis.kernel.areas.queries import below, country
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold

SEVERAL = -1


class PlaceFinder:
    """Knows every place in an area that is in use today, by its former codes too: few statements, however many rows ask."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._codes: dict[str, int] = {}
        self._paths: dict[str, int] = {}
        former: defaultdict[str, set[int]] = defaultdict(set)
        reused = Area.objects.filter(valid_until=None, code__in=FormerArea.objects.values("code")).values_list("code", flat=True)
        in_use = {code.casefold() for code in reused}
        top = country()
        self._top = fold(top.name) if top else ""
        for pk, code, path in Area.objects.filter(pk__in=below([area.pk]), valid_until=None).values_list("pk", "code", "full_path"):
            self._codes[code.casefold()] = pk
            self._learn(f"{self._top}/{path}" if path != self._top else path, pk)
        for pk, code in FormerArea.objects.filter(area_id__in=below([area.pk]), area__valid_until=None).values_list("area_id", "code"):
            if code.casefold() not in self._codes and code.casefold() not in in_use:
                former[code.casefold()].add(pk)
        self._codes.update({code: pks.pop() if len(pks) == 1 else SEVERAL for code, pks in former.items()})

    def _learn(self, path: str, pk: int) -> None:
        """A place is known by its path from the top and by every shorter end of it, as long as no other place has the same."""
        parts = path.split("/")
        for start in range(len(parts)):
            end = "/".join(parts[start:])
            self._paths[end] = pk if start == 0 or end not in self._paths else SEVERAL

    def find(self, text: str) -> int:
        """The id of the place, or Refusal."""
        found = self._codes.get(text.casefold()) or self._paths.get("/".join(filter(None, map(fold, text.replace(">", "/").split("/")))))
        if found is None:
            raise Refusal(_("“%(value)s” is no place in %(area)s. Write its code or its full path."), value=text[:80], area=self._area.name)
        if found == SEVERAL:
            raise Refusal(
                _("Several places are called “%(value)s”. Write the full path, such as Province/Commune/Village."), value=text[:80]
            )
        return found


def joined(cells: list[Any]) -> str | None:
    """A place from several columns, the largest first."""
    parts = [str(cell).strip() for cell in cells if cell is not None]
    return "/".join(parts) or None
