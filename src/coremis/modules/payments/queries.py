"""Figures of a payroll: what became of its lines, and whether that agrees with the ledger."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.columns import text_of
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import sums_about
from coremis.modules.payments.findings import NEEDS_VERDICT, HoldDecision, Verdict
from coremis.modules.payments.models import FlagGroup, FlagMember, Hold, Incident, LeftOut, PaymentTerms, Payroll, PayrollLine, ResultRow
from coremis.modules.payments.selection import changed_lines
from coremis.modules.payments.states import (
    AWAITING_LINES,
    BLOCKING_PROBLEMS,
    DUE_LINES,
    FREE_LINES,
    HELD_BEFORE,
    HELD_LINES,
    LIVE_PAYROLLS,
    PAID_LINES,
    SENT_PAYROLLS,
    UNDECIDED_FILES,
    UNPAID_LINES,
    FileState,
    IncidentState,
    LineState,
)  # fmt: skip
from coremis.modules.programmes.models import Enrolment

Station = Account.Station
Figure = tuple[int, int]


@dataclass
class Figures:
    """Number and value by what became of the lines (rulebook 2.11.2). A partly paid line counts as paid, its rest as uncollected."""

    currency: str
    approved: Figure = (0, 0)
    paid: Figure = (0, 0)
    uncollected: Figure = (0, 0)
    failed: Figure = (0, 0)
    in_transit: Figure = (0, 0)
    cancelled: Figure = (0, 0)
    waiting: Figure = (0, 0)
    held: Figure = (0, 0)
    excess_minor: int = 0
    forfeited_minor: int = 0
    differences: list[str] = field(default_factory=list)

    def explained(self) -> Figure:
        """What the right-hand side of the identity adds up to."""
        parts = (self.paid, self.uncollected, self.failed, self.in_transit, self.cancelled)
        return sum(part[0] for part in parts), sum(part[1] for part in parts)

    def money(self, figure: Figure) -> Money:
        """The value of a figure."""
        return Money(figure[1], self.currency)


def figures_of(payroll: Payroll) -> Figures:
    """What became of the lines of a payroll. Two queries. Lines that were held or voided before anything was owed stand apart."""
    unowed, owed = _voided(payroll)
    found = summed_up(Figures(payroll.currency), _by_state(PayrollLine.objects.filter(payroll=payroll)))
    found.cancelled = (found.cancelled[0] - unowed[0], found.cancelled[1] - unowed[1])
    found.approved = (payroll.line_count + owed[0], payroll.total_minor + owed[1])
    return found


def held_before(state: str, reason: str) -> bool:
    """A line that was held before anything was owed for it."""
    return state in HELD_LINES and reason in HELD_BEFORE


def summed_up(found: Figures, rows: Any) -> Figures:
    """The figures with these rows (state, reason to hold, number, due, paid, kept, back in the fund) added."""
    rest = 0
    for state, reason, count, due, paid, kept, forfeited in rows:
        found.forfeited_minor += forfeited
        if held_before(state, reason):
            found.held = (found.held[0] + count, found.held[1] + due)
        elif state in PAID_LINES:
            found.paid = (found.paid[0] + count, found.paid[1] + kept)
            found.excess_minor += paid - kept
            rest += due - kept
        else:
            name = GROUP_OF[LineState(state)]
            before = getattr(found, name)
            setattr(found, name, (before[0] + count, before[1] + due))
    found.uncollected = (found.uncollected[0], found.uncollected[1] + rest)
    return found


def _voided(payroll: Payroll) -> tuple[Figure, Figure]:
    """The single payments that were voided before, and after, anything was owed for them."""
    rows = Hold.objects.filter(payroll=payroll, decision=HoldDecision.VOID).order_by().values_list("was_owed")
    found = {owed: (count, total) for owed, count, total in rows.annotate(count=Count("pk"), total=Sum("line__amount_minor"))}
    return found.get(False, (0, 0)), found.get(True, (0, 0))


GROUP_OF = {
    **dict.fromkeys(AWAITING_LINES, "in_transit"), **dict.fromkeys(UNPAID_LINES, "uncollected"), LineState.FAILED: "failed",
    LineState.REJECTED: "failed", LineState.CANCELLED: "cancelled", LineState.DUE: "waiting", **dict.fromkeys(HELD_LINES, "waiting"),
}  # fmt: skip


BY_PLACE, BY_POINT = ("area_id", "area_name", "area__parent__name"), ("point_id", "point_name")


def balance_by(payroll: Payroll, columns: tuple[str, ...], lines: Any = None) -> list[tuple[str, Figures]]:
    """The figures by place or payment point (``BY_PLACE``, ``BY_POINT``), each proved for itself. One query.

    The first of ``columns`` tells apart what has one name: two villages may be called the same.
    """
    groups: dict[tuple[str, Any], list[Any]] = {}
    mine = PayrollLine.objects.filter(payroll=payroll) if lines is None else lines.filter(payroll=payroll)
    for key, *row in _by_state(mine, *columns):
        names, figures = row[: len(columns) - 1], row[len(columns) - 1 :]
        groups.setdefault((", ".join(name for name in names if name), key or 0), []).append(figures)
    found = []
    for (name, _key), rows in sorted(groups.items()):
        owed = [row for row in rows if not held_before(row[0], row[1])]
        approved = (sum(row[2] for row in owed), sum(row[3] for row in owed))
        found.append((name, summed_up(Figures(payroll.currency, approved=approved), rows)))
    return found


def what_blocks_closing(payroll: Payroll) -> list[str]:
    """A sentence for everything that keeps a payroll from being closed; empty when the identity of rulebook 2.11.2 holds."""
    found = figures_of(payroll)
    sentences = []
    if found.in_transit != (0, 0):
        words = ngettext(
            "%(count)s payment over %(amount)s has no result yet.",
            "%(count)s payments over %(amount)s have no result yet.",
            found.in_transit[0],
        )
        sentences.append(words % _said(found.in_transit[0], found.money(found.in_transit)))
    held = found.held[0] + found.waiting[0]
    if held:
        words = ngettext("%(count)s payment is held. Decide on it.", "%(count)s payments are held. Decide on them.", held)
        sentences.append(words % {"count": text_of(held)})
    elif found.explained() != found.approved:
        missing = (found.approved[0] - found.explained()[0], found.approved[1] - found.explained()[1])
        sentences.append(_("%(count)s payments over %(amount)s are not explained.") % _said(missing[0], found.money(missing)))
    if files := payroll.files.filter(state__in=UNDECIDED_FILES).count():
        words = ngettext("%(count)s file of results is not decided.", "%(count)s files of results are not decided.", files)
        sentences.append(words % {"count": text_of(files)})
    if unknown := blocking_rows(payroll).count():
        words = ngettext(
            "%(count)s row names a payment that is not on our list. Explain it.",
            "%(count)s rows name payments that are not on our list. Explain each of them.",
            unknown,
        )
        sentences.append(words % {"count": text_of(unknown)})
    if incidents := payroll.incidents.filter(state=IncidentState.OPEN).exclude(row__in=blocking_rows(payroll)).count():
        words = ngettext("%(count)s incident is open. Decide about it.", "%(count)s incidents are open. Decide about them.", incidents)
        sentences.append(words % {"count": text_of(incidents)})
    return sentences + ledger_differences(payroll, found)


def ledger_differences(payroll: Payroll, found: Figures) -> list[str]:
    """Where lines and ledger disagree about the value, in words."""
    held = sums_about(payroll)
    decided = Incident.objects.filter(payroll=payroll).aggregate(total=Sum("to_recover_minor"))["total"] or 0
    over = held.get(Station.TO_RECOVER, 0) + held.get(Station.WRITTEN_OFF, 0)
    pairs = [
        (Station.OWED, owed_by(payroll, found, bool(held.get(Station.OWED))), held.get(Station.OWED, 0)),
        (Station.PAID, found.paid[1], held.get(Station.PAID, 0)),
        (Station.TRANSIT, found.in_transit[1], held.get(Station.TRANSIT, 0)),
        (Station.TO_RECOVER, found.excess_minor + decided, over),
    ]
    return [
        _("The ledger holds %(held)s as “%(account)s”, the payments say %(said)s.")
        % {"held": Money(there, payroll.currency).text(), "account": Station(station).label, "said": Money(said, payroll.currency).text()}
        for station, said, there in pairs
        if said != there
    ]


def owed_by(payroll: Payroll, found: Figures, posted: bool) -> int:
    """What the postings about a payroll must have left as owed.

    A re-issue owes nothing anew: it takes from what the first attempt still owes, so what it has paid or sent is missing there.
    """
    if payroll.source == Payroll.Source.REISSUE:
        return -found.paid[1] - found.in_transit[1] - found.forfeited_minor
    return found.uncollected[1] + found.failed[1] - found.forfeited_minor + (found.waiting[1] if posted else 0)


def blocking_rows(payroll: Payroll) -> "QuerySet[ResultRow]":
    """Rows of applied files about payments that nobody knows, as long as nobody has explained them."""
    return ResultRow.objects.filter(
        file__payroll=payroll, file__state=FileState.APPLIED, problem__in=BLOCKING_PROBLEMS, resolution=""
    )  # fmt: skip


def left_out_counts(payroll: Payroll) -> "list[tuple[str, int]]":
    """How many were left out for each reason."""
    rows = LeftOut.objects.filter(payroll=payroll).order_by().values_list("reason").annotate(found=Count("pk"))
    return sorted(rows, key=lambda row: -row[1])


def previous_total(payroll: Payroll) -> Figure:
    """Number and value of the live payrolls of the cycle before, in the same places and below them."""
    before = payroll.cycle.programme.cycles.filter(starts_on__lt=payroll.cycle.starts_on).order_by("-starts_on").first()
    areas = payroll.places.values("area_id")
    lines = PayrollLine.objects.filter(
        cycle=before, component=payroll.component, payroll__state__in=LIVE_PAYROLLS, area__ancestors_of__ancestor__in=areas
    ).exclude(state=LineState.CANCELLED)
    found = lines.aggregate(count=Count("pk", distinct=True), total=Sum("amount_minor")) if before else {"count": 0, "total": 0}
    return found["count"], found["total"] or 0


def taken_from_fund(payroll: Payroll, amount_minor: int | None = None) -> Money:
    """What the approval of a payroll takes from its fund: its total, or a part; nothing for a re-issue, whose amounts are owed already."""
    amount = payroll.total_minor if amount_minor is None else amount_minor
    return Money(0 if payroll.source == Payroll.Source.REISSUE else amount, payroll.currency)


def refuse_other_totals(payroll: Payroll) -> None:
    """Refuse where the lines no longer are as many, and worth as much, as was declared (envelope control, rulebook 2.11.1)."""
    now = declared_lines(payroll).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    if (now["count"], now["total"] or 0) != (payroll.line_count, payroll.total_minor):
        raise Refusal(gettext_lazy("The payments no longer add up to what was calculated. Cancel this payroll and calculate it again."))


def declared_lines(payroll: Payroll) -> "QuerySet[PayrollLine]":
    """The lines of which number and total are declared: neither voided, nor held before anything was owed for them."""
    rows: QuerySet[PayrollLine] = PayrollLine.everything.filter(payroll=payroll)
    return rows.exclude(Q(state__in=FREE_LINES) | Q(state__in=HELD_LINES, hold_reason__in=HELD_BEFORE))


def to_approve(payroll: Payroll) -> Figure:
    """Number and value that an approval would owe now: without the payments that a verdict holds back."""
    judged = FlagMember.objects.filter(group__payroll=payroll, verdict=Verdict.HOLD, elsewhere=False).values("line")
    held = PayrollLine.everything.filter(pk__in=judged, state__in=DUE_LINES).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    return payroll.line_count - held["count"], payroll.total_minor - (held["total"] or 0)


def without_verdict(payroll: Payroll) -> "QuerySet[FlagGroup]":
    """The flagged groups that somebody must decide on before the payroll can be approved."""
    return FlagGroup.objects.filter(payroll=payroll, severity__in=NEEDS_VERDICT, verdict="")


def terms_of(programme_id: int) -> PaymentTerms:
    """The payment rules of a programme; the defaults where nobody has set them."""
    return PaymentTerms.objects.filter(programme_id=programme_id).first() or PaymentTerms(programme_id=programme_id)


def refuse_changed(lines: "QuerySet[PayrollLine]") -> None:
    """Refuse where a line is not what was frozen."""
    changed = changed_lines(lines).first()
    if changed is not None:
        raise Refusal(gettext_lazy("The payment %(number)s is not what was calculated. Cancel this payroll."), number=changed.number_text)


def kept_amount() -> Any:
    """Of what was paid, the part that was due."""
    return Case(When(state__in=PAID_LINES, then=Least(F("paid_minor"), F("amount_minor"))), default=0, output_field=BigIntegerField())


def _by_state(lines: "QuerySet[PayrollLine]", *by: str) -> Any:
    gone = Case(When(forfeited_on__isnull=False, then=F("amount_minor") - kept_amount()), default=0, output_field=BigIntegerField())
    return lines.order_by().values_list(*by, "state", "hold_reason").annotate(
        count=Count("pk"), due=Sum("amount_minor"), arrived=Sum("paid_minor"), kept=Sum(kept_amount()), gone=Sum(gone)
    )  # fmt: skip


def _said(count: int, amount: Money) -> dict[str, Any]:
    return {"count": text_of(count), "amount": amount.text()}


def payments_of(**person_or_household: Any) -> "QuerySet[PayrollLine]":
    """The payments of one person (as beneficiary or payee) or one household, newest first."""
    if "household" in person_or_household:
        mine = Q(enrolment__household=person_or_household["household"])
    else:
        person = person_or_household["person"]
        mine = Q(enrolment__person=person) | Q(payee=person)
    rows: QuerySet[PayrollLine] = PayrollLine.objects.filter(mine)
    return rows.select_related("payroll", "cycle").order_by("-pk")


def paid_on_a_status(enrolments: "QuerySet[Enrolment]", since: datetime) -> "QuerySet[Any]":
    """The ids of those whom a payroll pays that was calculated after a moment and sent for payment: it rests on their status."""
    lines: QuerySet[PayrollLine] = PayrollLine.objects.filter(
        enrolment__in=enrolments, payroll__made_at__gte=since, payroll__state__in=SENT_PAYROLLS
    )
    return lines.exclude(state__in=(*FREE_LINES, *HELD_LINES)).values("enrolment")
