"""A version in words: its history, and the lines that its page shows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.versions import names_of
from coremis.modules.scoring.wording import Wording, direction_words, figure, how_words, kind_words, limit_sign, match_words, rounding_words

Definition = Mapping[str, Any]


def definition_words(definition: dict[str, Any], version: FormulaVersion) -> dict[str, str]:
    """Everything a definition says, by the title of each piece, for the history."""
    say = Wording({**definition, "names_known": version.definition.get("names_known")}, names_of(version))
    told = {
        _("Sort of formula"): kind_words(definition), _("Direction"): direction_words(definition.get("direction") != "HIGHER_IS_POORER"),
        _("Rounding"): rounding_words(definition), _("Survey, year and currency"): str(definition.get("survey") or ""),
    }  # fmt: skip
    for part, words in WORDS.items():
        for place, entry in enumerate(definition.get(part, [])):
            told[f"{titles()[part]}: {title_of(say, part, entry, place)}"] = words(say, entry)
    return {title: words for title, words in told.items() if words}


def titles() -> dict[str, str]:
    """What the pieces are called."""
    return {
        "strata": _("Stratum"), "member_facts": _("Fact about members"), "facts": _("Computed fact"), "terms": _("Term"),
        "categories": _("Category"), "cutoffs": _("Limit"), "examples": _("Example"),
    }  # fmt: skip


def title_of(say: Wording, part: str, entry: Definition, place: int) -> str:
    """The name of a piece."""
    if part == "examples":
        return str(entry.get("name"))
    return text_of(place + 1) if part == "cutoffs" else say.entry(part, str(entry.get("code")))


def stratum_words(say: Wording, entry: Definition) -> str:
    """Which households, and what the sum begins with."""
    return _("%(who)s · constant %(number)s") % {
        "who": entry.get("condition") or _("all others"), "number": figure(entry.get("constant") or "0"),
    }  # fmt: skip


def member_fact_words(say: Wording, entry: Definition) -> str:
    """What is taken from which members."""
    value = f" {entry['formula']}" if entry.get("formula") else ""
    unknown = _(" (leaving out members of whom it is not known)") if entry.get("leaves_out_unknown") else ""
    who = entry.get("condition") or _("every living member")
    return f"{how_words()[entry.get('how', 'COUNT')]}{value}: {who}{unknown}"


def term_words(say: Wording, entry: Definition) -> str:
    """The value with its weights."""
    weights = weights_words(say, entry.get("weights") or {})
    lines = [f"{match_words(row)} = {weights_words(say, row.get('weights', {}))}" for row in entry.get("rows", [])]
    where = _("only where %(condition)s") % {"condition": entry["only_where"]} if entry.get("only_where") else ""
    return " · ".join(text for text in (str(entry.get("formula")), weights, "; ".join(lines), where) if text)


def weights_words(say: Wording, weights: Mapping[str, Any]) -> str:
    """The weight in each stratum."""
    if len(weights) == 1 and len(say.definition.get("strata", [])) == 1:
        return str(next(iter(weights.values())))
    return ", ".join(f"{say.entry('strata', code)} {weight}" for code, weight in weights.items())


def cutoff_words(say: Wording, entry: Definition) -> str:
    """Category, limit, and where it holds."""
    limit = f"{say.entry('categories', str(entry.get('category')))} {limit_sign(say.definition)} {figure(entry.get('limit'))}"
    return " · ".join(text for text in (limit, *where_words(say, entry)) if text)


def where_words(say: Wording, entry: Definition) -> list[str]:
    """The place, stratum and days of a limit."""
    days = " – ".join(str(entry.get(name) or "…") for name in ("valid_from", "valid_until")) if any(
        entry.get(name) for name in ("valid_from", "valid_until")) else ""  # fmt: skip
    stratum = say.entry("strata", entry["stratum"]) if entry.get("stratum") else ""
    return [str(entry.get("area_name") or ""), stratum, days]


def expected_words(say: Wording, expected: Definition) -> str:
    """What an example is said to give."""
    value, category = expected.get("value"), expected.get("category")
    said = _("could not be assessed") if value is None else figure(value)
    return f"{said} ({say.entry('categories', category)})" if category else said


WORDS: dict[str, Any] = {
    "strata": stratum_words, "member_facts": member_fact_words, "facts": lambda say, entry: str(entry.get("formula")), "terms": term_words,
    "categories": lambda say, entry: str(entry.get("code")), "cutoffs": cutoff_words,
    "examples": lambda say, entry: expected_words(say, entry.get("expected") or {}),
}  # fmt: skip
