"""How well people see, hear, walk, remember, wash and speak: the short set of the Washington Group, as the survey asked it.

Somebody has a disability who has a lot of difficulty, or cannot do it at all, in at least one of the six. Younger children are not
asked. The codes are those of the social registry standard (SPDCI).
"""

import random

ASKED_FROM = 5  # years
# Of a hundred people of an age, how many have a disability; rising with age as surveys find it.
SHARES = ((17, 2.5), (39, 3), (59, 6), (69, 12), (120, 22))
DIFFICULTIES = (
    ("VIS_SS", "seeing", "voir", "ver", 28),
    ("HEAR_SS", "hearing", "entendre", "ouvir", 17),
    ("MOB_SS", "walking", "marcher", "andar", 30),
    ("COG_SS", "remembering", "se souvenir", "recordar", 13),
    ("SC_SS", "washing or dressing", "se laver ou s’habiller", "lavar-se ou vestir-se", 6),
    ("COM_SS", "being understood", "se faire comprendre", "fazer-se entender", 6),
)
COLUMNS = {"disability": "disability", "difficulty": "main difficulty"}
VARIABLES = (
    {"code": "disability", "kind": "BOOLEAN", "names": {"en": "Disability", "fr": "Handicap", "pt": "Deficiência"}, "filterable": True},
    {
        "code": "difficulty", "kind": "CHOICE", "filterable": True,
        "names": {"en": "Main difficulty", "fr": "Difficulté principale", "pt": "Dificuldade principal"},
        "choices": [{"code": code, "names": {"en": en, "fr": fr, "pt": pt}} for code, en, fr, pt, _weight in DIFFICULTIES],
    },
)  # fmt: skip


def answers(person: str, age: int) -> dict[str, str]:
    """What somebody answered; of its own chance, so that nothing else about the families depends on it."""
    if age < ASKED_FROM:
        return {}
    chance = random.Random(f"functioning {person}")
    share = next(share for oldest, share in SHARES if age <= oldest)
    if chance.random() * 100 >= share:
        return {"disability": "no"}
    codes, weights = [one[0] for one in DIFFICULTIES], [one[-1] for one in DIFFICULTIES]
    return {"disability": "yes", "difficulty": chance.choices(codes, weights=weights)[0]}
