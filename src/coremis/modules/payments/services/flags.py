"""Finding payments that may be for the same person, set by set, and remembering what was said about the same group before."""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Cast, Concat, ExtractYear
from django.utils import timezone

from coremis.kernel.actions.bulk import insert_from, update_from
from coremis.kernel.expressions.digest import Digest
from coremis.modules.payments.findings import FlagKind, Severity, Verdict
from coremis.modules.payments.models import FlagGroup, FlagMember, Hold, Payroll, PayrollLine
from coremis.modules.payments.queries import terms_of
from coremis.modules.payments.states import FREE_LINES, HELD_BEFORE, HELD_LINES, LIVE_PAYROLLS

GROUP_COLUMNS = (
    "payroll", "kind", "severity", "key", "size", "first_enrolment", "enrolment_sum", "found_at", "verdict", "reason", "decided_by",
    "decided_at", "remembered",
)  # fmt: skip
MEMBER_COLUMNS = ("group", "line", "enrolment_id", "area", "elsewhere", "verdict")
HOLD_COLUMNS = ("line", "payroll", "area", "reason", "was_owed", "held_at", "decision", "decided_at", "note")
Text = CharField()


def text(value: str) -> Value:
    """A text as an expression."""
    return Value(value, output_field=Text)


def name_key() -> Any:
    """Folded name, birth year and place, as a digest."""
    parts = (F("payee_search"), text("|"), Cast(ExtractYear("payee__birth_date"), Text), text("|"), Cast(F("area_id"), Text))
    return Digest(Concat(*parts, output_field=Text))


# What the payments of a group share, and which payments can share it at all.
KEYS: dict[FlagKind, tuple[Callable[[], Any], Q]] = {
    FlagKind.PERSON: (lambda: Cast(F("payee_id"), Text), Q()),
    FlagKind.DOCUMENT: (lambda: F("document_hash"), ~Q(document_hash="")),
    FlagKind.PHONE: (lambda: Digest(F("payee_phone")), ~Q(payee_phone="")),
    FlagKind.NAME: (name_key, Q(payee__birth_date__isnull=False)),
    FlagKind.CYCLE: (lambda: Cast(F("payee_id"), Text), Q()),
}


def add_flags(payroll: Payroll, kind: FlagKind) -> None:
    """The groups of one kind and their members; what was found before stays as it is. At most five statements."""
    key, possible = KEYS[kind]
    lines = PayrollLine.everything.filter(possible, payroll=payroll).exclude(state__in=FREE_LINES).annotate(shared=key())
    if kind == FlagKind.CYCLE:
        lines = lines.filter(Exists(_elsewhere(payroll, OuterRef("payee_id"), OuterRef("enrolment_id"))))
    if insert_from(FlagGroup, _groups(payroll, kind, lines), GROUP_COLUMNS, skip_existing=True) or _known(payroll, kind).exists():
        _add_members(payroll, kind, lines)
    if kind == FlagKind.CYCLE and _known(payroll, kind).exists():
        others = _elsewhere(payroll, None, None).annotate(shared=key())
        _add_members(payroll, kind, others, elsewhere=True)


def remember(payroll: Payroll) -> None:
    """Groups of exactly the same people that were decided before: the verdict is shown, and “pay” holds again (pitfall D11)."""
    earlier = (
        FlagGroup.objects.filter(
            kind=OuterRef("kind"), first_enrolment=OuterRef("first_enrolment"), enrolment_sum=OuterRef("enrolment_sum"),
            size=OuterRef("size"), payroll__cycle__programme_id=payroll.cycle.programme_id,
        ).exclude(Q(payroll=payroll) | Q(verdict="")).filter(~Exists(_strangers())).order_by("-decided_at", "-pk")
    )  # fmt: skip
    open_groups = FlagGroup.objects.filter(payroll=payroll, verdict="", remembered=None).filter(Exists(earlier))
    update_from(open_groups, remembered=Subquery(earlier.values("pk")[:1]))
    again = FlagGroup.objects.filter(payroll=payroll, verdict="", remembered__verdict=Verdict.PAY)
    members = FlagMember.objects.filter(group__in=again.values("pk"), elsewhere=False)
    update_from(members, verdict=Verdict.PAY)
    old = FlagGroup.objects.filter(pk=OuterRef("remembered_id"))
    update_from(
        again, verdict=Verdict.PAY, decided_at=Subquery(old.values("decided_at")[:1]),
        decided_by=Subquery(old.values("decided_by")[:1]), reason=Subquery(old.values("reason")[:1]),
    )  # fmt: skip


def note_holds(payroll: Payroll) -> None:
    """A hold for every payment that was held when it was calculated, such as one above the maximum."""
    lines = PayrollLine.everything.filter(payroll=payroll, state__in=HELD_LINES, hold_reason__in=HELD_BEFORE)
    add_holds(lines, was_owed=False)


def add_holds(lines: "QuerySet[PayrollLine]", *, was_owed: bool) -> int:
    """The holds of lines that have just been held. One statement."""
    known = Hold.objects.filter(line=OuterRef("pk"), decision="")
    ready = lines.filter(~Exists(known)).order_by().annotate(
        new_line=F("pk"), new_reason=F("hold_reason"), new_was_owed=Value(was_owed), new_held_at=moment(), new_decision=text(""),
        new_decided_at=Value(None, output_field=DateTimeField()), new_note=text(""),
    )  # fmt: skip
    return insert_from(Hold, ready, HOLD_COLUMNS, skip_existing=True)


def moment() -> Value:
    """Now, as an expression."""
    return Value(timezone.now(), output_field=DateTimeField())


def _known(payroll: Payroll, kind: FlagKind) -> "QuerySet[FlagGroup]":
    rows: QuerySet[FlagGroup] = FlagGroup.objects.filter(payroll=payroll, kind=kind)
    return rows


def _groups(payroll: Payroll, kind: FlagKind, lines: "QuerySet[Any]") -> "QuerySet[Any]":
    terms = terms_of(payroll.cycle.programme_id)
    several = {FlagKind.PERSON: Q(found__gt=1), FlagKind.CYCLE: Q(found__gt=0)}.get(kind, Q(payees__gt=1))
    weight = text(Severity.NOTICE) if kind in terms.notice_kinds else text(Severity.SERIOUS)
    if kind == FlagKind.PHONE and kind not in terms.notice_kinds:
        usual = Q(places=1, payees__lte=terms.phone_limit)
        weight = Case(When(usual, then=text(Severity.NOTICE)), default=text(Severity.SERIOUS), output_field=Text)  # type: ignore[assignment]
    counted = lines.order_by().values("shared").annotate(
        found=Count("pk"), payees=Count("payee_id", distinct=True), places=Count("area_id", distinct=True),
        first=Min("enrolment_id"), total=Sum("enrolment_id"),
    ).filter(several)  # fmt: skip
    ready: QuerySet[Any] = counted.annotate(
        new_payroll=Value(payroll.pk), new_kind=text(kind), new_severity=weight, new_key=F("shared"), new_size=F("found"),
        new_first_enrolment=F("first"), new_enrolment_sum=F("total"), new_found_at=moment(), new_verdict=text(""), new_reason=text(""),
        new_decided_by=Value(None, output_field=BigIntegerField()), new_decided_at=Value(None, output_field=DateTimeField()),
        new_remembered=Value(None, output_field=BigIntegerField()),
    )  # fmt: skip
    return ready


def _add_members(payroll: Payroll, kind: FlagKind, lines: "QuerySet[Any]", *, elsewhere: bool = False) -> int:
    group = _known(payroll, kind).filter(key=OuterRef("shared"))
    ready = lines.order_by().annotate(new_group=Subquery(group.values("pk")[:1])).filter(new_group__isnull=False).annotate(
        new_line=F("pk"), new_enrolment_id=F("enrolment_id"), new_elsewhere=Value(elsewhere), new_verdict=text("")
    )  # fmt: skip
    return insert_from(FlagMember, ready, MEMBER_COLUMNS, skip_existing=True)


def _elsewhere(payroll: Payroll, payee: Any, enrolment: Any) -> "QuerySet[PayrollLine]":
    """Payments of the same cycle in other payrolls; of one payee for another beneficiary, where these are given."""
    rows: QuerySet[PayrollLine] = PayrollLine.everything.filter(cycle_id=payroll.cycle_id, payroll__state__in=LIVE_PAYROLLS)
    rows = rows.exclude(Q(payroll=payroll) | Q(state__in=FREE_LINES))
    return rows if payee is None else rows.filter(payee_id=payee).exclude(enrolment_id=enrolment)


def _strangers() -> "QuerySet[FlagMember]":
    """Members of the group that is asked about who are not in the earlier one; sizes are equal, so none means the same people."""
    same = FlagMember.objects.filter(group=OuterRef(OuterRef("pk")), enrolment_id=OuterRef("enrolment_id"), elsewhere=False)
    return FlagMember.objects.filter(group=OuterRef(OuterRef("pk")), elsewhere=False).filter(~Exists(same))
