"""Formulas that come as a file."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid
from coremis.modules.scoring.loading import Reading
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.services.drafts import WRONG, new_draft

MOST_ENTRIES, LONGEST_CODE = 50, 40
State = FormulaVersion.State


@action(_("Load formulas from a file"))
def load_formulas(*, entries: list[dict[str, Any]], actor: Actor) -> list[FormulaVersion]:
    """Make a draft out of each published formula; known codes get a new version. What was not understood is said on its page."""
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
    if FormulaVersion.objects.filter(formula__code=code, state=State.DRAFT).exists():
        return [_("The formula “%(code)s” has a draft already. Put it into use, or take it out of the file.") % {"code": code}]
    return []


def _loaded(entry: dict[str, Any]) -> FormulaVersion:
    code = str(entry["code"])
    formula = ScoreFormula.objects.filter(code=code).first()
    if formula is None:
        formula = ScoreFormula(code=code, names={"en": code}, source=str(entry.get("source") or "")[:2000])
        formula.save()
    return new_draft(formula, Reading(entry).definition())
