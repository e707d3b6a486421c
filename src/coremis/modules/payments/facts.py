"""What can be asked about payments, and about what households and persons were paid."""

from datetime import date
from functools import partial
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from coremis.kernel.expressions.definite import Among
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.facts import AMOUNT, BOOLEAN, CHOICE, DATE, PLACE, Fact, FactSource, Link, Subject
from coremis.modules.payments.models import Cycle, PayrollLine
from coremis.modules.payments.states import PAID_LINES, UNPAID_LINES, LineState, UnpaidReason
from coremis.modules.programmes.models import Enrolment, Programme
from coremis.modules.registry.models import Household, Person

SEES = "payments.view_payrollline"
ABOUT = _("Payments")
HAVING = {"equal": "total", "unequal": "total", "least": "total__gte", "most": "total__lte"}


def lines_on(day: date) -> "QuerySet[PayrollLine]":
    """The payments of the cycles that had begun by a day."""
    rows: QuerySet[PayrollLine] = PayrollLine.objects.filter(cycle__starts_on__lte=day)
    return rows


def cycles(user: Any = None) -> list[tuple[int, str]]:
    """The payment cycles to choose from, the newest first."""
    rows = Cycle.objects.all() if user is None else Cycle.objects.visible_to(user, "payments.view_cycle")
    return [(cycle.pk, f"{cycle} – {cycle.programme}") for cycle in rows.select_related("programme")]


def programmes(user: Any = None) -> list[tuple[int, str]]:
    """The programmes to choose from."""
    rows = Programme.objects.all() if user is None else Programme.objects.visible_to(user, "programmes.view_programme")
    return [(programme.pk, str(programme)) for programme in rows]


def in_states(states: tuple[LineState, ...], prefix: str, day: date, is_: str, value: Any) -> Q:
    """Yes or no: whether what became of a payment is one of these."""
    inside, known = Q(**{f"{prefix}state__in": states}), Q(**{f"{prefix}pk__isnull": False})
    return known if is_ == "known" else ~known if is_ == "unknown" else inside if value else known & ~inside


def in_last_cycle(prefix: str, day: date, is_: str, value: Any) -> Q:
    """Yes or no: whether a payment belongs to the newest cycle of its programme that has payments."""
    newest = lines_on(day).filter(cycle__programme=OuterRef("pk")).order_by("-cycle__starts_on").values("cycle")[:1]
    last = Programme.objects.annotate(newest=Subquery(newest)).filter(newest__isnull=False).values("newest")
    inside, known = Q(**{f"{prefix}cycle__in": last}), Q(**{f"{prefix}pk__isnull": False})
    return known if is_ == "known" else ~known if is_ == "unknown" else inside if value else known & ~inside


def received(key: str, currency: str, prefix: str, day: date, is_: str, value: Any) -> Q:
    """What somebody received in all, in one currency: one sum for each, computed once. Who never received anything received 0."""
    if is_ in ("known", "unknown"):
        return Q(**{f"{prefix}pk__isnull": is_ == "unknown"})
    paid = lines_on(day).filter(currency=currency, state__in=PAID_LINES, **{f"{key}__isnull": False}).order_by()
    sums = paid.values(key).annotate(total=Sum("paid_minor"))
    wanted = Q(total__gte=value[0], total__lte=value[1]) if is_ == "between" else Q(**{HAVING[is_]: value})
    wanted = ~wanted if is_ == "unequal" else wanted
    if nothing_fits(is_, value):
        return Q(Among(f"{prefix}pk", sums.exclude(wanted).values(key), wanted=False))
    return Q(Among(f"{prefix}pk", sums.filter(wanted).values(key)))


def nothing_fits(is_: str, value: Any) -> bool:
    """Whether 0 fits."""
    if is_ == "between":
        return bool(value[0] <= 0 <= value[1])
    return bool({"equal": value == 0, "unequal": value != 0, "least": value <= 0, "most": value >= 0}[is_])


def currencies() -> list[str]:
    """The currencies of all programmes."""
    return list(Programme.objects.order_by("currency").values_list("currency", flat=True).distinct())


def amounts_of_lines() -> list[Fact]:
    """Amounts of single payments, by currency: two currencies are never compared."""
    named = (("amount", _("Amount"), "amount_minor"), ("paid", _("Amount paid"), "paid_minor"))
    return [
        Fact(
            PayrollLine, f"{code}_{currency.lower()}", title, AMOUNT, test=partial(of_currency, path, currency), unit=currency,
            group=ABOUT, order=60,
        )
        for currency in currencies()
        for code, title, path in named
    ]  # fmt: skip


def of_currency(path: str, currency: str, prefix: str, day: date, is_: str, value: Any) -> Q:
    """An amount of one currency compared; a payment in another currency has none."""
    known = Q(**{f"{prefix}currency": currency})
    if is_ in ("known", "unknown"):
        return known if is_ == "known" else ~known | Q(**{f"{prefix}pk__isnull": True})
    if is_ == "between":
        return known & Q(**{f"{prefix}{path}__gte": value[0], f"{prefix}{path}__lte": value[1]})
    compared = Q(**{f"{prefix}{path}{ {'least': '__gte', 'most': '__lte'}.get(is_, '') }": value})
    return known & (~compared if is_ == "unequal" else compared)


def sums_for(model: type[Model], key: str) -> list[Fact]:
    """What somebody received in all, by currency."""
    return [
        Fact(model, f"received_{currency.lower()}", _("Received in all"), AMOUNT, test=partial(received, key, currency), unit=currency,
             group=ABOUT, permissions=(SEES,), order=400)
        for currency in currencies()
    ]  # fmt: skip


of = partial(Fact, PayrollLine, group=ABOUT)
paid = partial(
    Link, title=ABOUT, rows=lines_on, permission=SEES, order=60, some=_("has a payment where"), none=_("has no payment where"),
    least=_("has at least %(n)s payments where"),
)  # fmt: skip

facts: list[Contribution] = [
    Subject(
        "payment", _("Payments"),
        ((PayrollLine, ""), (Enrolment, "enrolment__"), (Household, "enrolment__household__"), (Person, "payee__")), SEES,
        "payments:line_list", order=40,
    ),
    of("cycle", _("Payment cycle"), CHOICE, path="cycle_id", choices=cycles, order=10),
    of("programme", _("Programme"), CHOICE, path="cycle__programme_id", choices=programmes, order=15),
    of("last", _("In the last cycle"), BOOLEAN, test=in_last_cycle, order=20),
    of("arrived", _("Was paid"), BOOLEAN, test=partial(in_states, PAID_LINES), order=30),
    of("failed", _("Was not paid"), BOOLEAN, test=partial(in_states, UNPAID_LINES), order=35),
    of("state", _("Status"), CHOICE, path="state", choices=LineState.choices, order=40),
    of("unpaid_reason", _("Reason"), CHOICE, path="unpaid_reason", choices=UnpaidReason.choices, missing="", order=50),
    of("paid_on", _("Paid on"), DATE, path="paid_on", order=70),
    of("area", _("Place"), PLACE, path="area", order=80),
    FactSource(PayrollLine, amounts_of_lines),
    FactSource(Enrolment, partial(sums_for, Enrolment, "enrolment")),
    FactSource(Household, partial(sums_for, Household, "enrolment__household")),
    FactSource(Person, partial(sums_for, Person, "enrolment__person")),
    paid(Enrolment, "payments", key="enrolment", scope=((PayrollLine, ""), (Person, "payee__"))),
    paid(Household, "payments", key="enrolment__household", scope=((PayrollLine, ""), (Person, "payee__"))),
    paid(Person, "payments", key="enrolment__person", scope=((PayrollLine, ""),)),
    Link(
        Person, "collects", _("Collects for others"), lines_on, "payee", ((PayrollLine, ""),), SEES, order=70,
        some=_("is to collect a payment where"), none=_("is to collect no payment where"),
        least=_("is to collect at least %(n)s payments where"),
    ),
]  # fmt: skip
