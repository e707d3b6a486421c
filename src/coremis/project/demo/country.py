"""The tree of Sanzira: the shape of a real one (5 provinces, 42 communes, 451 zones, 3,044 hills) under invented names.

Families live in three communes. Small demos use fewer hills, so that every list looks alive.
"""

import random
from functools import cache

LEVELS = [
    {"en": "Country", "fr": "Pays", "pt": "País"},
    {"en": "Province", "fr": "Province", "pt": "Província"},
    {"en": "Commune", "fr": "Commune", "pt": "Comuna"},
    {"en": "Zone", "fr": "Zone", "pt": "Zona"},
    {"en": "Hill", "fr": "Colline", "pt": "Colina"},
]
CODE, NAME = "SZ", "Sanzira"
CURRENCY = "SZF"
PROVINCES = ("Mirondu", "Olumbe", "Nyakora", "Zambwe", "Lacunda")
COMMUNES, ZONES, HILLS = 42, 451, 3044  # as many as the real tree has
# Families live here; the first is the commune officer's own.
SETTLED = ("0101", "0102", "0201")
# Names that guide, tests and people know; all others are made up from syllables.
KNOWN = {"0101": "Tavuna", "0102": "Keshari", "0201": "Sirwana", "01010101": "Murembe"}
HOUSEHOLDS_OF_A_HILL, FEWEST_HILLS = 30, 6
SEED = 20230531
HEADS = (
    "Ba",
    "Bu",
    "Du",
    "Fu",
    "Ga",
    "Gi",
    "Ka",
    "Ke",
    "Ki",
    "Lo",
    "Lu",
    "Ma",
    "Mi",
    "Mu",
    "Na",
    "Ngo",
    "Nya",
    "Ru",
    "Sa",
    "Ta",
    "Vu",
    "Za",
)
MIDDLES = ("ba", "bo", "dzi", "ga", "ha", "ju", "ke", "lu", "ma", "ndu", "nzi", "ra", "ri", "sha", "si", "tu", "vo", "wa", "yo", "zu")
TAILS = ("dera", "goza", "kuva", "lembe", "manda", "nira", "paro", "ranta", "sunga", "vula", "wenda", "zoma", "korwe", "nduru")
MARKS = (" I", " II", " Haut", " Bas", "-Sud", "-Centre")


@cache
def units() -> tuple[dict[str, str], ...]:
    """Every unit below the country: code, name, and the code of the unit above (empty for a province). Two digits for each level."""
    chance, found = random.Random(SEED), []
    communes_of, zones_of, hills_of = shares(COMMUNES, len(PROVINCES)), iter(shares(ZONES, COMMUNES)), iter(shares(HILLS, COMMUNES))
    for p, (province, communes) in enumerate(zip(PROVINCES, communes_of, strict=True), start=1):
        found.append({"code": f"{p:02d}", "name": province, "parent": ""})
        for c in range(1, communes + 1):
            found += commune(f"{p:02d}{c:02d}", next(zones_of), next(hills_of), chance)
    return tuple(found)


def commune(code: str, zones: int, hills: int, chance: random.Random) -> list[dict[str, str]]:
    """A commune with its zones and hills; no name comes twice in it."""
    used: set[str] = set()
    found = [unit(code, chance, used)]
    for z, inside in enumerate(shares(hills, zones), start=1):
        found.append(unit(f"{code}{z:02d}", chance, used))
        found += [unit(f"{code}{z:02d}{h:02d}", chance, used) for h in range(1, inside + 1)]
    return found


def unit(code: str, chance: random.Random, used: set[str]) -> dict[str, str]:
    """One unit under a name that is not used yet."""
    name = KNOWN.get(code, "")
    while not name or name in used:
        name = chance.choice(HEADS) + (chance.choice(MIDDLES) if chance.random() < 0.7 else "") + chance.choice(TAILS)
        name += chance.choice(MARKS) if chance.random() < 0.08 else ""
    used.add(name)
    return {"code": code, "name": name, "parent": code[:-2]}


def shares(total: int, parts: int) -> list[int]:
    """A whole number in parts that differ by one at most, the larger ones first."""
    return [total // parts + (part < total % parts) for part in range(parts)]


def hills(commune_code: str) -> list[str]:
    """The codes of all hills of a commune."""
    return [unit["code"] for unit in units() if unit["code"].startswith(commune_code) and len(unit["code"]) == 8]


def settled_hills(households: int) -> list[str]:
    """The hills where so many households live, commune by commune; at full size all 217 of the three communes."""
    wanted = max(FEWEST_HILLS, households // HOUSEHOLDS_OF_A_HILL)
    found = []
    for code, most in zip(SETTLED, shares(wanted, len(SETTLED)), strict=True):
        there = hills(code)
        step = max(1, len(there) // most)
        found += there[::step][: min(most, len(there))]
    return found
