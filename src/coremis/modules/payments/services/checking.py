"""Checking a file of results: every row becomes an outcome for one payment, or a problem. Nothing is changed by it."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, OuterRef, Sum, Value
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.mapping import checked_mapping
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import path_of
from coremis.kernel.jobs.work import Work
from coremis.modules.payments import chunks
from coremis.modules.payments.models import PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.reading import BY_CODE, Understood, cells_by_code, settle, understand
from coremis.modules.payments.services.uploads import require_file
from coremis.modules.payments.states import AWAITING_LINES, OUTCOMES, FileState, LineState, PayrollState, RowProblem

ROW_COLUMNS = (
    "file", "position", "reference", "line", "area", "outcome", "problem", "amount_minor", "currency", "unpaid_reason", "receipt",
    "paid_on", "resolution",
)  # fmt: skip
Known = tuple[int, int, int, str, int]


@action(_("Check results of payment"))
def check_results(*, file: ResultFile, mapping: dict[str, Any], actor: Actor) -> ResultFile:
    """Fix the columns and check every row, as a job: payment found, amount compared, receipt and reason there."""
    fresh = ResultFile.objects.select_for_update(of=("self",)).select_related("payroll").get(pk=file.pk)
    require_file(fresh, FileState.NEW)
    if fresh.payroll.state != PayrollState.RELEASED:
        raise Refusal(_("Only a payroll that is in payment has results."))
    fresh.mapping = checked_mapping(mapping, BY_CODE, fresh.headers)
    job = read_results.start({"file": fresh.pk}, title_params={"name": fresh.name})
    fresh.state, fresh.job_id = FileState.CHECKING, job.pk
    fresh.save()
    return fresh


@steps_of(check_results, title=_("Check the results “%(name)s”"))
def read_results(work: Work) -> bool:
    """The next rows of the file, each with its outcome or its problem."""
    file = ResultFile.objects.select_related("payroll").get(pk=work.params["file"])
    table = open_table(path_of(file.sha256))
    found = list(islice(table.rows(work.cursor.get("row", 0)), chunks.CHUNK))
    rows = [understand(number, cells_by_code(table.headers, file.mapping, cells), file.payroll.currency) for number, cells in found]
    known = known_lines(row.number for row in rows)
    for row in rows:
        judge(row, known.get(row.number or 0), file.payroll_id)
    copy_into(ResultRow, ROW_COLUMNS, (stored(file, row, known.get(row.number or 0)) for row in rows), check_places=False)
    work.done += len(rows)
    if found:
        work.cursor = {"row": found[-1][0]}
    return len(found) == chunks.CHUNK


@read_results.begin
def begin_check(work: Work) -> None:
    """A check that failed may be tried again, as long as the file was not set aside."""
    file = ResultFile.objects.select_for_update(of=("self",)).get(pk=work.params["file"])
    require_file(file, FileState.NEW, FileState.CHECKING)
    file.state = FileState.CHECKING
    file.save()


@read_results.finish
def close_check(work: Work) -> None:
    """Rows that name the same payment are not applied, any of them; then count everything."""
    file = ResultFile.objects.select_for_update(of=("self",)).select_related("payroll").get(pk=work.params["file"])
    mark_repeated(file)
    rows = ResultRow.objects.filter(file=file)
    found = rows.order_by().values_list("outcome", "problem").annotate(count=Count("pk"), said=Sum("amount_minor"))
    file.counts = {outcome or problem: [count, amount or 0] for outcome, problem, count, amount in found}
    file.row_count = work.done
    file.good_count = sum(count for outcome, _problem, count, _amount in found if outcome)
    file.bad_count = file.row_count - file.good_count
    file.missing_count = missing_lines(file.pk, file.payroll_id).count()
    file.state, file.job_id = FileState.CHECKED, None
    file.save()
    work.report = {"good": file.good_count, "bad": file.bad_count, "missing": file.missing_count}


@read_results.abandon
def remove_rows(work: Work) -> bool:
    """Take the rows away that nobody has used; the columns can be matched again."""
    first = ResultRow.objects.filter(file=work.params["file"]).order_by("pk").values("pk")[: chunks.CHUNK]
    with removing_prepared():
        if ResultRow._base_manager.filter(pk__in=first)._raw_delete(DEFAULT_DB_ALIAS):
            return True
    file = ResultFile.objects.select_for_update(of=("self",)).get(pk=work.params["file"])
    if file.state == FileState.CHECKING:
        file.state, file.job_id = FileState.NEW, None
        file.save()
    return False


def missing_lines(file_id: int, payroll_id: int) -> Any:
    """The payments under way of which no row of the file speaks."""
    named = ResultRow.objects.filter(file=file_id, line=OuterRef("pk"))
    return PayrollLine.everything.filter(~Exists(named), payroll=payroll_id, state__in=AWAITING_LINES)


def known_lines(numbers: Iterable[int | None]) -> dict[int, Known]:
    """The payments of these numbers: id, payroll, amount, state and place. One query."""
    rows = PayrollLine.objects.filter(number__in={number for number in numbers if number}).values_list(
        "number", "pk", "payroll_id", "amount_minor", "state", "area_id"
    )
    return {row[0]: row[1:] for row in rows}


def judge(row: Understood, line: Known | None, payroll_id: int) -> None:
    """Whether the payment that a row names can take its outcome; its own problems come second."""
    if line is None:
        row.problem = RowProblem.NO_REFERENCE if row.number is None else RowProblem.UNKNOWN
    elif line[1] != payroll_id:
        row.problem = RowProblem.OTHER_PAYROLL
    elif line[3] in OUTCOMES:
        row.problem = RowProblem.ALREADY
    elif line[3] not in AWAITING_LINES:
        row.problem = RowProblem.NOT_SENT
    else:
        settle(row, line[2])


def mark_repeated(file: ResultFile) -> None:
    """Of rows that name the same payment none is applied: nobody knows which one is right."""
    rows = ResultRow.objects.filter(file=file).exclude(line=None)
    repeated = rows.order_by().values("line").annotate(found=Count("pk")).filter(found__gt=1).values("line")
    update_from(rows.filter(line__in=repeated).exclude(outcome=""), outcome=Value(""), problem=Value(RowProblem.REPEATED))


def stored(file: ResultFile, row: Understood, line: Known | None) -> tuple[Any, ...]:
    """A row in the order of ``ROW_COLUMNS``; a problem and an outcome exclude each other."""
    mine = line is not None and line[1] == file.payroll_id
    outcome = "" if row.problem else LineState(row.outcome).value
    place = line[4] if line is not None and mine else None
    return (
        file.pk, row.position, row.reference, line[0] if line is not None and mine else None, place, outcome, row.problem, row.amount_minor,
        file.payroll.currency, row.reason, row.receipt, row.paid_on, "",
    )  # fmt: skip
