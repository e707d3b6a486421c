"""What a payroll's page shows of the comparison, the flags and the held payments; and a programme's page of its calendar."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.payments.findings_previews import (
    area_table,
    comparison_of,
    cycle_before_name,
    difference_facts,
    fund_facts,
    listed,
    review_of,
)  # fmt: skip
from coremis.modules.payments.findings_tables import FlagGroupTable, FlagMemberTable, HoldTable
from coremis.modules.payments.models import Cycle, FlagGroup, Payroll, PayrollLine
from coremis.modules.payments.queries import terms_of, to_approve
from coremis.modules.payments.services.forfeiting import grace_days
from coremis.modules.payments.states import HIDDEN_PAYROLLS, PAID_LINES
from coremis.modules.payments.tables import CycleTable, PayrollTable
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household

FIRST = 50
Shown = dict[str, Any] | None


def comparison(request: Any, payroll: Payroll) -> Shown:
    """Beside the cycle before: in all, what differs, and by place."""
    if payroll.state in HIDDEN_PAYROLLS:
        return None
    review = review_of(payroll)
    if review is None:
        return {"text": _("This payroll is still being compared with the cycle before. Reload the page.")}
    count, minor = to_approve(payroll)
    total = payroll.total.__class__(minor, payroll.currency)
    changes = [Fact(label, f"{text_of(before)} → {text_of(now)}") for label, before, now in comparison_of(payroll, review, (count, minor))]
    name = cycle_before_name(review)
    first = [Fact(_("Compared with"), name)] if name else [Fact(_("Compared with"), _("nothing: this is the first cycle"))]
    rest = [Fact(*fact) for fact in (*difference_facts(payroll, review), *fund_facts(payroll, total))]
    shown = {"facts": [fact.ready() for fact in (*first, *changes, *rest)]}
    return shown | ({"table": table} if (table := area_table(payroll, review)) else {})


def flags(request: Any, payroll: Payroll) -> Shown:
    """The flagged groups, those without a verdict first."""
    rows = FlagGroupTable.visible(request.user).filter(payroll=payroll).order_by("verdict", "-severity", "pk")
    found = list(rows[:FIRST])
    if not found:
        return {"text": _("No payments look as if they were for the same person.")}
    link = {"url": listed("payroll_flags", payroll, "?clear=1"), "title": _("All flagged groups")}
    return {"table": small_table(FlagGroupTable, found, request.user), "links": [link]}


def holds(request: Any, payroll: Payroll) -> Shown:
    """The payments that are held, or were."""
    found = list(HoldTable.visible(request.user).filter(payroll=payroll).order_by("decision", "pk")[:FIRST])
    if not found:
        return {"text": _("No payment is held.")}
    link = {"url": listed("payroll_holds", payroll, "?clear=1"), "title": _("All held payments")}
    return {"table": small_table(HoldTable, found, request.user), "links": [link]}


def members(request: Any, group: FlagGroup) -> Shown:
    """Who the payees are, side by side; of those in other places only how many."""
    size = Household.objects.filter(pk=OuterRef("line__enrolment__household")).values("size")[:1]
    paid = PayrollLine.objects.filter(payee=OuterRef("line__payee"), state__in=PAID_LINES).order_by().values("payee")
    counted = paid.annotate(found=Count("pk")).values("found")
    rows = FlagMemberTable.visible(request.user).filter(group=group).annotate(
        members=Subquery(size), paid_before=Coalesce(Subquery(counted), 0)
    )  # fmt: skip
    found = list(rows.order_by("elsewhere", "pk")[:FIRST])
    omit = [] if any(row.line.payroll_id != group.payroll_id for row in found) else ["payroll"]
    shown: dict[str, Any] = {"table": small_table(FlagMemberTable, found, request.user, omit=omit)}
    left = group.members.count() - len(found)
    return shown | ({"text": _("Payments not shown here: %(count)s") % {"count": text_of(left)}} if left else {})


def payrolls(request: Any, cycle: Cycle) -> Shown:
    """The payrolls of a cycle."""
    found = list(PayrollTable.visible(request.user).filter(cycle=cycle).order_by("-pk")[:FIRST])
    return (
        {"table": small_table(PayrollTable, found, request.user, omit=["cycle", "programme"])} if found else {"text": _("No payrolls yet.")}
    )


def programme_calendar(request: Any, programme: Programme) -> Shown:
    """The last cycles of a programme, and the way to its whole calendar."""
    found = list(CycleTable.visible(request.user).filter(programme=programme).order_by("-starts_on")[:6])
    if not found:
        return {"text": _("No payment cycles yet.")}
    link = {"url": reverse("payments:calendar", kwargs={"pk": programme.pk}), "title": _("The whole calendar")}
    return {"table": small_table(CycleTable, found, request.user, omit=["programme"]), "links": [link]}


def programme_terms(request: Any, programme: Programme) -> Shown:
    """How a programme pays."""
    terms = terms_of(programme.pk)
    facts = [
        Fact(_("Rounds in order"), terms.rounds_in_order), Fact(_("Payees who may share a phone in one place"), terms.phone_limit),
        Fact(_("Days for which unclaimed money is kept"), grace_days(programme.pk)),
        Fact(_("Only with consent"), terms.consent_needed),
    ]  # fmt: skip
    ways = [
        ("payments.set_payment_terms", reverse("payments:set_payment_terms", kwargs={"pk": programme.pk}), _("Change the payment rules")),
        (
            "payments.save_unclaimed_policy", reverse("payments:save_unclaimed_policy") + f"?programme={programme.pk}",
            _("Change the rule for unclaimed money"),
        ),
    ]  # fmt: skip
    links = [{"url": url, "title": title} for permission, url, title in ways if request.user.has_perm(permission)]
    return {"facts": [fact.ready() for fact in facts], "links": links}
