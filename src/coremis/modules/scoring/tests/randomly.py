"""Random formulas and random households, for the property test."""

from datetime import date

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.formula.evaluate import whole_years
from coremis.modules.geography.models import AreaFigure, FigureKind
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.tests.factories import make_household, make_variable
from coremis.modules.scoring.tests.sample import DAY, stratum, term

VARIABLES = {
    "rooms": ("NUMBER", "dwelling"), "roof": ("CHOICE", "dwelling"), "radio": ("BOOLEAN", "household"), "seen_on": ("DATE", "household"),
    "grade": ("NUMBER", "person"), "at_school": ("BOOLEAN", "person"), "school": ("CHOICE", "person"),
}  # fmt: skip
NUMBERS = [
    "rooms", "size", "head_age", "size / rooms", "rooms - 1.5", "n0", "n1", "n2", "f0", "f1", "coalesce(rooms, 0) * 0.1", "area_rate", "head_grade",
    "years_between(seen_on, day)", "ln(rooms)", "rooms * 1e15", "min(n0, 3)", "max(n1 + 1, f0)", "if(radio, 1, rooms)", "-size * 0.000001",
]  # fmt: skip
CONDITIONS = [
    "radio", "not radio or rooms > 1", "size > 3", "roof = 'tin'", "is_missing(rooms)", "head_sex = 'female'", "head_at_school", "area_rate >= 40",
    "n0 > 1", "seen_on < day", "f1 > 0.5", "registered_on > date('2024-06-01')", "roof in ('tin', 'straw')",
]  # fmt: skip
CHOICES = ["roof", "head_sex", "head_school", "if(radio, 'tin', roof)", "coalesce(roof, 'none')"]
OF_MEMBERS = [
    "",
    "age < 15",
    "age between 15 and 64",
    "sex = 'female'",
    "at_school",
    "relationship = 'child' and grade >= 2",
    "school = 'public'",
]
VALUES = ["age", "grade", "grade * 0.1", "if(at_school, 1, 0)", "years_between(birth_date, day)", "1 / grade"]
WEIGHTS = ["0", "0.132", "-0.005", "1", "-1.181", "31", "0.000001", "1000000000", "-0.3333333"]
BANDS = [["<0", "0", "1-3", "4|5", "6+"], ["0-<1", "1-<2.5", "2.5+"], ["0", "1", "2"], ["1-2", "7"]]


def weights(random, strata):
    """A weight in each stratum, or in some of them for a plain term."""
    return {code: random.choice(WEIGHTS) for code in strata}


def random_term(random, place, strata):
    """Any term that could be written on the page."""
    kind = random.choice(["number", "number", "yes_no", "bands", "choices", "yes_no_table"])
    fields = {
        "only_where": random.choice(["", "", "", random.choice(CONDITIONS)]),
        "missing": random.choice(["REFUSE", "REFUSE", "SKIP", "VALUE"]),
    }
    some = random.sample(strata, random.randint(1, len(strata)))
    other = [(None, weights(random, some))] if random.random() < 0.6 else []
    if kind == "number":
        return term(f"t{place}", random.choice(NUMBERS), stand_in=random.choice([0, 2.5]), weights=weights(random, some), **fields)
    if kind == "yes_no":
        return term(f"t{place}", random.choice(CONDITIONS), stand_in=random.choice([True, False]), weights=weights(random, some), **fields)
    if kind == "bands":
        rows = [(match, weights(random, some)) for match in random.choice(BANDS)] + other
        return term(f"t{place}", random.choice(NUMBERS), rows, stand_in=random.choice([0, 2]), **fields)
    if kind == "choices":
        rows = [
            (match, weights(random, some)) for match in random.choice([["tin", "straw|none"], ["male", "female"], ["public", "private"]])
        ] + other
        return term(f"t{place}", random.choice(CHOICES), rows, stand_in=random.choice(["tin", "public", "male"]), **fields)
    rows = [("yes", weights(random, some)), *(other or [("no", weights(random, some))])]
    return term(f"t{place}", random.choice(CONDITIONS), rows, stand_in=random.choice([True, False]), **fields)


def random_definition(random, places):
    """Any formula that could be written on the page; ``places`` may have limits of their own."""
    strata = [
        stratum("urban", random.choice(CONDITIONS), "9.397"),
        stratum("rural", random.choice(["", "", random.choice(CONDITIONS)]), "9.835"),
    ]
    strata = strata if random.random() < 0.7 else [stratum(constant=random.choice(WEIGHTS))]
    codes = [one["code"] for one in strata]
    counted = [
        {"code": f"n{place}", "how": how, "condition": random.choice(OF_MEMBERS), "formula": "" if how == "COUNT" else random.choice(VALUES),
         "leaves_out_unknown": random.random() < 0.5}
        for place, how in enumerate(["COUNT", random.choice(["COUNT", "SUM"]), random.choice(["SMALLEST", "LARGEST", "SUM"])])
    ]  # fmt: skip
    facts = [
        {"code": "f0", "formula": random.choice(NUMBERS[:8])},
        {"code": "f1", "formula": random.choice(["f0 * 2", "n0 / max(size, 1)"])},
    ]
    limits = [
        {"category": random.choice(["POOREST", "POOR"]), "limit": random.choice(["-1", "0", "9.4", "10", "500"]), "stratum": random.choice(["", *codes[:1]]),
         "area_id": random.choice([None, *places]), "valid_from": random.choice([None, "2025-01-01", "2027-01-01"])}
        for _number in range(random.randint(0, 5))
    ]  # fmt: skip
    terms = [random_term(random, place, codes) for place in range(random.randint(1, 7))]
    terms.append(term("base", "size", weights=weights(random, codes)))
    return {
        "direction": random.choice(["LOWER_IS_POORER", "HIGHER_IS_POORER"]), "scale": random.choice(["1", "1000", "0.01"]),
        "rounding": random.choice(["NONE", "ROUND", "TRUNCATE"]), "decimals": random.choice([0, 0, 3, 6]), "strata": strata, "member_facts": counted,
        "facts": facts, "terms": terms, "cutoffs": limits, "categories": [{"code": code} for code in ("POOREST", "POOR", "OTHERS")],
    }  # fmt: skip


def random_person(random, place):
    """Somebody; a few died, have no birth date, or facts of the wrong kind."""
    born = random.choice([None, date(random.randint(1940, 2025), random.randint(1, 12), random.randint(1, 28)), date(2011, 1, 20)])
    data = random.choice(
        [{}, {"grade": random.randint(0, 6), "school": "public"}, {"grade": "x", "at_school": True}, {"at_school": False, "school": 5}]
    )
    died = random.choice([None, None, None, None, date(2026, 1, 20), date(2026, 1, 21)])
    return {
        "birth_date": born,
        "data": data,
        "sex": random.choice(["female", "male"]),
        "death_date": died if place or random.random() < 0.2 else None,
    }


def random_households(random, country, how_many):
    """Households of all sizes, with facts missing and facts of the wrong kind."""
    for _number in range(how_many):
        people = [random_person(random, place) for place in range(random.randint(1, 7))]
        data = random.choice([
            {}, {"rooms": random.randint(0, 7), "roof": random.choice(["tin", "straw", "gold"])}, {"rooms": "two", "radio": True, "roof": 1},
            {"rooms": 2.5, "radio": False, "seen_on": "2025-02-01"}, {"rooms": 1, "radio": random.random() < 0.5, "roof": "tin", "seen_on": "2025-02-30"},
        ])  # fmt: skip
        household = make_household(country[random.choice(["Almond", "Cedar", "Ebony", "Fig"])], people=people, data=data)
        for membership in household.memberships.exclude(relationship="head"):
            if random.random() < 0.2:
                with maintenance("somebody moved"):
                    membership.left_on = random.choice([DAY, date(2026, 1, 21)])
                    membership.save()


def prepare(country):
    """Variables, and a figure of places that some inherit and some lack."""
    for code, (kind, subject) in VARIABLES.items():
        if not VariableDefinition.objects.filter(code=code).exists():
            make_variable(code, kind, subject)
    make_figures("rate", country, {"North": 30.0, "Almond": 55.5, "Ebony": 0.0})


def make_figures(code, country, values, year=2025):
    """A kind of figure with its value in some places."""
    with maintenance("test figures"):
        kind = FigureKind(code=code, names={"en": code})
        kind.save()
        for place, value in values.items():
            AreaFigure(area=country[place], kind=kind, value=value, year=year, source="census", valid_from=date(year, 1, 1)).save()


def known_of(household, figures):
    """The same facts, read one by one: the values of the household, and its members."""
    members = []
    for one in household.memberships.select_related("person"):
        gone = one.joined_on > DAY or (one.left_on and one.left_on <= DAY) or (one.person.death_date and one.person.death_date <= DAY)
        if not gone:
            person = one.person
            age = whole_years(person.birth_date, DAY) if person.birth_date else None
            own = {"age": age, "sex": person.sex, "relationship": one.relationship, "birth_date": person.birth_date, "day": DAY}
            members.append({**person.data, **own})
    head = next((member for member in members if member["relationship"] == "head"), {})
    own = {"size": len(members), "registered_on": household.registered_on, "day": DAY, "area_rate": figures(household.area)}
    return {**{f"head_{name}": value for name, value in head.items()}, **household.data, **own}, members
