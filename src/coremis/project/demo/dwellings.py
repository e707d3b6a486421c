"""What the survey of Sanzira asked about dwellings and heads, and the formula that says how poor a household is.

The same table makes the variables of the data dictionary, the answers of the families, and the published formula. All figures are
invented. A lower score is poorer.
"""

import random
from collections.abc import Mapping
from typing import Any, NamedTuple


class Choice(NamedTuple):
    """One answer: its names in three languages, and what it adds to the score."""

    code: str
    en: str
    fr: str
    pt: str
    points: int


class Question(NamedTuple):
    """One question: its names, and its answers, or what one of its unit adds to the score."""

    code: str
    en: str
    fr: str
    pt: str
    choices: tuple[Choice, ...] = ()
    points: int = 0
    yes_no: bool = False
    filterable: bool = False
    unit: str = ""

    @property
    def kind(self) -> str:
        """The type of its variable."""
        return "CHOICE" if self.choices else "BOOLEAN" if self.yes_no else "NUMBER"


# Answers from the poorest to the best.
WALLS = (
    Choice("mud", "mud", "terre", "barro", 0), Choice("brick", "bricks", "briques", "tijolos", 210),
    Choice("cement", "cement", "ciment", "cimento", 420),
)  # fmt: skip
ROOFS = (
    Choice("straw", "straw", "paille", "palha", 0), Choice("tiles", "tiles", "tuiles", "telhas", 130),
    Choice("iron", "iron sheets", "tôles", "chapas de zinco", 260),
)  # fmt: skip
LIGHT = (
    Choice("none", "none", "aucun", "nenhuma", 0), Choice("lamp", "lamp", "lampe", "candeeiro", 90),
    Choice("solar", "solar panel", "panneau solaire", "painel solar", 240),
    Choice("grid", "electricity", "électricité", "eletricidade", 450),
)  # fmt: skip
WATER = (
    Choice("spring", "open spring", "source ouverte", "nascente aberta", 0), Choice("well", "well", "puits", "poço", 70),
    Choice("tap", "tap", "robinet", "torneira", 220),
)  # fmt: skip
QUESTIONS = (
    Question("rooms", "Rooms", "Pièces", "Divisões", points=160, filterable=True),
    Question("roof", "Roof", "Toit", "Telhado", ROOFS, filterable=True),
    Question("walls", "Walls", "Murs", "Paredes", WALLS),
    Question("light", "Light", "Éclairage", "Iluminação", LIGHT),
    Question("water", "Drinking water", "Eau potable", "Água para beber", WATER),
    Question("land", "Land", "Terres", "Terras", points=3, unit="a"),
    Question("goats", "Goats and sheep", "Chèvres et moutons", "Cabras e ovelhas", points=85),
    Question("radio", "Radio", "Radio", "Rádio", points=120, yes_no=True),
    Question("rural", "Rural", "Rural", "Rural", yes_no=True, filterable=True),
)
FLOOD = Question(
    "flood_damage",
    "House damaged by the flood",
    "Maison endommagée par la crue",
    "Casa danificada pela cheia",
    yes_no=True,
    filterable=True,
)
# What the composition of the household adds, and where the formula begins in towns and in the country.
PER_MEMBER, PER_CHILD, CONSTANT = -70, -40, {"rural": 7600, "urban": 7350}
COLUMNS = {question.code: question.en.lower() for question in QUESTIONS}


def answers(wealth: float, chance: random.Random) -> dict[str, str]:
    """What a household of this wealth (about -3 to 3) answers; the better off, the higher, with some luck."""

    def level(steps: int) -> int:
        return max(0, min(steps - 1, round((wealth + chance.gauss(0, 0.8)) / 2.6 * steps / 2 + (steps - 1) / 2 - 0.35)))

    found = {question.code: question.choices[level(len(question.choices))].code for question in QUESTIONS if question.choices}
    return {
        **found,
        "rooms": str(1 + level(5)),
        "land": str(max(2, round(45 + 22 * wealth + chance.gauss(0, 18)))),
        "goats": str(max(0, round(1.2 + 1.3 * wealth + chance.gauss(0, 1.2)))),
        "radio": "yes" if wealth + chance.gauss(0, 1) > 0.4 else "no",
        "rural": "yes" if chance.random() < 0.9 else "no",
    }


POOREST = {
    "rooms": "1",
    "roof": "straw",
    "walls": "mud",
    "light": "none",
    "water": "spring",
    "land": "2",
    "goats": "0",
    "radio": "no",
    "rural": "yes",
}


def score(said: Mapping[str, str], members: int, children: int) -> int | None:
    """The score of a household; nothing where an answer is missing."""
    if any(not said.get(question.code) for question in QUESTIONS):
        return None
    total = CONSTANT["rural" if said["rural"] == "yes" else "urban"] + PER_MEMBER * members + PER_CHILD * children
    return total + sum(points_of(question, said[question.code]) for question in QUESTIONS)


def points_of(question: Question, answer: str) -> int:
    """What one answer adds."""
    if question.choices:
        return next(choice.points for choice in question.choices if choice.code == answer)
    if question.yes_no:
        return question.points if answer == "yes" else 0
    return question.points * int(answer)


def variable(question: Question) -> dict[str, Any]:
    """The question as an entry of the data dictionary."""
    choices = [{"code": one.code, "names": {"en": one.en, "fr": one.fr, "pt": one.pt}} for one in question.choices]
    names = {"en": question.en, "fr": question.fr, "pt": question.pt}
    return {"code": question.code, "names": names, "choices": choices, "unit": question.unit, "filterable": question.filterable}
