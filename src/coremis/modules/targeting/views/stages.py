"""The pages of stages and of what each decided."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Event
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.registry.models import Household
from coremis.modules.targeting import forms, previews, services, tables
from coremis.modules.targeting.kinds import KINDS
from coremis.modules.targeting.kinds.enumeration import collection_goal
from coremis.modules.targeting.kinds.shares import came_in_by, name_of
from coremis.modules.targeting.models import Kind, Outcome, Stage, StageEntry, StageRun
from coremis.modules.targeting.panels import actors_of, when_and_who
from coremis.modules.targeting.queries import quotas_of
from coremis.modules.targeting.views.addresses import entry_url, of_stage, run_url, stage_url
from coremis.modules.targeting.views.campaigns import progress
from coremis.modules.targeting.words import category_name, outcome_word, reason_words, run_word, stage_word, with_rule_names, words_of

State = Stage.State
WITH_ENTRY = ("household", "person", "area", "run__stage__campaign__programme", "score__run__formula_version__formula")


def can_change(stage: Stage) -> bool:
    """Whether the stage may be set, moved or left out."""
    return stage.campaign.is_open and not stage.runs.filter(state=StageRun.State.PREPARING).exists()


def settings_words(value: Any, stage: Stage) -> dict[str, str]:
    """What a stage was set to, in words."""
    return {gettext("Set to"): " · ".join(KINDS[stage.kind].words(value, stage.campaign)) if value else gettext("not set yet")}


def stage_facts(request: HttpRequest, stage: Stage) -> list[Fact]:
    """What a stage is set to."""
    campaign = stage.campaign
    said = KINDS[stage.kind].words(stage.settings, campaign) if stage.settings else [_("not set yet")]
    goal = collection_goal(campaign) if stage.kind == Kind.ENUMERATION else 0
    return [
        *([Fact(_("To be interviewed, by quotas and multiplier"), goal)] if goal else []),
        Fact(_("Targeting campaign"), str(campaign), of_stage(stage)), Fact(_("Order"), stage.position),
        Fact(_("Stage"), stage.get_kind_display()), *[Fact(_("Set to") if not place else "", words) for place, words in enumerate(said)],
    ]  # fmt: skip


def stage_attention(request: HttpRequest, stage: Stage) -> list[Attention]:
    """Work under way, or what the stage waits for."""
    run = stage.runs.filter(state=StageRun.State.PREPARING).select_related("stage").first()
    if run is not None:
        return [progress(run)]
    last = stage.runs.order_by("-attempt").first()
    if last is not None and last.state == StageRun.State.STOPPED:
        return [Attention("warn", _("The last time was stopped before its end. What it made was taken away."))]
    opened = stage.runs.filter(state=StageRun.State.OPEN).first()
    return [Attention("info", _("The list is open."), run_url(opened), _("Open the list"))] if opened else []


def carried_out(stage: Stage) -> bool:
    """Whether it was carried out at least once."""
    return stage.runs.exclude(state__in=[StageRun.State.PREPARING, StageRun.State.STOPPED]).exists()


stage_detail = DetailScreen(
    Stage,
    permission="targeting.view_campaign",
    title=str,
    subtitle=lambda stage: f"{stage.campaign} · {stage.campaign.programme}",
    status=lambda stage: stage_word(stage, carried_out(stage)),
    facts=stage_facts,
    attention=stage_attention,
    timeline=Timeline(pieces={"settings": settings_words}),
    actions=[
        ActionLink(
            _("Carry out"), "targeting:run_stage", "targeting.run_stage", tone="primary",
            show=lambda stage: can_change(stage) and stage.state != State.SKIPPED,
        ),
        ActionLink(_("Settings"), "targeting:set_stage", "targeting.set_stage", show=can_change),
        ActionLink(
            _("Quotas"), "targeting:set_quotas", "targeting.set_quotas", show=lambda stage: stage.kind == Kind.QUOTA and can_change(stage)
        ),
        ActionLink(
            _("Categories"), "targeting:set_shares", "targeting.set_stage",
            show=lambda stage: stage.kind == Kind.QUOTA and can_change(stage) and not stage.settings.get("everybody"),
        ),
        ActionLink(
            _("Compute quotas"), "targeting:compute_quotas", "targeting.compute_quotas",
            show=lambda stage: stage.kind == Kind.QUOTA and can_change(stage),
        ),
        ActionLink(
            _("Move unused places"), "targeting:reallocate_quotas", "targeting.reallocate_quotas",
            show=lambda stage: stage.kind == Kind.QUOTA and stage.state == State.DONE and can_change(stage),
        ),
        ActionLink(
            _("Earlier"), "targeting:move_stage_earlier", "targeting.move_stage",
            show=lambda stage: can_change(stage) and stage.kind != Kind.LISTING and stage.position > 2,
        ),
        ActionLink(
            _("Later"), "targeting:move_stage_later", "targeting.move_stage",
            show=lambda stage: can_change(stage) and stage.kind != Kind.LISTING,
        ),
        ActionLink(
            _("Leave out"), "targeting:skip_stage", "targeting.skip_stage",
            show=lambda stage: can_change(stage) and stage.kind != Kind.LISTING and stage.state != State.SKIPPED,
        ),
        ActionLink(
            _("Take in again"), "targeting:bring_back_stage", "targeting.bring_back_stage",
            show=lambda stage: can_change(stage) and stage.state == State.SKIPPED,
        ),
    ],
    prepare=lambda rows: rows.select_related("campaign__programme", "campaign__area"),
)  # fmt: skip

set_stage = ActionScreen(
    services.set_stage, form=forms.StageForm, target=(Stage, "pk"), done=stage_url, back=stage_url,
    title=lambda stage: gettext("Settings: %(stage)s") % {"stage": stage}, button=_("Keep the settings"),
    initial=lambda request, stage: forms.initial_of(stage),
    inputs=lambda cleaned, stage: {"stage": stage, "settings": forms.settings_from(stage, cleaned), "names": cleaned["names"]},
)  # fmt: skip
set_shares = ActionScreen(
    services.set_stage, form=forms.SharesForm, target=(Stage, "pk"), done=stage_url, back=stage_url,
    title=lambda stage: gettext("Quotas by category: %(stage)s") % {"stage": stage}, button=_("Keep the categories"),
    lead=_("Each category has its own places; the others go by rank. Whoever fits several comes in by the first."),
    initial=lambda request, stage: forms.initial_shares(stage),
    inputs=lambda cleaned, stage: {"stage": stage, "settings": cleaned["settings"]},
)  # fmt: skip
run_stage = ActionScreen(
    services.run_stage, form=forms.NoteForm, target=(Stage, "pk"), preview=previews.carrying_out, done=run_url, back=stage_url,
    title=lambda stage: gettext("Carry out: %(stage)s") % {"stage": stage},
)  # fmt: skip
skip_stage = ActionScreen(services.skip_stage, form=forms.NoteForm, target=(Stage, "pk"), done=of_stage, back=stage_url)
bring_back_stage = ActionScreen(services.bring_back_stage, target=(Stage, "pk"), done=stage_url, back=stage_url)


def moving(earlier: bool) -> ActionScreen:
    """A stage changes places with the one before or after it."""
    return ActionScreen(
        services.move_stage, target=(Stage, "pk"), done=of_stage, back=stage_url,
        title=_("Move the stage earlier") if earlier else _("Move the stage later"),
        inputs=lambda cleaned, stage: {"stage": stage, "earlier": earlier},
        lead=_("It changes places with its neighbour. Both, and all stages after them, are to be done again."),
    )  # fmt: skip


move_stage_earlier, move_stage_later = moving(True), moving(False)


def run_facts(request: HttpRequest, run: StageRun) -> list[Fact]:
    """Which stage, when, by whom, from which list, with what."""
    event = Event.objects.filter(pk=run.created_event_id).first()
    return [
        Fact(_("Targeting campaign"), str(run.stage.campaign), of_stage(run.stage)), Fact(_("Stage"), str(run.stage), stage_url(run.stage)),
        Fact(_("Carried out"), when_and_who(event, actors_of({event.pk: event} if event else {}))),
        Fact(_("List before"), str(run.source) if run.source else None, run_url(run.source) if run.source else ""),
        Fact(_("Set to"), words_of(run)), Fact(_("Reference date"), run.stage.campaign.day), Fact(_("Note"), run.note),
        Fact(_("Ended on"), run.ended_on),
    ]  # fmt: skip


def run_attention(request: HttpRequest, run: StageRun) -> list[Attention]:
    """Work under way, or that another list counts by now."""
    if run.state == StageRun.State.PREPARING:
        return [progress(run)]
    if run.state == StageRun.State.REPLACED:
        return [Attention("warn", _("This list counts no longer: the stage, or one before it, was changed or carried out again."))]
    return []


def is_open_run(kind: str) -> Any:
    """Whether a list of this kind is open."""
    return lambda run: run.stage.kind == kind and run.state == StageRun.State.OPEN


run_detail = DetailScreen(
    StageRun,
    permission="targeting.view_campaign",
    title=str,
    subtitle=lambda run: gettext("%(campaign)s · time %(attempt)s") % {"campaign": run.stage.campaign, "attempt": run.attempt},
    status=run_word,
    facts=run_facts,
    attention=run_attention,
    timeline=Timeline(hidden=frozenset({"settings"})),
    actions=[
        ActionLink(
            _("Open the list"), "targeting:entry_list", "targeting.view_stageentry", tone="primary",
            show=lambda run: run.state not in (StageRun.State.PREPARING, StageRun.State.STOPPED),
        ),
        ActionLink(
            _("Propose somebody"), "targeting:propose_addition", "targeting.propose_addition", show=is_open_run(Kind.VALIDATION)
        ),
        ActionLink(
            _("Close the community validation"), "targeting:close_validation", "targeting.close_validation",
            show=is_open_run(Kind.VALIDATION),
        ),
        ActionLink(_("Close the appeal window"), "targeting:close_appeals", "targeting.close_appeals", show=is_open_run(Kind.APPEALS)),
    ],
    prepare=lambda rows: rows.select_related("stage__campaign__programme", "source__stage"),
)  # fmt: skip
propose_addition = ActionScreen(
    services.propose_addition, form=forms.ProposeForm, target=(StageRun, "pk"), done=entry_url, back=run_url,
    lead=_("Somebody whom the list forgot. They are assessed, and never selected straight away."),
    inputs=lambda cleaned, run: {
        "run": run, "note": cleaned["note"], "household" if isinstance(cleaned["number"], Household) else "person": cleaned["number"],
    },
)  # fmt: skip
close_validation = ActionScreen(services.close_validation, form=forms.NoteForm, target=(StageRun, "pk"), done=run_url, back=run_url)
close_appeals = ActionScreen(services.close_appeals, form=forms.NoteForm, target=(StageRun, "pk"), done=run_url, back=run_url)

entry_list = ListScreen(
    tables.EntryTable,
    title=lambda run: f"{run.stage} · {run.stage.campaign}",
    owner=Owner(StageRun, "targeting.view_campaign", "run", prepare=lambda rows: rows.select_related("stage__campaign")),
    empty=EmptyState(_("Nobody is on this list"), _("The stage lists nobody in your places.")),
)


def entry_facts(request: HttpRequest, entry: StageEntry) -> list[Fact]:
    """Who, where, the outcome and what it rests on."""
    kind = "household" if entry.household_id else "person"
    sees = request.user.has_perm(f"registry.view_{kind}")
    label = _("Household") if entry.household_id else _("Person")
    page = reverse(f"registry:{kind}", kwargs={"pk": entry.who.pk}) if sees else ""
    run = entry.run
    return [
        Fact(label, str(entry.who), page), Fact(_("Place"), entry.area.name),
        Fact(_("Targeting campaign"), str(run.stage.campaign), of_stage(run.stage)), Fact(_("Stage"), str(run.stage), run_url(run)),
        Fact(_("Reason"), reason_words(entry)), Fact(_("Score"), tables.score_of(entry)), Fact(_("Category"), category_name(entry)),
        Fact(_("Rank"), entry.rank), *_came_in(entry), Fact(_("Waits until"), entry.waits_until), Fact(_("Note"), entry.note),
    ]  # fmt: skip


def _came_in(entry: StageEntry) -> list[Fact]:
    """By which category of the quota stage, where it has categories; and which of them fit."""
    quota = quotas_of(entry.run).select_related("run").first()
    run = quota.run if quota else None
    if run is None or not run.settings.get("shares"):
        return []
    fitting = ", ".join(name_of(run.settings, share["code"]) for share in run.settings["shares"] if entry.fits.get(share["code"]))
    by = came_in_by(run, entry.came_by) if entry.outcome == Outcome.SELECTED else ""
    return [*([Fact(_("Came in by"), by)] if by else []), Fact(_("Fits the categories"), fitting or _("none"))]


entry_detail = DetailScreen(
    StageEntry,
    permission="targeting.view_stageentry",
    title=tables.name_of,
    subtitle=lambda entry: f"{entry.run.stage} · {entry.run.stage.campaign}",
    status=outcome_word,
    facts=entry_facts,
    actions=[
        ActionLink(
            _("Record what the community said"), "targeting:record_verdict", "targeting.record_verdict",
            show=lambda entry: entry.run.stage.kind == Kind.VALIDATION and entry.run.state == StageRun.State.OPEN,
        ),
        ActionLink(
            _("Receive an appeal"), "targeting:open_appeal", "targeting.open_appeal",
            show=lambda entry: entry.run.state in (StageRun.State.OPEN, StageRun.State.DONE),
        ),
    ],
    prepare=lambda rows: with_rule_names(rows.select_related(*WITH_ENTRY)),
)  # fmt: skip
record_verdict = ActionScreen(
    services.record_verdict, form=forms.VerdictForm, target=(StageEntry, "pk"), done=entry_url, back=entry_url,
    initial=lambda request, entry: {"verdict": entry.verdict, "note": entry.note},
)  # fmt: skip
