"""Checking an import: its columns are matched, every row is read, understood and kept, with everything that is wrong with it."""

from collections import Counter
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange import rows as staged
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.mapping import checked_mapping
from coremis.kernel.exchange.models import Batch, BatchRow, SavedMapping
from coremis.kernel.exchange.reports import keep_rejected_rows
from coremis.kernel.exchange.rows import (
    BAD,
    STORED,
    RowContext,
    StagedRow,
    context_of,
    mark_repeated,
    next_groups,
    save_rows,
    stored_values,
)
from coremis.kernel.exchange.saved import save_mapping
from coremis.kernel.exchange.staging import Stager, next_rows, table_of
from coremis.kernel.jobs.work import Work

State = Batch.State
READING_OPTIONS = ("sheet", "encoding", "separator", "header_row")
OPTIONS = frozenset({*READING_OPTIONS, "decimal_comma", "day_first", "values", "columns", "clear_word"})


@action(_("Match the columns of an import and check it"), covers=(save_mapping,))
def check_batch(
    *, batch: Batch, mapping: dict[str, Any], options: dict[str, Any], saved_mapping: SavedMapping | None = None,
    save_as: str = "", shared: bool = False, actor: Actor,
) -> Batch:  # fmt: skip
    """Say which title brings which column and how the file is written; then every row is checked anew.

    ``saved_mapping`` is the one that was used, ``save_as`` the name under which this one is kept, for oneself or ``shared``.
    """
    require_open(batch, State.NEW, State.CHECKED)
    unknown = set(options) - OPTIONS - set(find_kind(batch.import_kind).options)
    if unknown:
        raise Refusal(_("An import has no such option: %(names)s."), names=", ".join(sorted(unknown)))
    if any(options.get(name, "") != batch.options.get(name, "") for name in READING_OPTIONS):
        batch.headers = reread_headers(batch, options)
    batch.options = options
    batch.mapping = checked_mapping(mapping, find_kind(batch.import_kind).all_columns(), batch.headers)
    if save_as.strip():
        kept = {"mapping": batch.mapping, "options": kept_options(options), "headers": batch.headers}
        source = str(options.get("source") or "")
        saved_mapping = save_mapping(import_kind=batch.import_kind, name=save_as, source=source, shared=shared, actor=actor, **kept)
    batch.saved_mapping, batch.mapping_version = saved_mapping, saved_mapping.version if saved_mapping else None
    start_check(batch)
    return batch


def kept_options(options: dict[str, Any]) -> dict[str, Any]:
    """What a saved mapping keeps: not what was only true of this file."""
    return {name: value for name, value in options.items() if name not in (*READING_OPTIONS, "ages_on")}


def require_open(batch: Batch, *states: State) -> None:
    """Refuse what would change an import that waits for approval, is being worked on, or has ended."""
    if batch.waiting_request:
        raise Refusal(_("This import waits for approval. Take the request back first."))
    if batch.state not in states:
        raise Refusal(_("This cannot be done now: the import is %(state)s."), state=batch.get_state_display())


def reread_headers(batch: Batch, options: dict[str, Any]) -> list[str]:
    """The titles when the file is read in another way."""
    return table_of(Batch(sha256=batch.sha256, name=batch.name, options=options)).headers


def start_check(batch: Batch) -> None:
    """Put the check in line; called inside an action that changed what it depends on."""
    batch.state, batch.needs_check = State.CHECKING, False
    job = check_rows.start(
        {"batch": batch.pk}, unique_key=f"exchange.batch:{batch.pk}", title_params={"name": batch.name}, area_ids=[batch.area_id]
    )
    batch.job_id = job.pk
    batch.save()


@steps_of(check_batch, title=_("Check the import %(name)s"))
def check_rows(work: Work) -> bool:
    """One chunk: first what an earlier check kept is removed, then rows are read and kept, then whole groups are checked."""
    batch = Batch.objects.select_related("area").get(pk=work.params["batch"])
    phase = PHASES[work.cursor.get("phase", 0)]
    if phase(work, batch):
        return True
    work.cursor = {"phase": work.cursor.get("phase", 0) + 1, "tally": work.cursor.get("tally", {})}
    return int(work.cursor["phase"]) < len(PHASES)


@check_rows.finish
def end_check(work: Work) -> None:
    """The counts, the file of rejected rows, and the report."""
    batch = Batch.objects.get(pk=work.params["batch"])
    count_rows(batch)
    tally = work.cursor.get("tally", {})
    batch.change_counts = sorted(([column, *told] for column, told in tally.items()), key=lambda told: -told[1])
    batch.state = State.CHECKED
    batch.save()
    keep_rejected_rows(batch)
    work.report = {"rows": batch.row_count, "good": batch.good_count, "bad": batch.bad_count}


@check_rows.abandon
def undo_check(work: Work) -> bool:
    """The check was cancelled or cannot be done: the columns can be matched again."""
    batch = Batch.objects.get(pk=work.params["batch"])
    if remove_rows(work, batch):
        return True
    batch.state = State.NEW
    batch.row_count = batch.good_count = batch.bad_count = 0
    batch.save()
    return False


def remove_rows(work: Work, batch: Batch) -> bool:
    """Remove a chunk of the rows that an earlier check kept; they are made anew from the file."""
    found = BatchRow.objects.filter(batch=batch).order_by("number").values_list("number", flat=True)
    last = found[staged.CHUNK - 1 : staged.CHUNK].first()
    BatchRow.objects.filter(batch=batch, **({"number__lte": last} if last is not None else {}))._raw_delete("default")
    return last is not None


def read_rows(work: Work, batch: Batch) -> bool:
    """Read, understand and keep a chunk."""
    context = context_of(batch)
    found = next_rows(batch, work.cursor.get("row", 0), staged.CHUNK)
    stager = Stager(context)
    kept = [stager.understand(number, cells) for number, cells in found]
    if context.kind.check and kept:
        context.kind.check(kept, context)
    copy_into(BatchRow, STORED, (stored_values(batch, row) for row in kept))
    work.done += len(kept)
    if len(found) < staged.CHUNK:
        mark_repeated_rows(context)
        return False
    work.cursor = {**work.cursor, "row": found[-1][0]}
    return True


def mark_repeated_rows(context: RowContext) -> None:
    """What only the whole file can show: where rows have an identity, find it twice; then what the kind looks for."""
    column = context.columns.get(context.kind.identity_column)
    if column is not None and column.code in context.mapped:
        mark_repeated(context.batch, column)
    if context.kind.check_file:
        context.kind.check_file(context)


def check_whole_groups(work: Work, batch: Batch) -> bool:
    """Let the kind look at whole groups, and keep what it finds."""
    context = context_of(batch, work.cursor.get("tally"))
    if context.kind.check_groups is None:
        return False
    found = next_groups(batch, context.kind, work.cursor.get("after", {}))
    if not found:
        return False
    before = {row.number: told_of(row) for row in found}
    context.kind.check_groups(found, context)
    save_rows(changed(found, before))
    work.cursor = {**work.cursor, "after": {"group": found[-1].group_key}, "tally": context.tally}
    return True


def told_of(row: StagedRow) -> tuple[Any, ...]:
    """What a look at whole groups may change in a row."""
    return len(row.problems), row.state, row.target_id


def changed(found: list[StagedRow], before: dict[int, tuple[Any, ...]]) -> list[StagedRow]:
    """The rows on which something was noted."""
    return [row for row in found if told_of(row) != before[row.number]]


PHASES = (remove_rows, read_rows, check_whole_groups)


def count_rows(batch: Batch) -> None:
    """Set the counts from the rows as they are: the report is the effect (pitfall M10)."""
    states: Counter[str] = Counter()
    told_of_rows: Counter[tuple[bool, str, str]] = Counter()
    kept = BatchRow.objects.filter(batch=batch)
    states.update(dict(kept.values_list("state").annotate(found=Count("id"))))
    for told in kept.exclude(problems=[]).values_list("problems", flat=True).iterator():
        told_of_rows.update({("warning" in problem, problem["column"], problem["message"]) for problem in told})
    batch.row_count = states.total()
    batch.good_count = batch.row_count - states[BAD]
    batch.undone_count, batch.kept_count = states[staged.UNDONE], states[staged.KEPT]
    batch.bad_count = states[BAD]
    batch.applied_count = states[BatchRow.State.APPLIED]
    batch.unchanged_count = states[BatchRow.State.UNCHANGED]
    most = [(warning, [column, message, number]) for (warning, column, message), number in told_of_rows.most_common()]
    batch.problem_counts = [told for warning, told in most if not warning][:50]
    batch.warning_counts = [told for warning, told in most if warning][:50]
