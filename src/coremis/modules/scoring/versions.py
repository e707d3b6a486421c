"""Versions as they compute: the card, its names, and how it is applied to households as of a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import AreaTree
from coremis.kernel.base.formula import Formula, FormulaError, Kind, parse
from coremis.modules.scoring.definition import read_card
from coremis.modules.scoring.formulas import Card
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.names import Names, kept_names, names_now
from coremis.modules.scoring.sets import ScoreSet
from coremis.modules.scoring.wording import Wording


def names_of(version: FormulaVersion) -> Names:
    """The names a version may use: those kept with it, else those of now."""
    kept: dict[str, Any] | None = version.definition.get("names_known")
    return kept_names(kept) if kept else names_now()


def card_of(version: FormulaVersion, names: Names | None = None) -> Card:
    """What a version computes; Refusal with the first thing that cannot be used."""
    known = names or names_of(version)
    return read_card(version.definition, known.unit, known.member)


def wording_of(version: FormulaVersion) -> Wording:
    """What is said for everything a version names; kept on the object, so that a list asks once for all of its rows."""
    language = get_language() or "en"
    kept: dict[str, Wording] = version.__dict__.setdefault("wordings", {})
    if language not in kept:
        kept[language] = Wording(version.definition, names_of(version))
    return kept[language]


def condition_of(text: str, card: Card, names: Names) -> Formula | None:
    """A condition of a run over the names of its formula, those declared in it too; Refusal where it is none."""
    if not text.strip():
        return None
    own: dict[str, Any] = {fact.code: Kind.NUMBER for fact in card.member_facts} | {fact.code: fact.formula.kind for fact in card.facts}
    formula = parse(text, {**names.unit, **own})
    if formula.kind is not Kind.BOOLEAN:
        raise FormulaError(_("A condition must give yes or no."))
    return formula


def applied(version: FormulaVersion, day: date, condition: str = "", above: Mapping[int, Sequence[int]] | None = None) -> ScoreSet:
    """A version, ready for the households of a day. ``above`` as ``places_above`` gives it, so that chunks need not ask again."""
    names = names_of(version)
    card = card_of(version, names)
    places = places_above(limit_places(card, day)) if above is None else above
    return ScoreSet(card, names, day, version.definition.get("sources") or {}, condition_of(condition, card, names), places)


def limit_places(card: Card, day: date) -> list[int]:
    """The places that have limits of their own on a day."""
    return sorted({cutoff.area_id for cutoff in card.cutoffs if cutoff.area_id is not None and cutoff.holds_on(day)})


def places_above(places: Sequence[int]) -> dict[int, list[int]]:
    """Each place with itself and all above it, nearest first."""
    found: dict[int, list[int]] = {place: [] for place in places}
    if places:
        rows = AreaTree.objects.filter(descendant_id__in=places).order_by("descendant_id", "depth")
        for descendant, ancestor in rows.values_list("descendant_id", "ancestor_id"):
            found[descendant].append(ancestor)
    return found
