"""Who is paid in a cycle and who is left out, and why: one query for the preview and for the payroll itself (pitfall M2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, FilteredRelation, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Trim

from coremis.kernel.areas.queries import below
from coremis.modules.payments.models import Cycle, PayrollLine
from coremis.modules.payments.states import FREE_LINES, Exclusion, PayrollState
from coremis.modules.programmes.models import ENDED, PAYABLE, Enrolment, Programme, Status
from coremis.modules.registry.models import Document

FROZEN = (
    "payroll", "component", "enrolment", "area", "payee", "amount_minor", "currency", "enrolment_number", "enrolment_status",
    "household_number", "household_name", "payee_number", "payee_name", "payee_phone", "document_kind", "document_hash", "area_name",
)  # fmt: skip


class Digest(Func):
    """SHA-256 in hexadecimal digits: built into PostgreSQL (Django's own asks for an extension), added to SQLite by Django."""

    function = "SHA256"
    output_field = CharField(max_length=64)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The built-in function takes bytes."""
        return self.as_sql(compiler, connection, template="ENCODE(SHA256(CONVERT_TO(%(expressions)s, 'UTF8')), 'hex')", **context)


@dataclass(frozen=True)
class Counts:
    """How many are paid, and how many are left out for each reason."""

    paid: int
    left_out: dict[str, int]


def population(cycle: Cycle, area_ids: Sequence[int]) -> "QuerySet[Enrolment]":
    """The beneficiaries of the chosen places whom the payroll has to say something about. No place means nobody (pitfall M1)."""
    left_lately = Q(status__in=ENDED, status_since__gte=cycle.starts_on)
    asked = Q(status__in=(*PAYABLE, Status.SUSPENDED)) | left_lately
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(asked, programme_id=cycle.programme_id, area_id__in=below(area_ids))
    return rows


def payee_path(cycle: Cycle) -> str:
    """The path from a beneficiary to who is paid: the person, or the household's primary recipient at the data freeze."""
    return "person" if cycle.programme.unit == Programme.Unit.PERSON else "collector__person"


def classified(cycle: Cycle, area_ids: Sequence[int], component: str) -> "QuerySet[Any]":
    """The population, each with ``left_out``: the reason, or "" for those who are paid."""
    payee = payee_path(cycle)
    return _with_collector(population(cycle, area_ids), cycle).annotate(
        left_out=Case(
            When(status=Status.SUSPENDED, then=Value(Exclusion.SUSPENDED)),
            When(status__in=ENDED, then=Value(Exclusion.ENDED)),
            When(status_since__gt=cycle.freeze_on, then=Value(Exclusion.LATE)),
            When(household__ended_on__isnull=False, then=Value(Exclusion.DISSOLVED)),
            When(**{f"{payee}__isnull": True}, then=Value(Exclusion.NO_RECIPIENT)),
            When(**{f"{payee}__death_date__isnull": False}, then=Value(Exclusion.RECIPIENT_DIED)),
            When(Exists(_keys_held(cycle, component)), then=Value(Exclusion.ALREADY)),
            default=Value(""),
            output_field=CharField(),
        )
    )


def counts(cycle: Cycle, area_ids: Sequence[int], component: str = "base") -> Counts:
    """What a payroll would hold now."""
    rows = classified(cycle, area_ids, component).order_by().values_list("left_out").annotate(found=Count("pk", distinct=True))
    by_reason = dict(rows)
    return Counts(by_reason.pop("", 0), by_reason)


def frozen_values(cycle: Cycle) -> dict[str, Any]:
    """What a line freezes of its beneficiary and payee, for ``insert_from``; constants of the payroll are added by the caller."""
    payee = payee_path(cycle)
    document = Document.objects.filter(person=OuterRef("new_payee"), ended_on=None).order_by("pk")
    return {
        "new_enrolment": F("pk"),
        "new_area": F("area"),
        "new_payee": F(payee),
        "new_enrolment_number": F("number"),
        "new_enrolment_status": F("status"),
        "new_household_number": F("household__number"),
        "new_household_name": Coalesce(F("household__head_name"), Value("")),
        "new_payee_number": F(f"{payee}__number"),
        "new_payee_name": full_name(payee),
        "new_payee_search": F(f"{payee}__search_name"),
        "new_payee_phone": F(f"{payee}__phone"),
        "new_document_kind": Coalesce(Subquery(document.values("kind")[:1]), Value("")),
        "new_document_hash": Coalesce(Subquery(document.values("number_hash")[:1]), Value("")),
        "new_area_name": F("area__name"),
    }


def full_name(path: str) -> Any:
    """A person's name as one text; single-name people have one word."""
    return Trim(Concat(F(f"{path}__given_names"), Value(" "), F(f"{path}__surname")))


def frozen_hash(prefix: str = "") -> Any:
    """SHA-256 of everything frozen in a line, from its columns or from the annotations that will become them."""
    parts = [Coalesce(Cast(F(prefix + name), CharField()), Value("")) for name in FROZEN]
    joined = Func(*parts, template="(%(expressions)s)", arg_joiner=" || '|' || ", output_field=CharField())
    return Digest(joined)


def changed_lines(lines: "QuerySet[PayrollLine]") -> "QuerySet[PayrollLine]":
    """The lines that no longer are what was frozen."""
    return lines.annotate(computed=frozen_hash()).exclude(hash=F("computed"))


def _with_collector(rows: "QuerySet[Enrolment]", cycle: Cycle) -> "QuerySet[Enrolment]":
    path, day = "household__recipients", cycle.freeze_on
    still = Q(**{f"{path}__valid_until": None}) | Q(**{f"{path}__valid_until__gte": day})
    held = Q(**{f"{path}__rank": 0, f"{path}__valid_from__lte": day}) & still
    return rows.annotate(collector=FilteredRelation(path, condition=held))


def _keys_held(cycle: Cycle, component: str) -> "QuerySet[PayrollLine]":
    """The lines that keep a beneficiary from another one: also cancelled ones whose cancellation may still be given up."""
    lines = PayrollLine.everything.filter(cycle=cycle, component=component, enrolment=OuterRef("pk"))
    return lines.filter(~Q(state__in=FREE_LINES) | Q(payroll__state=PayrollState.CANCELLING))
