"""The published formula of Sanzira, as the manager enters it and the approver puts it into use."""

from typing import Any

from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.services import (
    activate_version,
    remove_entry,
    save_category,
    save_cutoff,
    save_example,
    save_formula,
    save_member_fact,
    save_settings,
    save_stratum,
    save_term,
)
from coremis.project.demo import dwellings
from coremis.project.demo.dwellings import CONSTANT, PER_CHILD, PER_MEMBER, QUESTIONS, Question
from coremis.project.demo.seats import agreed, seat

CODE = "pmt-sanzira"
NAMES = {"en": "Poverty score of Sanzira", "fr": "Score de pauvreté de Sanzira", "pt": "Pontuação de pobreza de Sanzira"}
SOURCE = "Inventé pour la démonstration. Un score plus bas est plus pauvre."
STRATA = (
    ("rural", "rural", {"en": "Rural", "fr": "Rural", "pt": "Rural"}),
    ("urban", "", {"en": "Urban", "fr": "Urbain", "pt": "Urbano"}),
)
CHILDREN = {
    "code": "children", "names": {"en": "Children under 18", "fr": "Enfants de moins de 18 ans", "pt": "Crianças com menos de 18 anos"},
    "how": "COUNT", "condition": "age < 18",
}  # fmt: skip
SIZE = {"en": "Members", "fr": "Membres", "pt": "Membros"}
CATEGORIES = (
    ("VERY_POOR", {"en": "Very poor", "fr": "Très pauvre", "pt": "Muito pobre"}, "7500"),
    ("POOR", {"en": "Poor", "fr": "Pauvre", "pt": "Pobre"}, "8200"),
    ("OTHER", {"en": "Not poor", "fr": "Non pauvre", "pt": "Não pobre"}, None),
)  # fmt: skip
POOR_HEAD = {"age": 34, "relationship": "head"}


def publish() -> ScoreFormula:
    """Strata, terms, categories and example cases; then approval."""
    manager = seat("manager")
    formula = save_formula(code=CODE, names=NAMES, source=SOURCE, actor=manager)
    version = formula.versions.get()
    for code, condition, names in STRATA:
        stratum = {"code": code, "names": names, "condition": condition, "constant": str(CONSTANT[code])}
        save_stratum(version=version, stratum=stratum, actor=manager)
    remove_entry(version=version, part="strata", code="all", actor=manager)
    save_settings(version=version, settings={"direction": "LOWER_IS_POORER", "rounding": "NONE", "decimals": 0}, actor=manager)
    save_member_fact(version=version, fact=CHILDREN, actor=manager)
    for term in terms():
        save_term(version=version, term=term, actor=manager)
    for code, names, _limit in CATEGORIES:
        save_category(version=version, category={"code": code, "names": names}, actor=manager)
    for code, _names, limit in CATEGORIES:
        if limit:
            save_cutoff(version=version, cutoff={"category": code, "limit": limit}, actor=manager)
    for name, facts, expected in examples():
        save_example(version=version, name=name, facts=facts, expected=expected, actor=manager)
    agreed(activate_version, {"version": FormulaVersion.objects.get(pk=version.pk)}, manager, seat("approver"))
    return formula


def terms() -> list[dict[str, Any]]:
    """One term for each question that counts, one for the size, one for the children."""
    asked = [term_of(question) for question in QUESTIONS if question.choices or question.points]
    return [*asked, weighed("size", SIZE, PER_MEMBER), weighed("children", CHILDREN["names"], PER_CHILD)]


def term_of(question: Question) -> dict[str, Any]:
    """A question as a term: a table of its answers, or so much for one of its unit."""
    names = {"en": question.en, "fr": question.fr, "pt": question.pt}
    if not question.choices:
        return weighed(question.code, names, question.points)
    rows = [{"match": [one.code], "weights": everywhere(one.points)} for one in question.choices]
    return {"kind": "TABLE", "code": question.code, "names": names, "formula": question.code, "rows": rows, "missing": "REFUSE"}


def weighed(code: str, names: Any, points: int) -> dict[str, Any]:
    """A number, or yes and no, with a weight."""
    return {"kind": "NUMBER", "code": code, "names": names, "formula": code, "weights": everywhere(points), "missing": "REFUSE"}


def everywhere(points: int) -> dict[str, str]:
    """The same weight in towns and in the country."""
    return dict.fromkeys(CONSTANT, str(points))


def examples() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Two cases that anybody can add up by hand, and one that cannot be assessed."""
    poorest = {question.code: value_of(question, dwellings.POOREST[question.code]) for question in QUESTIONS}
    family = [POOR_HEAD, {"age": 8}, {"age": 17}]
    total = dwellings.score(dwellings.POOREST, len(family), 2)
    better = {**poorest, "walls": "cement", "light": "grid", "rural": False}
    more = (dwellings.score({**dwellings.POOREST, "walls": "cement", "light": "grid", "rural": "no"}, 1, 0)) or 0
    return [
        (
            "Le logement le plus pauvre",
            {"values": poorest, "members": family},
            {"value": str(total), "category": "VERY_POOR", "stratum": "rural"},
        ),
        ("Ciment et électricité en ville", {"values": better, "members": [POOR_HEAD]}, {"value": str(more), "stratum": "urban"}),
        ("Personne n'a compté les pièces", {"values": {**poorest, "rooms": None}, "members": family}, {"value": None}),
    ]


def value_of(question: Question, answer: str) -> Any:
    """An answer as the formula reads it."""
    return answer if question.choices else answer == "yes" if question.yes_no else int(answer)
