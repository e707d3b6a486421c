"""Finding the place that a file means: by its code, its name, or its path, inside one area."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below, country
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold

SEVERAL = -1


class PlaceFinder:
    """Knows every place in an area that is in use today: two statements, however many rows ask."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._codes: dict[str, int] = {}
        self._paths: dict[str, int] = {}
        top = country()
        self._top = fold(top.name) if top else ""
        for pk, code, path in Area.objects.filter(pk__in=below([area.pk]), valid_until=None).values_list("pk", "code", "full_path"):
            self._codes[code.casefold()] = pk
            self._learn(f"{self._top}/{path}" if path != self._top else path, pk)

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
