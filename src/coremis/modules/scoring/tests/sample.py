"""Formulas, published and random, for the tests of this and other modules."""

from datetime import date
from itertools import count

from coremis.kernel.actions.services import maintenance
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.services.drafts import kept_with

DAY = date(2026, 1, 20)
_codes = count(1)


def term(code, formula=None, rows=None, **fields):
    """One term as it is stored; ``rows`` are (answers, weight by stratum), answers None for all others."""
    made = {"code": code, "names": {"en": code.replace("_", " ").capitalize()}, "formula": formula or code, "missing": "REFUSE", **fields}
    if rows is None:
        return {"kind": "NUMBER", **made}
    lines = [
        {"other": True, "weights": weights} if match is None else {"match": match.split("|"), "weights": weights} for match, weights in rows
    ]
    return {"kind": "TABLE", "rows": lines, **made}


def stratum(code="all", condition="", constant="0"):
    """One stratum as it is stored."""
    return {"code": code, "names": {"en": code.capitalize()}, "condition": condition, "constant": constant}


def everywhere_the_same(weight):
    """A weight in the only stratum."""
    return {"all": str(weight)}


def make_version(definition, code="", state="ACTIVE", **fields):
    """A formula with one version."""
    with maintenance("test formulas"):
        formula = ScoreFormula(code=code or f"formula{next(_codes)}", names={"en": code or "Score"}, **fields)
        formula.save()
        version = FormulaVersion(formula=formula, version_number=1, state=state, definition=definition)
        if state != "DRAFT":
            version.definition = {**definition, "names_known": kept_with(version)}
        version.save()
    return version


def tanzania():
    """Rulebook 2.2.3, as executed; each asset is a yes-or-no variable of its code."""
    assets = {
        "1": "0.367", "4": "0.259", "5": "0.179", "9": "0.250", "12": "0.032", "18": "0.104", "22": "0.190", "25": "0.220", "27": "0.045",
        "28": "0.029", "37": "0.053", "38": "0.055", "41": "0.058", "42": "0.013", "43": "0.078", "44": "0.050",
    }  # fmt: skip
    adults = {"code": "members_15_64", "names": {"en": "Members aged 15 to 64"}, "how": "COUNT", "condition": "age between 15 and 64"}
    return {
        "direction": "LOWER_IS_POORER", "rounding": "ROUND", "decimals": 3, "strata": [stratum(constant="11.688")], "member_facts": [adults],
        "terms": [
            term("size", weights=everywhere_the_same("-0.100")), term("members_15_64", weights=everywhere_the_same("-0.043")),
            *(term(f"asset_{code}", weights=everywhere_the_same(weight)) for code, weight in assets.items()),
        ],
        "categories": [{"code": "POOR", "names": {"en": "Poor"}}, {"code": "NOT_POOR", "names": {"en": "Not poor"}}],
        "cutoffs": [{"category": "POOR", "limit": "11.010"}],
    }  # fmt: skip


TANZANIA_GOLDEN = [(7, 3, ["9", "27"], 11.154, "NOT_POOR"), (4, 2, [], 11.202, "NOT_POOR"), (6, 2, [], 11.002, "POOR")]


def both(urban, rural):
    """A weight in the towns and one in the country; None: not in this equation."""
    return {code: weight for code, weight in (("urban", urban), ("rural", rural)) if weight is not None}


def burundi():
    """Rulebook 2.2.2: urban and rural equations, over variables of the dictionary and figures of places."""
    size = zip("2345678", ("-0.068", "-0.165", "-0.268", "-0.321", "-0.415", "-0.465", "-0.540"),
               ("-0.346", "-0.533", "-0.696", "-0.807", "-0.941", "-1.030", "-1.181"), strict=True)  # fmt: skip
    provinces = [
        ("4|6|15|16", "-0.097", "0"),
        ("7|8|9|12|14", "0.014", "0.048"),
        ("3|10|18", "-0.187", "0.078"),
        ("1|2|5|11|13", "-0.103", "0.012"),
    ]
    counted = lambda code, condition: {"code": code, "names": {"en": code}, "how": "COUNT", "condition": condition}  # noqa: E731
    fact = lambda code, formula: {"code": code, "names": {"en": code}, "formula": formula}  # noqa: E731
    yes_no = lambda code, formula, urban, rural: term(code, formula, weights=both(urban, rural))  # noqa: E731
    return {
        "direction": "LOWER_IS_POORER", "scale": "1000", "rounding": "TRUNCATE", "decimals": 0,
        "strata": [stratum("urban", "area_urban = 1", "9.397"), stratum("rural", "area_urban = 0", "9.835")],
        "member_facts": [
            counted("members_0_14", "age <= 14"), counted("members_15_64", "age between 15 and 64"), counted("members_65", "age >= 65"),
        ],
        "facts": [
            fact("dependency_ratio", "(members_0_14 + members_65) / max(members_15_64, 1)"), fact("rooms_per_person", "rooms / max(size, 1)"),
        ],
        "terms": [
            yes_no("head_male", "head_sex = 'male'", "0.132", "0.117"), yes_no("head_age", "head_age", "-0.005", "-0.002"),
            term("size", rows=[("1", both("0", "0")), *((number + ("+" if number == "8" else ""), both(town, land)) for number, town, land in size)]),
            yes_no("dependency_ratio", "dependency_ratio", "0.048", "0.036"),
            term("head_education", rows=[
                ("none", both("0", "0")), ("primary_incomplete", both("0.058", "0.074")), ("primary_complete", both("0.082", "0.036")),
                ("years_7_10", both("0.128", "0.109")), ("upper_secondary", both("0.252", "0.292")), ("university", both("0.345", "0.322")),
            ]),
            yes_no("rooms_per_person", "rooms_per_person", "0.261", "0.231"),
            yes_no("lighting_non_grid", "lighting in ('kerosene', 'torch', 'wood', 'solar_lantern')", "-0.064", "-0.054"),
            yes_no("cooking_charcoal_gas", "cooking in ('charcoal', 'gas')", "0.191", "0.346"),
            yes_no("roof_poor", "roof in ('none', 'bamboo', 'mats', 'planks', 'cartons', 'tent', 'other')", None, "-0.105"),
            yes_no("floor_stone_brick", "floor = 'stone_brick'", None, "-0.122"),
            yes_no("floor_cement_tile", "floor in ('cement', 'tile')", None, "0.059"),
            yes_no("toilet_not_flush", "toilet not in ('flush', 'none')", "-0.236", "-0.248"),
            yes_no("toilet_none", "toilet = 'none'", "-0.178", "-0.115"),
            yes_no("radio", "radio", "0.119", "0.086"), yes_no("smartphone", "smartphone", "0.187", "0.136"),
            yes_no("mattress", "mattress", "0.239", "0.226"), yes_no("bicycle", "bicycle", "0.122", "0.091"),
            yes_no("hoe", "hoe", None, "0.112"), yes_no("machete", "machete", None, "0.067"),
            term("province", "area_province", rows=[*((match, both(town, land)) for match, town, land in provinces), (None, both("0", "0"))]),
        ],
    }  # fmt: skip


DWELLING = {"rooms": "NUMBER", "lighting": "CHOICE", "cooking": "CHOICE", "roof": "CHOICE", "floor": "CHOICE", "toilet": "CHOICE"}
ASSETS = ("radio", "smartphone", "mattress", "bicycle", "hoe", "machete")
NOTHING = dict.fromkeys(ASSETS, False)
RURAL = {
    "rooms": 2, "lighting": "torch", "cooking": "firewood", "roof": "iron", "floor": "earth", "toilet": "pit", **NOTHING, "hoe": True,
}  # fmt: skip
URBAN = {
    "rooms": 4, "lighting": "grid", "cooking": "charcoal", "roof": "iron", "floor": "earth", "toilet": "flush", **NOTHING, "radio": True,
    "smartphone": True, "mattress": True,
}  # fmt: skip
