"""Whole formulas as files: out of a test installation and into production, word by word as they were tried.

The file is a list of ``{code, names, source, definition}``; the definition is the stored one, but that the places of limits are named
by their codes, since ids differ from one installation to the other.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date
from types import NoneType
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.modules.scoring.formulas import How, Missing, Rounding
from coremis.modules.scoring.models import HIGHER, LOWER, FormulaVersion
from coremis.modules.scoring.rows import number_of

WHOLE, PLACE, PLACE_ID = "definition", "area", "area_id"
MOST_ENTRIES, LONGEST_TEXT, LONGEST_NAME = 400, 4000, 80


def one_of(*words: str) -> Callable[[Any], bool]:
    """Whether a value is one of these words."""
    return lambda value: isinstance(value, str) and value in words


def a_number(value: Any) -> bool:
    """Whether a text is a number, or nothing."""
    try:
        return value in (None, "") or isinstance(value, str) and number_of(value, "") is not None
    except Refusal:
        return False


def a_day(value: Any) -> bool:
    """Whether a text is a day, or nothing."""
    try:
        return value in (None, "") or isinstance(value, str) and date.fromisoformat(value) is not None
    except ValueError:
        return False


TEXT, ANSWER = (str, NoneType), (str, int, float, bool, NoneType)
NAMED: dict[Any, Any] = {"code": (str,), "names": {str: (str,)}}
WEIGHTS = {str: a_number}
# A function asks; a tuple: one of these types; a list: any number of that; {str: x}: any names for that; any other dictionary: some of
# these names.
SHAPE: dict[Any, Any] = {
    "kind": one_of("LINEAR", "POINTS"), "direction": one_of(LOWER, HIGHER), "scale": a_number, "rounding": one_of(*Rounding),
    "decimals": (int,), "survey": TEXT, "valid_from": a_day, "valid_until": a_day, "sources": {str: (str,)},
    "strata": [{**NAMED, "condition": TEXT, "constant": a_number}],
    "member_facts": [{**NAMED, "how": one_of(*How), "condition": TEXT, "formula": TEXT, "leaves_out_unknown": (bool,)}],
    "facts": [{**NAMED, "formula": TEXT}],
    "terms": [{
        **NAMED, "formula": TEXT, "kind": one_of("NUMBER", "TABLE"), "missing": one_of(*Missing),
        "stand_in": ANSWER, "only_where": TEXT, "weights": WEIGHTS,
        "rows": [{"match": [(str,)], "other": (bool,), "weights": WEIGHTS}],
    }],
    "categories": [NAMED],
    "cutoffs": [{"category": (str,), "limit": a_number, "stratum": TEXT, "valid_from": a_day, "valid_until": a_day, PLACE: TEXT}],
    "examples": [{
        "name": (str,), "facts": {"values": {str: ANSWER}, "members": [{str: ANSWER}]},
        "expected": {"value": a_number, "category": TEXT, "stratum": TEXT},
    }],
}  # fmt: skip


def as_file(version: FormulaVersion) -> list[dict[str, Any]]:
    """One version as it is written into a file."""
    kept = {name: version.definition[name] for name in SHAPE if name in version.definition}
    places = {cutoff.get(PLACE_ID) for cutoff in kept.get("cutoffs", [])}
    codes = dict(Area.objects.filter(pk__in=[place for place in places if place]).values_list("pk", "code"))
    kept["cutoffs"] = [
        {name: value for name, value in cutoff.items() if name != PLACE_ID}
        | ({PLACE: codes[cutoff[PLACE_ID]]} if cutoff.get(PLACE_ID) in codes else {})
        for cutoff in kept.get("cutoffs", [])
    ]
    formula = version.formula
    return [{"code": formula.code, "names": formula.names, "source": formula.source, WHOLE: kept}]


def is_whole(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a file is a whole formula of this product, and no published one."""
    return WHOLE in entry


def is_written_well(entry: Mapping[str, Any]) -> bool:
    """Whether a whole formula has the shape of one; what it says is checked on the page of its draft."""
    return fits(entry.get(WHOLE), SHAPE) and fits(entry.get("names"), NAMED["names"]) and fits(entry.get("source"), TEXT)


def definition_in(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The definition as it is stored here; refused where a place is unknown."""
    given = dict(entry[WHOLE])
    wanted = {str(cutoff[PLACE]) for cutoff in given.get("cutoffs", []) if cutoff.get(PLACE)}
    known = dict(Area.objects.filter(code__in=wanted, valid_until=None).values_list("code", "pk"))
    if unknown := sorted(wanted - set(known)):
        words = _("The place “%(code)s” of a limit is not known here. Load the places first, or take the limit out of the file.")
        raise Refusal(words, code=unknown[0])
    given["cutoffs"] = [
        {name: value for name, value in cutoff.items() if name != PLACE} | {PLACE_ID: known.get(str(cutoff.get(PLACE)))}
        for cutoff in given.get("cutoffs", [])
    ]
    return given


def fits(value: Any, shape: Any) -> bool:
    """Whether a value out of a file has a shape."""
    if callable(shape):
        return bool(shape(value))
    if isinstance(shape, tuple):
        endless = isinstance(value, float) and not math.isfinite(value)
        return isinstance(value, shape) and not endless and len(str(value)) <= LONGEST_TEXT
    if isinstance(shape, list):
        return isinstance(value, list) and len(value) <= MOST_ENTRIES and all(fits(one, shape[0]) for one in value)
    if not isinstance(value, dict) or len(value) > MOST_ENTRIES or any(len(str(name)) > LONGEST_NAME for name in value):
        return False
    if str in shape:
        return all(fits(one, shape[str]) for one in value.values())
    return value.keys() <= shape.keys() and all(fits(one, shape[name]) for name, one in value.items())
