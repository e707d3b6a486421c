"""The families of Sanzira: rows of persons with a household key, always the same for the same size.

Size 4.6 on average, half under 18, a quarter headed by women, four in five recipients women; a document for three adults in
five, a phone in nearly half of the households (some shared), a birth year only for a third, a single name for one in twelve.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from coremis.project.demo.country import hills

SEED = 20230531
COMMUNES = ("0101", "0102", "0201")
# Planted: one phone with two families of two communes (not normal), and one with six families of one hill (normal).
SHARED_PHONE, HILL_PHONE, HILL_FAMILIES = "+99900000077", "+99900000066", 6
COLUMNS = {
    "household": "household key", "person": "person key", "hill": "place", "given_names": "given names", "surname": "surname", "sex": "sex",
    "birth_date": "birth date", "relationship": "relationship", "recipient": "recipient", "phone": "phone", "phone_owner": "phone owner",
    "document_kind": "document type", "document_number": "document number", "rooms": "rooms", "roof": "roof", "rural": "rural",
}  # fmt: skip
WOMEN = (
    "Espérance", "Jeanne", "Béatrice", "Aline", "Godelieve", "Immaculée", "Chantal", "Marie", "Odette", "Solange", "Inês", "Conceição", "Ruth",
    "Élise", "Florida", "Annonciate", "Bernadette", "Divine", "Consolate", "Lúcia", "Seraphine", "Thérèse", "Yvonne", "Zénaïde",
)  # fmt: skip
MEN = (
    "Jean", "Pascal", "Éric", "Désiré", "Évariste", "Gaspard", "Innocent", "Déogratias", "Fulgence", "João", "Anselmo", "Salvator", "Melchior",
    "Nestor", "Prosper", "Révérien", "Sylvestre", "Thaddée", "Venant", "Zacharie", "André", "Côme", "Donatien", "Élie",
)  # fmt: skip
SURNAMES = (
    "Nizigama", "Habarugira", "Ndayi", "Kamwenubusa", "Niyongere", "Bigirindavyi", "Sabumwe", "Ntahimpera", "Mbonimpa-Ruzi", "Gahungu", "Irakunda",
    "d'Almeida", "N'Dongo", "Manirambo", "Nkurikiye", "Bararwandi", "Havyari", "Kwizerwa", "Ruberintwa", "Sindaye", "Tuyaga", "Uwitonda", "Ciza", "Misigaro",
)  # fmt: skip
ROOFS = ("straw", "tiles", "iron")


def rows(households: int, today: date) -> Iterator[dict[str, str]]:
    """One row for each person; the same numbers give the same rows."""
    chance = random.Random(SEED)
    places = [code for commune in COMMUNES for code in hills(commune)]
    for index in range(households):
        yield from family(index, places[index % len(places)], chance, today, planted_phone(index, len(hills(COMMUNES[0])), len(places)))


def planted_phone(index: int, first_commune: int, places: int) -> str:
    """The phone that a family shares on purpose; empty for all others."""
    if index in (1, first_commune + 1):
        return SHARED_PHONE
    return HILL_PHONE if index % places == 2 and index // places < HILL_FAMILIES else ""


def family(index: int, hill: str, chance: random.Random, today: date, planted: str = "") -> Iterator[dict[str, str]]:
    """The persons of one household; the head comes first."""
    surname, woman_heads = chance.choice(SURNAMES), chance.random() < 0.24
    size = max(1, min(11, round(chance.gauss(4.6, 2))))
    shared = {
        "household": f"SZ{index + 1:06d}", "hill": hill, "rooms": str(chance.choice((1, 2, 2, 3, 3, 4))),
        "roof": chance.choice(ROOFS), "rural": "yes" if chance.random() < 0.9 else "no",
    }  # fmt: skip
    phone = f"+999{chance.randrange(10**8):08d}" if chance.random() < 0.45 else ""
    if planted:
        phone, shared["rooms"] = planted, "2"
    youngest = 99
    for place in range(size):
        adult = place == 0 or (place == 1 and not woman_heads)
        female = woman_heads if place == 0 else True if adult else chance.random() < 0.5
        if adult:
            age = chance.randrange(20, 78)
            youngest = min(age, youngest)
        else:
            wished = chance.choice((chance.randrange(0, 18), chance.randrange(0, 18), chance.randrange(18, 40)))
            age = max(0, min(wished, youngest - 16))
        person = {**shared, **facts(female, age, surname, chance, today), "relationship": relation(place, adult)}
        person["person"] = f"{shared['household']}-{place + 1}"
        recipient = (place == 1 and adult) or (place == 0 and (woman_heads or size == 1))
        person |= {
            "recipient": "yes" if recipient else "",
            "phone": phone if recipient else "",
            "phone_owner": "own" if recipient and phone else "",
        }
        yield {column: person.get(column, "") for column in COLUMNS}


def facts(female: bool, age: int, surname: str, chance: random.Random, today: date) -> dict[str, str]:
    """Name, sex, birth date as precisely as people know it, and a document for some adults."""
    born = today - timedelta(days=age * 365 + chance.randrange(365))
    single = chance.random() < 0.08
    document = age >= 18 and chance.random() < 0.6
    return {
        "given_names": chance.choice(WOMEN if female else MEN), "surname": "" if single else surname, "sex": "female" if female else "male",
        "birth_date": str(born.year) if chance.random() < 0.33 else born.isoformat(),
        "document_kind": "national_id" if document else "", "document_number": f"{chance.randrange(10**11):011d}" if document else "",
    }  # fmt: skip


def relation(place: int, adult: bool) -> str:
    """How a person is related to the head."""
    return "head" if place == 0 else "spouse" if adult else "child"
