"""Applying checked results: every good row changes one payment and the ledger, and nothing else is changed."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import abandon, open_posting, post
from coremis.modules.payments.models import Incident, PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.services import applying
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.checking import WITH_RESULTS, later_attempts, missing_lines
from coremis.modules.payments.services.collectors import log_collectors
from coremis.modules.payments.services.steps import locked, require_state, take_step
from coremis.modules.payments.services.uploads import require_file
from coremis.modules.payments.states import (
    OUTCOMES,
    Effect,
    FileState,
    LineState,
    PayrollState,
    RowProblem,
    Step,
)  # fmt: skip

Station = Account.Station


@action(_("Confirm results of payment"), approvable=True)
def confirm_results(*, file: ResultFile, missing_as_unpaid: bool = False, note: str = "", actor: Actor) -> ResultFile:
    """Apply a checked file, by somebody else than who brought it. Payments not in it count as unpaid only when asked for.

    Late answers are taken in after the payroll is closed as well; what was re-issued meanwhile becomes an incident.
    """
    payroll = locked(file.payroll_id)
    require_state(payroll, *WITH_RESULTS)
    fresh = ResultFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    require_file(fresh, FileState.CHECKED)
    if fresh.sent_by_id == actor.pk and actor.pk is not None:
        raise NotPermitted(_("You brought this file. Another person must confirm it."))
    if payroll.files.filter(state=FileState.APPLYING).exists():
        raise Refusal(_("Another file of this payroll is being applied. Wait until it is done."))
    if payroll.job_id:
        raise Refusal(_("Other work on this payroll is under way. Wait until it is done."))
    if payroll.reissued_in.filter(state=PayrollState.PREPARING).exists():
        raise Refusal(_("Unpaid lines of this payroll are being re-issued. Wait until that is done."))
    take_step(payroll, Step.RECONCILE, actor)
    refuse_overtaken(fresh)
    if not settled_count(fresh, missing_as_unpaid):
        raise Refusal(_("No row of this file can be applied. Take the rows home, correct them, and bring the file again."))
    amount = settled_amount(fresh, missing_as_unpaid)
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


def refuse_overtaken(file: ResultFile) -> None:
    """What the check said must still hold: another file, or a re-issue, may have been faster."""
    rows = good_rows(file)
    moved = rows.exclude(effect=Effect.FIRST).filter(Exists(later_attempts("line__")) | Q(line__forfeited_on__isnull=False))
    if rows.exclude(line__state=F("was")).exists() or moved.exists():
        raise Refusal(_("Payments of this file got another result since it was checked. Set the file aside and bring it again."))


def settled_amount(file: ResultFile, missing_as_unpaid: bool) -> Money:
    """What leaves transit when the file is applied: all that is due on the lines it settles for the first time."""
    amount = good_rows(file).filter(effect=Effect.FIRST).aggregate(total=Sum("line__amount_minor"))["total"] or 0
    if missing_as_unpaid:
        amount += missing_lines(file.pk, file.payroll_id).aggregate(total=Sum("amount_minor"))["total"] or 0
    return Money(amount, file.payroll.currency)


def settled_count(file: ResultFile, missing_as_unpaid: bool) -> int:
    """How many payments get a result by this file, or turn out to be paid twice."""
    rows = ResultRow.objects.filter(Q(problem__in=(RowProblem.PAID_TWICE, RowProblem.FORFEITED)) | ~Q(outcome=""), file=file)
    return int(rows.count() + (missing_lines(file.pk, file.payroll_id).count() if missing_as_unpaid else 0))


def good_rows(file: "ResultFile | int") -> Any:
    """The rows with an outcome."""
    return ResultRow.objects.filter(file=file).exclude(outcome="")


@steps_of(confirm_results, title=_("Apply the results “%(name)s”"))
def apply_results(work: Work) -> bool:
    """One key range of one pass; see ``applying``."""
    due = ranges.current(work)
    if due is None:
        return False
    applying.PASSES[due.phase](work, due)
    return ranges.advance(work)


@apply_results.begin
def plan_results(work: Work) -> None:
    """Fix the key ranges of all passes. What differs comes first, as long as all lines are still as they were."""
    phases = applying.planned(good_rows(work.params["file"]))
    if work.params["missing"]:
        phases[applying.MISSING] = missing_lines(work.params["file"], work.params["payroll"])
    phases[applying.CALMED] = applying.overpaid_incidents(work.params["file"])
    phases[applying.INCIDENTS] = ResultRow.objects.filter(applying.makes_incident(), file=work.params["file"])
    ranges.plan(work, **phases)


@apply_results.finish
def close_results(work: Work) -> None:
    """The closing event: the posting counts, and the report says what the rows did."""
    post(Posting.objects.get(pk=work.params["posting"]))
    file = ResultFile.objects.select_for_update(of=("self",)).get(pk=work.params["file"])
    file.state, file.job_id = FileState.APPLIED, None
    file.save()
    log_collectors(file.pk)
    applying.note_changed(file.payroll_id, file.pk)
    changed = PayrollLine.everything.filter(result_file=file).count()
    incidents = Incident.objects.filter(row__file=file).count()
    work.report = {"applied": changed, "rows_applied": file.good_count, "rows_left": file.bad_count, "incidents": incidents}


@apply_results.abandon
def give_up_results(work: Work) -> bool:
    """Payments are again what they were, in ranges; the posting stays and never counts."""
    file_id = work.params["file"]
    if applying.put_back(file_id) or _first_results_taken_back(work):
        return True
    with removing_prepared():
        first = Incident._base_manager.filter(row__file=file_id).order_by("pk").values("pk")[: ranges.CHUNK]
        if Incident._base_manager.filter(pk__in=first)._raw_delete(DEFAULT_DB_ALIAS):
            return True
    file = ResultFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    abandon(Posting.objects.get(pk=work.params["posting"]))
    if file.state == FileState.APPLYING:
        file.state, file.job_id, file.posting_id = FileState.CHECKED, None, None
        file.save()
    return False


def _first_results_taken_back(work: Work) -> int:
    mine = PayrollLine.everything.filter(payroll=work.params["payroll"], result_file=work.params["file"], state__in=OUTCOMES)
    again = PayrollLine.everything.filter(pk__in=mine.order_by("pk").values("pk")[: ranges.CHUNK])
    blank = dict.fromkeys(("receipt", "unpaid_reason", "proof", "collected_by"), "")
    return update_from(again, state=LineState.SENT, paid_minor=0, paid_on=None, result_file=None, **blank)
