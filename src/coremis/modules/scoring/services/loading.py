"""Formulas that come as a file."""

from types import NoneType
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid
from coremis.modules.scoring.loading import Reading
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.services.drafts import WRONG, new_draft
from coremis.modules.scoring.transfer import WHOLE, definition_in, is_whole, is_written_well

MOST_ENTRIES, LONGEST_CODE = 50, 40
SHAPES = {"strata": (dict, list, NoneType), "items": (dict, NoneType), "cutoff": (dict, NoneType), "golden": (list, NoneType)}
State = FormulaVersion.State


@action(_("Load formulas from a file"))
def load_formulas(*, entries: list[dict[str, Any]], actor: Actor) -> list[FormulaVersion]:
    """Make a draft out of each formula; known codes get a new version. What was not understood of a published one is said on its page;
    one that was taken home from an installation like this comes as it was.
    """
    problems = [problem for number, entry in enumerate(entries[:MOST_ENTRIES], 1) for problem in _problems(entry, number)]
    if len(entries) > MOST_ENTRIES:
        problems.append(_("A file holds at most %(most)s formulas.") % {"most": MOST_ENTRIES})
    if problems:
        raise Invalid(WRONG, {"file": problems})
    return [_loaded(entry) for entry in entries]


def _problems(entry: dict[str, Any], number: int) -> list[Any]:
    code = str(entry.get("code") or "")
    plain = code.replace("-", "").replace("_", "")
    if not plain.isalnum() or not plain.isascii() or len(code) > LONGEST_CODE:
        return [_("Formula %(number)s of the file has no code of letters, figures and - that can be used.") % {"number": number}]
    wrong = [name for name, kinds in SHAPES.items() if not isinstance(entry.get(name), kinds)]
    if is_whole(entry):
        wrong = [] if is_written_well(entry) else [WHOLE]
    if wrong:
        return [_("Formula %(number)s of the file: “%(name)s” is not written as it should be.") % {"number": number, "name": wrong[0]}]
    if FormulaVersion.objects.filter(formula__code=code, state=State.DRAFT).exists():
        return [_("The formula “%(code)s” has a draft already. Put it into use, or take it out of the file.") % {"code": code}]
    return []


def _loaded(entry: dict[str, Any]) -> FormulaVersion:
    code = str(entry["code"])
    formula = ScoreFormula.objects.filter(code=code).first()
    if formula is None:
        names = entry["names"] if is_whole(entry) else {"en": code}
        formula = ScoreFormula(code=code, names=names, source=str(entry.get("source") or "")[:2000])
        formula.save()
    return new_draft(formula, definition_in(entry) if is_whole(entry) else Reading(entry).definition())
