"""What this module shows on the pages of campaigns, stages, programmes, households and persons."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.access.models import User
from coremis.kernel.actions.models import Event
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table, small_table
from coremis.modules.programmes.models import GroupChange, Programme
from coremis.modules.registry.models import Household, Person
from coremis.modules.targeting.figures import HEADS, SEES, by_place, counts_of, list_address
from coremis.modules.targeting.kinds import KINDS
from coremis.modules.targeting.models import CURRENT, Appeal, Campaign, CampaignChange, Outcome, Quota, Stage, StageEntry, StageRun
from coremis.modules.targeting.queries import current_run_of, latest_entries
from coremis.modules.targeting.readiness import free_places_of
from coremis.modules.targeting.tables import AppealTable, CampaignTable
from coremis.modules.targeting.words import outcome_word, reason_words, run_word, source_word, stage_word, with_rule_names, words_of

LATEST = 20


def ladder(request: HttpRequest, campaign: Campaign) -> Shown:
    """The stages in their order: what each is set to, how far it is, how many came to which outcome, who and when."""
    runs = {run.stage_id: run for run in StageRun.objects.filter(stage__campaign=campaign, state__in=CURRENT)}
    before = set(StageRun.objects.filter(stage__campaign=campaign).values_list("stage_id", flat=True))
    events = Event.objects.in_bulk([run.created_event_id for run in runs.values()])
    people, user = actors_of(events), request.user
    found = counts_of(runs.values(), user)
    counts = {key: found.get(run.pk, {}) for key, run in runs.items()}
    shown = [(outcome, title) for outcome, title in HEADS if any(found.get(outcome.value) for found in counts.values())]
    heads = [
        (_("No."), "number"), (_("Stage"), ""), (_("Set to"), ""), (_("Status"), "status"), (_("On the list"), "number"),
        *((title, "number") for _outcome, title in shown), (_("Carried out"), ""),
    ]  # fmt: skip
    rows = []
    for stage in campaign.stages.order_by("position"):
        stage.campaign = campaign
        run = runs.get(stage.pk)
        said = KINDS[stage.kind].words(run.settings if run else stage.settings, campaign) if run or stage.settings else [_("not set yet")]
        page, word = reverse("targeting:stage_detail", args=[stage.pk]), stage_word(stage, stage.pk in before)
        figures = counted(run, counts.get(stage.pk, {}), [outcome for outcome, _title in shown])
        when = when_and_who(events.get(run.created_event_id), people) if run else ""
        rows.append([(stage.position, ""), (str(stage), page), (said[0], ""), (word, ""), *figures, (when, "")])
    return {"table": figure_table(heads, rows)}


def counted(run: StageRun | None, counts: Mapping[str, int], outcomes: Sequence[Outcome]) -> list[tuple[Any, str]]:
    """How many are on a list, and how many came to each outcome; each number that is not zero leads to its list."""
    if run is None or not counts:
        return [("", "")] * (len(outcomes) + 1)
    found = [(counts.get(outcome.value, 0), list_address(run, outcome=outcome.value)) for outcome in outcomes]
    return [(sum(counts.values()), list_address(run)), *((count, address) if count else ("", "") for count, address in found)]


def when_and_who(event: Event | None, people: Mapping[int, User]) -> str:
    """When something was ordered, and by whom."""
    if event is None:
        return ""
    person = people.get(event.actor_id or 0)
    return f"{text_of(event.recorded_at)}, {person or event.actor_name}"


def actors_of(events: Mapping[int, Event]) -> Mapping[int, User]:
    """The people behind these events."""
    return User.objects.in_bulk({event.actor_id for event in events.values() if event.actor_id})


def places(request: HttpRequest, campaign: Campaign) -> Shown:
    """The newest list by place."""
    run = current_run_of(campaign)
    return run_places(request, run) if run else None


def run_places(request: HttpRequest, run: StageRun) -> Shown:
    """A list by place; each number leads to its list."""
    table = by_place(run, request.user)
    return {"table": table, "text": _("Counted in your places.")} if table else None


def run_outcomes(request: HttpRequest, run: StageRun) -> Shown:
    """How many of each outcome."""
    if run.state in (StageRun.State.PREPARING, StageRun.State.STOPPED):
        return None
    counts = counts_of([run], request.user).get(run.pk, {})
    facts = [
        Fact(outcome.label.capitalize(), counts.get(outcome.value, 0), list_address(run, outcome=outcome.value))
        for outcome, _title in HEADS
    ]
    everybody = Fact(_("On the list"), sum(counts.values()), list_address(run))
    return {"facts": [fact.ready() for fact in [everybody, *facts]], "text": _("Counted in your places.")}


def quotas(request: HttpRequest, run: StageRun) -> Shown:
    """The quotas a list was divided by."""
    user: Any = request.user
    rows = Quota.objects.visible_to(user, "targeting.view_quota").filter(run=run.pk).select_related("area").order_by("area__full_path")
    return {"table": quota_table(rows[: LATEST * 10])} if rows.exists() else None


def planned(request: HttpRequest, stage: Stage) -> Shown:
    """The quotas for the next time."""
    user: Any = request.user
    rows = Quota.objects.visible_to(user, "targeting.view_quota").filter(stage=stage.pk, run=None, places__gt=0)
    total = sum(rows.values_list("places", flat=True))
    if not total:
        return None
    shown = rows.select_related("area").order_by("area__full_path")[: LATEST * 10]
    return {"text": _("%(total)s places in all.") % {"total": text_of(total)}, "table": quota_table(shown)}


def quota_table(rows: Any) -> dict[str, Any]:
    """Places, waiting places, and where they come from."""
    heads = [(_("Place"), ""), (_("Number of places"), "number"), (_("On the waiting list"), "number"), (_("Where it comes from"), "")]
    no_limit = _("no limit")
    return figure_table(
        heads,
        [
            [
                (row.area.name, ""),
                (row.places, ""),
                (no_limit if row.waiting_places is None else row.waiting_places, ""),
                (source_word(row.source), ""),
            ]
            for row in rows
        ],
    )


def runs(request: HttpRequest, stage: Stage) -> Shown:
    """Every time a stage was carried out, the latest first; the former ones stay readable."""
    found = list(StageRun.objects.filter(stage=stage).select_related("stage__campaign__programme").order_by("-attempt")[:LATEST])
    if not found:
        return {"text": _("Not carried out yet.")}
    events, counts = Event.objects.in_bulk([run.created_event_id for run in found]), counts_of(found, request.user)
    people = actors_of(events)
    heads = [
        (_("Time"), "number"),
        (_("Status"), "status"),
        (_("On the list"), "number"),
        (_("Selected"), "number"),
        (_("Carried out"), ""),
        (_("Set to"), ""),
    ]
    said = {json.dumps(run.settings, sort_keys=True): run for run in found}
    words = {settings: words_of(run) for settings, run in said.items()}
    rows = [
        [
            (run.attempt, reverse("targeting:run_detail", args=[run.pk])), (run_word(run), ""),
            *[(number, "") for number in listed_and_selected(counts.get(run.pk, {}))],
            (when_and_who(events.get(run.created_event_id), people), ""), (words[json.dumps(run.settings, sort_keys=True)], ""),
        ]
        for run in found
    ]  # fmt: skip
    return {"table": figure_table(heads, rows)}


def listed_and_selected(counts: Mapping[str, int]) -> tuple[int, int]:
    """How many are on a list, and how many of them are selected."""
    return sum(counts.values()), counts.get(Outcome.SELECTED.value, 0)


def changes(request: HttpRequest, campaign: Campaign) -> Shown:
    """What the campaign changed among the beneficiaries; each can be undone from its page."""
    user: Any = request.user
    seen = GroupChange.objects.visible_to(user, "programmes.view_groupchange")
    rows = CampaignChange.objects.filter(campaign=campaign, group__in=seen.values("pk")).select_related("group").order_by("-pk")[:LATEST]
    heads = [(_("What"), ""), (_("Beneficiaries"), "number"), (_("Status"), ""), (_("Note"), "")]
    ready = [
        [
            (row.get_what_display(), reverse("programmes:group_change_detail", args=[row.group_id])), (row.group.count, ""),
            (row.group.get_state_display(), ""), (row.group.note, ""),
        ]
        for row in rows
    ]  # fmt: skip
    return {"table": figure_table(heads, ready)} if ready else None


def free(request: HttpRequest, campaign: Campaign) -> Shown:
    """Places that became free, with the one step that fills them."""
    run = current_run_of(campaign)
    if run is None or campaign.state not in (Campaign.State.APPROVED, Campaign.State.CLOSED):
        return None
    user: Any = request.user
    mine = Quota.objects.visible_to(user, "targeting.view_quota").values("pk")
    rows: list[Any] = list(free_places_of(run, campaign.area_ids).filter(pk__in=mine).order_by("area__full_path")[:LATEST])
    if not rows:
        return {"text": _("No place is free.")}
    may = user.has_perm("targeting.fill_places")
    fill = reverse("targeting:fill_places", args=[campaign.pk])
    heads = [(_("Place"), ""), (_("Number of places"), "number"), (_("Free"), "number"), ("", "")]
    ready = [
        [
            (row.area.name, ""),
            (row.places, ""),
            (row.free, ""),
            (_("Fill from the waiting list") if may else "", f"{fill}?area={row.area_id}" if may else ""),
        ]
        for row in rows
    ]
    return {"table": figure_table(heads, ready)}


def of_programme(request: HttpRequest, programme: Programme) -> Shown:
    """The campaigns of a programme, the latest first."""
    rows = CampaignTable.visible(request.user).filter(programme=programme).order_by("-day", "-pk")[:LATEST]
    table = small_table(CampaignTable, list(rows), request.user, omit=["programme"])
    return {"table": table} if table["rows"] else None


def of_household(request: HttpRequest, household: Household) -> Shown:
    """What every campaign decided about a household."""
    return _outcomes(request, Q(household=household))


def of_person(request: HttpRequest, person: Person) -> Shown:
    """What every campaign decided about a person."""
    return _outcomes(request, Q(person=person))


def _outcomes(request: HttpRequest, about: Q) -> Shown:
    user: Any = request.user
    appealed = Appeal.objects.filter(entry=OuterRef("pk"), state=Appeal.State.OPEN)
    rows = latest_entries().visible_to(user, SEES).filter(about).annotate(appealed=Exists(appealed))
    shown = with_rule_names(rows.select_related("run__stage__campaign__programme", "household", "person"))
    entries = list(shown.order_by("-run__stage__campaign__day", "-pk")[:LATEST])
    if not entries:
        return {"text": _("On the list of no campaign yet.")}
    heads = [
        (_("Targeting campaign"), ""), (_("Programme"), ""), (_("Reference date"), "date"), (_("Outcome"), "status"), (_("Reason"), ""),
        (_("Rank"), "number"), (_("Why"), ""),
    ]  # fmt: skip
    ready = []
    for entry in entries:
        campaign = entry.run.stage.campaign
        reason = _("an appeal is open") if entry.appealed else reason_words(entry)
        page = (_("See how it came about"), reverse("targeting:entry_detail", args=[entry.pk]))
        ready.append([
            (str(campaign), ""), (str(campaign.programme), ""), (campaign.day, ""), (outcome_word(entry), ""), (reason, ""),
            (entry.rank, ""), page,
        ])  # fmt: skip
    return {"table": figure_table(heads, ready)}


def appeals(request: HttpRequest, entry: StageEntry) -> Shown:
    """The appeals about the same household or person in this campaign."""
    about = Q(entry__household=entry.household_id) if entry.household_id else Q(entry__person=entry.person_id)
    rows = AppealTable.visible(request.user).filter(about, entry__run__stage__campaign=entry.run.stage.campaign_id).order_by("-pk")
    table = small_table(AppealTable, list(rows[:LATEST]), request.user, omit=["who", "area", "campaign"])
    return {"table": table} if table["rows"] else None


def way(request: HttpRequest, entry: StageEntry) -> Shown:
    """What each stage decided about the same household or person."""
    mine = {"household": entry.household_id, "person": entry.person_id}
    rows = StageEntry.objects.filter(run__stage__campaign=entry.run.stage.campaign_id, run__state__in=CURRENT, **mine)
    found = with_rule_names(rows.select_related("run__stage")).order_by("run__stage__position")
    heads = [(_("Stage"), ""), (_("Outcome"), "status"), (_("Reason"), ""), (_("Rank"), "number")]
    ready = [
        [
            (str(row.run.stage), reverse("targeting:run_detail", args=[row.run_id])),
            (outcome_word(row), ""),
            (reason_words(row), ""),
            (row.rank, ""),
        ]
        for row in found
    ]
    return {"table": figure_table(heads, ready)}


TITLE = gettext_lazy("Targeting")
