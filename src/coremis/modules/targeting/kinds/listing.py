"""Listing: who is looked at. Everybody of the places, those who fit a filter or condition, those of a file, or who is in already."""

from typing import Any

from django.db.models import Exists, F, FloatField, IntegerField, QuerySet, TextChoices, Value
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.filters.queries import checked, words
from coremis.modules.programmes.models import PLACED, Programme
from coremis.modules.programmes.queries import Choice, open_enrolments
from coremis.modules.programmes.services.groups import choose
from coremis.modules.targeting.kinds.stagework import COLUMNS, Settings, StageWork, a_day, only_known, text, wrong
from coremis.modules.targeting.models import Campaign, ListedUnit, Outcome, StageEntry, StageRun


class Source(TextChoices):
    """Where the list comes from."""

    ALL = "ALL", _("everybody in the places who is not in the programme yet")
    FILTER = "FILTER", _("those who fit a filter or condition and are not in the programme yet")
    FILE = "FILE", _("those of a file of numbers")
    BENEFICIARIES = "BENEFICIARIES", _("the present beneficiaries of the programme")


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``source``, and with FILTER ``filter`` or ``condition``. A review lists beneficiaries, and only a review does."""
    found = {"source": Source.ALL.value, "filter": {}, "condition": "", **only_known(settings, "source", "filter", "condition")}
    if found["source"] not in Source.values:
        raise wrong(source=_("Choose where the list comes from."))
    if (found["source"] == Source.BENEFICIARIES) != (campaign.purpose == Campaign.Purpose.REVIEW):
        raise wrong(source=_("Present beneficiaries are listed where they are assessed again, and only there."))
    if found["source"] in (Source.ALL, Source.FILE):
        found["filter"], found["condition"] = {}, ""
    found["filter"] = checked(found["filter"] or {}, user=actor)
    choose(campaign.programme, [campaign.area], found["condition"], found["filter"], actor=actor)
    if found["source"] == Source.FILTER and not found["filter"] and not found["condition"].strip():
        raise wrong(filter=_("Choose a filter or write a condition."))
    return found


def freeze(run: StageRun, actor: Any) -> None:
    """Keep the names of the condition with their kinds, and refuse a list that would be empty (pitfall M1)."""
    campaign, found = run.stage.campaign, run.settings
    choice = choose(campaign.programme, [campaign.area], found["condition"], found["filter"], actor=actor)
    run.settings = {**found, "names": dict(choice.names)}
    if not listed(run).exists():
        raise wrong(source=_("Nobody would be on the list. Choose other places, or list others."))


def choice_of(run: StageRun) -> Choice:
    """Whom the list is taken from, as of the campaign's day."""
    campaign, found = run.stage.campaign, run.settings
    programme = campaign.programme
    return Choice(
        programme.pk, programme.unit, tuple(campaign.area_ids), found["condition"], found.get("names", {}), campaign.reference_day,
        found["filter"],
    )  # fmt: skip


def listed(run: StageRun) -> "QuerySet[Any]":
    """The households or persons who come on the list."""
    choice = choice_of(run)
    if run.settings["source"] == Source.BENEFICIARIES:
        return choice.units().filter(Exists(open_enrolments(choice.unit, programme=choice.programme_id).filter(status__in=PLACED)))
    rows = choice.not_yet_in()
    if run.settings["source"] == Source.FILE:
        named = ListedUnit.objects.filter(stage=run.stage_id, removed_on=None, **{f"{choice.unit}__isnull": False})
        return rows.filter(pk__in=named.values(choice.unit))
    return rows


def plan(work: Work, run: StageRun) -> None:
    """The key ranges of those who come on the list, in the order of their registration."""
    ranges.plan(work, units=listed(run))


def chunk(work: Work, run: StageRun) -> bool:
    """The next key range."""
    due = ranges.current(work)
    if due is None:
        return False
    rows = due.of(listed(run)).order_by("pk").annotate(**new_columns(run.pk, run.stage.campaign.programme.unit))
    insert_from(StageEntry, rows, COLUMNS)
    return ranges.advance(work)


def new_columns(run_id: int, unit: str) -> dict[str, Any]:
    """An entry of somebody about whom nothing is decided, from rows of households or persons."""
    of_household = unit == Programme.Unit.HOUSEHOLD
    return {
        "new_run": Value(run_id),
        "new_household": F("pk") if of_household else Value(None, IntegerField()),
        "new_person": Value(None, IntegerField()) if of_household else F("pk"),
        "new_score": Value(None, IntegerField()),
        "new_value": Value(None, FloatField()),
        "new_ties": Value({}, StageEntry._meta.get_field("ties")),
        "new_rank": Value(None, IntegerField()),
        "new_outcome": text(Outcome.IN.value),
        "new_waits_until": a_day(None),
        "new_fits": Value({}, StageEntry._meta.get_field("fits")),
        **{f"new_{name}": text("") for name in ("category", "reason", "note", "verdict", "came_by")},
    }


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    source = str(Source(settings.get("source", Source.ALL)).label)
    asked = words(settings["filter"]) if settings.get("filter") else ""
    return [part for part in (source, asked, settings.get("condition", "")) if part]


WORK = StageWork(check=check, freeze=freeze, plan=plan, chunk=chunk, words=said)
