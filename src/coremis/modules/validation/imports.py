"""The answers of communities, brought back in the workbooks that were taken: protected cells are compared, nothing else is read."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import CHOICE, NUMBER, ImportColumn, ImportKind
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.modules.targeting.models import Outcome, Rejection, StageEntry, Verdict
from coremis.modules.validation import answers
from coremis.modules.validation.answers import Answer
from coremis.modules.validation.models import VillageList
from coremis.modules.validation.queries import is_open, unit_name
from coremis.modules.validation.services import record_answers
from coremis.modules.validation.since import former_names, overtaken

CHANGED = _("This cell is protected and was changed; the list says “%(kept)s”. Take the list anew.")
STALE = _("Since this list was taken, “%(answer)s” was recorded. Take the list anew, or answer on the page of the village.")
TWICE = _("This one stands in row %(row)s already. Keep the row that holds.")
Found = dict[tuple[str, int], StageEntry]
Named = tuple[StagedRow, VillageList, StageEntry]


def columns() -> list[ImportColumn]:
    """The columns of the workbook; its words may be in any of the languages."""
    return [
        ImportColumn("list", _("List"), required=True, longest=10, aliases=("list", "liste", "lista")),
        ImportColumn("number", _("Number"), required=True, longest=30, aliases=("number", "numéro", "número")),
        ImportColumn("name", _("Name"), required=True, aliases=("name", "nom", "nome")),
        ImportColumn("place", _("Place"), required=True, aliases=("place", "lieu", "lugar")),
        _chosen("outcome", _("Outcome"), Outcome, "résultat", "resultado", required=True),
        ImportColumn("rank", _("Rank"), NUMBER, aliases=("rank", "rang", "posição")),
        _chosen("verdict", _("Answer"), Verdict, "answer", "réponse", "resposta"),
        _chosen("reason", _("Reason of the rejection"), Rejection, "reason", "motif du rejet", "motivo da rejeição"),
        ImportColumn("note", _("Note"), longest=answers.LONGEST_NOTE, aliases=("note", "remarque", "nota")),
    ]


def _chosen(code: str, title: Any, kind: type[TextChoices], *aliases: str, required: bool = False) -> ImportColumn:
    words = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words.update({fold(str(label)): value for value, label in kind.choices})
    return ImportColumn(code, title, CHOICE, required=required, choices=dict(kind.choices), words=words, aliases=(code, *aliases))


def check_answers(rows: list[StagedRow], context: RowContext) -> None:
    """Each row names somebody on an open list, its protected cells say what the list says, and its answer can be taken."""
    named = _named(rows)
    answered: dict[int, int] = {}
    renamed = [(one, entry) for row, one, entry in named if not _same(row.values.get("name"), unit_name(entry))]
    names = former_names(renamed)
    for row, one, entry in named:
        row.area_id = entry.area_id
        first = answered.setdefault(entry.pk, row.number)
        if first != row.number:
            row.problem("number", TWICE, row.values.get("number") or "", row=first)
        for column, kept in _protected(entry).items():
            if not _same(row.values.get(column), kept) and not (
                column == "name" and _same(row.values["name"], names.get((one.pk, entry.pk)))
            ):
                row.problem(column, CHANGED, row.values.get(column) or "", kept=str(_shown(column, kept)))
    _look_at(named, context)


def apply_answers(rows: list[StagedRow], context: RowContext) -> None:
    """Keep the answers that say something new. A constant number of statements."""
    named = _named(rows)
    _look_at(named, context)
    new: dict[int, tuple[StageEntry, Answer]] = {}
    for row, _one, entry in named:
        row.target_id, answer = entry.pk, _answer(row)
        if row.good and answers.changed(entry, answer):
            new[entry.pk] = (entry, answer)
        elif row.good:
            row.unchanged()
    answers.write(new, answers.reasons_before(entry for entry, _answer in new.values()))


def _look_at(named: list[Named], context: RowContext) -> None:
    """Refuse the answers that cannot be taken, and those that are older than what is kept."""
    old = overtaken(((one, entry, _answer(row)) for row, one, entry in named), context.batch.sent_at)
    for row, _one, entry in named:
        if problem := answers.problem_of(entry, _answer(row)):
            row.problem(problem[0], problem[1])
        elif entry.pk in old:
            row.problem("verdict", STALE, row.values.get("verdict") or "", answer=answers.kept_word(entry))


def _named(rows: list[StagedRow]) -> list[Named]:
    """The rows that name somebody on an open list, each with its list and entry; the others are told."""
    lists, entries = _known(rows)
    found = [(row, _entry(row, lists, entries)) for row in rows]
    return [(row, lists[str(row.values["list"]).upper()], entry) for row, entry in found if entry is not None]


def _known(rows: Iterable[StagedRow]) -> tuple[dict[str, VillageList], Found]:
    """The lists that the rows name, and everybody on them, by list and number: three statements."""
    rows = list(rows)
    codes = {str(row.values.get("list")).upper() for row in rows if row.values.get("list")}
    lists = {one.code: one for one in VillageList.objects.filter(code__in=codes).select_related("run__stage__campaign__programme")}
    runs = {one.run_id for one in lists.values()}
    numbers = {number for row in rows if (number := read_number(str(row.values.get("number") or ""))) is not None}
    found: Found = {}
    for unit in ("household", "person"):
        named = StageEntry.objects.filter(run__in=runs, **{f"{unit}__number__in": numbers})
        for entry in named.select_related("run__stage", "area", unit):
            for code, one in lists.items():
                if (one.run_id, one.area_id) == (entry.run_id, entry.area_id):
                    found[code, entry.who.number] = entry
    return lists, found


def _entry(row: StagedRow, lists: dict[str, VillageList], entries: Found) -> StageEntry | None:
    code = str(row.values.get("list") or "").upper()
    one = lists.get(code)
    if one is None:
        row.problem("list", _("No list has this code. Take the list anew."), code)
        return None
    if not is_open(one.run):
        row.problem("list", _("This list is closed. Its answers can no longer be changed."), code)
        return None
    entry = entries.get((code, read_number(str(row.values.get("number") or "")) or -1))
    if entry is None:
        row.problem("number", _("Nobody on this list has this number."), row.values.get("number") or "")
    return entry


def _protected(entry: StageEntry) -> dict[str, Any]:
    return {"name": unit_name(entry), "place": str(entry.area), "outcome": entry.outcome, "rank": entry.rank}


def _same(said: Any, kept: Any) -> bool:
    if isinstance(said, str) and isinstance(kept, str):
        return fold(said) == fold(kept)
    return bool(said == kept)


def _shown(column: str, kept: Any) -> Any:
    return Outcome(kept).label if column == "outcome" else "–" if kept is None else kept


def _answer(row: StagedRow) -> Answer:
    return Answer(*(row.values.get(name) or "" for name in ("verdict", "reason", "note")))


ANSWERS = ImportKind(
    "validation.answers", _("Answers of communities"), columns, record_answers.name, apply_answers, check_groups=check_answers,
)  # fmt: skip
