"""Rules, random and not, for the tests of this and other modules."""

from itertools import count
from random import Random

from coremis.kernel.actions.services import maintenance
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.names import member_names, unit_names
from coremis.modules.programmes.models import Programme

_codes = count(1)


def make_programme(unit="household", currency="SZF"):
    """A programme to write rules for."""
    with maintenance("test programmes"):
        programme = Programme(code=f"rules{next(_codes)}", names={"en": "Net"}, unit=unit, currency=currency, starts_on="2025-01-01")
        programme.save()
    return programme


def part(code, kind="FLAT", **fields):
    """One part as it is stored."""
    return {"code": code, "names": {"en": code.capitalize()}, "kind": kind, **fields}


def make_rule(programme, *parts, code="main", component="base", state="ACTIVE", **limits):
    """A rule with one version."""
    with maintenance("test rules"):
        rule = BenefitRule(programme=programme, code=code, names={"en": "Main benefit"}, component=component)
        rule.save()
        known = {"unit": unit_names(programme.unit), "member": member_names(programme.unit)}
        RuleVersion(rule=rule, version_number=1, state=state, definition={"parts": list(parts), "names_known": known, **limits}).save()
    return rule


CONDITIONS = [
    "",
    "",
    "rooms <= 2",
    "urban",
    "size > 2",
    "head_sex = 'female'",
    "head_age > 40",
    "is_missing(rooms)",
    "not urban or rooms < 3",
]
MEMBERS = ["", "age < 18", "age >= 60", "sex = 'female'", "relationship = 'child'", "grade >= 3", "at_school and age < 16"]
NUMBERS = [
    "rooms * 100", "size * 12.345678", "if(urban, 100, 55.5)", "coalesce(rooms, 0) * 1.005", "1000 / rooms", "max(0, 4 - size) * 250.004999",
    "rooms - 3", "rooms * 1e15", "-5",
]  # fmt: skip


def random_definition(random: Random):
    """Any rule that could be written on the page."""
    parts = [part("base", amount=random.choice([1, 99, 30_000, 10**9]), condition=random.choice(CONDITIONS))]
    for place in range(random.randint(0, 5)):
        kind = random.choice(["FLAT", "SIZE", "MEMBER", "FORMULA", "PERCENT", "TOP_UP", "REBATE"])
        fields = {
            "SIZE": {"steps": [[1, 1_000], [3, 2_500], [random.randint(4, 6), 7_000]]},
            "MEMBER": {"member": random.choice(MEMBERS), "amount": random.choice([1, 5_000]), "most": random.choice([None, 0, 1, 3])},
            "FORMULA": {"formula": random.choice(NUMBERS)},
            "PERCENT": {"share": random.choice([1, 333, 1_000, 10_000])},
        }.get(kind, {"amount": random.choice([1, 15, 2_500])})
        if kind == "PERCENT" and sum(one["kind"] == "PERCENT" for one in parts) == 3:
            continue
        parts.append(part(f"part_{place}", kind, condition=random.choice(CONDITIONS), counting=random.random() < 0.6, **fields))
    pick = lambda *choices: random.choice([None, None, *choices])  # noqa: E731
    return {
        "parts": parts, "cap": pick(0, 500, 40_000), "cap_cycle": pick(0, 35_000), "cap_total": pick(1, 50_000), "max_payments": pick(0, 2),
        "minimum": pick(1, 1_000), "maximum": pick(5_000, 40_000), "coin": random.choice([1, 5, 500]),
        "takes_backlog": random.random() < 0.5, "recovery_share": random.choice([0, 2_500, 9_000]),
    }  # fmt: skip
