"""Checking a file of results: every row becomes an outcome for one payment, or a problem. Nothing is changed by it."""

from collections.abc import Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.mapping import checked_mapping
from coremis.kernel.exchange.saved import save_mapping
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.payments.judging import Known, judge
from coremis.modules.payments.models import PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.reading import BY_CODE, Understood, understand
from coremis.modules.payments.services.steps import require_state
from coremis.modules.payments.services.uploads import require_file
from coremis.modules.payments.sources import next_rows
from coremis.modules.payments.states import AWAITING_LINES, FREE_LINES, FileKind, FileState, LineState, PayrollState, RowProblem

ROW_COLUMNS = (
    "file", "position", "reference", "line", "area", "outcome", "problem", "amount_minor", "currency", "unpaid_reason", "receipt",
    "paid_on", "effect", "was", "proof", "collected_by", "resolution",
)  # fmt: skip
MAPPING_KIND = "payments.results"  # under which the matching of columns is kept for a provider
WITH_RESULTS = (PayrollState.RELEASED, PayrollState.CLOSED)


@action(_("Check results of payment"), covers=(save_mapping,))
def check_results(*, file: ResultFile, mapping: dict[str, Any], save_as: str = "", actor: Actor) -> ResultFile:
    """Fix the columns and check every row, as a job: payment found, amount compared, receipt and reason there.

    With ``save_as``, such as the provider's name, the matching is kept for everybody and proposed for the next file like this.
    """
    fresh = ResultFile.objects.select_for_update(of=("self",)).select_related("payroll").get(pk=file.pk)
    require_file(fresh, FileState.NEW)
    if fresh.kind_of == FileKind.SHEET:
        raise Refusal(_("This list was typed in. Send it from its own page."))
    fresh.mapping = checked_mapping(mapping, BY_CODE, fresh.headers)
    if save_as.strip():
        save_mapping(
            import_kind=MAPPING_KIND, name=save_as, mapping=dict(fresh.mapping), options={}, headers=fresh.headers, shared=True, actor=actor
        )
    return start_check(fresh)


def start_check(file: ResultFile) -> ResultFile:
    """Order the check of a file or a signed list; called inside the action that asks for it."""
    require_state(file.payroll, *WITH_RESULTS)
    job = read_results.start({"file": file.pk}, title_params={"name": file.name})
    file.state, file.job_id = FileState.CHECKING, job.pk
    file.save()
    return file


@steps_of(check_results, title=_("Check the results “%(name)s”"))
def read_results(work: Work) -> bool:
    """The next rows of the file, each with its outcome or its problem."""
    file = ResultFile.objects.select_related("payroll").get(pk=work.params["file"])
    found = next_rows(file, work.cursor.get("row", 0), ranges.CHUNK)
    rows = [understand(number, cells, file.payroll.currency) for number, cells in found]
    known = known_lines(row.number for row in rows)
    for row in rows:
        judge(row, known.get(row.number or 0), file.payroll_id, file.provider_id)
    copy_into(ResultRow, ROW_COLUMNS, (stored(file, row, known.get(row.number or 0)) for row in rows), check_places=False)
    work.done += len(rows)
    if found:
        work.cursor = {"row": found[-1][0]}
    return len(found) == ranges.CHUNK


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
    first = ResultRow.objects.filter(file=work.params["file"]).order_by("pk").values("pk")[: ranges.CHUNK]
    with removing_prepared():
        if ResultRow._base_manager.filter(pk__in=first)._raw_delete(DEFAULT_DB_ALIAS):
            return True
    file = ResultFile.objects.select_for_update(of=("self",)).get(pk=work.params["file"])
    if file.state == FileState.CHECKING:
        file.state, file.job_id = FileState.NEW, None
        file.save()
    return False


def missing_lines(file_id: int, payroll_id: int) -> Any:
    """The payments under way of which no row of the file speaks; of a provider's file only that provider's payments."""
    file = ResultFile.objects.filter(pk=file_id)
    whose = Exists(file.filter(provider=None)) | Q(provider__in=file.values("provider"))
    named = ResultRow.objects.filter(file=file_id, line=OuterRef("pk"))
    return PayrollLine.everything.filter(~Exists(named), whose, payroll=payroll_id, state__in=AWAITING_LINES)


def known_lines(numbers: Iterable[int | None]) -> dict[int, Known]:
    """What is known of the payments with these numbers. One query."""
    rows = PayrollLine.objects.filter(number__in={number for number in numbers if number}).values_list(
        "number", "pk", "payroll_id", "amount_minor", "paid_minor", "state", "area_id", "receipt", "unpaid_reason",
        ~Q(forfeited_on=None), Exists(later_attempts()), "provider_id",
    )  # fmt: skip
    return {row[0]: Known(*row[1:]) for row in rows}


def later_attempts(line: str = "") -> "QuerySet[PayrollLine]":
    """The attempts that came after a payment and were not cancelled: found by the key of which there is only one (pitfall M16)."""
    key = {name: OuterRef(f"{line}{name}") for name in ("cycle", "component", "enrolment")}
    rows: QuerySet[PayrollLine] = PayrollLine.everything.filter(**key, attempt__gt=OuterRef(f"{line}attempt"))
    return rows.exclude(state__in=FREE_LINES)


def mark_repeated(file: ResultFile) -> None:
    """Of rows that name the same payment none is applied: nobody knows which one is right."""
    rows = ResultRow.objects.filter(file=file).exclude(line=None)
    repeated = rows.order_by().values("line").annotate(found=Count("pk")).filter(found__gt=1).values("line")
    found = rows.filter(line__in=repeated).exclude(outcome="")
    update_from(found, outcome=Value(""), effect=Value(""), problem=Value(RowProblem.REPEATED))


def stored(file: ResultFile, row: Understood, line: Known | None) -> tuple[Any, ...]:
    """A row in the order of ``ROW_COLUMNS``; a problem and an outcome exclude each other."""
    mine = line if line is not None and line.payroll_id == file.payroll_id else None
    outcome = "" if row.problem else LineState(row.outcome).value
    return (
        file.pk, row.position, row.reference, mine.pk if mine else None, mine.area_id if mine else None, outcome, row.problem,
        row.amount_minor, file.payroll.currency, row.reason, row.receipt, row.paid_on, "" if row.problem else row.effect, row.was,
        row.proof, row.collected_by, "",
    )  # fmt: skip
