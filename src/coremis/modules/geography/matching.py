"""Which place an outline is for: by its code, its former code, or its name with that of the place above."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area, FormerArea
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.modules.geography.geojson import Feature
from coremis.modules.geography.models import CodeLink

NAMES_FIRST = ("name", "shapename", "adm3_en", "adm3_fr", "adm2_en", "adm2_fr", "adm1_en", "adm1_fr")


class Matcher:
    """Knows the places by code and name; ``key`` is the property of a file that holds their codes, ``level`` that of most places.

    Four statements. ``learn`` finds both out from the features.
    """

    def __init__(self, within: Any = None, key: str = "", level: int | None = None) -> None:
        self.key, self.level = key, level
        rows = Area.objects.select_related("level", "parent").order_by("-valid_until", "pk")
        areas = list(rows if within is None else rows.filter(pk__in=within))
        self.codes: dict[str, Area] = {}
        self.names: dict[str, list[Area]] = defaultdict(list)
        for one in sorted(areas, key=lambda area: area.valid_until is None):  # open units win over closed ones
            self.codes[one.code.casefold()] = one
            if one.valid_until is None:
                self.names[one.search_name].append(one)
        self.former = self._former({area.pk: area for area in areas})

    def learn(self, features: Iterable[Feature]) -> int:
        """Look at every feature once; how many there are. The key's values are codes of as many different places as possible."""
        hits: dict[str, set[int]] = defaultdict(set)
        coded: dict[str, Counter[int]] = defaultdict(Counter)
        named: Counter[int] = Counter()
        count = 0
        for feature in features:
            count += 1
            for key, value in feature.properties.items():
                if (area := self._coded(value)) is not None:
                    hits[key].add(area.pk)
                    coded[key][area.level_id] += 1
            named.update({one.level_id for one in self._named(feature)})
        self.key = max(sorted(hits), key=lambda key: len(hits[key]), default="")
        levels = coded[self.key] if self.key else named  # where no code is known, the level on which most of the names lie
        self.level = levels.most_common(1)[0][0] if levels else None
        return count

    def _former(self, areas: dict[int, Area]) -> dict[str, Area]:
        pairs: list[tuple[str, int]] = [*FormerArea.objects.values_list("code", "area_id")]
        pairs += CodeLink.objects.filter(share=1).values_list("former_code", "area_id")
        meant: dict[str, set[int]] = defaultdict(set)
        for code, area in pairs:
            if area in areas:
                meant[code.casefold()].add(area)
        return {code: areas[next(iter(found))] for code, found in meant.items() if len(found) == 1}

    def _coded(self, value: Any) -> Area | None:
        if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
            return None
        code = str(value).strip().casefold()
        return self.codes.get(code) or self.former.get(code)

    def _by_code(self, feature: Feature) -> Area | None:
        return self._coded(feature.properties.get(self.key)) if self.key else None

    def _named(self, feature: Feature) -> list[Area]:
        for key in sorted(feature.properties, key=_name_order):
            value = feature.properties[key]
            if isinstance(value, str) and _name_order(key)[0] < 2 and (found := self.names.get(fold(value))):
                return found
        return []

    def find(self, feature: Feature) -> Area:
        """The place of one outline, or Refusal with what to do."""
        if (area := self._by_code(feature)) is not None:
            return area
        named = [area for area in self._named(feature) if self.level is None or area.level_id == self.level]
        if len(named) > 1:
            said = {str(value).strip().casefold() for value in feature.properties.values() if isinstance(value, str)}
            said |= {fold(value) for value in feature.properties.values() if isinstance(value, str)}
            named = [area for area in named if area.parent and ({area.parent.code.casefold(), area.parent.search_name} & said)] or named
        if len(named) == 1:
            return named[0]
        if named:
            raise Refusal(_("Several places have this name. Give the code of the place in the file."))
        raise Refusal(_("No place has its code or name. Load the place first, or correct the file."))


def _name_order(key: str) -> tuple[int, str]:
    """Plain names first, then whatever is called a name."""
    folded = key.casefold()
    return (0 if folded in NAMES_FIRST else 1 if "name" in folded or "nom" in folded else 2), folded


def feature_words(feature: Feature) -> str:
    """“Gitega (no. 12)”: what a feature calls itself, and its number in the file."""
    named = sorted((key for key, value in feature.properties.items() if isinstance(value, str) and value), key=_name_order)
    words = "".join(filter(str.isprintable, feature.properties[named[0]]))[:60] if named else ""  # files hold signs that cannot be kept
    number = _("no. %(number)s") % {"number": feature.number}
    return f"{words} ({number})" if words else str(number)
