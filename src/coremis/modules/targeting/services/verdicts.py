"""What a community says about the list of an open validation, and what follows when the validation is closed (rulebook 2.4)."""

from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest, RowNumber
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.programmes.services.places import check_note
from coremis.modules.registry.models import Household, Person
from coremis.modules.targeting.kinds.placing import fetched, placed
from coremis.modules.targeting.models import (
    ADDITION,
    APPEAL,
    MOVED_UP,
    TO_ANSWER,
    Kind,
    Outcome,
    Rejection,
    Stage,
    StageEntry,
    StageRun,
    Verdict,
)  # fmt: skip
from coremis.modules.targeting.queries import quotas_of
from coremis.modules.targeting.services.campaigns import locked, require_open
from coremis.modules.targeting.services.running import count, count_anew

__all__ = [
    "Rejection", "close_appeals", "close_run", "close_validation", "confirm_others", "moving_up", "propose_addition", "reason_again",
    "record_verdict",
]  # fmt: skip


@action(_("Record what the community said"))
def record_verdict(*, entry: StageEntry, verdict: Verdict, reason: str = "", note: str = "", actor: Actor) -> StageEntry:
    """Confirmed, rejected with a reason, or proposed in addition: somebody not selected whom the community names.

    May be corrected while the validation is open. What follows for the list is worked out when it is closed.
    """
    run = _open_run(entry.run_id)
    if verdict == Verdict.REJECTED:
        _check_rejection(reason, note)
    elif reason:
        raise Invalid(_("Only a rejection has a reason."), {"reason": [_("Only a rejection has a reason.")]})
    if verdict == Verdict.ADDITION and entry.outcome in TO_ANSWER:
        raise Refusal(_("%(who)s is selected or waits already. Confirm or reject instead."), who=str(entry.who))
    entry = StageEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk, run=run)
    entry.reason = reason if verdict == Verdict.REJECTED else _reason_before(entry)
    entry.verdict, entry.note = verdict, check_note(note)
    entry.save()
    return entry


def _check_rejection(reason: str, note: str) -> None:
    if reason not in Rejection.values:
        raise Invalid(_("Say why."), {"reason": [_("Choose a reason.")]})
    if reason == Rejection.OTHER and not note.strip():
        raise Invalid(_("Say the reason in the note."), {"note": [_("Say the reason in the note.")]})


def _reason_before(entry: StageEntry) -> str:
    before = StageEntry.objects.filter(run=entry.run.source_id, household=entry.household_id, person=entry.person_id).first()
    return reason_again(entry, before.reason if before else None)


def reason_again(entry: StageEntry, before: str | None) -> str:
    """The reason of an entry that is not rejected, or no longer: ``before`` is the one of the list before (None: not on it).

    Who could not be assessed, or was not eligible, always has a reason: another one than before only by a proposal or an appeal.
    """
    if entry.verdict != Verdict.REJECTED or entry.reason not in Rejection.values:
        return entry.reason
    needed = entry.outcome in (Outcome.NOT_ASSESSED, Outcome.NOT_ELIGIBLE)
    return before or ((ADDITION if before is None else APPEAL) if needed else "")


@action(_("Confirm all others of a village"), within=("area",))
def confirm_others(*, run: StageRun, area: Area, actor: Actor) -> StageRun:
    """Everybody in a place who is selected, waits or is still to be decided on, and about whom nothing was said, is confirmed: the
    list was read out and agreed to."""
    run = _open_run(run.pk)
    silent = StageEntry.objects.filter(run=run.pk, area__in=below([area.pk]), verdict="", outcome__in=TO_ANSWER)
    if not update_from(silent, verdict=Verdict.CONFIRMED.value):
        raise Refusal(_("Nobody is left to be confirmed in %(place)s."), place=area.name)
    return run


@action(_("Propose somebody who is not on the list"), within=("household", "person"))
def propose_addition(
    *, run: StageRun, household: Household | None = None, person: Person | None = None, note: str = "", actor: Actor
) -> StageEntry:  # fmt: skip
    """Somebody whom the list forgot is put on it to be assessed; never straight among the selected.

    Who works in one village of many proposes somebody of that village: the right is needed where the household or person lives.
    """
    run = _open_run(run.pk)
    who = household or person
    unit = run.stage.campaign.programme.unit
    if who is None or (household and person) or unit != ("household" if household else "person"):
        raise Refusal(_("This programme helps %(unit)s. Choose one of them."), unit=run.stage.campaign.programme.get_unit_display())
    found = StageEntry.objects.filter(run=run.pk, household=household, person=person).first()
    if found is not None:
        raise Refusal(_("%(who)s is on the list already: %(outcome)s."), who=str(who), outcome=found.get_outcome_display())
    if not below(run.stage.campaign.area_ids).filter(descendant=who.area_id).exists():
        raise Refusal(_("%(who)s lives outside the places of this campaign."), who=str(who))
    entry = StageEntry(
        run=run, household=household, person=person, area_id=who.area_id, outcome=Outcome.NOT_ASSESSED, reason=ADDITION,
        verdict=Verdict.ADDITION, note=check_note(note),
    )  # fmt: skip
    entry.save()
    count_anew(run)
    return entry


@action(_("Close the community validation"))
def close_validation(*, run: StageRun, note: str = "", actor: Actor) -> StageRun:
    """Whoever was rejected gives the place to the highest-ranked of the same waiting list who was confirmed; additions are assessed.

    Refused while somebody selected has no answer, unless silence counts as agreement in this stage; and where a village would
    replace more of its list than the stage allows (rulebook 2.4).
    """
    run = _open_run(run.pk)
    rows = StageEntry.objects.filter(run=run.pk)
    check_replaced(run)
    silent = rows.filter(outcome__in=(Outcome.SELECTED, Outcome.IN), verdict="")
    if run.settings.get("silence"):
        update_from(rows.filter(outcome__in=TO_ANSWER, verdict=""), verdict=Verdict.CONFIRMED.value)
    elif left := silent.count():
        raise Refusal(_("%(count)s have no answer yet. Record it, or confirm all others of the village."), count=left)
    rejected = rows.filter(verdict=Verdict.REJECTED, outcome__in=TO_ANSWER)
    update_from(rejected, outcome=Outcome.NOT_SELECTED.value, waits_until=None)
    update_from(rows.filter(verdict=Verdict.ADDITION), outcome=Outcome.NOT_ASSESSED.value, reason=ADDITION)
    moving = moving_up(run)
    for code in {code for _pk, code in moving}:
        mine = rows.filter(pk__in=[pk for pk, its in moving if its == code])
        update_from(mine, outcome=Outcome.SELECTED.value, reason=MOVED_UP, waits_until=None, came_by=code)
    return close_run(run, note)


def check_replaced(run: StageRun) -> None:
    """Refuse where more of a village's list was rejected than the stage allows; the first such village is named.

    The list are its selected; where the community speaks before the quotas, everybody who is still to be decided on.
    """
    most = run.settings.get("most_replaced")
    if most is None:
        return
    asked = StageEntry.objects.filter(run=run.pk, outcome__in=(Outcome.SELECTED, Outcome.IN)).order_by().values("area__name", "area")
    counted = asked.annotate(all=Count("pk"), rejected=Count("pk", filter=Q(verdict=Verdict.REJECTED)))
    for village in counted.order_by("area__name"):
        if village["rejected"] * 100 > most * village["all"]:
            raise Refusal(
                _("%(place)s would replace %(rejected)s of %(all)s on its list, more than %(most)s %%. Look at its answers again."),
                place=village["area__name"], rejected=village["rejected"], all=village["all"], most=most,
            )  # fmt: skip


def moving_up(run: StageRun) -> list[tuple[int, str]]:
    """The confirmed of the waiting lists for whom a place of their area's quota is free, each with the category whose place it is.

    The highest ranks first; where categories have places, those of a category go to who fits it. One statement.
    """
    path = "area__ancestors_of__ancestor__targeting_quotas"
    quotas = quotas_of(run)
    quota = quotas.select_related("run").first()
    if quota is None:
        return []
    held = StageEntry.objects.filter(run=run.pk, outcome=Outcome.SELECTED, **{f"{path}__in": quotas.values("pk")}).order_by()

    def number(rows: "QuerySet[Any]") -> Coalesce:
        grouped = rows.filter(**{f"{path}__pk": OuterRef(f"{path}__pk")}).values(f"{path}__pk").annotate(found=Count("pk"))
        return Coalesce(Subquery(grouped.values("found")), 0)

    waiting = StageEntry.objects.filter(
        Q(waits_until=None) | Q(waits_until__gte=timezone.localdate()),
        run=run.pk, outcome=Outcome.WAITING, verdict=Verdict.CONFIRMED, **{f"{path}__in": quotas.values("pk")},
    )  # fmt: skip
    codes = [share["code"] for share in quota.run.settings.get("shares", [])] if quota.run else []
    fit = {f"fit_{at}": Case(When(**{f"fits__{code}": 1}, then=Value(1)), default=Value(0)) for at, code in enumerate(codes)}
    lack = {
        f"have_{at}": Greatest(Cast(KeyTextTransform(code, f"{path}__shares"), IntegerField()) - number(held.filter(came_by=code)), 0)
        for at, code in enumerate(codes)
    }
    rows = waiting.annotate(
        at=Window(RowNumber(), partition_by=[F(f"{path}__pk")], order_by=[F("rank").asc(), F("pk").asc()]),
        free=F(f"{path}__places") - F(f"{path}__reserved") - number(held),
        no_limit=Cast(Value(None, IntegerField()), IntegerField()), first_in=Value(0), **fit, **lack,
    )  # fmt: skip
    chain = placed(rows, ("pk", f"{path}__pk", "at", "free", "no_limit", "first_in", *fit, *lack), codes)
    return fetched(chain, "id, came_by", " WHERE outcome = 'SELECTED'")


@action(_("Close the appeal window"))
def close_appeals(*, run: StageRun, note: str = "", actor: Actor) -> StageRun:
    """End the window. Appeals that are still open go on and hold back only those they are about."""
    run = _open_run(run.pk, Kind.APPEALS)
    last = date.fromisoformat(run.settings["until"])
    if timezone.localdate() <= last:
        day = date_format(last, "SHORT_DATE_FORMAT")
        raise Refusal(_("Appeals may be made until %(day)s. Close the window after that day."), day=day)
    return close_run(run, note)


def close_run(run: StageRun, note: str) -> StageRun:
    """Inside an action: count anew, and let the next stage read the list."""
    count(run)
    run.state, run.ended_on, run.note = StageRun.State.DONE, timezone.now(), (note or run.note)[:300]
    run.save()
    stage = Stage.objects.get(pk=run.stage_id)
    stage.state = Stage.State.DONE
    stage.save()
    return run


def _open_run(run_id: int, kind: Kind = Kind.VALIDATION) -> StageRun:
    run = StageRun.objects.select_related("stage__campaign__programme").get(pk=run_id)
    campaign = locked(run.stage.campaign_id)
    require_open(campaign)
    run = StageRun.objects.select_related("stage__campaign__programme", "source").get(pk=run_id)
    if run.stage.kind != kind or run.state != StageRun.State.OPEN:
        raise Refusal(_("This list is not open any more. Look at the newest one."))
    return run
