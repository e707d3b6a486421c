"""What files bring: the places of quotas by area, and the numbers of those who are listed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.areas.queries import below
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.kinds import AREA, NUMBER, ImportColumn, ImportKind
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household, Person
from coremis.modules.targeting.models import OPEN_CAMPAIGNS, Kind, ListedUnit, Quota, Stage
from coremis.modules.targeting.services import set_quotas, set_stage
from coremis.modules.targeting.services.quotas import MOST_PLACES, keep_quotas

CAMPAIGN = ImportColumn(
    "campaign", _("Code of the campaign"), required=True, longest=40, aliases=("campaign", "campagne", "campanha")
)  # fmt: skip
QUOTA_COLUMNS = (
    CAMPAIGN,
    ImportColumn("area", _("Place"), AREA, required=True, aliases=("place", "area", "lieu", "lugar", "code")),
    ImportColumn("places", _("Number of places"), NUMBER, required=True, aliases=("places", "quota", "vagas")),
)
LISTED_COLUMNS = (
    CAMPAIGN,
    ImportColumn(
        "number", _("Number of the household or person"), required=True, longest=20,
        aliases=("number", "household", "person", "numéro", "ménage", "personne", "número", "agregado", "pessoa"),
    ),
)  # fmt: skip


def stages_of(rows: list[StagedRow], kind: Kind) -> dict[str, Stage]:
    """The stage of this kind of each campaign that the rows name and that may still be changed; the first where there are several."""
    codes = {str(row.values.get("campaign") or "").strip() for row in rows}
    found = Stage.objects.filter(campaign__code__in=codes, campaign__state__in=OPEN_CAMPAIGNS, kind=kind)
    return {stage.campaign.code: stage for stage in found.select_related("campaign__programme", "campaign__area").order_by("-position")}


def _stage(row: StagedRow, stages: dict[str, Stage]) -> Stage | None:
    stage = stages.get(str(row.values.get("campaign") or "").strip())
    if stage is None and row.values.get("campaign"):
        row.problem("campaign", _("No campaign of this code has such a stage that can be changed."), row.values["campaign"])
    return stage


def check_quotas(rows: list[StagedRow], context: RowContext) -> None:
    """Each row names an area inside its campaign and a whole number; an area stands in the file once."""
    stages = stages_of(rows, Kind.QUOTA)
    inside = {code: set(below(stage.campaign.area_ids)) for code, stage in stages.items()}
    seen: set[tuple[str, int]] = set()
    for row in rows:
        stage = _stage(row, stages)
        area, places = row.values.get("area"), row.values.get("places")
        if stage is None or not area:
            continue
        if area not in inside[stage.campaign.code]:
            row.problem("area", _("This place lies outside the campaign."))
        if (stage.campaign.code, area) in seen:
            row.problem("area", _("This place stands in the file twice."))
        seen.add((stage.campaign.code, area))
        if places is not None and not 0 <= places <= MOST_PLACES:
            row.problem("places", _("Places are whole numbers from zero upwards."), places)


def apply_quotas(rows: list[StagedRow], context: RowContext) -> None:
    """The quotas are planned for the next time that the stage is carried out."""
    stages = stages_of(rows, Kind.QUOTA)
    for code, stage in stages.items():
        mine = [row for row in rows if str(row.values["campaign"]).strip() == code]
        held = dict(Quota.objects.filter(stage=stage.pk, run=None).values_list("area_id", "places"))
        for row in mine:
            row.target_id = stage.pk
            if held.get(row.values["area"], 0) == row.values["places"]:
                row.unchanged()
        wanted = {row.values["area"]: (row.values["places"], None, None) for row in mine}
        try:
            keep_quotas(stage, wanted, stage.settings.get("multiplier", "2"), "FILE", others_stay=True)
        except Refusal as problem:
            for row in mine:
                row.problem("places", getattr(problem, "errors", {}).get("places", [problem.sentence])[0])


def check_listed(rows: list[StagedRow], context: RowContext) -> None:
    """Each row names a household or person on the register, inside its campaign. A constant number of statements."""
    stages = stages_of(rows, Kind.LISTING)
    found = {code: _units(stage, rows, context) for code, stage in stages.items()}
    for row in rows:
        stage = _stage(row, stages)
        if stage is None:
            continue
        unit = found[stage.campaign.code].get(read_number(str(row.values.get("number") or "")) or 0)
        if unit is None:
            row.problem("number", _("Nobody of this number is on the register in the places of the campaign."), row.values.get("number"))
        else:
            row.area_id, row.target_id = unit.area_id, unit.pk


def _units(stage: Stage, rows: list[StagedRow], context: RowContext) -> dict[int, Any]:
    people: Any = Household if stage.campaign.programme.unit == Programme.Unit.HOUSEHOLD else Person
    numbers = {read_number(str(row.values.get("number") or "")) for row in rows}
    places = below(stage.campaign.area_ids)
    mine = people.objects.filter(number__in=[number for number in numbers if number], area__in=places)
    return {unit.number: unit for unit in mine.filter(area__in=below([context.batch.area_id]))}


def apply_listed(rows: list[StagedRow], context: RowContext) -> None:
    """They are on the file's list, each once; the listing stage takes it when it is set to lists of a file."""
    stages = stages_of(rows, Kind.LISTING)
    for code, stage in stages.items():
        unit = stage.campaign.programme.unit
        there = set(ListedUnit.objects.filter(stage=stage.pk, removed_on=None).values_list(f"{unit}_id", flat=True))
        new: list[tuple[Any, ...]] = []
        for row in rows:
            if str(row.values["campaign"]).strip() != code:
                continue
            if row.target_id in there:
                row.unchanged()
                continue
            there.add(row.target_id)
            new.append((stage.pk, row.target_id, row.area_id, None))
        copy_into(ListedUnit, ("stage", unit, "area", "removed_on"), new)


QUOTAS = ImportKind(
    "targeting.quotas", _("Quotas of a targeting campaign"), QUOTA_COLUMNS, set_quotas.name, apply_quotas, check=check_quotas
)
LISTED = ImportKind(
    "targeting.listed", _("Those listed for a targeting campaign"), LISTED_COLUMNS, set_stage.name, apply_listed, check=check_listed
)
