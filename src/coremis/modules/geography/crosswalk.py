"""The crosswalk: where what a former code stood for went. Written by what changes the tree, and by lists."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.areas.models import Area, FormerArea
from coremis.kernel.areas.queries import below
from coremis.kernel.areas.services import CODE_LENGTH, FIRST_DAY, NAME_LENGTH
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import AREA, DATE, DECIMAL, ImportColumn
from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.exchange.rows import RowContext, StagedRow, as_staged, save_rows
from coremis.modules.geography.models import CodeLink

LINK = ("former_code", "former_name", "former_area", "area", "share", "why", "valid_from", "source")
FORMER = ("area", "name", "code", "parent", "valid_from", "valid_until")
WHOLE = 1.000001  # shares are rounded in lists

COLUMNS = (
    ImportColumn("former_code", _("Former code"), required=True, longest=CODE_LENGTH, aliases=("old code", "ancien code", "código antigo")),
    ImportColumn("former_name", _("Former name"), longest=NAME_LENGTH, aliases=("old name", "ancien nom", "nome antigo")),
    ImportColumn("area", _("Code of the place now"), AREA, required=True, aliases=("new code", "nouveau code", "código novo", "code")),
    ImportColumn("share", _("Share"), DECIMAL, help=_("How much of the former place lies in this one, between 0 and 1. Blank means all.")),
    ImportColumn("valid_from", _("Since"), DATE, aliases=("valid_from", "date", "depuis", "desde")),
    ImportColumn("source", _("Source"), longest=120, aliases=("law", "loi", "lei", "fonte")),
)


def write_links(links: Iterable[CodeLink], searchable: bool = True) -> int:
    """Keep links, three statements whatever their number; ``searchable`` ones let later files use the former codes."""
    found = list(links)
    copy_into(CodeLink, LINK, [_row(link) for link in found])
    if searchable:
        rows = [
            (link.area_id, link.former_name or link.former_code, link.former_code, None, min(FIRST_DAY, _eve(link)), _eve(link))
            for link in found
            if not _known_former(link)
        ]
        copy_into(FormerArea, FORMER, rows)
    return len(found)


def _row(link: CodeLink) -> tuple[Any, ...]:
    return (
        link.former_code, link.former_name, link.former_area_id, link.area_id, link.share, link.why, link.valid_from, link.source,
    )  # fmt: skip


def _eve(link: CodeLink) -> Any:
    return link.valid_from - timedelta(days=1)


def _known_former(link: CodeLink) -> bool:
    """A place that keeps its code needs no former one."""
    return link.former_area_id == link.area_id


def check_links(context: RowContext) -> None:
    """Shares lie between 0 and 1 and, for one code, come to 1 at most; nothing stands twice."""
    rows = [as_staged(row) for row in BatchRow.objects.filter(batch=context.batch).order_by("number")]
    before = {row.number: len(row.problems) for row in rows}
    shares: dict[tuple[str, str], float] = {}
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        code, share = row.values.get("former_code"), share_of(row)
        if not 0 < share <= 1:
            row.problem("share", _("A share lies above 0 and not above 1."), row.values.get("share"))
        if not code or not row.good:
            continue
        key = (code, row.values["area"], row.values.get("valid_from"))
        if key in seen:
            row.problem("former_code", _("This former code and this place stand in another row, too."), code)
        seen.add(key)
        day = (code, row.values.get("valid_from") or "")
        shares[day] = shares.get(day, 0) + share
    for row in rows:
        total = shares.get((row.values.get("former_code") or "", row.values.get("valid_from") or ""), 0)
        if row.good and total > WHOLE:
            row.problem("share", _("The shares of this former code come to more than 1. Correct them."), row.values.get("share"))
    save_rows([row for row in rows if len(row.problems) != before[row.number]])


def share_of(row: StagedRow) -> float:
    """A blank share is the whole."""
    return float(row.values.get("share") or 1)


def find_links(rows: list[StagedRow], context: RowContext) -> None:
    """What is in the crosswalk already changes nothing."""
    held = _held(rows)
    for row in rows:
        if row.good and (link := held.get(_key(row))) is not None:
            row.target_id = link.pk
            row.unchanged()


def apply_links(rows: list[StagedRow], context: RowContext) -> None:
    """One chunk: new links; the former place is found where its code is that of a closed one."""
    find_links(rows, context)
    fresh = [row for row in rows if row.good and row.target_id is None]
    closed = Area.objects.filter(code__in={row.values["former_code"] for row in fresh}).exclude(valid_until=None).order_by("valid_until")
    former = {area.code: area for area in closed}
    links = []
    for row in fresh:
        before = former.get(row.values["former_code"])
        links.append(
            CodeLink(
                former_code=row.values["former_code"], former_name=row.values.get("former_name") or (before.name if before else ""),
                former_area=before, area_id=row.values["area"], share=share_of(row), why=CodeLink.Why.LIST,
                valid_from=_key(row)[2], source=row.values.get("source") or context.batch.name[:120],
            )
        )  # fmt: skip
    write_links(links)


def _key(row: StagedRow) -> tuple[str, int, Any]:
    said = row.values.get("valid_from")
    return row.values["former_code"], row.values["area"], type(FIRST_DAY).fromisoformat(said) if said else FIRST_DAY


def _held(rows: Sequence[StagedRow]) -> dict[tuple[str, int, Any], CodeLink]:
    codes = {row.values.get("former_code") for row in rows if row.good}
    return {(link.former_code, link.area_id, link.valid_from): link for link in CodeLink.objects.filter(former_code__in=codes)}


def proposed_by_name(area: Area, day: Any) -> list[dict[str, Any]]:
    """Closed units that have no successor yet, each beside the open units of the same name: a list to look through, then to import.

    Names are compared without accents and case, on the same level first, then on those below, then above. One open unit of that
    name is proposed with share 1; of several, each is shown with a blank share; without any, the line has no new code.
    """
    inside = Area.objects.filter(pk__in=below([area.pk])).select_related("level").order_by("level__position", "code")
    told = set(CodeLink.objects.exclude(former_area=None).values_list("former_area_id", flat=True))
    by_name: dict[str, list[Area]] = {}
    for one in inside.filter(valid_until=None):
        by_name.setdefault(fold(one.name), []).append(one)
    rows = []
    for one in inside.exclude(valid_until=None).exclude(pk__in=told):
        near = _nearest(one, by_name.get(one.search_name, []))
        choices: list[Area | None] = [*near] or [None]
        for other in choices:
            rows.append({
                "former_code": one.code, "former_name": one.name, "area": other.code if other else "",
                "name": other.name if other else "", "share": 1 if len(near) == 1 else "", "valid_from": day,
            })  # fmt: skip
    return rows


def _nearest(area: Area, alike: list[Area]) -> list[Area]:
    own = area.level.position
    levels = sorted({other.level.position for other in alike}, key=lambda position: (position < own, abs(position - own)))
    return [other for other in alike if other.level.position == levels[0]] if levels else []
