"""What the pages of formulas and versions show."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table, small_table
from coremis.modules.registry.models import Household
from coremis.modules.scoring.definition import problems_of
from coremis.modules.scoring.examples import try_on, values_of
from coremis.modules.scoring.formulas import assess, limits_on
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.names import EXPLAINED
from coremis.modules.scoring.queries import hidden_from
from coremis.modules.scoring.reading import inputs_of
from coremis.modules.scoring.tables import VersionTable
from coremis.modules.scoring.versions import card_of, names_of, wording_of
from coremis.modules.scoring.wording import Wording, figure, kinds_words, limit_sign, match_words, missing_words, remark_words
from coremis.modules.scoring.words_of_versions import expected_words, member_fact_words, where_words
from coremis.modules.scoring.working import in_words

Shown = dict[str, Any] | None
Cell = tuple[Any, str]
NOWHERE = ""


def plain(*values: Any) -> list[Cell]:
    """Cells that lead nowhere."""
    return [(value, NOWHERE) for value in values]


def versions(request: HttpRequest, formula: ScoreFormula) -> Shown:
    """The versions of a formula, newest first."""
    rows = VersionTable.visible(request.user).filter(formula=formula).order_by("-version_number")
    return {"table": small_table(VersionTable, list(rows), request.user)}


class Editing:
    """Where one piece of a version leads: to its form while the version is a draft and the reader may change it."""

    def __init__(self, request: HttpRequest, version: FormulaVersion, part: str, page: str) -> None:
        self.version, self.part, self.page = version, part, page
        self.open = version.state == FormulaVersion.State.DRAFT and request.user.has_perm(f"scoring.{page}")

    def to(self, code: Any) -> str:
        """The form of a piece."""
        return f"{self._address(self.page)}?{urlencode({'code': code})}" if self.open else NOWHERE

    def cells(self, code: Any, first: bool) -> list[Cell]:
        """The ways to move a piece up and to take it away."""
        if not self.open:
            return []
        asked = urlencode({"part": self.part, "code": code})
        up: Cell = ("–", NOWHERE) if first or self.part == "cutoffs" else (_("Move up"), f"{self._address('move_entry')}?{asked}")
        return [up, (_("Take away"), f"{self._address('remove_entry')}?{asked}")]

    def heads(self) -> list[tuple[str, str]]:
        """The titles of those cells."""
        return [(_("Order"), ""), (_("Take away"), "")] if self.open else []

    def links(self, title: str) -> list[dict[str, str]]:
        """The way to add another one."""
        return [{"url": self._address(self.page), "title": title}] if self.open else []

    def _address(self, page: str) -> str:
        return reverse(f"scoring:{page}", args=[self.version.pk])


def strata(request: HttpRequest, version: FormulaVersion) -> Shown:
    """Which households each equation is for, and its constant."""
    say, edit = wording_of(version), Editing(request, version, "strata", "save_stratum")
    rows: list[list[Cell]] = []
    for place, one in enumerate(version.definition.get("strata", [])):
        code, who = one["code"], one.get("condition") or _("all others")
        beside = plain(code, who, figure(one.get("constant") or "0"))
        rows.append([(say.entry("strata", code), edit.to(code)), *beside, *edit.cells(code, not place)])
    heads = [(_("Stratum"), ""), (_("Code"), "code"), (_("Which households"), "code"), (_("Constant"), "number"), *edit.heads()]
    return _table(heads, rows, edit.links(_("Add a stratum")))


def terms(request: HttpRequest, version: FormulaVersion) -> Shown:
    """The terms as a statistician reads them: one line each, or one for each answer, and a column of weights for each stratum."""
    say, edit = wording_of(version), Editing(request, version, "terms", "save_term")
    codes = [one["code"] for one in version.definition.get("strata", [])]
    weights = [(say.entry("strata", code), "number") for code in codes]
    heads = [(_("Term"), ""), (_("Value"), "code"), (_("Answer"), ""), *weights, (_("If missing"), ""), *edit.heads()]
    rows: list[list[Cell]] = []
    for place, term in enumerate(version.definition.get("terms", [])):
        rows += _term_rows(say, edit, term, codes, first=not place)
    return _table(heads, rows, edit.links(_("Add a term")))


def _term_rows(say: Wording, edit: Editing, term: Mapping[str, Any], codes: Sequence[str], first: bool) -> list[list[Cell]]:
    value = str(term.get("formula"))
    if term.get("only_where"):
        value += " · " + _("only where %(condition)s") % {"condition": term["only_where"]}
    lines = term.get("rows", []) if term.get("kind") == "TABLE" else [{"weights": term.get("weights") or {}}]
    found = []
    for number, line in enumerate(lines or [{"weights": {}}]):
        beside: list[Cell] = [(line["weights"].get(code, "–"), NOWHERE) for code in codes]
        answer = match_words(line) if term.get("kind") == "TABLE" and lines else ""
        begins = number == 0
        name: Cell = (say.entry("terms", term["code"]), edit.to(term["code"])) if begins else (" ", NOWHERE)
        end: list[Cell] = [(missing_words(term), NOWHERE), *edit.cells(term["code"], first)] if begins else []
        blank: list[Cell] = [(" ", NOWHERE)] * (1 + len(edit.heads()))
        found.append([name, (value if begins else " ", NOWHERE), (answer or " ", NOWHERE), *beside, *(end or blank)])
    return found


def facts(request: HttpRequest, version: FormulaVersion) -> Shown:
    """What is counted over members, and what is computed from other facts."""
    say = wording_of(version)
    members, own = Editing(request, version, "member_facts", "save_member_fact"), Editing(request, version, "facts", "save_fact")
    rows: list[list[Cell]] = []
    for edit in (members, own):
        for place, one in enumerate(version.definition.get(edit.part, [])):
            code, said = one["code"], member_fact_words(say, one) if edit is members else one["formula"]
            rows.append([(say.name(code), edit.to(code)), *plain(code, said), *edit.cells(code, not place)])
    heads = [(_("Fact"), ""), (_("Code"), "code"), (_("How it is found"), "code"), *members.heads()]
    return _table(heads, rows, [*members.links(_("Add a fact about members")), *own.links(_("Add a computed fact"))])


def categories(request: HttpRequest, version: FormulaVersion) -> Shown:
    """The categories, poorest first."""
    say, edit = wording_of(version), Editing(request, version, "categories", "save_category")
    rows = [
        [(say.entry("categories", one["code"]), edit.to(one["code"])), (one["code"], NOWHERE), *edit.cells(one["code"], not place)]
        for place, one in enumerate(version.definition.get("categories", []))
    ]
    links = edit.links(_("Add a category"))
    if not rows:
        return {"text": _("No categories: the score only ranks households."), "links": links}
    return _table([(_("Category, poorest first"), ""), (_("Code"), "code"), *edit.heads()], rows, links)


def cutoffs(request: HttpRequest, version: FormulaVersion) -> Shown:
    """The limits of the categories, and where each holds."""
    say, edit = wording_of(version), Editing(request, version, "cutoffs", "save_cutoff")
    rows = []
    for place, one in enumerate(version.definition.get("cutoffs", [])):
        where = [(text or "–", NOWHERE) for text in where_words(say, one)]
        limit = f"{limit_sign(version.definition)} {figure(one.get('limit'))}"
        rows.append([(say.entry("categories", one["category"]), edit.to(place)), (limit, NOWHERE), *where, *edit.cells(place, first=True)])
    links = edit.links(_("Add a limit")) if len(version.definition.get("categories", [])) > 1 else []
    if not rows:
        return {"text": _("No limits."), "links": links} if version.definition.get("categories") else None
    heads = [(_("Category"), ""), (_("Limit"), "number"), (_("Place"), ""), (_("Stratum"), ""), (_("Days"), ""), *edit.heads()]
    return _table(heads, rows, links)


def _table(heads: Sequence[tuple[Any, str]], rows: Sequence[Sequence[Cell]], links: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {"table": figure_table(heads, rows), "links": links} if rows else {"text": _("Nothing yet."), "links": links}


def examples(request: HttpRequest, version: FormulaVersion) -> Shown:
    """Every example with its working, and whether it comes out as expected."""
    say, edit = wording_of(version), Editing(request, version, "examples", "save_example")
    rows = []
    for place, example in enumerate(version.definition.get("examples", [])):
        row: dict[str, Any] = {
            "name": example["name"], "fits": False, "expected": expected_words(say, example.get("expected") or {}), "edit": edit.to(place),
            "remove": edit.cells(place, first=True)[1][1] if edit.open else NOWHERE,
        }  # fmt: skip
        try:
            card = card_of(version)
            trial = try_on(card, example)
            told = in_words(version, card, values_of(example["facts"], card), trial.result, limits_on(card))
            row |= {"fits": trial.fits, "working": told}
        except Refusal as problem:
            row["problem"] = str(problem)
        rows.append(row)
    return {"examples": rows, "links": edit.links(_("Add an example"))}


def try_it(request: HttpRequest, version: FormulaVersion) -> Shown:
    """The score of a real household of the reader's places, as it would come out today."""
    text = request.GET.get("household", "")[:20]
    shown: dict[str, Any] = {"asked": text, "problem": ""}
    try:
        return shown | (_tried_on(request, version, text) if text else {})
    except Refusal as problem:
        return shown | {"problem": str(problem)}


def _tried_on(request: Any, version: FormulaVersion, text: str) -> dict[str, Any]:
    rows = Household.objects.visible_to(request.user, "registry.view_household")
    household = rows.filter(number=read_number(text) or -1).first()
    if household is None:
        return {"problem": _("No household in your places has this number.")}
    card = card_of(version)
    values, limits = inputs_of(version, household, timezone.localdate())
    return {"about": str(household), "working": in_words(
        version, card, values, assess(card, values, limits), limits, hidden_from(request.user, household)
    )}  # fmt: skip


def to_do(request: HttpRequest, version: FormulaVersion) -> Shown:
    """What keeps a draft from being used, and what a loaded file left to be looked at."""
    if version.state != FormulaVersion.State.DRAFT:
        return None
    known = names_of(version)
    problems = problems_of(version.definition, known.unit, known.member)
    remarks = [remark_words(*remark) for remark in version.definition.get("remarks", [])]
    return {"problems": problems, "remarks": remarks} if problems or remarks else None


def names(request: HttpRequest, version: FormulaVersion) -> Shown:
    """What formulas and conditions may name."""
    known, say = names_of(version), wording_of(version)
    return {"unit": _explained(say, known.unit), "members": _explained(say, known.member)}


def _explained(say: Wording, known: Mapping[str, str]) -> list[dict[str, str]]:
    kinds = kinds_words()
    return [Fact(name, f"{EXPLAINED.get(name) or _own(say, name)} ({kinds[kind]})").ready() for name, kind in sorted(known.items())]


def _own(say: Wording, name: str) -> str:
    said = say.name(name)
    return said if said != name else _("from the data dictionary")
