"""The passes of applying results, each set-based and at most eight statements a key range.

The rows that differ come first, as long as their lines still say what was paid before; then first and late results, other
results, payments taken back, payments that are in no row, and the incidents.
"""

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, Case, CharField, DateTimeField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Least, Left
from django.utils import timezone

from coremis.kernel.actions.bulk import insert_from, update_from, update_joined
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Movement, Posting
from coremis.modules.ledger.services import copy_reversed, post_movements
from coremis.modules.payments.models import EarlierResult, Incident, Payroll, PayrollLine, ResultRow
from coremis.modules.payments.selection import changed_lines
from coremis.modules.payments.services.checking import later_attempts, missing_lines
from coremis.modules.payments.states import (
    INCIDENT_PROBLEMS,
    PAID_LINES,
    Effect,
    IncidentEnd,
    IncidentKind,
    IncidentState,
    LineState,
    UnpaidReason,
)  # fmt: skip

Station = Account.Station
BLANK = Value("", output_field=CharField())
KEPT, DIFFERENT, FIRST, LATE, CHANGED, REVERSED, MISSING = "kept", "different", "first", "late", "changed", "reversed", "missing"
CALMED, INCIDENTS = "calmed", "incidents"
PAID = Q(outcome__in=PAID_LINES)
OPEN = F("line__amount_minor") - F("line__paid_minor")  # what was still due before this row
LESS, MORE = Q(effect=Effect.FIRST, amount_minor__lt=OPEN), Q(amount_minor__gt=OPEN)
DIFFERS = PAID & Q(effect__in=(Effect.FIRST, Effect.LATE)) & (LESS | MORE)
RESULT = ("state", "paid_minor", "unpaid_reason", "receipt", "proof", "collected_by", "paid_on", "result_file")
EARLIER_COLUMNS = ("line", "area", "replaced_by", *RESULT)
INCIDENT_COLUMNS = (
    "payroll", "kind_of", "line", "other", "row", "area", "amount_minor", "currency", "state", "end", "explanation", "to_recover_minor",
    "opened_at", "settled_by",
)  # fmt: skip


def planned(rows: Any) -> dict[str, Any]:
    """The rows of each pass, by its name."""
    return {
        KEPT: rows.exclude(effect=Effect.FIRST),
        DIFFERENT: rows.filter(DIFFERS), FIRST: rows.filter(effect=Effect.FIRST), LATE: rows.filter(effect=Effect.LATE),
        CHANGED: rows.filter(effect=Effect.CHANGE), REVERSED: rows.filter(effect=Effect.REVERSE),
    }  # fmt: skip


def post_differences(work: Work, due: ranges.Range) -> None:
    """Partly paid: the rest goes from transit back to owed. Overpaid: the excess goes from the fund to what must be recovered."""
    posting, accounts = _posting(work)
    post_movements(
        posting, due.of(_rows(work).filter(DIFFERS)), step="difference", line="line", expected=due.rows,
        source=Case(When(LESS, then=Value(accounts[Station.TRANSIT])), default=Value(accounts[Station.FUND])),
        target=Case(When(LESS, then=Value(accounts[Station.OWED])), default=Value(accounts[Station.TO_RECOVER])),
        amount=Case(When(LESS, then=OPEN - F("amount_minor")), default=F("amount_minor") - OPEN),
    )  # fmt: skip


def apply_first(work: Work, due: ranges.Range) -> None:
    """Transit → paid for what arrived, transit → owed for what did not; and the outcome on each line."""
    posting, accounts = _posting(work)
    rows = due.of(_rows(work).filter(effect=Effect.FIRST))
    target = Case(When(PAID, then=Value(accounts[Station.PAID])), default=Value(accounts[Station.OWED]))
    amount = Case(When(PAID, then=Least(F("amount_minor"), F("line__amount_minor"))), default=F("line__amount_minor"))
    post_movements(
        posting, rows, source=accounts[Station.TRANSIT], target=target, step="result", amount=amount, line="line", expected=due.rows
    )
    _write(work, rows)


def apply_late(work: Work, due: ranges.Range) -> None:
    """Owed → paid, for what was still due; what was known before is kept."""
    posting, accounts = _posting(work)
    rows = due.of(_rows(work).filter(effect=Effect.LATE))
    amount = Least(F("amount_minor"), OPEN)
    post_movements(
        posting, rows, source=accounts[Station.OWED], target=accounts[Station.PAID], step="late", amount=amount, line="line",
        expected=due.rows,
    )  # fmt: skip
    _write(work, rows)


def apply_changed(work: Work, due: ranges.Range) -> None:
    """Another reason or kind of not paid, or a dispute about what was paid: no money moves."""
    rows = due.of(_rows(work).filter(effect=Effect.CHANGE))
    update_joined(PayrollLine, rows, "line", state=F("outcome"), unpaid_reason=F("unpaid_reason"), result_file=_file(work))


def apply_reversed(work: Work, due: ranges.Range) -> None:
    """Every movement that paid the line is reversed: paid → owed, and what was too much to recover → fund."""
    posting, accounts = _posting(work)
    rows = due.of(_rows(work).filter(effect=Effect.REVERSE))
    reverse_payments(posting, rows.values("line"), work.params["payroll"], accounts)
    update_joined(
        PayrollLine, rows, "line", state=F("outcome"), unpaid_reason=F("unpaid_reason"), paid_minor=0, receipt="", proof="",
        collected_by="", paid_on=None, result_file=_file(work),
    )  # fmt: skip


def reverse_payments(posting: Posting, lines: Any, payroll_id: int, accounts: dict[str, int]) -> int:
    """The opposite of every movement that paid these lines and is not reversed yet. Nothing is updated in place (pitfall M13).

    What was too much comes back whole. Where later payments kept a part of it back, or somebody brought it, ``to recover`` holds that
    much less than nothing until the next payment gives it back; what was written off is no longer.
    """
    about = Posting.objects.filter(subject_kind=Payroll.kind(), subject_id=payroll_id, state=Posting.State.POSTED).order_by()
    postings = about.values("pk")
    mine = Movement.objects.filter(posting__in=postings, line_id__in=lines)
    same = Movement.objects.filter(posting__in=postings, line_id=OuterRef("line_id"))
    over = Q(to_account=accounts[Station.TO_RECOVER], step="difference") | Q(to_account=accounts[Station.WRITTEN_OFF], step="written_off")
    made = mine.filter((Q(to_account=accounts[Station.PAID]) | over) & ~Exists(same.filter(reverses=OuterRef("pk")))).annotate(
        new_step=Concat(Value("b"), Cast(F("posting__attempt"), CharField()), Left("step", 1), output_field=CharField())
    )
    back = Case(
        When(to_account=accounts[Station.PAID], then=Value(accounts[Station.OWED])),
        When(to_account=accounts[Station.WRITTEN_OFF], then=Value(accounts[Station.TO_RECOVER])),
        default=Value(accounts[Station.FUND]),
    )  # fmt: skip
    return copy_reversed(posting, made, target=back)


def calm_incidents(work: Work, due: ranges.Range) -> None:
    """The incidents about what was overpaid on payments that are taken back."""
    calm(due.of(overpaid_incidents(work.params["file"])))


def calm(incidents: Any) -> None:
    """What was overpaid was taken back with the payment: nothing is left to recover. What somebody brought stays booked."""
    brought = When(end=IncidentEnd.RECOVERED, then=F("to_recover_minor"))
    update_from(
        incidents, state=IncidentState.SETTLED,
        to_recover_minor=Case(brought, default=Value(0), output_field=BigIntegerField()),
        end=Case(When(end="", then=Value(IncidentEnd.EXPLAINED.value)), default=F("end")),
    )  # fmt: skip


def overpaid_incidents(file_id: int) -> Any:
    """The incidents about what was overpaid on lines that this file takes back."""
    lines = ResultRow.objects.filter(file=file_id, effect=Effect.REVERSE).values("line")
    return Incident.objects.filter(kind_of=IncidentKind.OVERPAID, line__in=lines).exclude(row__file=file_id)


def apply_missing(work: Work, due: ranges.Range) -> None:
    """Not in the file counts as unpaid: transit → owed. It is asked for again, not re-issued, until somebody knows more."""
    posting, accounts = _posting(work)
    lines = due.of(missing_lines(work.params["file"], work.params["payroll"]))
    post_movements(posting, lines, source=accounts[Station.TRANSIT], target=accounts[Station.OWED], step="result", expected=due.rows)
    update_from(lines, state=LineState.NOT_IN_FILE, unpaid_reason=UnpaidReason.NOT_IN_FILE, result_file=work.params["file"])


def makes_incident() -> Q:
    """The rows that somebody has to look into."""
    return Q(problem__in=INCIDENT_PROBLEMS) | Q(outcome__in=(LineState.OVERPAID, LineState.DISPUTED))


def open_incidents(work: Work, due: ranges.Range) -> None:
    """An incident for each of these rows, with the other payment where there is one."""
    rows = due.of(ResultRow.objects.filter(makes_incident(), file=work.params["file"])).select_related("line")
    other = later_attempts("line__").order_by("attempt").values("pk")[:1]
    over = Q(outcome=LineState.OVERPAID)
    kinds = [When(problem=problem, then=Value(kind.value)) for problem, kind in INCIDENT_PROBLEMS.items()]
    kinds.append(When(over, then=Value(IncidentKind.OVERPAID.value)))
    excess = F("line__paid_minor") - F("line__amount_minor")
    ready = rows.order_by().annotate(
        new_payroll=F("file__payroll"), new_kind_of=Case(*kinds, default=Value(IncidentKind.DISPUTED.value), output_field=CharField()),
        new_other=Subquery(other, output_field=BigIntegerField()), new_row=F("pk"),
        new_amount_minor=Case(When(over, then=excess), default=Coalesce(F("amount_minor"), 0), output_field=BigIntegerField()),
        new_state=Case(
            When(over, then=Value(IncidentState.CLAIMED.value)), default=Value(IncidentState.OPEN.value), output_field=CharField()
        ),
        new_end=BLANK, new_explanation=BLANK, new_to_recover_minor=Value(0),
        new_opened_at=Value(timezone.now(), output_field=DateTimeField()),
        new_settled_by=Value(None, output_field=BigIntegerField()),
    )  # fmt: skip
    insert_from(Incident, ready, INCIDENT_COLUMNS, skip_existing=True)


def note_changed(payroll_id: int, file_id: int) -> int:
    """An incident for each line of this file that is no longer what was frozen; found by its fingerprint. One statement."""
    lines = changed_lines(PayrollLine.everything.filter(payroll=payroll_id, result_file=file_id)).exclude(
        pk__in=Incident.objects.filter(kind_of=IncidentKind.CHANGED, payroll=payroll_id).values("line")
    )  # fmt: skip
    nothing = Value(None, output_field=BigIntegerField())
    ready = lines.annotate(
        new_kind_of=Value(IncidentKind.CHANGED.value, output_field=CharField()), new_line=F("pk"), new_other=nothing, new_row=nothing,
        new_state=Value(IncidentState.OPEN.value, output_field=CharField()), new_end=BLANK, new_explanation=BLANK,
        new_to_recover_minor=Value(0), new_opened_at=Value(timezone.now(), output_field=DateTimeField()), new_settled_by=nothing,
    )  # fmt: skip
    return insert_from(Incident, ready, INCIDENT_COLUMNS)


def put_back(file_id: int) -> int:
    """After a failure: lines that had an earlier result have it again, a key range at a time; returns how many."""
    kept = EarlierResult._base_manager.filter(replaced_by=file_id).order_by("pk")
    some = list(kept.values_list("pk", "line_id")[: ranges.CHUNK])
    if not some:
        return 0
    before = kept.filter(line=OuterRef("pk"))
    lines = PayrollLine.everything.filter(pk__in=[line for _pk, line in some])
    update_from(lines, **{name: _of(before, "result_file_id" if name == "result_file" else name) for name in RESULT})
    with removing_prepared():
        EarlierResult._base_manager.filter(pk__in=[pk for pk, _line in some])._raw_delete(DEFAULT_DB_ALIAS)
    return len(some)


def _write(work: Work, rows: Any) -> None:
    """What had arrived before, and what the rows add to it."""
    arrived = Case(When(PAID, then=F("amount_minor")), default=Value(0), output_field=BigIntegerField())
    texts = {name: F(name) for name in ("unpaid_reason", "receipt", "proof", "collected_by", "paid_on")}
    update_joined(
        PayrollLine, rows, "line", state=F("outcome"), paid_minor=F("line__paid_minor") + arrived, result_file=_file(work), **texts
    )  # fmt: skip


def keep_earlier(work: Work, due: ranges.Range) -> None:
    """What was known of the payments before, where a row takes its place."""
    rows = due.of(_rows(work).exclude(effect=Effect.FIRST))
    lines = PayrollLine.everything.filter(pk__in=rows.values("line")).order_by()
    ready = lines.annotate(new_line=F("pk"), new_replaced_by=Value(_file(work), output_field=BigIntegerField()))
    insert_from(EarlierResult, ready, EARLIER_COLUMNS)


def _posting(work: Work) -> tuple[Posting, dict[str, int]]:
    return Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]


def _rows(work: Work) -> Any:
    return ResultRow.objects.filter(file=work.params["file"]).exclude(outcome="")


def _file(work: Work) -> int:
    return int(work.params["file"])


def _of(rows: Any, column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


PASSES: dict[str, Callable[[Work, ranges.Range], None]] = {
    KEPT: keep_earlier,
    DIFFERENT: post_differences, FIRST: apply_first, LATE: apply_late, CHANGED: apply_changed, REVERSED: apply_reversed,
    CALMED: calm_incidents, MISSING: apply_missing, INCIDENTS: open_incidents,
}  # fmt: skip
