"""What the actions of a campaign will do, said before they are done: for who asks and for those who decide."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.kernel.screens.tables import figure_table
from coremis.modules.programmes.models import Enrolment, Programme, Status
from coremis.modules.programmes.queries import free_places
from coremis.modules.targeting.budget import budget_of
from coremis.modules.targeting.budget import facts as budget_facts
from coremis.modules.targeting.figures import by_place, former_result
from coremis.modules.targeting.kinds import KINDS
from coremis.modules.targeting.kinds.quota import RANKED, planned
from coremis.modules.targeting.kinds.shares import came_in_by
from coremis.modules.targeting.models import Appeal, Campaign, Kind, Outcome, Stage, StageEntry, StageRun
from coremis.modules.targeting.queries import quotas_of, was_validated
from coremis.modules.targeting.readiness import Obstacle, already_in, free_places_of, in_line, next_ones, obstacles, takeable
from coremis.modules.targeting.services.enrolment import check_areas
from coremis.modules.targeting.services.order import current_run
from coremis.modules.targeting.services.places import check_remedy, standing
from coremis.modules.targeting.services.quotas import computed
from coremis.modules.targeting.services.reallocation import moved
from coremis.modules.targeting.services.results import check_result
from coremis.modules.targeting.services.reviews import proposed_exits

Inputs = dict[str, Any]
SHOWN = 20  # those named one by one


def result(inputs: Inputs, actor: Any) -> Preview:
    """Taking a result over: how many of each outcome, where, against the last campaign, and who is left out."""
    campaign: Campaign = inputs["campaign"]
    try:
        run = check_result(campaign)
    except Refusal as problem:
        return Preview(problem=str(problem))
    entries = f"{reverse('targeting:entry_list', args=[run.pk])}?outcome="
    counts = [(outcome, getattr(run, column)) for outcome, column in OUTCOMES]
    facts: list[Any] = [(_("Targeting campaign"), campaign), (_("Programme"), campaign.programme), (_("On the list"), run.listed)]
    facts += [(outcome.label.capitalize(), count, f"{entries}{outcome.value}") for outcome, count in counts]
    money = budget_of(run, actor)
    facts += [*_places_left(campaign), *_against_former(campaign, run), *_community(run), *budget_facts(run, money, actor)]
    taken = dict(takeable(run).order_by().values_list("outcome").annotate(found=Count("pk")))
    selected, waiting = taken.get(Outcome.SELECTED.value, 0), taken.get(Outcome.WAITING.value, 0)
    inside = already_in(run)
    others = run.selected + run.waiting - inside - selected - waiting
    left_out = [(_("in the programme already"), inside), (_("an appeal is open, dissolved, or out of time"), others)]
    words = _("Take over %(selected)s selected and %(waiting)s waiting") % {"selected": text_of(selected), "waiting": text_of(waiting)}
    changes = [(_("Status"), None, Status.POTENTIAL.label)]
    table = by_place(run, actor, money)
    return Preview(facts=facts, count=selected + waiting, left_out=left_out, changes=changes, button=words, table=table)


OUTCOMES = (
    (Outcome.SELECTED, "selected"), (Outcome.WAITING, "waiting"), (Outcome.NOT_SELECTED, "not_selected"),
    (Outcome.NOT_ELIGIBLE, "not_eligible"), (Outcome.NOT_ASSESSED, "not_assessed"),
)  # fmt: skip


def _places_left(campaign: Campaign) -> list[tuple[Any, Any]]:
    free = free_places(campaign.programme)
    return [] if free is None else [(_("Places left in the programme"), free)]


def _community(run: StageRun) -> list[tuple[Any, Any]]:
    return [(_("Community validation"), _("done") if was_validated(run) else _("not part of this campaign"))]


def _against_former(campaign: Campaign, run: StageRun) -> list[tuple[Any, Any]]:
    former = former_result(campaign)
    if former is None:
        return [(_("Campaign before"), _("none"))]
    difference = run.selected - former.selected
    words = _("%(campaign)s: %(count)s selected (%(difference)s)")
    said = {"campaign": former.stage.campaign, "count": text_of(former.selected), "difference": f"{difference:+d}"}
    unit = campaign.programme.unit
    mine = StageEntry.objects.filter(run=run.pk, outcome=Outcome.SELECTED)
    both = mine.filter(**{f"{unit}__in": StageEntry.objects.filter(run=former.pk, outcome=Outcome.SELECTED).values(unit)}).count()
    return [(_("Campaign before"), words % said), (_("Selected in both"), both)]


def enrolment(inputs: Inputs, actor: Any) -> Preview:
    """Making the selected active: how many are ready, how many lack what, each with the list to work off."""
    campaign: Campaign = inputs["campaign"]
    check_areas(campaign, inputs["areas"])
    ids = [area.pk for area in inputs["areas"]]
    found = obstacles(campaign, ids)
    ready, free = found.get(Obstacle.READY.value, 0), free_places(campaign.programme)
    count = ready if free is None else min(ready, free)
    page = f"{reverse('targeting:to_enrol', args=[campaign.pk])}?obstacle="
    facts: list[Any] = [
        (_("Targeting campaign"), campaign), (_("Programme"), campaign.programme),
        (_("Places"), ", ".join(area.name for area in inputs["areas"])), *_places_left(campaign),
        (_("Ready"), ready, f"{page}{Obstacle.READY.value}"),
    ]  # fmt: skip
    missing = [one for one in Obstacle if one != Obstacle.READY and found.get(one.value)]
    facts += [(one.label.capitalize(), found[one.value], f"{page}{one.value}") for one in missing]
    left_out = [(one.label, found[one.value]) for one in missing] + [(_("no place left, the lowest numbers come first"), ready - count)]
    changes = [(_("Status"), Status.POTENTIAL.label, Status.ACTIVE.label)]
    return Preview(facts=facts, count=count, left_out=left_out, changes=changes, button=_enrol_words(campaign.programme, count))


def _enrol_words(programme: Programme, count: int) -> str:
    if programme.unit == Programme.Unit.HOUSEHOLD:
        return ngettext("Enrol %(n)s household", "Enrol %(n)s households", count) % {"n": text_of(count)}
    return ngettext("Enrol %(n)s person", "Enrol %(n)s persons", count) % {"n": text_of(count)}


def filling(inputs: Inputs, actor: Any) -> Preview:
    """Filling free places: for each place how many are free, and who is next; who is passed over, and why."""
    campaign: Campaign = inputs["campaign"]
    check_areas(campaign, inputs["areas"])
    run = check_result(campaign)
    facts: list[Any] = [(_("Targeting campaign"), campaign), (_("Programme"), campaign.programme)]
    passed: dict[str, int] = {}
    chosen: dict[int, str] = {}
    quotas: Any = free_places_of(run, [area.pk for area in inputs["areas"]]).select_related("area", "run")
    for quota in quotas:
        facts.append((quota.area.name, _("%(free)s of %(places)s places free") % {"free": quota.free, "places": quota.places}))
        mine = next_ones(campaign, run, quota)
        chosen.update(mine)
        for obstacle in in_line(campaign, quota).values_list("obstacle", flat=True)[: len(mine) + SHOWN]:
            if obstacle != Obstacle.READY:
                passed[obstacle] = passed.get(obstacle, 0) + 1
    named = Enrolment.objects.filter(pk__in=list(chosen)[:SHOWN]).select_related("household", "person", "area")
    rows = {row.pk: row for row in named}
    quota_run = quotas_of(run).select_related("run").first()
    for pk, code in list(chosen.items())[:SHOWN]:
        by = came_in_by(quota_run.run if quota_run else None, code) if code else ""
        facts.append((rows[pk].area.name, f"{rows[pk].who} · {by}" if by else rows[pk].who))
    words = ngettext("Move up %(n)s beneficiary", "Move up %(n)s beneficiaries", len(chosen)) % {"n": text_of(len(chosen))}
    left_out = [(Obstacle(code).label, number) for code, number in passed.items()]
    changes = [(_("Status"), Status.POTENTIAL.label, Status.ACTIVE.label)]
    return Preview(facts=facts, count=len(chosen), left_out=left_out, changes=changes, button=words)


def place_given(inputs: Inputs, actor: Any) -> Preview:
    """A place after an appeal: the quota with what is taken, free and kept, the appeal, and what is to be given."""
    appeal, remedy = inputs["appeal"], Appeal.Remedy(inputs["remedy"])
    campaign = Campaign.objects.select_related("programme").get(pk=appeal.entry.run.stage.campaign_id)
    try:
        found = standing(appeal, campaign)
        check_remedy(found, remedy)
    except Refusal as problem:
        return Preview(problem=str(problem))
    facts: list[Any] = [
        (_("Household or person"), found.entry.who, reverse("targeting:entry_detail", args=[found.entry.pk])),
        (_("Targeting campaign"), campaign), (_("What is said to be wrong"), appeal.get_kind_display()), (_("Decision"), appeal.decision),
    ]  # fmt: skip
    quota: Any = found.quota
    if quota is not None:
        facts += [(_("Place with the quota"), quota.area.name), (_("Number of places"), quota.places), (_("Taken"), quota.taken)]
        facts += [(_("Reserve left"), quota.kept)] if quota.reserved else []
    if remedy == Appeal.Remedy.WAITING:
        facts.append((_("Rank"), found.next_rank()))
    if remedy == Appeal.Remedy.BEYOND and quota is not None:
        facts.append((_("Beyond the quota afterwards"), quota.taken + 1 - quota.places))
    before = found.enrolment.get_status_display() if found.enrolment else None
    changes = [(_("Status"), before, Status.POTENTIAL.label), (_("Outcome"), found.entry.get_outcome_display(), remedy.label)]
    return Preview(facts=facts, count=1, changes=changes, button=_("Give: %(remedy)s") % {"remedy": remedy.label})


def exits(inputs: Inputs, actor: Any) -> Preview:
    """Exits after a review: how many beneficiaries no longer qualify, and who is left alone."""
    campaign: Campaign = inputs["campaign"]
    try:
        run = check_result(campaign)
    except Refusal as problem:
        return Preview(problem=str(problem))
    rows = proposed_exits(run)
    by_hand = rows.filter(set_by_hand=True).count()
    count = rows.count() - by_hand
    facts = [(_("Targeting campaign"), campaign), (_("Programme"), campaign.programme), (_("On the list"), run.listed)]
    facts += [(_("Assessed again: stay"), run.selected), (_("Could not be assessed: stay"), run.not_assessed)]
    words = ngettext("Let %(n)s beneficiary exit", "Let %(n)s beneficiaries exit", count) % {"n": text_of(count)}
    changes = [(_("Status"), Status.ACTIVE.label, Status.EXITED.label)]
    return Preview(
        facts=facts, count=count, left_out=[(_("decided one by one"), by_hand)], changes=changes, button=words, table=by_place(run, actor)
    )


def carrying_out(inputs: Inputs, actor: Any) -> Preview:
    """Carrying a stage out: what it is set to, what it reads, and what is to be done again afterwards."""
    stage = inputs["stage"]
    kind = KINDS[stage.kind]
    try:
        settings = kind.check(stage.settings, stage.campaign, actor)
    except Refusal as problem:
        sentences = [str(one) for found in getattr(problem, "errors", {}).values() for one in found]
        return Preview(problem=" ".join(sentences) or str(problem))
    before = stage.campaign.stages.filter(position__lt=stage.position).exclude(state=Stage.State.SKIPPED).order_by("-position").first()
    run = current_run(before) if before else None
    left_out: list[Any] = []
    facts: list[Any] = [(_("Targeting campaign"), stage.campaign), (_("Stage"), stage)]
    facts += [("", words) for words in kind.words(settings, stage.campaign)]
    facts += [(_("List before"), f"{before}: {text_of(run.listed)}")] if before and run else []
    again = [str(other) for other in stage.campaign.stages.filter(position__gt=stage.position, state=Stage.State.DONE)]
    facts += [(_("To be done again afterwards"), ", ".join(again))] if again else []
    if stage.kind == Kind.QUOTA and not settings["everybody"]:
        facts.append((_("Places by quotas"), sum(stage.quotas.filter(run=None).values_list("places", flat=True))))
        left_out = without_quota(stage, run)
    return Preview(facts=facts, left_out=left_out, button=_("Carry out: %(stage)s") % {"stage": stage})


def without_quota(stage: Stage, before: StageRun | None) -> list[tuple[Any, int]]:
    """Those on the list for whose place no quota is planned; where the place closed since, the list is older than the tree."""
    if before is None:
        return []
    covered = below(planned(stage.pk).values_list("area", flat=True))
    rows = StageEntry.objects.filter(run=before.pk, outcome__in=RANKED).exclude(area__in=covered)
    found = rows.aggregate(
        closed=Count("pk", filter=Q(area__valid_until__isnull=False)), others=Count("pk", filter=Q(area__valid_until=None))
    )
    lines = [
        (_("listed in places without a quota"), found["others"]),
        (_("listed in units that closed since, without a quota. Carry out the list again first"), found["closed"]),
    ]
    return [line for line in lines if line[1]]


def computing(inputs: Inputs, actor: Any) -> Preview:
    """Computing quotas: each place with its figures and the places that follow; those without figures are named."""
    shares = computed(inputs["stage"], inputs["total"], inputs.get("level"), inputs.get("minimum") or 0, inputs.get("source") or "")
    without = [share for share in shares if share.poverty_rate is None or share.households is None]
    heads = [(_("Place"), ""), (_("Poverty rate, %"), "number"), (_("Households"), "number"), (_("Number of places"), "number")]
    shown = [share for share in shares if share.places or share in without][:200]
    rows = [
        [(share.area.name, ""), (_figure(share.poverty_rate), ""), (_figure(share.households), ""), (share.places, "")] for share in shown
    ]
    facts = [(_("Places to divide"), inputs["total"]), (_("Places with a quota"), sum(1 for share in shares if share.places))]
    words = _("Divide %(total)s places") % {"total": text_of(inputs["total"])}
    return Preview(
        facts=facts, left_out=[(_("without households or poverty rate"), len(without))], button=words, table=figure_table(heads, rows)
    )


def reallocation(inputs: Inputs, actor: Any) -> Preview:
    """Moving unused places: for each area before and after; the sum stays."""
    moves = moved(inputs["stage"])
    heads = [
        (_("Place"), ""),
        (_("Quota before"), "number"),
        (_("Selected"), "number"),
        (_("Waiting"), "number"),
        (_("Quota after"), "number"),
    ]
    rows = [[(one.area.name, ""), (one.before, ""), (one.selected, ""), (one.waiting, ""), (one.after, "")] for one in moves]
    count = sum(one.after - one.before for one in moves if one.after > one.before)
    words = ngettext("Move %(n)s place", "Move %(n)s places", count) % {"n": text_of(count)}
    facts = [(_("Targeting campaign"), inputs["stage"].campaign), (_("Places that move"), count)]
    problem = "" if moves else _("No place is left over, or nobody waits elsewhere.")
    return Preview(facts=facts, button=words, problem=problem, table=figure_table(heads, rows) if rows else None)


def _figure(value: float | None) -> str:
    return "" if value is None else text_of(int(value)) if value == int(value) else f"{value:.1f}"
