"""Who is paid how much in a cycle and who is left out, and why: one query for the preview and for the payroll itself (pitfall M2)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Trim
from django.utils import timezone

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.expressions.digest import Digest
from coremis.modules.benefits.queries import AMOUNTS, PartKind, Rule, SetRule, flat, names_of, rule_of
from coremis.modules.filters.queries import matching
from coremis.modules.payments.earlier import gave_something, past_of, still_there
from coremis.modules.payments.findings import HoldDecision
from coremis.modules.payments.models import Cycle, Hold, ImportedAmount, LeftOut, PaymentTerms, Payroll, PayrollLine
from coremis.modules.payments.states import OTHER_PAYEE, Exclusion, HoldReason, LineState, PayrollState
from coremis.modules.points.models import HouseholdPoint, on_day
from coremis.modules.points.queries import point_of_area
from coremis.modules.programmes.models import ENDED, PAYABLE, Enrolment, Programme, Status
from coremis.modules.registry.models import Consent, Document, Recipient
from coremis.modules.registry.queries import members_on

FROZEN = (
    "payroll", "component", "enrolment", "area", "payee", "amount_minor", "currency", "enrolment_number", "enrolment_status",
    "household_number", "household_name", "payee_number", "payee_name", "payee_phone", "document_kind", "document_hash", "area_name",
    "parts", "carried_minor", "point", "point_name", "document_end", "alternate_number", "alternate_name",
)  # fmt: skip
KEPT = ("payee_id", "alternate_id", "document_id", "area_id", "own_point_id")
FOUND = ("payee_id", "alternate_id", "document_id", "COALESCE(own_point_id, area_point_id)")
Rows = QuerySet[Any]
Limit = Callable[[Rows], Rows]


@dataclass(frozen=True)
class Asked:
    """What a payroll was asked to pay: the cycle, the places, the component, and how the amounts are found."""

    cycle: Cycle
    area_ids: tuple[int, ...]
    component: str
    rule: Rule
    names: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    condition: dict[str, Any] = field(default_factory=dict)
    point_id: int | None = None
    batch_id: int | None = None
    paid_anew: tuple[int, ...] = ()
    gives_back: bool = False

    @property
    def unit(self) -> str:
        """Whom the programme helps."""
        return str(self.cycle.programme.unit)

    @property
    def condition_text(self) -> str:
        """The filter as a text by which it can be remembered; empty for everybody."""
        return json.dumps(self.condition, sort_keys=True) if self.condition else ""

    @property
    def looks_back(self) -> bool:
        """Whether earlier payments change the amount."""
        rule = self.rule
        caps = (rule.cap_cycle, rule.cap_total, rule.max_payments)
        return self.gives_back or rule.takes_backlog or rule.recovery_share > 0 or any(cap is not None for cap in caps)


def asked_by(payroll: Payroll, area_ids: Sequence[int], noted: Mapping[str, Any] | None = None) -> Asked:
    """What a payroll was made for, as frozen with it; ``noted`` is what ``notes_of`` said when its calculation began."""
    notes = notes_of(payroll) if noted is None else noted
    common: dict[str, Any] = {
        "condition": payroll.condition, "point_id": payroll.point_id, "batch_id": payroll.batch_id,
        "paid_anew": tuple(notes["paid_anew"]), "gives_back": notes["gives_back"],
    }  # fmt: skip
    if payroll.rule_version is None:
        kind = PartKind.IMPORTED if payroll.source == Payroll.Source.IMPORTED else PartKind.FLAT
        return Asked(payroll.cycle, tuple(area_ids), payroll.component, flat(payroll.amount_minor, kind), **common)
    names, members = names_of(payroll.rule_version)
    return Asked(payroll.cycle, tuple(area_ids), payroll.component, rule_of(payroll.rule_version), names, members, **common)


def notes_of(payroll: Payroll) -> dict[str, Any]:
    """What holds for a whole calculation, and is asked once: who is paid anew, and whether anything may have to be given back."""
    listed = payroll.source == Payroll.Source.IMPORTED  # such a list says what is paid, to the unit
    return {"paid_anew": paid_anew(payroll), "gives_back": not listed and gave_something(payroll.cycle.programme_id)}


def paid_anew(payroll: Payroll) -> list[int]:
    """The recipients of households that are paid to whoever collects on the day of the calculation, not of the data freeze.

    Those are the households whose payment in this cycle was voided because its payee died or was replaced since the data freeze,
    and those whose recipient of that day has died and has a successor: a death must not cost a family its payment.
    """
    voided = Hold.objects.filter(payroll__cycle=payroll.cycle_id, reason__in=OTHER_PAYEE, decision=HoldDecision.VOID)
    households = voided.filter(line__component=payroll.component).values("line__enrolment__household")
    followed = Recipient.objects.filter(_collects("", timezone.localdate()), household=OuterRef("household"), person__death_date=None)
    died = Recipient.objects.filter(_collects("", payroll.cycle.freeze_on), Exists(followed), person__death_date__isnull=False)
    wanted = households.union(died.values("household"))
    return list(Recipient.objects.filter(household__in=wanted).values_list("pk", flat=True))


@dataclass(frozen=True)
class Counts:
    """How many are paid how much, how much of it is held, what the parts sum to, and how many are left out for each reason."""

    paid: int
    left_out: dict[str, int]
    total_minor: int = 0
    held: int = 0
    held_minor: int = 0
    part_totals: dict[str, int] = field(default_factory=dict)


def population(asked: Asked) -> "QuerySet[Enrolment]":
    """The beneficiaries of the chosen places whom the payroll has to say something about. No place means nobody (pitfall M1)."""
    left_lately = Q(status__in=ENDED, status_since__gte=asked.cycle.starts_on)
    wanted = Q(status__in=(*PAYABLE, Status.SUSPENDED)) | left_lately
    rows: QuerySet[Enrolment] = fitting(asked.condition_text, asked.cycle.freeze_on).filter(
        wanted, programme_id=asked.cycle.programme_id, area_id__in=below(asked.area_ids)
    )
    return rows if asked.point_id is None else rows.filter(collecting_at(asked))


@lru_cache(maxsize=32)
def fitting(condition: str, day: date) -> "QuerySet[Enrolment]":
    """All beneficiaries whom a filter finds; kept, so that not every chunk of a payroll reads the data dictionary anew."""
    rows: QuerySet[Enrolment] = matching(Enrolment.objects.all(), json.loads(condition), day) if condition else Enrolment.objects.all()
    return rows


def collecting_at(asked: Asked) -> Q:
    """Those who collect at the point of the payroll: by a choice of their household, else by their place."""
    day = asked.cycle.freeze_on
    places = points_by_place(asked).filter(serving=asked.point_id).values("pk")
    own = HouseholdPoint.objects.filter(on_day(day), point__is_active=True, household=OuterRef("household_id"))
    return Exists(own.filter(point=asked.point_id)) | Q(area_id__in=places) & ~Exists(own)


def points_by_place(asked: Asked) -> Rows:
    """The chosen places and all below, each with ``serving``, the payment point of its people."""
    rows: Rows = Area.objects.filter(pk__in=below(asked.area_ids))
    served: Rows = rows.annotate(serving=point_of_area(asked.cycle.freeze_on, "pk"))
    return served


def payee_path(asked: Asked) -> str:
    """The path from a beneficiary to who is paid: the person, or the household's primary recipient at the data freeze."""
    return "person" if asked.unit == Programme.Unit.PERSON else "collector__person"


def classified(rows: "QuerySet[Enrolment]", asked: Asked) -> "QuerySet[Any]":
    """Those of the population, each with ``left_out``: the reason, or "" for those whose amount is to be found; and with KEPT."""
    payee, day = payee_path(asked), asked.cycle.freeze_on
    document = Document.objects.filter(person=OuterRef(f"{payee}_id"), ended_on=None).order_by("pk")
    other = Recipient.on(day).filter(household=OuterRef("household_id"), rank__gt=0).exclude(person__death_date__lte=day)
    other = other.exclude(person=OuterRef(f"{payee}_id"))
    chosen = HouseholdPoint.objects.filter(on_day(day), household=OuterRef("household_id"), point__is_active=True)
    return _with_collector(rows, asked).annotate(
        left_out=Case(
            When(status=Status.SUSPENDED, then=Value(Exclusion.SUSPENDED)),
            When(status__in=ENDED, then=Value(Exclusion.ENDED)),
            When(status_since__gt=day, then=Value(Exclusion.LATE)),
            When(household__ended_on__isnull=False, then=Value(Exclusion.DISSOLVED)),
            When(**{f"{payee}__isnull": True}, then=Value(Exclusion.NO_RECIPIENT)),
            When(**{f"{payee}__death_date__isnull": False}, then=Value(Exclusion.RECIPIENT_DIED)),
            When(without_consent(asked), then=Value(Exclusion.NO_CONSENT)),
            When(Q(Exists(_keys_held(asked))) | Q(Exists(_kept_as_too_small(asked))), then=Value(Exclusion.ALREADY)),
            default=Value(""),
            output_field=CharField(),
        ),
        payee_id=F(f"{payee}_id"), document_id=Subquery(document.values("pk")[:1]),
        alternate_id=Subquery(other.order_by("rank").values("person_id")[:1]),
        own_point_id=Subquery(chosen.order_by("-valid_from", "pk").values("point_id")[:1]),
    )  # fmt: skip


def without_consent(asked: Asked) -> Q:
    """Where the programme asks for consent: whoever did not give it. A person who was not asked has the household's."""
    needed = Exists(PaymentTerms.objects.filter(programme=asked.cycle.programme_id, consent_needed=True))
    if asked.unit == Programme.Unit.HOUSEHOLD:
        return Q(needed) & ~Q(household__consent=Consent.GIVEN)
    home = members_on(asked.cycle.freeze_on).filter(person=OuterRef("person_id"), household__consent=Consent.GIVEN)
    return Q(needed) & ~Q(person__consent=Consent.GIVEN) & ~(Q(person__consent="") & Q(Exists(home)))


def reckoning(asked: Asked, limit: Limit = lambda rows: rows) -> Any:
    """The computation of everybody's amount, for the rows of a key range, or for all."""
    sets = SetRule(asked.rule, asked.unit, asked.cycle.freeze_on, asked.names, asked.members)
    base = limit(Enrolment._base_manager.filter(programme_id=asked.cycle.programme_id))
    past = past_of(asked.cycle, base, asked.component) if asked.looks_back else ()
    beside: dict[str, Rows] = {"area_point_id by area_id": points_by_place(asked).values_list("pk", "serving")}
    if asked.batch_id is not None:
        given = ImportedAmount.objects.filter(batch=asked.batch_id, enrolment_id__in=base.order_by().values("pk"))
        beside["imported by id"] = given.order_by().values_list("enrolment_id", "amount_minor")
    return sets.chain(classified(limit(population(asked)), asked), base, KEPT, past, beside)


def create_reckoned(asked: Asked, limit: Limit) -> None:
    """Compute the rows of a key range into the temporary table behind ``Reckoned``. One statement."""
    json = "CAST(parts AS jsonb)" if connection.vendor == "postgresql" else "parts"
    names = ("payee_id", "alternate_id", "document_id", "point_id")
    kept = ", ".join(f"CAST({column} AS bigint) AS {name}" for column, name in zip(FOUND, names, strict=True))
    columns = f"id AS enrolment_id, left_out, {kept}, is_held, {', '.join(AMOUNTS)}, {json} AS parts"
    sql, params = reckoning(asked, limit).select(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE payments_reckoned AS {sql}", params)


def drop_reckoned() -> None:
    """Take the temporary table away."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE payments_reckoned")


def counts(asked: Asked) -> Counts:
    """What a payroll would hold now: the very computation that makes it, summed. One statement."""
    fitting.cache_clear()
    sets = SetRule(asked.rule, asked.unit, asked.cycle.freeze_on, asked.names, asked.members)
    totals = sets.totals()
    sums = ", ".join(f"SUM({column})" for _code, column in totals)
    sql, params = reckoning(asked).select(
        f"left_out, is_held, COUNT(*), SUM(amount_minor), SUM(carried_minor), {sums}", " GROUP BY left_out, is_held"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return _counted(rows, [code for code, _column in totals])


def _counted(rows: Sequence[Sequence[Any]], codes: Sequence[str]) -> Counts:
    paid = [row for row in rows if not row[0]]
    left_out: dict[str, int] = {}
    for row in rows:
        if row[0]:
            left_out[row[0]] = left_out.get(row[0], 0) + int(row[2])
    held = [row for row in paid if row[1]]
    parts = {code: sum(int(row[5 + place]) for row in paid) for place, code in enumerate(codes)}
    return Counts(
        sum(int(row[2]) for row in paid), left_out, sum(int(row[3]) for row in paid), sum(int(row[2]) for row in held),
        sum(int(row[3]) for row in held), {code: amount for code, amount in parts.items() if amount},
    )  # fmt: skip


def frozen_values(asked: Asked) -> dict[str, Any]:
    """What a line freezes, from the rows of ``Reckoned``, for ``insert_from``; constants of the payroll are added by the caller."""
    return {
        "new_enrolment": F("enrolment_id"), "new_area": F("enrolment__area"), "new_payee": F("payee_id"),
        "new_enrolment_number": F("enrolment__number"), "new_enrolment_status": F("enrolment__status"),
        "new_household_number": F("enrolment__household__number"),
        "new_household_name": Coalesce(F("enrolment__household__head_name"), Value("")),
        "new_payee_number": F("payee__number"), "new_payee_name": full_name("payee"), "new_payee_search": F("payee__search_name"),
        "new_payee_phone": F("payee__phone"),
        "new_document_kind": Coalesce(F("document__kind"), Value("")), "new_document_hash": Coalesce(F("document__number_hash"), Value("")),
        "new_document_end": Coalesce(F("document__number_end"), Value("")), "new_alternate_number": F("alternate__number"),
        "new_alternate_name": full_name("alternate"),  # blank where there is none
        "new_point": F("point_id"), "new_point_name": Coalesce(F("point__name"), Value("")),
        "new_area_name": F("enrolment__area__name"), "new_parts": F("parts"),
        **{f"new_{name}": F(name) for name in AMOUNTS},
        "new_state": Case(When(is_held=1, then=Value(LineState.HELD)), default=Value(LineState.DUE), output_field=CharField()),
        "new_hold_reason": Case(When(is_held=1, then=Value(HoldReason.OVER_MAXIMUM)), default=Value(""), output_field=CharField()),
    }  # fmt: skip


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


def _with_collector(rows: "QuerySet[Enrolment]", asked: Asked) -> "QuerySet[Enrolment]":
    path = "household__recipients"
    held = _collects(path, asked.cycle.freeze_on)
    if asked.paid_anew:
        anew = Q(**{f"{path}__pk__in": asked.paid_anew})
        held = held & ~anew | _collects(path, timezone.localdate()) & anew
    return rows.annotate(collector=FilteredRelation(path, condition=held))


def _collects(path: str, day: date) -> Q:
    before = f"{path}__" if path else ""
    still = Q(**{f"{before}valid_until": None}) | Q(**{f"{before}valid_until__gte": day})
    return Q(**{f"{before}rank": 0, f"{before}valid_from__lte": day}) & still


def _keys_held(asked: Asked) -> "QuerySet[PayrollLine]":
    """The lines that keep a beneficiary from another one: also cancelled ones whose cancellation may still be given up."""
    lines = PayrollLine.everything.filter(cycle=asked.cycle, component=asked.component, enrolment=OuterRef("pk"))
    return lines.filter(still_there())


def _kept_as_too_small(asked: Asked) -> "QuerySet[LeftOut]":
    """What another payroll of the cycle found too small to pay and keeps for the next payment."""
    rows = LeftOut.everything.filter(
        payroll__cycle=asked.cycle, payroll__component=asked.component, enrolment=OuterRef("pk"), carried_minor__gt=0
    )  # fmt: skip
    return rows.exclude(payroll__state__in=(PayrollState.ABANDONED, PayrollState.CANCELLED))
