"""One household of Sanzira: its dwelling, its members with names, ages and documents, and who collects."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from coremis.project.demo import dwellings, functioning
from coremis.project.demo.names import MEN, SURNAMES, WOMEN
from coremis.project.demo.planted import Planted

SEED = 20230531
COLUMNS = {
    "household": "household key", "person": "person key", "hill": "place", "given_names": "given names", "surname": "surname", "sex": "sex",
    "birth_date": "birth date", "relationship": "relationship", "recipient": "recipient", "phone": "phone", "phone_owner": "phone owner",
    "document_kind": "document type", "document_number": "document number", **functioning.COLUMNS,
    **dwellings.COLUMNS,
}  # fmt: skip
# A hundred households: how many have so many members, and who collects: a woman who is the head, the wife, a man, a man alone.
SIZES = {1: 5, 2: 11, 3: 16, 4: 18, 5: 18, 6: 15, 7: 8, 8: 5, 9: 3, 10: 1}
WOMAN, WIFE, HUSBAND, MAN = "woman", "wife", "husband", "man"
COLLECT = {WOMAN: 24, WIFE: 54, HUSBAND: 14, MAN: 8}
ALONE = (WOMAN, WOMAN, WOMAN, MAN, MAN)  # who lives alone, of the five of a hundred
AGES = ((20, 29, 25), (30, 39, 30), (40, 49, 21), (50, 59, 12), (60, 69, 8.6), (70, 88, 3.4))  # of heads: from, to, of a hundred
NOBODY = 0.012  # households that named nobody to collect
GROWN = 0.5  # children who are 18 or older
ELDERS = 0.04  # households of three and more with a mother or father of the head


@dataclass
class Family:
    """One household as it stands in the file: its dwelling, and its persons, the head first."""

    serial: int
    hill: str
    dwelling: dict[str, str]
    day: date
    persons: list[dict[str, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Its household key."""
        return f"SZ{self.serial:06d}"

    @property
    def score(self) -> int | None:
        """How poor it is by the published formula; lower is poorer."""
        return dwellings.score(self.dwelling, len(self.persons), sum(is_child(person["birth_date"], self.day) for person in self.persons))

    def swap(self, other: "Family") -> None:
        """Change dwelling and members with another one; keys and hills stay."""
        mine, theirs = self.persons, other.persons
        self.dwelling, other.dwelling = other.dwelling, self.dwelling
        self.take_members(theirs)
        other.take_members(mine)

    def take_members(self, persons: list[dict[str, str]]) -> None:
        """Let these people live here."""
        self.persons = persons
        for place, person in enumerate(persons, start=1):
            person |= {"household": self.key, "person": f"{self.key}-{place}", "hill": self.hill}

    @property
    def recipient(self) -> dict[str, str]:
        """Who collects; the head where nobody is named."""
        return next((person for person in self.persons if person["recipient"]), self.persons[0])


def deck(block: int) -> list[tuple[int, str]]:
    """Size and kind of a hundred households in a row, so that the shares are right at any size of the demo."""
    chance = random.Random(f"{SEED} {block}")
    sizes = [size for size, count in SIZES.items() for _ in range(count)]
    left = Counter(COLLECT)
    left.subtract(ALONE)
    others = [kind for kind, count in left.items() for _ in range(count)]
    chance.shuffle(others)
    cards = list(zip(sizes, [*ALONE, *others], strict=True))
    chance.shuffle(cards)
    return cards


class Cards:
    """The kind of each household, in order."""

    def __init__(self) -> None:
        self._block, self._cards = -1, list[tuple[int, str]]()

    def of(self, serial: int) -> tuple[int, str]:
        """Size and kind of one."""
        block, place = divmod(serial - 1, 100)
        if block != self._block:
            self._block, self._cards = block, deck(block)
        return self._cards[place]


def make_family(serial: int, hill: str, today: date, planted: Planted | None, used: set[tuple[str, ...]]) -> Family:
    """One household: its answers, then its members; a planted one is made to fit its story."""
    chance = random.Random(f"{SEED} family {serial}")
    size, kind = CARDS.of(serial)
    if planted:
        size, kind = max(size, 7 if planted.poorest else 4), MAN if planted.man else WIFE
    wealth = chance.gauss(0, 1)
    family = Family(serial, hill, dwellings.answers(wealth, chance), today)
    people = Members(family, chance, today, used)
    people.fill(size, kind)
    people.collect(kind, wealth)
    if planted:
        plant(family, planted)
    return family


class Members:
    """The members of one household, one after the other."""

    def __init__(self, family: Family, chance: random.Random, today: date, used: set[tuple[str, ...]]) -> None:
        self.family, self.chance, self.today, self.used = family, chance, today, used
        self.surname = chance.choice(SURNAMES)

    def fill(self, size: int, kind: str) -> None:
        """The head, then the wife where there is one, then the others."""
        couple = kind in (WIFE, HUSBAND)
        head = self.age_of_head(older=kind == WOMAN)
        youngest = head
        self.add("head", kind == WOMAN, head)
        if couple:
            wife = max(18, head - self.chance.randrange(0, 10))
            self.add("spouse", True, wife)
            youngest = wife
        elder = size >= 3 and self.chance.random() < ELDERS
        for _other in range(size - 1 - couple - elder):
            self.add(*self.other(youngest))
        if elder:
            self.add("parent", self.chance.random() < 0.7, min(95, head + self.chance.randrange(20, 34)))

    def age_of_head(self, older: bool) -> int:
        """In years; women who are heads are older, most of them widows."""
        first, last, _share = self.chance.choices(AGES, weights=[share for *_years, share in AGES])[0]
        return min(88, self.chance.randrange(first, last + 1) + (5 if older and first < 60 else 0))

    def other(self, youngest: int) -> tuple[str, bool, int]:
        """A child, or where the parents are older also a grown-up child or a grandchild."""
        female, least, most = self.chance.random() < 0.5, max(0, youngest - 44), min(youngest - 17, 30)
        if least > 16 or (youngest >= 50 and self.chance.random() < 0.6):
            return "grandchild", female, self.chance.randrange(0, 16)
        if most >= 18 and self.chance.random() < GROWN:
            return "child", female, self.chance.randrange(18, most + 1)
        return "child", female, self.chance.randrange(least, max(least, min(most, 17)) + 1)

    def add(self, relationship: str, female: bool, age: int) -> None:
        """One more person, with a birth date as precise as people know it, and a document for some of the grown-up."""
        place = len(self.family.persons) + 1
        born = self.today - timedelta(days=age * 365 + age // 4 + self.chance.randrange(1, 365))
        document = age >= 18 and self.chance.random() < 0.6
        birth = str(born.year) if self.chance.random() < 0.33 else born.isoformat()
        self.family.persons.append(dict.fromkeys(COLUMNS, "") | {
            "household": self.family.key, "person": f"{self.family.key}-{place}", "hill": self.family.hill, "birth_date": birth,
            "sex": "female" if female else "male", "relationship": relationship, **self.name(female, age, birth[:4]),
            "document_kind": "national_id" if document else "",
            "document_number": f"{self.chance.randrange(10**11):011d}" if document else "",
            **functioning.answers(f"{self.family.key}-{place}", age),
        })  # fmt: skip

    def name(self, female: bool, age: int, year: str) -> dict[str, str]:
        """A name; no two grown-up people of one year and hill share theirs, or chance would make them look like one person."""
        while True:
            given, single = self.chance.choice(WOMEN if female else MEN), self.chance.random() < 0.08
            surname = "" if single else self.surname if self.chance.random() < 0.75 else self.chance.choice(SURNAMES)
            key = (self.family.hill, given, surname, year)
            if age < 18 or key not in self.used:
                self.used.add(key)
                return {"given_names": given, "surname": surname}

    def collect(self, kind: str, wealth: float) -> None:
        """Who collects, and the phone: four in a hundred poor households give the number of a neighbour who is better off."""
        person = self.family.persons[1 if kind == WIFE else 0]
        person["recipient"] = "" if self.chance.random() < NOBODY else "yes"
        draw = self.chance.random()
        if draw < 0.405:
            person |= {"phone": phone_of(self.family.serial), "phone_owner": "own"}
        elif draw < 0.45:
            person |= {"phone": phone_of(self.family.serial), "phone_owner": "household"}


def is_child(birth: str, day: date) -> bool:
    """Whether somebody is under 18 on a day; a year alone counts from its first day, as in the register."""
    born = date(int(birth), 1, 1) if len(birth) == 4 else date.fromisoformat(birth)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < 18


def phone_of(serial: int) -> str:
    """A number of a country code that nobody has; another one for each household."""
    return f"+999{(serial * 7919 + 10_000_000) % 90_000_000 + 10_000_000:08d}"


def plant(family: Family, planted: Planted) -> None:
    """Make a family fit its story."""
    if planted.poorest:
        family.dwelling |= dwellings.POOREST
    if planted.without:
        family.dwelling[planted.without] = ""
    person = family.recipient
    person["recipient"] = "yes"
    if planted.recipient[0]:
        person |= {"given_names": planted.recipient[0], "surname": planted.recipient[1]}
    if planted.born:
        person |= {"birth_date": planted.born}
    person |= {"phone": planted.phone, "phone_owner": "household" if planted.phone else ""}


CARDS = Cards()
