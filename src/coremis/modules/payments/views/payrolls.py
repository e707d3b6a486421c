"""Payrolls, their payments and who is left out."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coremis.kernel.approvals.models import Request
from coremis.kernel.base.numbers import number_text
from coremis.kernel.jobs.models import Job
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.payments import findings_previews, previews, services
from coremis.modules.payments.forms import GeneratePayrollForm, NoteForm, ReasonForm
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.queries import without_verdict
from coremis.modules.payments.states import (
    CANCELLABLE_PAYROLLS,
    DECIDABLE_PAYROLLS,
    LIVE_PAYROLLS,
    PAID_LINES,
    WORKING_PAYROLLS,
    LineState,
    PayrollState,
)  # fmt: skip
from coremis.modules.payments.tables import LeftOutTable, LineTable, PayrollTable
from coremis.modules.payments.views import findings
from coremis.modules.payments.views.addresses import payroll_url
from coremis.modules.payments.views.again import RESULT_STEPS
from coremis.modules.payments.words import status_of
from coremis.modules.registry.models import DocumentKind, Household, Person
from coremis.modules.registry.queries import phone_for

State = PayrollState
calculate = ActionLink(_("Calculate a payroll"), "payments:generate_payroll", "payments.generate_payroll", tone="primary")


def in_state(*states: PayrollState) -> Callable[[Any], bool]:
    """Shows a button only in these states."""
    return lambda payroll: payroll.state in states


def waiting_request(payroll: Payroll) -> Request | None:
    """What was asked about a payroll and waits for those who decide."""
    return Request.objects.filter(subject_kind=payroll.kind(), subject_id=payroll.pk, state=Request.State.PENDING).first()


def may_be_asked(payroll: Payroll) -> bool:
    """Whether approval can be asked for: it is verified, and nobody has asked yet."""
    return payroll.state == State.VERIFIED and waiting_request(payroll) is None


payroll_list = ListScreen(
    PayrollTable, title=_("Payrolls"), actions=[calculate],
    empty=EmptyState(_("No payrolls yet"), _("A payroll says who is paid how much in a cycle. It needs a cycle and a fund."), calculate),
)  # fmt: skip

NEXT_STEPS = [
    ActionLink(_("Verify"), "payments:verify_payroll", "payments.verify_payroll", "primary", in_state(State.CALCULATED)),
    ActionLink(_("Ask for approval"), "payments:approve_payroll", "payments.approve_payroll", "primary", may_be_asked),
    ActionLink(_("Send for payment"), "payments:release_payroll", "payments.release_payroll", "primary", in_state(State.APPROVED)),
    *RESULT_STEPS,
    ActionLink(_("Close"), "payments:close_payroll", "payments.close_payroll", show=in_state(State.RELEASED)),
    ActionLink(_("Payee lists"), "payments:take_payee_list", "payments.take_payee_list", show=in_state(*LIVE_PAYROLLS)),
    ActionLink(_("Request for funds"), "payments:take_funds_request", "payments.take_funds_request", show=in_state(*LIVE_PAYROLLS)),
    ActionLink(
        _("Compare again"), "payments:review_payroll", "payments.review_payroll", "quiet", in_state(State.CALCULATED, State.VERIFIED)
    ),
    findings.let_go,
    ActionLink(_("Recall"), "payments:recall_payroll", "payments.recall_payroll", "danger", in_state(State.RELEASED)),
    ActionLink(_("Cancel"), "payments:cancel_payroll", "payments.cancel_payroll", "danger", in_state(*CANCELLABLE_PAYROLLS)),
]  # fmt: skip


def payroll_facts(request: HttpRequest, payroll: Payroll) -> Sequence[Fact]:
    """What was decided, and how many it concerns."""
    return [
        *(Fact(label, value) for label, value in previews.about(payroll)),
        Fact(_("Data freeze"), payroll.freeze_on), Fact(_("Payments"), payroll.line_count), Fact(_("Total"), payroll.total),
        Fact(_("Held"), payroll.held_count), Fact(_("Left out"), payroll.left_out_count), Fact(_("Note"), payroll.note),
    ]  # fmt: skip


def may_open_request(reader: Any, asked: Request) -> bool:
    """The maker, and whoever may see requests in its place."""
    return bool(asked.maker_id == reader.pk or reader.may("approvals.view_request", [asked.area_id]))


def payroll_attention(request: HttpRequest, payroll: Payroll) -> Sequence[Attention]:
    """Work that is under way, and work that failed."""
    notices = held_notices(payroll)
    asked = waiting_request(payroll)
    if asked is not None:
        page = reverse("administration:request", args=[asked.pk]) if may_open_request(request.user, asked) else ""
        return [*notices, Attention("info", _("This payroll waits for other people to agree."), page, _("Open the request"))]
    job = Job.objects.filter(pk=payroll.job_id).first() if payroll.job_id else None
    if payroll.state in WORKING_PAYROLLS and job is not None:
        progress = _("%(title)s: %(done)s of %(total)s. Reload the page to see more.")
        return [Attention("info", progress % {"title": job.title, "done": text_of(job.done), "total": text_of(job.total or 0)})]
    failed = Job.objects.filter(state="FAILED", params__payroll=payroll.pk).order_by("-pk").first()
    if failed is not None and failed.problem and payroll.state in (State.ABANDONED, State.CALCULATED, State.VERIFIED, State.APPROVED):
        return [*notices, Attention("warn", failed.problem_text)]
    return notices


def held_notices(payroll: Payroll) -> list[Attention]:
    """Groups that need a verdict, and payments that wait for a decision; each with the way to them."""
    notices = []
    left = without_verdict(payroll).count() if payroll.state in (State.CALCULATED, State.VERIFIED) else 0
    if left:
        words = ngettext("%(count)s flagged group needs a verdict.", "%(count)s flagged groups need a verdict.", left)
        page = findings_previews.listed("payroll_flags", payroll, "?severity=SERIOUS&undecided=yes")
        notices.append(Attention("warn", words % {"count": text_of(left)}, page, _("Look at them")))
    if payroll.held_count and payroll.state in DECIDABLE_PAYROLLS:
        words = ngettext("%(count)s payment is held.", "%(count)s payments are held.", payroll.held_count)
        page = findings_previews.listed("payroll_holds", payroll, "?undecided=yes")
        notices.append(Attention("warn", words % {"count": text_of(payroll.held_count)}, page, _("Look at them")))
    return notices


payroll_detail = DetailScreen(
    Payroll, permission="payments.view_payroll", title=lambda payroll: _("Payroll %(number)s") % {"number": payroll.number_text},
    subtitle=lambda payroll: f"{payroll.cycle.programme} · {payroll.cycle}", status=status_of, facts=payroll_facts,
    attention=payroll_attention, actions=NEXT_STEPS,
    prepare=lambda rows: rows.select_related("cycle__programme", "fund", "point", "rule_version__rule", "batch"),
    timeline=Timeline(hidden=frozenset({"job_id", "posting_id", "part_totals"})),
)  # fmt: skip

payroll_lines = ListScreen(
    LineTable, title=lambda payroll: _("Payments of %(number)s") % {"number": payroll.number_text},
    owner=Owner(Payroll, "payments.view_payroll", "payroll"),
)  # fmt: skip
payroll_left_out = ListScreen(
    LeftOutTable, title=lambda payroll: _("Left out of %(number)s") % {"number": payroll.number_text},
    owner=Owner(Payroll, "payments.view_payroll", "payroll"),
)  # fmt: skip
line_list = ListScreen(
    LineTable, title=_("Payments"), lead=_("Every single payment in your places."),
    empty=EmptyState(_("No payments yet"), _("Payments come with the first payroll.")),
)  # fmt: skip


def document_of(line: PayrollLine) -> str:
    """The kind of the frozen document and its last signs."""
    kind = dict(DocumentKind.choices).get(line.document_kind, "")
    return f"{kind} …{line.document_end}" if line.document_end else str(kind)


def line_facts(request: HttpRequest, line: PayrollLine) -> Sequence[Fact]:
    """What was frozen, and what became of it."""
    may_see = request.user.has_perm("payments.view_payroll")
    return [
        Fact(_("Payroll"), line.payroll.number_text, payroll_url(line.payroll) if may_see else ""),
        Fact(_("Payment cycle"), str(line.cycle)),
        Fact(_("Payee"), f"{line.payee_name} · {number_text(Person.number_prefix, line.payee_number)}"),
        Fact(_("Household"), f"{number_text(Household.number_prefix, line.household_number)} {line.household_name}".strip()),
        Fact(_("Place"), line.area_name), Fact(_("Payment point"), line.point_name), Fact(_("Alternate recipient"), line.alternate_name),
        Fact(_("Document"), document_of(line)), Fact(_("Phone"), phone_for(request.user, line, line.payee_phone)),
        Fact(_("Amount"), line.amount),
        Fact(_("Paid"), line.paid if line.paid_minor else None), Fact(_("Paid on"), line.paid_on), Fact(_("Receipt"), line.receipt),
        Fact(_("Held because"), line.get_hold_reason_display()), Fact(_("Reason"), line.get_unpaid_reason_display()),
    ]  # fmt: skip


def may_be_disputed(line: PayrollLine) -> bool:
    """It counts as paid, and nobody has disputed it."""
    return line.state in PAID_LINES and line.state != LineState.DISPUTED


DISPUTE = ActionLink(_("Payee did not receive it"), "payments:dispute_payment", "payments.dispute_payment", "danger", may_be_disputed)
line_detail = DetailScreen(
    PayrollLine, permission="payments.view_payrollline", title=lambda line: _("Payment %(number)s") % {"number": line.number_text},
    subtitle=lambda line: line.payee_name, status=status_of, facts=line_facts, actions=[*findings.LINE_ACTIONS, DISPUTE],
    prepare=lambda rows: rows.select_related("payroll__rule_version__rule", "cycle"),
    timeline=Timeline(hidden=frozenset({"hash", "document_hash", "result_file"})),
)  # fmt: skip

generate_payroll = ActionScreen(
    services.generate_payroll, form=GeneratePayrollForm, preview=previews.calculation, done=payroll_url,
    initial=lambda request, target: {"cycle": request.GET.get("cycle", "")}, back=lambda target: reverse("payments:payroll_list"),
    said=lambda payroll: str(_("The payroll %(number)s is being calculated.") % {"number": payroll.number_text}),
)  # fmt: skip


def step_screen(action: Any, preview: Any, form: Any = NoteForm, danger: bool = False) -> ActionScreen:
    """The page of one step of a payroll."""

    def inputs(cleaned: dict[str, Any], payroll: Any) -> dict[str, Any]:
        return {"payroll": payroll, **cleaned}

    return ActionScreen(
        action, form=form, target=(Payroll, "pk"), inputs=inputs, preview=preview, done=payroll_url, back=payroll_url, danger=danger
    )


approve_payroll = step_screen(services.approve_payroll, findings_previews.approval)
release_payroll = step_screen(services.release_payroll, previews.release)
cancel_payroll = step_screen(services.cancel_payroll, previews.cancellation, ReasonForm, danger=True)
close_payroll = step_screen(services.close_payroll, previews.closing)
