"""A campaign over everybody: list, scores, quotas by village, then by category, and the result taken over; each beside typed SQL."""

from datetime import date

from django.db import connection

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.modules.programmes.models import Programme
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.targeting.models import Campaign, Kind, Stage, StageRun
from coremis.modules.targeting.services import approve_results, create_campaign, run_stage, set_quotas, set_stage, skip_stage
from coremis.project.bench.floors import json_of, run
from coremis.project.bench.measure import Measured
from coremis.project.bench.scores import DAY, prepared
from coremis.project.bench.scores import floor as score_floor
from coremis.project.bench.thread import Bench
from coremis.project.demo.seats import agreed, work_off

STAMPS = "version, event_id, created_event_id"
ENTRY = "run_id, household_id, area_id, score_id, value, category, ties, rank, outcome, reason, note, verdict, came_by, fits"
OUTCOME = "CASE WHEN place <= places THEN 'SELECTED' WHEN place <= 2 * places THEN 'WAITING' ELSE 'NOT_SELECTED' END"
WOMEN = {"names": {"en": "Women"}, "condition": "head_sex = 'female'", "share": "40"}
OLD = {"names": {"en": "Old heads"}, "condition": "head_age >= 60", "share": "20"}


def measure_campaign(bench: Bench) -> None:
    """The stages one after the other, a line for each and one for all."""
    campaign = begin(bench)
    spare = {kind: spare_run(campaign, kind) for kind in (Kind.LISTING, Kind.SCORING, Kind.QUOTA)}
    with maintenance("bench floor"):
        scores = ScoreRun(formula_version=prepared(bench), area=bench.root, area_ids=[bench.root.pk], day=DAY, state="STOPPED")
        scores.save()
    programme, first = campaign.programme_id, len(bench.report)
    bench.measure(
        "campaign: list", lambda event: list_floor(event, spare[Kind.LISTING], programme), lambda: carry_out(bench, campaign, Kind.LISTING)
    )
    listed = done(campaign, Kind.LISTING)

    def scoring(event: int) -> None:
        score_floor(event, scores.pk)
        entries_floor(event, spare[Kind.SCORING], listed, scores.pk)

    bench.measure("campaign: score", scoring, lambda: carry_out(bench, campaign, Kind.SCORING))
    scored = done(campaign, Kind.SCORING)
    bench.measure(
        "campaign: quota", lambda event: quota_floor(event, spare[Kind.QUOTA], scored), lambda: carry_out(bench, campaign, Kind.QUOTA)
    )
    divided = done(campaign, Kind.QUOTA)

    def approve() -> None:
        agreed(approve_results, {"campaign": Campaign.objects.get(pk=campaign.pk)}, bench.people[0], bench.people[1])
        work_off()

    bench.measure("campaign: approval", lambda event: approval_floor(event, programme, divided), approve)
    bench.keep(whole(bench.report[first:]))
    other = begin(bench, "by-category")
    for kind in (Kind.LISTING, Kind.SCORING):
        carry_out(bench, other, kind)
    stage = other.stages.get(kind=Kind.QUOTA)
    set_stage(stage=stage, settings={**stage.settings, "shares": [WOMEN, OLD], "reserve": "10"}, actor=bench.people[0])

    def by_rank_alone(event: int) -> None:
        quota_floor(event, spare[Kind.QUOTA], done(other, Kind.SCORING))

    bench.measure("quota by category", by_rank_alone, lambda: carry_out(bench, other, Kind.QUOTA))


def begin(bench: Bench, code: str = "bench-campaign") -> Campaign:
    """A campaign of a programme that nobody is in: list, score, quota; about a third of each village has a place."""
    version, maker = prepared(bench), bench.people[0]
    with maintenance("bench programme"):
        programme = Programme(code=code, names={"en": code}, unit="household", currency="SZF", starts_on=date(2024, 1, 1))
        programme.save()
    campaign = create_campaign(programme=programme, code=code, names={"en": code}, areas=[bench.root], day=DAY, actor=maker)
    for kind in (Kind.VALIDATION, Kind.APPEALS):
        skip_stage(stage=campaign.stages.get(kind=kind), actor=maker)
    set_stage(stage=campaign.stages.get(kind=Kind.SCORING), settings={"formula": version.formula_id}, actor=maker)
    villages = list(Area.objects.filter(level__position=3).values_list("pk", flat=True))
    places = {str(village): max(1, bench.rows // len(villages) // 3) for village in villages}
    set_quotas(stage=campaign.stages.get(kind=Kind.QUOTA), places=places, actor=maker)
    return campaign


def carry_out(bench: Bench, campaign: Campaign, kind: Kind) -> None:
    """One stage, to its end."""
    run_stage(stage=Stage.objects.get(campaign=campaign, kind=kind), actor=bench.people[0])
    work_off()


def done(campaign: Campaign, kind: Kind) -> int:
    """The list that a stage has made."""
    found: StageRun = StageRun.objects.get(stage__campaign=campaign, stage__kind=kind, state=StageRun.State.DONE)
    return int(found.pk)


def spare_run(campaign: Campaign, kind: Kind) -> int:
    """A list that the floor's entries hang on; it never counts."""
    with maintenance("bench floor"):
        spare = StageRun(stage=campaign.stages.get(kind=kind), attempt=999, state=StageRun.State.STOPPED)
        spare.save()
    return int(spare.pk)


def whole(lines: list[Measured]) -> Measured:
    """The whole campaign in one line."""
    seconds, floor = sum(line.seconds for line in lines), sum(line.floor_seconds for line in lines)
    return Measured(
        job="campaign", database=connection.vendor, rows=lines[0].rows, seconds=round(seconds, 3), queries=sum(line.queries for line in lines),
        floor_seconds=round(floor, 3), ratio=round(seconds / floor, 2), rows_per_second=round(lines[0].rows / seconds),
        peak_mb=max(line.peak_mb for line in lines),
    )  # fmt: skip


def empty() -> str:
    """An empty JSON object."""
    return "'{}'::jsonb" if connection.vendor == "postgresql" else "'{}'"


def list_floor(event: int, run_id: int, programme: int) -> None:
    """Everybody living who is not in the programme, as entries."""
    inside = f"SELECT 1 FROM programmes_enrolment e WHERE e.programme_id = {programme} AND e.household_id = h.id AND e.status IN ('POTENTIAL', 'ACTIVE', 'SUSPENDED')"
    run((
        f"INSERT INTO targeting_stageentry ({ENTRY}, {STAMPS}) SELECT {run_id}, h.id, h.area_id, NULL, NULL, '', {empty()}, NULL, 'IN', '', '', '', '', {empty()}, 1, %s, %s "
        f"FROM registry_household h WHERE h.ended_on IS NULL AND h.retired_on IS NULL AND NOT EXISTS ({inside}) ORDER BY h.id",
        [event, event],
    ))  # fmt: skip


def entries_floor(event: int, run_id: int, before: int, score_run: int) -> None:
    """The list before with score and category."""
    run((
        f"INSERT INTO targeting_stageentry ({ENTRY}, {STAMPS}) SELECT {run_id}, e.household_id, e.area_id, s.id, s.value, s.category, e.ties, e.rank, e.outcome, e.reason, e.note, "
        f"e.verdict, e.came_by, e.fits, 1, %s, %s FROM targeting_stageentry e JOIN scoring_score s ON s.household_id = e.household_id AND s.run_id = {score_run} "
        f"WHERE e.run_id = {before} ORDER BY e.id",
        [event, event],
    ))  # fmt: skip


def quota_floor(event: int, run_id: int, before: int) -> None:
    """Ranks inside each village by score, dependants for each worker, a woman as head, the head's age and the lot; with the outcome."""
    postgres = connection.vendor == "postgresql"
    years = (
        "date_part('year', age(DATE '2024-07-15', p.birth_date))"
        if postgres
        else "CAST((julianday('2024-07-15') - julianday(p.birth_date)) / 365.25 AS INTEGER)"
    )
    digest = "encode(sha256((1 || ':' || h.number)::bytea), 'hex')" if postgres else "SHA256(1 || ':' || h.number)"
    members = (
        f"SELECT s.household_id AS id, COUNT(*) FILTER (WHERE {years} BETWEEN 15 AND 64) AS adult, COUNT(*) FILTER (WHERE {years} NOT BETWEEN 15 AND 64) AS others, "
        f"MAX(CASE WHEN p.sex = 'female' THEN 1 ELSE 0 END) FILTER (WHERE s.relationship = 'head') AS woman, MAX({years}) FILTER (WHERE s.relationship = 'head') AS old "
        "FROM registry_membership s JOIN registry_person p ON p.id = s.person_id WHERE s.left_on IS NULL AND p.death_date IS NULL GROUP BY s.household_id"
    )
    ratio = "CASE WHEN m.adult = 0 THEN 99.0 ELSE m.others * 1.0 / m.adult END"
    ranked = (
        f"SELECT e.*, m.woman, m.old, {ratio} AS ratio, q.places, ROW_NUMBER() OVER (PARTITION BY e.area_id ORDER BY e.value, {ratio} DESC, m.woman DESC, m.old DESC, {digest}) AS place "
        f"FROM targeting_stageentry e JOIN m ON m.id = e.household_id JOIN registry_household h ON h.id = e.household_id "
        f"JOIN targeting_quota q ON q.area_id = e.area_id AND q.run_id IS NULL AND q.stage_id = (SELECT MIN(stage_id) FROM targeting_quota) WHERE e.run_id = {before}"
    )
    ties = json_of(dependency_ratio="ratio", female_head="woman", head_age="old")
    run((
        f"WITH m AS ({members}), r AS ({ranked}) INSERT INTO targeting_stageentry ({ENTRY}, {STAMPS}) SELECT {run_id}, household_id, area_id, score_id, value, category, {ties}, "
        f"place, {OUTCOME}, CASE WHEN place <= 2 * places THEN reason ELSE 'beyond_quota' END, note, verdict, came_by, fits, 1, %s, %s FROM r ORDER BY area_id, place",
        [event, event],
    ))  # fmt: skip


def approval_floor(event: int, programme: int, run_id: int) -> None:
    """The selected and the waiting as potential beneficiaries, and the places of those who wait."""
    postgres = connection.vendor == "postgresql"
    uid, day, no, yes = (
        ("gen_random_uuid()", "CURRENT_DATE", "false", "true") if postgres else ("lower(hex(randomblob(16)))", "date('now')", "0", "1")
    )
    run(
        (
            "INSERT INTO programmes_enrolment (uid, number, programme_id, household_id, area_id, status, status_since, status_reason, status_note, set_by_hand, enrolled_on, "
            f"{STAMPS}) SELECT {uid}, -h.number, {programme}, h.id, h.area_id, 'POTENTIAL', {day}, 'selected', '', {no}, {day}, 1, %s, %s FROM targeting_stageentry e "
            f"JOIN registry_household h ON h.id = e.household_id WHERE e.run_id = {run_id} AND e.outcome IN ('SELECTED', 'WAITING') ORDER BY e.id",
            [event, event],
        ),
        (
            f"INSERT INTO programmes_waitingplace (enrolment_id, programme_id, area_id, rank, since, note, is_validated, {STAMPS}) "
            f"SELECT n.id, n.programme_id, n.area_id, e.rank, {day}, '', {yes}, 1, %s, %s FROM targeting_stageentry e JOIN programmes_enrolment n "
            f"ON n.household_id = e.household_id AND n.programme_id = {programme} WHERE e.run_id = {run_id} AND e.outcome = 'WAITING'",
            [event, event],
        ),
    )
