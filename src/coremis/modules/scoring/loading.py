"""Formulas out of a file of published ones, as drafts: what is understood becomes terms, everything else a remark, nothing is lost.

A file is a list of formulas. Of each are read: ``direction``, ``round`` (a number of decimals, or “truncate(1000*sum)”), ``strata``,
``cutoff``, ``golden`` (examples), ``source``; of each stratum the ``intercept``; numbers become terms with that weight, tables of answers
become tables. A term reads the fact of the same name, which the country completes. The published text is kept with the draft.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from coremis.kernel.base.refusal import Refusal
from coremis.modules.scoring.definition import CATEGORY, CODE, STRATUM_CODE
from coremis.modules.scoring.models import HIGHER, LOWER
from coremis.modules.scoring.rows import number_of

ALL = {"en": "All households", "fr": "Tous les ménages", "pt": "Todos os agregados"}
OTHERS = {"code": "OTHERS", "names": {"en": "All others", "fr": "Tous les autres", "pt": "Todos os outros"}}
PLACED = {"urban": "area_urban = 1", "rural": "area_urban = 0"}
ROUNDING = re.compile(r"(truncate|round)\(\s*(?:(\d+(?:\.\d+)?)\s*\*\s*)?sum\s*(?:,\s*(\d))?\s*\)")
LIMIT = re.compile(r"(<=|>=)\s*(-?\d+(?:\.\d+)?)")
OWN_KEYS = {"code", "kind", "direction", "round", "strata", "items", "intercept", "cutoff", "source", "golden"}
KEPT_KEYS = {"likelihood_national_line", "targeting_table"}
CODES, NOT_READ, NOT_USED, EXAMPLE, PLACED_BY, EACH_CODE, NO_DIRECTION, KEPT = (
    "_codes", "NOT_READ", "NOT_USED", "EXAMPLE", "PLACED_BY", "EACH_CODE", "NO_DIRECTION", "KEPT",
)  # fmt: skip
Entry = Mapping[str, Any]


class Remark(NamedTuple):
    """Something to look at, as a code and what it is about; ``wording.remark_words`` says it."""

    what: str
    about: str


class Reading:
    """One published formula on its way to a definition."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.remarks: list[Remark] = []
        self.terms: dict[str, dict[str, Any]] = {}

    def definition(self) -> dict[str, Any]:
        """What is stored of it."""
        entry = self.entry
        strata = list(self._strata())
        for stratum, body in strata:
            for name, given in body.items():
                self._term(name, given, stratum["code"])
        found = {
            "kind": "POINTS" if entry.get("kind") == "points" else "LINEAR", **self._direction(), **self._rounding(),
            "strata": [stratum for stratum, _body in strata], "terms": list(self.terms.values()), **self._limits(),
            "member_facts": [], "facts": [],
        }  # fmt: skip
        found["examples"] = [
            example for number, given in enumerate(entry.get("golden") or [], 1) if (example := self._example(given, number))
        ]
        for name in entry:
            if name in KEPT_KEYS:
                self.remarks.append(Remark(KEPT, name))
            elif name not in OWN_KEYS and not self._is_term(name):
                self.remarks.append(Remark(NOT_USED, f"{name} = {str(entry[name])[:120]}"))
        return {**found, "remarks": [list(remark) for remark in self.remarks], "published": dict(entry)}

    def _strata(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each stratum with its numbers and tables; one for everybody where the file names none."""
        given = self.entry.get("strata")
        if not isinstance(given, dict):
            own = {name: value for name, value in self.entry.items() if self._is_term(name)}
            yield (
                {"code": "all", "names": ALL, "condition": "", "constant": self._constant(self.entry)},
                {**own, **(self.entry.get("items") or {})},
            )
            return
        for code, body in given.items():
            if not STRATUM_CODE.fullmatch(code) or not isinstance(body, dict):
                self.remarks.append(Remark(NOT_READ, f"strata.{code}"))
                continue
            self.remarks.append(Remark(PLACED_BY, code))
            stratum = {"code": code, "names": named(code), "condition": PLACED.get(code, ""), "constant": self._constant(body)}
            yield stratum, {name: value for name, value in body.items() if name != "intercept"}

    def _is_term(self, name: str) -> bool:
        """Whether something beside the formula's own entries is a weight or a table."""
        given = self.entry[name]
        return name not in OWN_KEYS | KEPT_KEYS and (isinstance(given, dict) or (is_number(given) and "strata" not in self.entry))

    def _constant(self, body: Entry) -> str:
        given = body.get("intercept", "0")
        if is_number(given):
            return str(given)
        self.remarks.append(Remark(NOT_READ, f"intercept = {str(given)[:60]}"))
        return "0"

    def _term(self, name: str, given: Any, stratum: str) -> None:
        """A number is a weight, a table of numbers a table of answers, “..._codes” one question for each of its codes."""
        if not CODE.fullmatch(name) or not (is_number(given) or is_table(given)):
            self.remarks.append(Remark(NOT_READ, f"{name} = {str(given)[:120]}"))
        elif is_number(given):
            self._once(name, "NUMBER")["weights"][stratum] = str(given)
        elif name.endswith(CODES):
            for code, weight in given.items():
                self._term(f"{name.removesuffix(CODES)}_{code}", weight, stratum)
            self.remarks.append(Remark(EACH_CODE, name))
        else:
            term = self._once(name, "TABLE")
            for answers, weight in given.items():
                line_for(term, answers)["weights"][stratum] = str(weight)

    def _once(self, name: str, kind: str) -> dict[str, Any]:
        made = {
            "code": name,
            "names": named(name),
            "formula": name,
            "kind": kind,
            "missing": "REFUSE",
            "weights" if kind == "NUMBER" else "rows": {},
        }
        term = self.terms.setdefault(name, made)
        if kind == "TABLE" and not term["rows"]:
            term["rows"] = []
        return term

    def _direction(self) -> dict[str, Any]:
        directions = {"lower_is_poorer": LOWER, "higher_is_poorer": HIGHER}
        given = str(self.entry.get("direction"))
        if given not in directions:
            self.remarks.append(Remark(NO_DIRECTION, given))
        return {"direction": directions.get(given, LOWER)}

    def _rounding(self) -> dict[str, Any]:
        given = self.entry.get("round")
        if given is None:
            return {"scale": "1", "rounding": "NONE", "decimals": 0}
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 6:
            return {"scale": "1", "rounding": "ROUND", "decimals": given}
        found = ROUNDING.fullmatch(str(given))
        if found is None:
            self.remarks.append(Remark(NOT_READ, f"round = {str(given)[:60]}"))
            return {"scale": "1", "rounding": "NONE", "decimals": 0}
        return {"scale": found[2] or "1", "rounding": found[1].upper(), "decimals": int(found[3] or 0)}

    def _limits(self) -> dict[str, Any]:
        categories, cutoffs = [], []
        sign = "<=" if self._direction_now() == LOWER else ">="
        for code, text in (self.entry.get("cutoff") or {}).items():
            found = LIMIT.fullmatch(str(text).strip())
            if found is None or found[1] != sign or not CATEGORY.fullmatch(code):
                self.remarks.append(Remark(NOT_READ, f"cutoff {code} {str(text)[:60]}"))
                continue
            categories.append({"code": code, "names": named(code)})
            cutoffs.append({"category": code, "limit": found[2]})
        return {"categories": [*categories, OTHERS] if categories else [], "cutoffs": cutoffs}

    def _direction_now(self) -> str:
        return HIGHER if self.entry.get("direction") == "higher_is_poorer" else LOWER

    def _example(self, given: Any, number: int) -> dict[str, Any] | None:
        """An example whose facts are listed by name; what stands there in words can only be remarked upon."""
        if not isinstance(given, dict) or not is_number(given.get("score")) or isinstance(given.get("in"), str):
            self.remarks.append(Remark(EXAMPLE, f"{number}: {str(given)[:300]}"))
            return None
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name in ("score", "stratum") or (isinstance(value, bool) and name.upper() in (self.entry.get("cutoff") or {})):
                continue
            if isinstance(value, list):
                codes = self.entry.get(f"{name.removesuffix('s')}{CODES}") or {}
                values |= {f"{name.removesuffix('s')}_{code}": code in [str(one) for one in value] for code in codes}
            else:
                values[name] = float(value) if isinstance(value, str) and is_number(value) else value
        expected = {"value": str(given["score"]), "category": self._category(given), "stratum": str(given.get("stratum") or "")}
        unknown = [name for name in values if name not in self.terms and name != "size"]
        if unknown:
            self.remarks.append(Remark(EXAMPLE, f"{number}: {', '.join(unknown)}"))
        return {"name": str(number), "facts": {"values": values, "members": []}, "expected": expected}

    def _category(self, given: Entry) -> str:
        said = [code for code in (self.entry.get("cutoff") or {}) if given.get(code.lower()) is True]
        asked = any(code.lower() in given for code in (self.entry.get("cutoff") or {}))
        return said[0] if said else OTHERS["code"] if asked else ""  # type: ignore[return-value]


def named(code: str) -> dict[str, str]:
    """A first name out of a code."""
    return {"en": code.replace("_", " ").capitalize()}


def is_number(given: Any) -> bool:
    """Whether something is a usable number, as such or as text."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return False
    try:
        number_of(given, "")
    except Refusal:
        return False
    return True


def is_table(given: Any) -> bool:
    """Whether something lists answers with their numbers."""
    return isinstance(given, dict) and bool(given) and all(is_number(weight) for weight in given.values())


def line_for(term: dict[str, Any], answers: str) -> dict[str, Any]:
    """The line of a table for these answers: “04,06”, “7+”, “none”, or “other” for all others."""
    wanted = {"other": True} if answers == "other" else {"match": [answer.strip() for answer in answers.split(",")]}
    for row in term["rows"]:
        if all(row.get(key) == value for key, value in wanted.items()):
            same: dict[str, Any] = row
            return same
    term["rows"].append({**wanted, "weights": {}})
    found: dict[str, Any] = term["rows"][-1]
    return found
