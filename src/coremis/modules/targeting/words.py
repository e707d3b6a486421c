"""Outcomes, reasons and stages as people read them."""

from typing import Any

from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.text import label
from coremis.kernel.screens.columns import Status as Word
from coremis.modules.registry.queries import variable_name
from coremis.modules.scoring.queries import category_names
from coremis.modules.targeting.kinds import KINDS, enumeration, quota, scoring
from coremis.modules.targeting.models import (
    ADDITION,
    APPEAL,
    BEYOND_BY_APPEAL,
    MOVED_UP,
    PLACE_BY_APPEAL,
    Appeal,
    Campaign,
    Kind,
    Outcome,
    Rejection,
    Stage,
    StageEntry,
    StageRun,
    Verdict,
)

# Where planned places come from; any other text was given by whoever set them.
QUOTA_SOURCES = {
    "TYPED": _("typed"), "FILE": _("from a file"), "COMPUTED": _("computed from poverty rate and households"),
    "MOVED": _("unused places moved"),
}  # fmt: skip
OUTCOME_TONES = {
    Outcome.IN: "info", Outcome.SELECTED: "good", Outcome.WAITING: "wait", Outcome.NOT_SELECTED: "off", Outcome.NOT_ELIGIBLE: "stop",
    Outcome.NOT_ASSESSED: "stop",
}  # fmt: skip
CAMPAIGN_TONES = {"DRAFT": "off", "RUNNING": "wait", "APPROVED": "good", "CLOSED": "info", "ABANDONED": "stop"}
STAGE_TONES = {"WAITING": "off", "RUNNING": "wait", "DONE": "good", "SKIPPED": "off"}
RUN_TONES = {"PREPARING": "wait", "OPEN": "wait", "DONE": "good", "STOPPED": "stop", "REPLACED": "off"}
VERDICT_TONES = {Verdict.CONFIRMED: "good", Verdict.REJECTED: "stop", Verdict.ADDITION: "info"}
APPEAL_TONES = {Appeal.State.OPEN: "wait", Appeal.State.UPHELD: "good", Appeal.State.DISMISSED: "off"}
REASONS: dict[str, Any] = {
    enumeration.NOT_INTERVIEWED: _("not interviewed"),
    enumeration.NO_CONSENT: _("no consent"),
    scoring.NO_SCORE: _("no score could be computed"),
    scoring.CATEGORY: _("the score belongs to another category"),
    scoring.CUT_OFF: _("the score is beyond the cut-off"),
    quota.NO_QUOTA: _("the place has no quota"),
    quota.BEYOND: _("beyond the quota"),
    ADDITION: _("proposed in addition: to be assessed"),
    MOVED_UP: _("moved up from the waiting list"),
    APPEAL: _("to be assessed again after an appeal"),
    PLACE_BY_APPEAL: _("a free place after an appeal"),
    BEYOND_BY_APPEAL: _("a place beyond the quota after an appeal"),
    **{one.value: one.label for one in Rejection},
}


def outcome_word(entry: StageEntry) -> Word:
    """The outcome with its colour."""
    return Word(OUTCOME_TONES[Outcome(entry.outcome)], entry.get_outcome_display())


def campaign_word(campaign: Campaign) -> Word:
    """How far a campaign is."""
    return Word(CAMPAIGN_TONES[campaign.state], campaign.get_state_display())


def run_word(run: StageRun) -> Word:
    """How far a stage carried out is."""
    return Word(RUN_TONES[run.state], run.get_state_display())


def stage_word(stage: Stage, carried_out: bool) -> Word:
    """How far a stage is; one that was carried out before and is to be done says so."""
    if stage.state == Stage.State.WAITING and carried_out:
        return Word("stop", _("to be done again"))
    return Word(STAGE_TONES[stage.state], stage.get_state_display())


def with_rule_names(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Entries with ``rule_names``: the names of the category stage whose code is their reason."""
    rules = Stage.objects.filter(campaign=OuterRef("run__stage__campaign"), kind=Kind.CATEGORICAL)
    named = rules.annotate(code=KT("settings__code")).filter(code=OuterRef("reason")).values("names")[:1]
    named_rows: QuerySet[Any] = rows.annotate(rule_names=Subquery(named, output_field=JSONField()))
    return named_rows


def reason_words(entry: StageEntry) -> str:
    """Why an entry has its outcome: the rule by its name, the variable by its name, or the sentence of a fixed reason."""
    if not entry.reason:
        return ""
    names = getattr(entry, "rule_names", None)
    if names:
        return label(names, get_language() or "en")
    if entry.reason in REASONS:
        return str(REASONS[entry.reason])
    if entry.outcome == Outcome.NOT_ASSESSED:
        return gettext("%(variable)s is not known") % {"variable": variable_name(entry.reason)}
    return entry.reason


def category_name(entry: StageEntry) -> str:
    """The category of the score by the name that its formula gives it; the code where the formula is not known."""
    if not entry.category or entry.score is None:
        return entry.category
    return category_names(entry.score.run.formula_version).get(entry.category, entry.category)


def source_word(source: str) -> str:
    """Where planned places come from, in the reader's language."""
    return str(QUOTA_SOURCES.get(source, source))


def words_of(run: StageRun) -> str:
    """What a stage was set to when it was carried out, in the reader's language."""
    return " · ".join(KINDS[run.stage.kind].words(run.settings, run.stage.campaign))
