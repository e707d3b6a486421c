"""Quota: in each area the first are selected, the next wait with their rank, the others are not selected (rulebook 2.3)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, JSONObject, RowNumber
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into, insert_from
from coremis.kernel.areas.models import AreaTree
from coremis.kernel.expressions.chain import Chain
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.queries import free_places
from coremis.modules.targeting.kinds.categorical import fits
from coremis.modules.targeting.kinds.placing import create_placed, drop_placed, placed
from coremis.modules.targeting.kinds.shares import checked_shares, divided_for, rule_of, with_names
from coremis.modules.targeting.kinds.shares import said as shares_said
from coremis.modules.targeting.kinds.stagework import (
    COLUMNS,
    Settings,
    StageWork,
    a_day,
    decided,
    only_known,
    pass_on,
    plan_by_list,
    read_before,
    still_in,
    text,
    write,
    wrong,
)  # fmt: skip
from coremis.modules.targeting.models import Campaign, Kind, Outcome, Placed, Quota, StageEntry, StageRun
from coremis.modules.targeting.ties import DEFAULT, TIES, facts_of_members, in_words, tie_values, with_ties

NO_QUOTA, BEYOND = "no_quota", "beyond_quota"
PATH = "area__ancestors_of__ancestor__targeting_quotas"  # from an entry to the quotas of the areas it lies in
QUOTA_COLUMNS = ("stage", "run", "area", "places", "multiplier", "waiting_places", "source", "poverty_rate", "households")
DIVIDED_COLUMNS = (*QUOTA_COLUMNS, "shares", "reserved")
MOST_SEED = 10**9
RANKED = (Outcome.IN, Outcome.SELECTED)  # who takes part: still in, or taken in ahead of the score


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``everybody`` (no quota at all), ``ties`` and ``seed`` (the published tie-break), ``multiplier``, ``waits_until``.

    ``shares`` are the categories that have some of the places, ``reserve`` the percentage kept for accepted appeals.
    """
    unit = campaign.programme.unit
    usual = {"everybody": False, "ties": DEFAULT[unit], "seed": 1, "multiplier": "2", "waits_until": "", "shares": [], "reserve": ""}
    found = {**usual, **only_known(settings, *usual)}
    found["shares"], found["reserve"] = checked_shares(found["shares"], found["reserve"], campaign, actor)
    found["everybody"] = bool(found["everybody"])
    found["ties"] = checked_ties(found["ties"], unit)
    if isinstance(found["seed"], bool) or not isinstance(found["seed"], int) or not 0 <= found["seed"] <= MOST_SEED:
        raise wrong(seed=_("Give a whole number from 0 to 1,000,000,000."))
    found["multiplier"] = "" if found["multiplier"] in ("", None) else str(checked_multiplier(found["multiplier"]))
    found["waits_until"] = _checked_end(found["waits_until"], campaign)
    return found


def checked_ties(ties: Any, unit: str) -> list[dict[str, Any]]:
    """Facts that are known, each once."""
    found = [{"by": tie.get("by"), "descending": bool(tie.get("descending"))} for tie in ties if isinstance(tie, Mapping)]
    facts = [tie["by"] for tie in found]
    if len(found) != len(ties) or len(set(facts)) != len(facts) or not set(facts) <= set(TIES[unit]):
        raise wrong(ties=_("Choose among the facts of the list, each once."))
    return found


def checked_multiplier(value: Any) -> Decimal:
    """How many times the places are looked at; from 1 to 1,000."""
    try:
        found = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        found = Decimal(0)
    if not 1 <= found <= 1000:
        raise wrong(multiplier=_("Give a number from 1 to 1,000, or nothing for no limit."))
    return found


def _checked_end(value: Any, campaign: Campaign) -> str:
    if not value:
        return ""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise wrong(waits_until=_("Give a date, or leave it empty.")) from None
    if day < campaign.reference_day:
        raise wrong(waits_until=_("The waiting would end before the reference date."))
    return day.isoformat()


def freeze(run: StageRun, actor: Any) -> None:
    """Refuse without quotas, with quotas that hold one another, or with more places than the programme has (pitfall M5)."""
    before = run.source
    while before is not None and before.stage.kind != Kind.SCORING:
        before = before.source
    run.settings = {**run.settings, "lower_first": before.settings["lower_first"] if before else True}
    if run.settings["everybody"]:
        return
    check_planned(planned(run.stage_id), run.stage.campaign)
    factors = set(planned(run.stage_id).values_list("multiplier", flat=True))
    factor = factors.pop() if len(factors) == 1 else None
    total = planned(run.stage_id).aggregate(total=Sum("places"))["total"]
    shares = with_names(run.settings, run.stage.campaign.programme.unit, actor)
    run.settings = {**run.settings, "total": total, "multiplier": "" if factor is None else str(factor), "shares": shares}
    if is_divided(run.settings):
        divided_for(run.settings, list(planned(run.stage_id).order_by("area__name").values_list("area__name", "places")))


def is_divided(settings: Settings) -> bool:
    """Whether categories or a reserve have some of the places."""
    return bool(settings.get("shares") or settings.get("reserve"))


def planned(stage_id: int) -> "QuerySet[Quota]":
    """The quotas for the next time that a stage is carried out."""
    rows: QuerySet[Quota] = Quota.objects.filter(stage=stage_id, run=None, places__gt=0)
    return rows


def check_planned(rows: "QuerySet[Quota]", campaign: Campaign) -> None:
    """Refuse what cannot be carried out: no quota, one area inside another, more places than there are."""
    total = rows.aggregate(total=Sum("places"))["total"]
    if not total:
        raise wrong(quotas=_("There are no quotas yet. Type them, import them or compute them first."))
    above = AreaTree.objects.filter(descendant=OuterRef("area"), depth__gt=0, ancestor__in=rows.values("area"))
    inside = rows.filter(Exists(above)).select_related("area").first()
    if inside is not None:
        raise wrong(quotas=_("%(place)s lies in a place that has a quota too. Keep one of the two.") % {"place": inside.area.name})
    limit = places_to_give(campaign)
    if limit is not None and total > limit:
        raise wrong(quotas=_("The quotas give %(total)s places; the programme has %(limit)s left.") % {"total": total, "limit": limit})


def places_to_give(campaign: Campaign) -> int | None:
    """How many places the quotas of a campaign may give together; None without a limit."""
    if campaign.purpose == Campaign.Purpose.REVIEW:
        return campaign.programme.max_beneficiaries
    return free_places(campaign.programme)


def plan(work: Work, run: StageRun) -> None:
    """Give the run its own copy of the quotas; fix the key ranges of those outside the ranking, and the areas ranked together."""
    if run.settings["everybody"]:
        plan_by_list(work, run)
        return
    copy_quotas(run)
    ranges.plan(work, others=_others(run))
    rankings = _rankings(run)
    work.cursor["ranges"] += rankings
    work.total = (work.total or 0) + sum(rows for *_keys, rows in rankings)


def copy_quotas(run: StageRun) -> None:
    """The quotas as they are planned, with the places of each category and the reserve. One statement, or two where there are any."""
    rows = planned(run.stage_id)
    if not is_divided(run.settings):
        insert_from(Quota, rows.annotate(new_run=Value(run.pk)), QUOTA_COLUMNS)
        return
    held = list(rows.order_by("pk").values(*QUOTA_COLUMNS, "area__name"))
    parts = divided_for(run.settings, [(row["area__name"], row["places"]) for row in held])
    copy_into(Quota, DIVIDED_COLUMNS, ([*({**row, "run": run.pk}[name] for name in QUOTA_COLUMNS), *parts[row["places"]]] for row in held))


def _rankings(run: StageRun) -> list[list[Any]]:
    """Ranges of quotas: so many areas that about a chunk of entries lies in them. An area is never divided."""
    counts = _ranked(run).order_by(f"{PATH}__pk").values_list(f"{PATH}__pk").annotate(found=Count("pk"))
    found: list[list[Any]] = []
    after, held, last = 0, 0, 0
    for quota, rows in counts:
        held, last = held + rows, quota
        if held >= ranges.CHUNK:
            found.append(["ranking", after, last, held])
            after, held = last, 0
    return [*found, ["ranking", after, last, held]] if held else found


def _ranked(run: StageRun, after: int = 0, last: int | None = None) -> "QuerySet[Any]":
    """Those who take part in the ranking: still in or taken in first, in an area that has a quota, and not struck off."""
    limits = {f"{PATH}__pk__gt": after, **({f"{PATH}__pk__lte": last} if last is not None else {})}
    return read_before(run).filter(~_struck(run), outcome__in=RANKED, **{f"{PATH}__run": run.pk}, **limits)


def _struck(run: StageRun) -> Q:
    """Of whom an appeal said that they should not be selected, and was accepted before the stage was started."""
    return Q(**{f"{run.stage.campaign.programme.unit}__in": run.settings.get("struck_off", [])})


def chunk(work: Work, run: StageRun) -> bool:
    """First all who take no part in the ranking, then the ranking itself, some areas at a time."""
    if run.settings["everybody"]:
        return pass_on(work, run, {"outcome": decided([When(still_in(), then=text(Outcome.SELECTED.value))], "outcome")})
    due = ranges.current(work)
    if due is None:
        return False
    if due.phase == "others":
        without = Q(outcome__in=RANKED)
        outcome, reason = [When(without, then=text(Outcome.NOT_SELECTED.value))], [When(without, then=text(NO_QUOTA))]
        write(run, due.of(_others(run)), {"outcome": _case(outcome, "outcome"), "reason": _case(reason, "reason")})
    elif run.settings.get("shares"):
        create_placed(by_categories(run, due.after, due.last))
        insert_from(StageEntry, from_placed(run), COLUMNS)
        drop_placed()
    else:
        insert_from(StageEntry, ranking(run, due.after, due.last), COLUMNS, parts=facts(run, due.after, due.last))
    return ranges.advance(work)


def _case(cases: list[When], column: str) -> Case:
    return Case(*cases, default=F(column), output_field=CharField())


def _others(run: StageRun) -> "QuerySet[Any]":
    """Those about whom something else was decided before, those in an area without a quota, and those struck off."""
    mine = AreaTree.objects.filter(descendant=OuterRef("area"), ancestor__targeting_quotas__run=run.pk)
    return read_before(run).filter(~Q(outcome__in=RANKED) | ~Exists(mine) | _struck(run))


def facts(run: StageRun, after: int, last: int | None) -> Chain:
    """What decides between equals and is told of the members, for the entries of some quotas."""
    campaign = run.stage.campaign
    return facts_of_members(_ranked(run, after, last), campaign.programme.unit, run.settings["ties"], campaign.reference_day)


def ranked(run: StageRun, after: int, last: int | None) -> "QuerySet[Any]":
    """The entries of some quotas, each with ``new_rank`` and what its quota has (``net``: without the reserve).

    Taken in first, then by score in the formula's direction, then by tie-break.
    """
    unit, found = run.stage.campaign.programme.unit, run.settings
    rows, order = with_ties(_ranked(run, after, last), unit, found["ties"], found["seed"], run.stage.campaign.reference_day)
    first = Case(When(outcome=Outcome.SELECTED, then=Value(0)), default=Value(1), output_field=IntegerField())
    score = F("value").asc(nulls_last=True) if found["lower_first"] else F("value").desc(nulls_last=True)
    place = Window(RowNumber(), partition_by=[F(f"{PATH}__pk")], order_by=[first.asc(), score, *order])
    net = F(f"{PATH}__places") - F(f"{PATH}__reserved")
    ready: QuerySet[Any] = rows.annotate(new_rank=place, net=net, quota_waiting=F(f"{PATH}__waiting_places"))
    return ready


def ranking(run: StageRun, after: int, last: int | None) -> "QuerySet[Any]":
    """The entries of some quotas with rank and outcome, where nothing but the rank decides."""
    ties = run.settings["ties"]
    selected = Q(new_rank__lte=F("net"))
    waits = Q(quota_waiting=None) | Q(new_rank__lte=F("net") + F("quota_waiting"))
    rows: QuerySet[Any] = ranked(run, after, last).annotate(
        new_run=Value(run.pk),
        new_outcome=Case(
            When(selected, then=text(Outcome.SELECTED.value)),
            When(waits, then=text(Outcome.WAITING.value)),
            default=text(Outcome.NOT_SELECTED.value),
            output_field=CharField(),
        ),
        new_reason=Case(When(selected | waits, then=F("reason")), default=text(BEYOND), output_field=CharField()),
        new_waits_until=Case(When(~selected & waits, then=a_day(waiting_ends(run))), default=a_day(None)),
        new_ties=JSONObject(**tie_values(ties)) if ties else Value({}, StageEntry._meta.get_field("ties")),
    )
    return rows.order_by(f"{PATH}__pk", "new_rank")  # lists are read in the order in which they were written


def waiting_ends(run: StageRun) -> date | None:
    """Until when the waiting lists of a run count."""
    return date.fromisoformat(run.settings["waits_until"]) if run.settings["waits_until"] else None


def by_categories(run: StageRun, after: int, last: int | None) -> Chain:
    """The entries of some quotas, each by rank or by a category of the stage."""
    shares = run.settings["shares"]
    rules = [fits(run.stage.campaign, rule_of(share)) for share in shares]
    fit = {f"fit_{place}": Case(When(rule, then=Value(1)), default=Value(0)) for place, rule in enumerate(rules)}
    have = {f"have_{place}": Cast(KeyTextTransform(share["code"], f"{PATH}__shares"), IntegerField()) for place, share in enumerate(shares)}
    first = Case(When(outcome=Outcome.SELECTED, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = ranked(run, after, last).annotate(
        first_in=first, **fit, **have, fitting=JSONObject(**{share["code"]: F(f"fit_{place}") for place, share in enumerate(shares)}),
        new_ties=JSONObject(**tie_values(run.settings["ties"])),
    )  # fmt: skip
    columns = ("pk", f"{PATH}__pk", "new_rank", "net", "quota_waiting", "first_in", *fit, *have, "fitting", "new_ties")
    return placed(rows, columns, [share["code"] for share in shares], kept=("fits", "ties"), chain=facts(run, after, last))


def from_placed(run: StageRun) -> "QuerySet[Any]":
    """The entries of the run, from the temporary table."""
    kept = {f"new_{name}": F(f"entry__{name}") for name in ("household", "person", "area", "score", "value", "category", "note", "verdict")}
    beyond, waits = Q(outcome=Outcome.NOT_SELECTED), Q(outcome=Outcome.WAITING)
    rows: QuerySet[Any] = Placed.objects.annotate(
        new_run=Value(run.pk), **kept, new_rank=F("place"),
        new_reason=Case(When(beyond, then=text(BEYOND)), default=F("entry__reason"), output_field=CharField()),
        new_waits_until=Case(When(waits, then=a_day(waiting_ends(run))), default=a_day(None)),
    )  # fmt: skip
    return rows.order_by("quota", "place")


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    if settings.get("everybody"):
        return [gettext("everybody who is left is selected")]
    factor = settings.get("multiplier")
    parts = [gettext("%(total)s places") % {"total": number_format(settings["total"], force_grouping=True)}] if "total" in settings else []
    parts.append(
        gettext("multiplier %(factor)s") % {"factor": number_format(Decimal(factor).normalize() + 0)}
        if factor
        else gettext("all others wait")
    )
    if settings.get("waits_until"):
        last = date_format(date.fromisoformat(settings["waits_until"]), "SHORT_DATE_FORMAT")
        parts.append(gettext("waiting until %(day)s") % {"day": last})
    return ["; ".join([*parts, *shares_said(settings)]), gettext("between equals: %(ties)s") % {"ties": tie_words(settings, campaign)}]


def tie_words(settings: Settings, campaign: Campaign) -> str:
    """The tie-break as it is published."""
    return ", ".join(in_words(campaign.programme.unit, settings.get("ties", []), settings.get("seed", 1)))


def still_waits(entry: StageEntry) -> bool:
    """Whether an entry on a waiting list still counts today."""
    return entry.outcome == Outcome.WAITING and (entry.waits_until is None or entry.waits_until >= timezone.localdate())


WORK = StageWork(check=check, freeze=freeze, plan=plan, chunk=chunk, words=said)
