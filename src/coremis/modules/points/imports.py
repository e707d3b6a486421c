"""What files bring: payment points, and which places collect there. A point has as many rows as it serves places."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import AREA, DATE, ImportColumn, ImportKind
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.modules.points.models import PaymentPoint, ServedPlace
from coremis.modules.points.services import add_point

COLUMNS = (
    ImportColumn("code", _("Code of the payment point"), required=True, longest=30, aliases=("code", "point_code", "code_point")),
    ImportColumn("name", _("Name of the payment point"), longest=120, aliases=("name", "nom", "nome")),
    ImportColumn("place", _("Place of the payment point"), AREA, aliases=("place", "lieu", "lugar")),
    ImportColumn("address", _("Address or landmark"), longest=200, aliases=("address", "adresse", "endereço")),
    ImportColumn("serves", _("Place that collects there"), AREA, aliases=("serves", "dessert", "serve")),
    ImportColumn("since", _("From which day"), DATE, aliases=("since", "depuis", "desde")),
)
POINT = ("code", "name", "area", "address", "search_name", "is_active", "closed_on", "closing_reason")
SERVED = ("point", "area", "valid_from", "valid_until")
SHARED = ("name", "place", "address")


def check_points(rows: list[StagedRow], context: RowContext) -> None:
    """A new point needs name and place; the rows of one point agree; a place collects at one point; nothing is set back in time."""
    known = _known(rows)
    held = _held(rows)
    asked: dict[int, str] = {}
    first: dict[str, StagedRow] = {}
    for row in rows:
        code, serves = row.values.get("code"), row.values.get("serves")
        if not code:
            continue
        start = first.setdefault(code, row)
        _check_point(row, start, known.get(code))
        if not serves:
            continue
        if asked.setdefault(serves, code) != code:
            row.problem("serves", _("This place collects at “%(other)s” in another row. Choose one."), "", other=asked[serves])
        before = held.get(serves)
        if before and before.point.code != code and before.valid_from > _since(row):
            row.problem(
                "since", _("This place began to collect elsewhere after that day. Choose a later one."), row.values.get("since", "")
            )


def _check_point(row: StagedRow, start: StagedRow, known: PaymentPoint | None) -> None:
    if not row.values["code"].replace("-", "").replace("_", "").isalnum() or not row.values["code"].isascii():
        row.problem("code", _("A code holds letters, figures, “-” and “_” only."), row.values["code"])
    if known is not None and not known.is_active:
        row.problem("code", _("This payment point is closed. Open it first, or use another code."), row.values["code"])
    if known is None and row is start:
        for column in ("name", "place"):
            if not row.values.get(column):
                row.problem(column, _("A new payment point needs this in its first row."))
    for column in SHARED:
        if row.values.get(column) and start.values.get(column) and row.values[column] != start.values[column]:
            row.problem(column, _("The rows of this payment point say different things here."))


def apply_points(rows: list[StagedRow], context: RowContext) -> None:
    """Add what is new, end where places collected before, and let them collect here: a constant number of statements."""
    known = _known(rows)
    fresh = {row.values["code"]: row for row in reversed(rows) if row.values["code"] not in known}
    for code in list(fresh):
        named = next((row for row in rows if row.values["code"] == code and row.values.get("name") and row.values.get("place")), None)
        if named is None:
            fresh.pop(code)
        else:
            fresh[code] = named
    copy_into(PaymentPoint, POINT, [_new(row) for row in fresh.values()])
    points = _known(rows)
    held = _held(rows)
    new: dict[int, tuple[int, int, date, None]] = {}
    for row in rows:
        point = points.get(row.values["code"])
        if point is None:
            row.problem("name", _("A new payment point needs this in its first row."))
            continue
        row.target_id = point.pk
        serves, before = row.values.get("serves"), held.get(row.values.get("serves") or 0)
        if serves and (before is None or before.point_id != point.pk):
            new[serves] = (point.pk, serves, _since(row), None)
        elif row.values["code"] not in fresh:
            row.unchanged()
    for since in sorted({values[2] for values in new.values()}):
        ending = [held[area].pk for area, values in new.items() if values[2] == since and area in held]
        if ending:
            update_from(ServedPlace.objects.filter(pk__in=ending), valid_until=since - timedelta(days=1))
    copy_into(ServedPlace, SERVED, list(new.values()))


def _known(rows: list[StagedRow]) -> dict[str, PaymentPoint]:
    codes = {row.values["code"] for row in rows if row.values.get("code")}
    return {point.code: point for point in PaymentPoint.objects.filter(code__in=codes)}


def _held(rows: list[StagedRow]) -> dict[Any, ServedPlace]:
    areas = {row.values["serves"] for row in rows if row.values.get("serves")}
    return {row.area_id: row for row in ServedPlace.objects.select_related("point").filter(area__in=areas, valid_until=None)}


def _since(row: StagedRow) -> date:
    return date.fromisoformat(row.values["since"]) if row.values.get("since") else timezone.localdate()


def _new(row: StagedRow) -> tuple[Any, ...]:
    values = row.values
    search = fold(f"{values['name']} {values['code']}")
    return (values["code"], values["name"], values["place"], values.get("address") or "", search, True, None, "")


POINTS = ImportKind(
    "points.points", _("Payment points and the places they serve"), COLUMNS, add_point.name, apply_points, check_groups=check_points,
    group_column="code",
)  # fmt: skip
