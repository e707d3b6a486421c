"""Score: a formula gives everybody who is still in a score; who cannot be scored could not be assessed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, F, FilteredRelation, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Left, NullIf
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import Programme
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.services import score_households
from coremis.modules.targeting.kinds.stagework import Settings, StageWork, decided, only_known, pass_on, read_before, still_in, text, wrong
from coremis.modules.targeting.models import Campaign, Outcome, StageRun

SOURCE = "targeting.stage"  # the household source under which a stage's list is scored
NO_SCORE, CATEGORY, CUT_OFF = "no_score", "category", "cut_off"


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``formula``: its id; ``categories``: the codes that are eligible, none for all; ``cut_off``: the last eligible score."""
    found = {"formula": None, "categories": [], "cut_off": None, **only_known(settings, "formula", "categories", "cut_off")}
    if campaign.programme.unit != Programme.Unit.HOUSEHOLD:
        raise wrong(formula=_("Formulas score households. Choose persons by categories."))
    if not ScoreFormula.objects.filter(pk=found["formula"]).exists():
        raise wrong(formula=_("Choose a formula."))
    if not isinstance(found["categories"], list) or not all(isinstance(code, str) for code in found["categories"]):
        raise wrong(categories=_("Choose among the categories of the formula."))
    check_categories(found["categories"], version_in_use(found["formula"]))
    cut_off = found["cut_off"]
    if cut_off is not None and (isinstance(cut_off, bool) or not isinstance(cut_off, int | float)):
        raise wrong(cut_off=_("Enter a number, or leave it empty."))
    return found


def check_categories(codes: Sequence[str], version: FormulaVersion | None) -> None:
    """Refuse codes that no household can come to by the version in use: everybody would be told to be not eligible."""
    known = [str(one.get("code")) for one in version.definition.get("categories", [])] if version else []
    unknown = [code for code in codes if code not in known]
    if version is not None and unknown:
        sentence = _("“%(code)s” is no category of this formula. It has: %(known)s.")
        raise wrong(categories=sentence % {"code": unknown[0][:40], "known": ", ".join(known) or "–"})


def version_in_use(formula_id: int) -> FormulaVersion | None:
    """The version of a formula that counts now."""
    return FormulaVersion.objects.filter(formula=formula_id, state=FormulaVersion.State.ACTIVE).first()


def freeze(run: StageRun, actor: Any) -> None:
    """Order the scores of everybody who is still in, by the version in use, as of the campaign's day."""
    version = version_in_use(run.settings["formula"])
    if version is None:
        raise wrong(formula=_("No version of this formula is in use. Activate one first."))
    if not read_before(run).filter(still_in()).exists():
        raise wrong(formula=_("Everybody on the list is decided on already. Move this stage before those that decide, or leave it out."))
    campaign = run.stage.campaign
    run.settings = {**run.settings, "version": version.pk, "lower_first": version.lower_is_poorer}
    run.score_run = score_households(
        version=version, areas=list(Area.objects.filter(pk__in=campaign.area_ids)), day=campaign.reference_day, only=SOURCE,
        only_id=run.source_id, actor=actor,
    )  # fmt: skip


def with_score(run: StageRun) -> Any:
    """Join the household's score of this run."""
    mine = FilteredRelation("household__scores", condition=Q(household__scores__run=run.score_run_id))
    return lambda rows: rows.annotate(mine=mine)


def chunk(work: Work, run: StageRun) -> bool:
    """Take over score and category; name the first variable that was missing."""
    first = Left(Cast(KeyTextTransform("0", "mine__missing"), TextField()), 60)
    missing = Coalesce(NullIf(first, Value("")), Value(NO_SCORE), output_field=CharField())
    unscored, cases = Q(mine__value=None), [When(mine__value=None, then=missing)]
    left_out = [When(unscored, then=text(Outcome.NOT_ASSESSED.value))]
    if run.settings["categories"]:
        other = ~Q(mine__category__in=run.settings["categories"])
        left_out.append(When(other, then=text(Outcome.NOT_ELIGIBLE.value)))
        cases.append(When(other, then=text(CATEGORY)))
    if (cut_off := run.settings["cut_off"]) is not None:
        beyond = Q(mine__value__gt=cut_off) if run.settings["lower_first"] else Q(mine__value__lt=cut_off)
        left_out.append(When(beyond, then=text(Outcome.NOT_ELIGIBLE.value)))
        cases.append(When(beyond, then=text(CUT_OFF)))
    values = {
        "outcome": decided(left_out, "outcome"), "reason": decided(cases, "reason"),
        "score": Case(When(still_in(), then=F("mine__pk")), default=F("score")),
        "value": Case(When(still_in(), then=F("mine__value")), default=F("value")),
        "category": Case(When(still_in(), then=Coalesce(F("mine__category"), Value(""))), default=F("category")),
    }  # fmt: skip
    return pass_on(work, run, values, with_score(run))


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    version = FormulaVersion.objects.filter(pk=settings.get("version") or 0).select_related("formula").first()
    formula = ScoreFormula.objects.filter(pk=settings.get("formula") or 0).first()
    parts = [str(version or formula or "–")]
    if settings.get("categories"):
        parts.append(gettext("eligible: %(categories)s") % {"categories": ", ".join(settings["categories"])})
    if settings.get("cut_off") is not None:
        parts.append(gettext("cut-off %(score)s") % {"score": number_format(settings["cut_off"])})
    return parts


WORK = StageWork(check=check, freeze=freeze, chunk=chunk, words=said)
