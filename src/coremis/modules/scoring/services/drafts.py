"""What can change a formula. Drafts are edited; a version in use never changes, a new one replaces it (pitfall M17)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.scoring.contradictions import contradictions
from coremis.modules.scoring.definition import problems_of
from coremis.modules.scoring.examples import checked_expected, checked_facts, try_on
from coremis.modules.scoring.models import LOWER, FormulaVersion, ScoreFormula
from coremis.modules.scoring.names import labels_now, names_now
from coremis.modules.scoring.versions import card_of, names_of

State = FormulaVersion.State
WRONG = _("Some of what was entered cannot be used. Correct it below.")
MOST_EXAMPLES = 30
SETTINGS = ("kind", "direction", "scale", "rounding", "decimals", "survey", "valid_from", "valid_until", "sources")
LISTS = ("strata", "member_facts", "facts", "terms", "categories", "cutoffs", "examples")
ONE_FOR_ALL = {"code": "all", "names": {"en": "All households", "fr": "Tous les ménages", "pt": "Todos os agregados"}, "constant": "0"}
EMPTY = {"direction": LOWER, "kind": "LINEAR", "rounding": "NONE", "decimals": 0, "scale": "1", "strata": [ONE_FOR_ALL]}


@action(_("Save a formula"))
def save_formula(*, code: str, names: dict[str, Any], source: str = "", formula: ScoreFormula | None = None, actor: Actor) -> ScoreFormula:
    """Create a formula with an empty draft, or change its name and source. The code stays."""
    if formula is None and ScoreFormula.objects.filter(code=code).exists():
        raise Invalid(WRONG, {"code": [_("Another formula has this code. Choose another one.")]})
    found = formula or ScoreFormula(code=code)
    found.names, found.source = names, source.strip()[:2000]
    found.save()
    if formula is None:
        FormulaVersion(formula=found, version_number=1, definition=EMPTY).save()
    return found


@action(_("Start a new version of a formula"))
def start_version(*, formula: ScoreFormula, actor: Actor) -> FormulaVersion:
    """A draft that begins as a copy of the latest version. One draft at a time."""
    return new_draft(formula)


def new_draft(formula: ScoreFormula, definition: Mapping[str, Any] | None = None) -> FormulaVersion:
    """The next version of a formula: a copy of the latest, or what is given."""
    ScoreFormula.objects.select_for_update(of=("self",)).get(pk=formula.pk)
    if formula.versions.filter(state=State.DRAFT).exists():
        raise Refusal(_("This formula has a draft already. Go on with that one."))
    last = formula.versions.order_by("-version_number").first()
    kept = definition or {name: value for name, value in (last.definition if last else EMPTY).items() if name != "names_known"}
    number = (formula.versions.aggregate(last=Max("version_number"))["last"] or 0) + 1
    draft = FormulaVersion(formula=formula, version_number=number, definition=dict(kept))
    draft.save()
    return draft


@action(_("Save the settings of a formula"))
def save_settings(*, version: FormulaVersion, settings: dict[str, Any], actor: Actor) -> FormulaVersion:
    """Direction, factor, rounding, dates of validity, the survey behind it, and the sources of figures of places."""
    draft = held_draft(version)
    return _changed(draft, **{name: settings[name] for name in SETTINGS if name in settings})


@action(_("Save a stratum"))
def save_stratum(*, version: FormulaVersion, stratum: dict[str, Any], replaces: str = "", actor: Actor) -> FormulaVersion:
    """Add an equation for some of the households, or replace the one with the code ``replaces``."""
    draft = held_draft(version)
    if replaces and replaces != stratum.get("code"):
        raise Invalid(WRONG, {"code": [_("The code stays, because weights name it. Take the stratum away and add another.")]})
    return _with_entry(draft, "strata", stratum, replaces)


@action(_("Save a term"))
def save_term(*, version: FormulaVersion, term: dict[str, Any], replaces: str = "", actor: Actor) -> FormulaVersion:
    """Add a term, or replace the one with the code ``replaces`` in its place. It is checked at once."""
    return _with_entry(held_draft(version), "terms", term, replaces)


@action(_("Save a fact about members"))
def save_member_fact(*, version: FormulaVersion, fact: dict[str, Any], replaces: str = "", actor: Actor) -> FormulaVersion:
    """Say what is counted, added up or picked from the members of a household, under a name that formulas can use."""
    return _with_entry(held_draft(version), "member_facts", fact, replaces)


@action(_("Save a computed fact"))
def save_fact(*, version: FormulaVersion, fact: dict[str, Any], replaces: str = "", actor: Actor) -> FormulaVersion:
    """Give a value that is computed from others a name that terms and later facts can use."""
    return _with_entry(held_draft(version), "facts", fact, replaces)


@action(_("Save a category"))
def save_category(*, version: FormulaVersion, category: dict[str, Any], replaces: str = "", actor: Actor) -> FormulaVersion:
    """Add a category, or replace one. The first is the poorest; the last takes everybody beyond the limits of the others."""
    return _with_entry(held_draft(version), "categories", category, replaces)


@action(_("Save a limit"))
def save_cutoff(*, version: FormulaVersion, cutoff: dict[str, Any], place: int | None = None, actor: Actor) -> FormulaVersion:
    """Say up to which score a category reaches: everywhere, or in a place, a stratum, from a day on."""
    draft = held_draft(version)
    rows = list(draft.definition.get("cutoffs", []))
    if place is not None and 0 <= place < len(rows):
        rows[place] = cutoff
    else:
        rows.append(cutoff)
    return _changed(draft, cutoffs=rows)


@action(_("Take something out of a formula"))
def remove_entry(*, version: FormulaVersion, part: str, code: str, actor: Actor) -> FormulaVersion:
    """Take a stratum, fact, term, category, limit or example out of a draft; limits and examples go by their place."""
    draft = held_draft(version)
    rows = list(draft.definition.get(_list(part), []))
    del rows[_place(rows, code)]
    return _changed(draft, **{part: rows})


@action(_("Move something up in a formula"))
def move_entry(*, version: FormulaVersion, part: str, code: str, actor: Actor) -> FormulaVersion:
    """Put a stratum, fact, term or category before the one above it."""
    draft = held_draft(version)
    rows = list(draft.definition.get(_list(part), []))
    place = _place(rows, code)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    return _changed(draft, **{part: rows})


@action(_("Save an example of a formula"))
def save_example(
    *, version: FormulaVersion, name: str, facts: dict[str, Any], expected: dict[str, Any], place: int | None = None, actor: Actor
) -> FormulaVersion:
    """What a described household must score. The formula is used only if every example comes out so."""
    draft = held_draft(version)
    examples = list(draft.definition.get("examples", []))
    example = {"name": name.strip()[:120], "facts": checked_facts(facts, draft), "expected": checked_expected(expected)}
    if place is not None and 0 <= place < len(examples):
        examples[place] = example
    elif len(examples) < MOST_EXAMPLES:
        examples.append(example)
    else:
        raise Refusal(_("A version has at most 30 examples. Take one away first."))
    return _changed(draft, examples=examples)


@action(_("Put a version of a formula into use"), approvable=True)
def activate_version(*, version: FormulaVersion, note: str = "", actor: Actor) -> FormulaVersion:
    """Use a draft from now on. It needs at least one example, and every example must come out as written. It is frozen with the
    meaning of all names; the version used so far is replaced. Scores keep the version they were made with."""
    ScoreFormula.objects.select_for_update(of=("self",)).get(pk=version.formula_id)
    draft = held_draft(version)
    check_ready(draft)
    for before in draft.formula.versions.filter(state=State.ACTIVE):
        before.state = State.RETIRED
        before.save()
    draft.definition = {**draft.definition, "names_known": kept_with(draft)}
    draft.state, draft.activated_at = State.ACTIVE, timezone.now()
    draft.save()
    return draft


def kept_with(draft: FormulaVersion) -> dict[str, Any]:
    """The kinds of all names, and what is said for those that are used, so that both stay as they are today."""
    names = names_now()
    return {**names.stored(), "labels": labels_now(card_of(draft, names).names, names)}


def check_ready(draft: FormulaVersion) -> None:
    """Refuse a draft that cannot be read, contradicts itself, has no example, or computes something else than an example says."""
    names = names_of(draft)
    card = card_of(draft, names)
    for problem in contradictions(draft.definition, card, names.unit):
        raise problem
    examples = draft.definition.get("examples", [])
    if not examples:
        raise Refusal(_("Add at least one example case, so that everybody can see what the formula does."))
    wrong = [str(example["name"]) for example in examples if not try_on(card, example).fits]
    if wrong:
        raise Refusal(_("These examples come out differently: %(names)s. Correct the formula or the example."), names=", ".join(wrong))


def held_draft(version: FormulaVersion) -> FormulaVersion:
    """The version as it is now, locked; refused where it is no draft any more."""
    rows = FormulaVersion.objects.select_for_update(of=("self",)).select_related("formula")
    found: FormulaVersion = rows.get(pk=version.pk)
    if found.state != State.DRAFT:
        raise Refusal(_("This version is in use or replaced, so it stays as it is. Start a new version."))
    return found


def _with_entry(draft: FormulaVersion, part: str, entry: dict[str, Any], replaces: str) -> FormulaVersion:
    if not any(str(text).strip() for text in dict(entry.get("names") or {}).values()):
        raise Invalid(WRONG, {"names": [_("Give it a name.")]})
    rows = list(draft.definition.get(part, []))
    if replaces:
        rows[_place(rows, replaces)] = entry
    else:
        rows.append(entry)
    return _changed(draft, **{part: rows})


def _changed(draft: FormulaVersion, **changes: Any) -> FormulaVersion:
    """Save the draft, unless the change brings a problem that was not there before. What is still missing may be added later."""
    names = names_of(draft)
    before = set(problems_of(draft.definition, names.unit, names.member, whole=False))
    definition = {**draft.definition, **changes}
    for problem in problems_of(definition, names.unit, names.member, whole=False):
        if problem not in before:
            raise Refusal(problem)
    draft.definition = definition
    draft.save()
    return draft


def _list(part: str) -> str:
    if part not in LISTS:
        raise Refusal(_("This is not there any more. Reload the page."))
    return part


def _place(rows: list[dict[str, Any]], code: str) -> int:
    for place, row in enumerate(rows):
        if code == (row["code"] if "code" in row else str(place)):
            return place
    raise Refusal(_("This is not there any more. Reload the page."))
