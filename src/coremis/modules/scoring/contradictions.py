"""What a definition says against itself, though every piece of it can be read: it keeps a draft from being used."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.modules.scoring.formulas import Card, Cutoff, six_decimals
from coremis.modules.scoring.names import AREA

Where = tuple[Any, ...]


def contradictions(definition: Mapping[str, Any], card: Card, names: Mapping[str, str]) -> list[Refusal]:
    """Limits of which nobody can say which holds, categories that no score reaches, dates without a day, sources of no figure."""
    found = [*_twice(card.cutoffs), *_unreachable(card)]
    first, last = definition.get("valid_from") or "", definition.get("valid_until") or "9999-12-31"
    if first > last:
        found.append(Refusal(_("The version ends before it begins. Correct its dates.")))
    for kind in definition.get("sources") or {}:
        if f"{AREA}{kind}" not in names:
            sentence = _("A source is given for “%(kind)s”, which is no figure of places. Correct its name.")
            found.append(Refusal(sentence, kind=str(kind)[:40]))
    return found


def _twice(cutoffs: Sequence[Cutoff]) -> list[Refusal]:
    """Limits of one category for the same place, stratum and first day: of several that hold, none comes before the others."""
    seen, found = set(), []
    for one in cutoffs:
        key = (one.category, one.area_id, one.stratum, one.valid_from)
        if key in seen:
            sentence = _("“%(category)s” has two limits for the same place, stratum and first day. Take one away.")
            found.append(Refusal(sentence, category=one.category))
        seen.add(key)
    return found


def _unreachable(card: Card) -> list[Refusal]:
    """Categories whose limit does not reach beyond that of a poorer one, where both are for the same place, stratum and days."""
    limits: dict[Where, dict[str, float]] = defaultdict(dict)
    for one in card.cutoffs:
        limits[one.area_id, one.stratum, one.valid_from, one.valid_until][one.category] = six_decimals(one.limit)
    sign, found = 1 if card.lower_is_poorer else -1, {}
    for own in limits.values():
        before: list[tuple[float, str]] = []
        for category in card.categories:
            if category in own:
                if before and max(before)[0] >= sign * own[category]:
                    found[category] = max(before)[1]
                before.append((sign * own[category], category))
    sentence = _("No household comes to “%(category)s”: its limit does not reach beyond that of “%(poorer)s”. Correct one of the two.")
    return [Refusal(sentence, category=category, poorer=poorer) for category, poorer in found.items()]
