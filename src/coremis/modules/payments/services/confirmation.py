"""Applying checked results: every good row changes one payment and the ledger, and nothing else is changed."""

from typing import Any

from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import abandon, open_posting, post, post_movements
from coremis.modules.payments import chunks
from coremis.modules.payments.models import PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.checking import missing_lines
from coremis.modules.payments.services.steps import locked, require_state, take_step
from coremis.modules.payments.services.uploads import require_file
from coremis.modules.payments.states import (
    AWAITING_LINES,
    OUTCOMES,
    PAID_LINES,
    FileState,
    LineState,
    PayrollState,
    Step,
    UnpaidReason,
)  # fmt: skip

Station = Account.Station
ROWS, DIFFERENT, MISSING = "rows", "different", "missing"


@action(_("Confirm results of payment"), approvable=True)
def confirm_results(*, file: ResultFile, missing_as_unpaid: bool = False, note: str = "", actor: Actor) -> ResultFile:
    """Apply a checked file, by somebody else than who brought it. Payments not in it count as unpaid only when asked for."""
    payroll = locked(file.payroll_id)
    require_state(payroll, PayrollState.RELEASED)
    fresh = ResultFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    require_file(fresh, FileState.CHECKED)
    if fresh.sent_by_id == actor.pk and actor.pk is not None:
        raise NotPermitted(_("You brought this file. Another person must confirm it."))
    if payroll.files.filter(state=FileState.APPLYING).exists():
        raise Refusal(_("Another file of this payroll is being applied. Wait until it is done."))
    take_step(payroll, Step.RECONCILE, actor)
    amount = settled_amount(fresh, missing_as_unpaid)
    if not amount.amount_minor:
        raise Refusal(_("No row of this file can be applied. Take the rows home, correct them, and bring the file again."))
    posting = open_posting(Posting.Purpose.RESULTS, payroll, amount, takes_from=accounts_of(payroll.fund)[Station.TRANSIT], reason=note)
    params = {
        "file": fresh.pk,
        "payroll": payroll.pk,
        "posting": posting.pk,
        "missing": missing_as_unpaid,
        "accounts": account_ids(payroll),
    }
    fresh.job_id = apply_results.start(params, title_params={"name": fresh.name}).pk
    fresh.state, fresh.posting_id, fresh.missing_as_unpaid = FileState.APPLYING, posting.pk, missing_as_unpaid
    fresh.save()
    return fresh


def settled_amount(file: ResultFile, missing_as_unpaid: bool) -> Money:
    """What leaves transit when the file is applied: all that is due on the lines it settles."""
    amount = good_rows(file).aggregate(total=Sum("line__amount_minor"))["total"] or 0
    if missing_as_unpaid:
        amount += missing_lines(file.pk, file.payroll_id).aggregate(total=Sum("amount_minor"))["total"] or 0
    return Money(amount, file.payroll.currency)


def good_rows(file: "ResultFile | int") -> Any:
    """The rows with an outcome whose payment still waits for one."""
    return ResultRow.objects.filter(file=file, line__state__in=AWAITING_LINES).exclude(outcome="")


@steps_of(confirm_results, title=_("Apply the results “%(name)s”"))
def apply_results(work: Work) -> bool:
    """One key range: rows that differ from what was due, then all rows, then the payments that are in no row."""
    due = chunks.current(work)
    if due is None:
        return False
    {ROWS: _apply_rows, DIFFERENT: _post_differences, MISSING: _apply_missing}[due.phase](work, due)
    return chunks.advance(work)


@apply_results.begin
def plan_results(work: Work) -> None:
    """Fix the key ranges of the three passes. What differs comes first, as long as all lines are still waiting."""
    rows = good_rows(work.params["file"])
    phases = {DIFFERENT: rows.filter(outcome__in=(LineState.PARTIAL, LineState.OVERPAID)), ROWS: rows}
    if work.params["missing"]:
        phases[MISSING] = missing_lines(work.params["file"], work.params["payroll"])
    chunks.plan(work, **phases)


@apply_results.finish
def close_results(work: Work) -> None:
    """The closing event: the posting counts, and the report says what the rows did."""
    post(Posting.objects.get(pk=work.params["posting"]))
    file = ResultFile.objects.select_for_update(of=("self",)).get(pk=work.params["file"])
    file.state, file.job_id = FileState.APPLIED, None
    file.save()
    changed = PayrollLine.everything.filter(result_file=file).count()
    work.report = {"applied": changed, "rows_applied": file.good_count, "rows_left": file.bad_count}


@apply_results.abandon
def give_up_results(work: Work) -> bool:
    """Payments wait again for their result, in ranges; the posting stays and never counts."""
    file_id = work.params["file"]
    settled = PayrollLine.everything.filter(payroll=work.params["payroll"], result_file=file_id, state__in=OUTCOMES).order_by("pk")
    again = PayrollLine.everything.filter(pk__in=settled.values("pk")[: chunks.CHUNK])
    if update_from(again, state=LineState.SENT, paid_minor=0, receipt="", unpaid_reason="", paid_on=None, result_file=None):
        return True
    file = ResultFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    abandon(Posting.objects.get(pk=work.params["posting"]))
    if file.state == FileState.APPLYING:
        file.state, file.job_id, file.posting_id = FileState.CHECKED, None, None
        file.save()
    return False


def _apply_rows(work: Work, due: chunks.Range) -> None:
    """Transit → paid for what arrived, transit → owed for what did not; and the outcome on each line."""
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    rows = due.of(good_rows(work.params["file"]))
    paid = Q(outcome__in=PAID_LINES)
    target = Case(When(paid, then=Value(accounts[Station.PAID])), default=Value(accounts[Station.OWED]))
    amount = Case(When(paid, then=Least(F("amount_minor"), F("line__amount_minor"))), default=F("line__amount_minor"))
    post_movements(
        posting, rows, source=accounts[Station.TRANSIT], target=target, step="result", amount=amount, line="line", expected=due.rows
    )
    said = ResultRow.objects.filter(file=work.params["file"], line=OuterRef("pk")).exclude(outcome="")
    lines = PayrollLine.everything.filter(pk__in=rows.values("line"))
    arrived = said.annotate(arrived=Case(When(paid, then=F("amount_minor")), default=Value(0))).values("arrived")[:1]
    update_from(
        lines, state=_of(said, "outcome"), paid_minor=Subquery(arrived), unpaid_reason=_of(said, "unpaid_reason"),
        receipt=_of(said, "receipt"), paid_on=_of(said, "paid_on"), result_file=work.params["file"],
    )  # fmt: skip


def _post_differences(work: Work, due: chunks.Range) -> None:
    """Partly paid: the rest goes from transit back to owed. Overpaid: the excess goes from the fund to what must be recovered."""
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    rows = due.of(good_rows(work.params["file"]).filter(outcome__in=(LineState.PARTIAL, LineState.OVERPAID)))
    part = Q(outcome=LineState.PARTIAL)

    def either(partial: Any, overpaid: Any) -> Any:
        return Case(When(part, then=partial), default=overpaid)

    post_movements(
        posting, rows, step="difference", line="line", expected=due.rows,
        source=either(Value(accounts[Station.TRANSIT]), Value(accounts[Station.FUND])),
        target=either(Value(accounts[Station.OWED]), Value(accounts[Station.TO_RECOVER])),
        amount=either(F("line__amount_minor") - F("amount_minor"), F("amount_minor") - F("line__amount_minor")),
    )  # fmt: skip


def _apply_missing(work: Work, due: chunks.Range) -> None:
    """Not in the file counts as unpaid: transit → owed."""
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    lines = due.of(missing_lines(work.params["file"], work.params["payroll"]))
    post_movements(posting, lines, source=accounts[Station.TRANSIT], target=accounts[Station.OWED], step="result", expected=due.rows)
    update_from(lines, state=LineState.UNCOLLECTED, unpaid_reason=UnpaidReason.NOT_IN_FILE, result_file=work.params["file"])


def _of(rows: Any, column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])
