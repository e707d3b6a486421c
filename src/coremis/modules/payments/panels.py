"""What this module shows on pages: of a payroll, of a household, of a person."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import money_text, text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.ledger.models import Posting
from coremis.modules.ledger.queries import postings_about
from coremis.modules.payments.earlier import account_of
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.parts import said_parts
from coremis.modules.payments.previews import figure_facts
from coremis.modules.payments.queries import left_out_counts, payments_of
from coremis.modules.payments.states import HIDDEN_PAYROLLS, Exclusion
from coremis.modules.payments.tables import LeftOutTable, LineTable, ResultFileTable
from coremis.modules.programmes.models import ENDED, Enrolment
from coremis.modules.registry.models import Household, Person

FIRST = 50
Shown = dict[str, Any] | None


def figures(request: Any, payroll: Payroll) -> Shown:
    """Number and value by what became of the payments."""
    if payroll.state in HIDDEN_PAYROLLS:
        return None
    return {"facts": [Fact(label, value).ready() for label, value in figure_facts(payroll)]}


def parts(request: Any, line: PayrollLine) -> Shown:
    """How the amount came about, part by part, by which version of which rule."""
    rows = [Fact(name, words).ready() for name, words in said_parts(line)]
    version = line.payroll.rule_version
    if version is not None and request.user.has_perm("benefits.view_ruleversion"):
        rows.append(Fact(_("By"), str(version), reverse("benefits:version_detail", args=[version.pk])).ready())
    return {"facts": rows}


def steps(request: Any, payroll: Payroll) -> Shown:
    """Who did which step, and when."""
    done = payroll.steps.select_related("person").order_by("pk")
    rows = [Fact(step.get_step_display(), f"{step.person} · {text_of(step.done_at)}").ready() for step in done]
    return {"facts": rows} if rows else None


def lines(request: Any, payroll: Payroll) -> Shown:
    """The first payments, and the way to all of them."""
    rows = LineTable.visible(request.user).filter(payroll=payroll).order_by("pk")[:FIRST]
    url = reverse("payments:payroll_lines", kwargs={"pk": payroll.pk})
    link = {"url": url, "title": _("All payments: %(count)s") % {"count": text_of(payroll.line_count)}}
    return {"table": small_table(LineTable, list(rows), request.user, omit=["cycle"]), "links": [link]}


def left_out(request: Any, payroll: Payroll) -> Shown:
    """How many for each reason, and the first ones by name."""
    if not payroll.left_out_count:
        return {"text": _("Nobody was left out.")}
    rows = LeftOutTable.visible(request.user).filter(payroll=payroll).order_by("pk")[:FIRST]
    counts = [Fact(Exclusion(reason).label, count).ready() for reason, count in left_out_counts(payroll)]
    link = {"url": reverse("payments:payroll_left_out", kwargs={"pk": payroll.pk}), "title": _("All who were left out")}
    return {"facts": counts, "table": small_table(LeftOutTable, list(rows), request.user), "links": [link]}


def results(request: Any, payroll: Payroll) -> Shown:
    """The files that came back."""
    rows = list(ResultFileTable.visible(request.user).filter(payroll=payroll).order_by("-pk")[:FIRST])
    if not rows:
        return {"text": _("No results have come back yet.")}
    return {"table": small_table(ResultFileTable, rows, request.user, omit=["payroll"])}


def money(request: Any, payroll: Payroll) -> Shown:
    """The postings about this payroll, each with its state."""
    seen = Posting.objects.visible_to(request.user, "ledger.view_posting").filter(pk__in=postings_about(payroll).values("pk"))
    rows = [
        Fact(
            posting.get_purpose_display(),
            " · ".join((money_text(amount_of(posting)), text_of(posting.effective_on), posting.get_state_display())),
            reverse("ledger:posting_detail", kwargs={"pk": posting.pk}),
        ).ready()
        for posting in seen.order_by("pk")
    ]
    return {"facts": rows} if rows else {"text": _("No money has moved yet.")}


def amount_of(posting: Posting) -> Money:
    """What a posting announced to move."""
    return Money(posting.declared_minor, posting.currency)


def household_payments(request: Any, household: Household) -> Shown:
    """The latest payments of a household."""
    return _payments(request, payments_of(household=household))


def person_payments(request: Any, person: Person) -> Shown:
    """The latest payments to a person, or for this person."""
    return _payments(request, payments_of(person=person))


def enrolment_payments(request: Any, enrolment: Enrolment) -> Shown:
    """The latest payments of a beneficiary in a programme, and what waits for the next one; for who left, that none comes."""
    if not request.user.may("payments.view_payrollline", [enrolment.area_id]):
        return None
    left, over = account_of(enrolment)
    currency = enrolment.programme.currency
    words = [(_("Left by earlier payments"), left), (_("Still to give back"), over), (_("To be given back to the beneficiary"), -over)]
    found = _payments(request, PayrollLine.objects.filter(enrolment=enrolment).select_related("payroll", "cycle").order_by("-pk"))
    shown = {**(found or {}), "facts": [Fact(title, Money(amount, currency)).ready() for title, amount in words if amount > 0]}
    if enrolment.status in ENDED and left - over > 0:
        shown["text"] = _(
            "The programme still owes this beneficiary %(amount)s, and no payment is calculated for who left. "
            "Undo the last change or reactivate the beneficiary, so that the next payroll pays it."
        ) % {"amount": text_of(Money(left - over, currency))}
    return shown


def _payments(request: Any, rows: Any) -> Shown:
    seen = PayrollLine.objects.visible_to(request.user, "payments.view_payrollline")
    found = list(rows.filter(pk__in=seen.values("pk"))[:FIRST])
    if not found:
        return {"text": _("No payments yet.")}
    return {"table": small_table(LineTable, found, request.user, omit=["household", "area"])}
