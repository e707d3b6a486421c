"""Figures of places from files: code of the place, figure, value, year, source."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.each import of_each
from coremis.kernel.exchange.kinds import AREA, DATE, DECIMAL, NUMBER, ImportColumn
from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.exchange.rows import RowContext, StagedRow, as_staged, save_rows
from coremis.modules.geography.models import AreaFigure, FigureKind

EXAMPLES = 3
FIRST_YEAR, LAST_YEAR = 1900, 2200
WRITTEN = ("area", "kind", "value", "year", "source", "valid_from", "valid_until")
Key = tuple[int, str, int, str]


def figure_columns() -> list[ImportColumn]:
    """One row for each figure."""
    known = ", ".join(FigureKind.objects.values_list("code", flat=True))
    return [
        ImportColumn("area", _("Code of the place"), AREA, required=True, aliases=("code", "pcode", "place", "lieu", "lugar")),
        ImportColumn("kind", _("Figure"), required=True, longest=40, aliases=("kind", "indicator", "indicateur", "indicador"), help=known),
        ImportColumn("value", _("Value"), DECIMAL, required=True, aliases=("valeur", "valor")),
        ImportColumn("year", _("Year"), NUMBER, required=True, aliases=("année", "ano")),
        ImportColumn("source", _("Source"), longest=120, aliases=("fonte",)),
        ImportColumn("valid_from", _("Valid from"), DATE, aliases=("valid_from",), help=_("Blank means the first day of its year.")),
        ImportColumn("valid_until", _("Valid until"), DATE, aliases=("valid_until",)),
    ]  # fmt: skip


def check_figures(rows: list[StagedRow], context: RowContext) -> None:
    """Every row by itself: a known figure, a sensible year, days in order."""
    codes = set(FigureKind.objects.values_list("code", flat=True))
    for row in rows:
        kind, year = row.values.get("kind"), row.values.get("year")
        if kind and kind not in codes:
            sentence = _("There is no figure “%(kind)s”. Use one of these, or define it first: %(known)s.")
            row.problem("kind", sentence, kind, kind=kind, known=", ".join(sorted(codes)) or "–")
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            row.problem("year", _("“%(year)s” is not a year."), year, year=year)
        elif row.good and row.values.get("valid_until") and row.values["valid_until"] < since_of(row).isoformat():
            row.problem(
                "valid_until", _("The last day lies before the first one, %(day)s."), row.values["valid_until"], day=str(since_of(row))
            )


def check_repeated(context: RowContext) -> None:
    """The same figure of one place, year and source in two rows: both are told."""
    rows = [as_staged(row) for row in BatchRow.objects.filter(batch=context.batch).order_by("number")]
    by_key: dict[Key, list[StagedRow]] = {}
    for row in rows:
        if row.good:
            by_key.setdefault(key_of(row), []).append(row)
    wrong = [row for same in by_key.values() if len(same) > 1 for row in same]
    for row in wrong:
        numbers = ", ".join(str(one.number) for one in by_key[key_of(row)][:10])
        row.problem("area", _("The same figure of this place stands in several rows: %(rows)s."), "", rows=numbers)
    save_rows(wrong)


def since_of(row: StagedRow) -> date:
    """The first day on which a figure is used."""
    said = row.values.get("valid_from")
    return date.fromisoformat(said) if said else date(row.values["year"], 1, 1)


def key_of(row: StagedRow) -> Key:
    """What is one figure: place, kind, year, source."""
    values = row.values
    return values["area"], values["kind"], values["year"], values.get("source") or ""


def find_figures(rows: list[StagedRow], context: RowContext) -> None:
    """Mark what is held already, and count what would change."""
    for row, _before, said in _compared(rows, context):
        for column, (old, new) in said.items():
            told = context.tally.setdefault(column, [0, []])
            told[0] += 1
            if len(told[1]) < EXAMPLES:
                told[1].append([f"{row.values['kind']} {row.values['year']}", str(old), str(new)])


def _compared(rows: list[StagedRow], context: RowContext) -> list[tuple[StagedRow, AreaFigure, dict[str, tuple[Any, Any]]]]:
    """The rows whose figure is held, with what differs (before, after) by column; those without a difference are marked."""
    good = [row for row in rows if row.good]
    held = AreaFigure.objects.filter(area__in={row.values["area"] for row in good}).select_related("kind")
    by_key = {(one.area_id, one.kind.code, one.year, one.source): one for one in held}
    found = []
    for row in good:
        before = by_key.get(key_of(row))
        if before is None:
            continue
        row.target_id = before.pk
        until = row.values.get("valid_until")
        new = {"value": float(row.values["value"])}
        if row.values.get("valid_from"):
            new["valid_from"] = since_of(row)  # type: ignore[assignment]
        if until:
            new["valid_until"] = date.fromisoformat(until)  # type: ignore[assignment]
        said = {name: (getattr(before, name), value) for name, value in new.items() if getattr(before, name) != value}
        if said:
            found.append((row, before, said))
        else:
            row.unchanged()
    return found


def apply_figures(rows: list[StagedRow], context: RowContext) -> None:
    """One chunk: changed figures take their new values, new ones are added; five statements."""
    changed = {
        before.pk: {
            name: said.get(name, (None, getattr(before, name)))[1] for name in ("value", "valid_from", "valid_until")
        }
        for _row, before, said in _compared(rows, context)
    }  # fmt: skip
    update_from(
        AreaFigure.objects.filter(pk__in=list(changed)),
        **{name: of_each(AreaFigure, name, changed) for name in ("value", "valid_from", "valid_until")},
    )
    kinds = dict(FigureKind.objects.values_list("code", "pk"))
    fresh = [row for row in rows if row.good and row.target_id is None]
    copy_into(AreaFigure, WRITTEN, [_written(row, kinds) for row in fresh])


def _written(row: StagedRow, kinds: dict[str, int]) -> tuple[Any, ...]:
    area, kind, year, source = key_of(row)
    until = row.values.get("valid_until")
    return area, kinds[kind], float(row.values["value"]), year, source, since_of(row), date.fromisoformat(until) if until else None
