"""Flags and verdicts, differences, held payments, verification and recall."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.each import EachScreen
from coremis.kernel.screens.lists import ListScreen, Owner, chosen_ids
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.payments import findings_previews, services
from coremis.modules.payments.findings_tables import DifferenceTable, FlagGroupTable, HoldTable
from coremis.modules.payments.forms import MOST_TICKED, ChosenHoldsForm, DecideFlagForm, FlagsVerdictForm, HoldForm, NoteForm, ReasonForm
from coremis.modules.payments.models import FlagGroup, Payroll, PayrollLine
from coremis.modules.payments.states import DUE_LINES, HELD_LINES, PAYABLE_HOLDS, PayrollState
from coremis.modules.payments.views.addresses import payroll_url
from coremis.modules.payments.words import flag_status

OF_PAYROLL = Owner(Payroll, "payments.view_payroll", "payroll")
let_go = ActionLink(_("Let held payments go"), "payments:pay_held", "payments.pay_held", show=lambda payroll: payroll.held_count > 0)
void_those = ActionLink(
    _("Void held payments"), "payments:void_held", "payments.void_lines", "danger", lambda payroll: payroll.held_count > 0
)


def flag_url(group: FlagGroup) -> str:
    """The page of a flagged group."""
    return reverse("payments:flag_detail", kwargs={"pk": group.pk})


def line_url(line: PayrollLine) -> str:
    """The page of a payment."""
    return reverse("payments:line_detail", kwargs={"pk": line.pk})


payroll_flags = ListScreen(
    FlagGroupTable, title=lambda payroll: _("Flagged groups of %(number)s") % {"number": payroll.number_text}, owner=OF_PAYROLL,
    bulk=[ActionLink(_("Give a verdict"), "payments:decide_chosen_flags", "payments.decide_flag", "primary")],
)  # fmt: skip
payroll_differences = ListScreen(
    DifferenceTable, title=lambda payroll: _("Differences of %(number)s to the cycle before") % {"number": payroll.number_text},
    owner=OF_PAYROLL,
)  # fmt: skip
payroll_holds = ListScreen(
    HoldTable, title=lambda payroll: _("Held payments of %(number)s") % {"number": payroll.number_text}, owner=OF_PAYROLL,
    actions=[let_go, void_those],
    bulk=[
        ActionLink(_("Let held payments go"), "payments:pay_chosen", "payments.pay_held", "primary"),
        ActionLink(_("Void held payments"), "payments:void_chosen", "payments.void_lines", "danger"),
    ],
)  # fmt: skip


def flag_facts(request: HttpRequest, group: FlagGroup) -> Sequence[Fact]:
    """Why they are flagged, and what was said."""
    return [
        Fact(_("Payroll"), group.payroll.number_text, payroll_url(group.payroll)), Fact(_("Flag"), group.get_kind_display()),
        Fact(_("Weight"), group.get_severity_display()), Fact(_("Payments"), group.size), Fact(_("Verdict"), group.get_verdict_display()),
        Fact(_("Reason"), group.reason), Fact(_("Decided by"), str(group.decided_by or "")), Fact(_("Decided on"), group.decided_at),
    ]  # fmt: skip


def flag_attention(request: HttpRequest, group: FlagGroup) -> Sequence[Attention]:
    """What was said about the same people in an earlier cycle."""
    old = group.remembered
    if old is None or old.decided_at is None:
        return []
    words = _("The same payments were looked at in %(payroll)s: “%(verdict)s”, %(person)s. %(reason)s") % {
        "payroll": old.payroll.number_text, "verdict": old.get_verdict_display(), "person": str(old.decided_by or ""), "reason": old.reason,
    }  # fmt: skip
    return [Attention("info", words, flag_url(old), _("Open the earlier verdict"))]


def undecided_payroll(group: FlagGroup) -> bool:
    """Whether a verdict still changes what is approved."""
    return group.payroll.state in (PayrollState.CALCULATED, PayrollState.VERIFIED)


flag_detail = DetailScreen(
    FlagGroup, permission="payments.view_flaggroup", title=lambda group: group.get_kind_display().capitalize(),
    status=flag_status, facts=flag_facts,
    subtitle=lambda group: group.payroll.number_text, attention=flag_attention,
    actions=[ActionLink(_("Give a verdict"), "payments:decide_flag", "payments.decide_flag", "primary", undecided_payroll)],
    prepare=lambda rows: rows.select_related("payroll", "decided_by", "remembered__decided_by", "remembered__payroll"),
    timeline=Timeline(hidden=frozenset({"key", "first_enrolment", "enrolment_sum", "remembered"})),
)  # fmt: skip


class VerdictScreen(ActionScreen):
    """The page of a verdict: its fields depend on the group."""

    def inputs_of(self, attempt: Any) -> dict[str, Any]:
        """The group, what was said of each payment, and why."""
        return {"group": attempt.target, "verdicts": attempt.form.verdicts(), "reason": attempt.form.cleaned_data["reason"]}


decide_flag = VerdictScreen(
    services.decide_flag, form=DecideFlagForm, target=(FlagGroup, "pk"), title=_("Give a verdict"), done=flag_url, back=flag_url,
    lead=lambda group: f"{group.get_kind_display()} · {group.payroll.number_text}", button=_("Keep this verdict"),
)  # fmt: skip


def against_verdicts(groups: list[FlagGroup], actor: Any) -> dict[int, str]:
    """Why some of the ticked groups are left alone: nothing that somebody decided is overwritten in one go."""
    given = str(_("A verdict was given already. Open the group to change it."))
    return {group.pk: given for group in groups if group.verdict}


def said_of_all(typed: dict[str, Any], group: FlagGroup) -> dict[str, Any]:
    """The same verdict on every payment of a group."""
    numbers = group.members.filter(elsewhere=False).values_list("line__number", flat=True)
    return {"group": group, "verdicts": {str(number): typed["verdict"] for number in numbers}, "reason": typed["reason"]}


decide_chosen_flags = EachScreen(
    services.decide_flag, table=FlagGroupTable, input="group", against=against_verdicts, each=said_of_all, form=FlagsVerdictForm,
    target=(Payroll, "pk"), within="payroll", back="payments:payroll_flags",
    title=lambda payroll: _("Give a verdict on those chosen: %(number)s") % {"number": payroll.number_text},
    said=lambda group: group.get_verdict_display().capitalize(),
)  # fmt: skip


def _of_payroll(cleaned: dict[str, Any], payroll: Any) -> dict[str, Any]:
    return {"payroll": payroll, **{name: value for name, value in cleaned.items() if value not in (None, "")}}


def _of_line(cleaned: dict[str, Any], line: Any) -> dict[str, Any]:
    return {"payroll": line.payroll, "line": line, **cleaned}


verify_payroll = ActionScreen(
    services.verify_payroll, form=NoteForm, target=(Payroll, "pk"), inputs=_of_payroll, preview=findings_previews.verification,
    done=payroll_url, back=payroll_url,
)  # fmt: skip
review_payroll = ActionScreen(services.review_payroll, target=(Payroll, "pk"), done=payroll_url, back=payroll_url)
recall_payroll = ActionScreen(
    services.recall_payroll, form=ReasonForm, target=(Payroll, "pk"), inputs=_of_payroll, preview=findings_previews.recall,
    done=payroll_url, back=payroll_url, danger=True,
)  # fmt: skip
pay_held = ActionScreen(
    services.pay_held, form=HoldForm, target=(Payroll, "pk"), inputs=_of_payroll, preview=findings_previews.letting_go, done=payroll_url,
    back=payroll_url,
)  # fmt: skip
void_held = ActionScreen(
    services.void_lines, form=HoldForm, target=(Payroll, "pk"), title=_("Void held payments"), inputs=_of_payroll,
    preview=findings_previews.voiding, done=payroll_url, back=payroll_url, danger=True,
)  # fmt: skip


def _of_chosen(cleaned: dict[str, Any], payroll: Any) -> dict[str, Any]:
    lines = PayrollLine.objects.filter(payroll=payroll, holds__in=cleaned["chosen"])
    return {"payroll": payroll, "lines": list(lines.order_by("pk")), "reason": cleaned["reason"]}


def chosen_holds(request: HttpRequest, payroll: Payroll) -> dict[str, Any]:
    """The held payments with which the page was opened from the list of a payroll."""
    return {"chosen": chosen_ids(HoldTable, request, MOST_TICKED, payroll=payroll)}


def holds_url(payroll: Payroll) -> str:
    """The held payments of a payroll."""
    return reverse("payments:payroll_holds", kwargs={"pk": payroll.pk})


pay_chosen = ActionScreen(
    services.pay_held, form=ChosenHoldsForm, target=(Payroll, "pk"), title=_("Let the chosen payments go"), initial=chosen_holds,
    inputs=_of_chosen, preview=findings_previews.letting_go, done=holds_url, back=holds_url,
)  # fmt: skip
void_chosen = ActionScreen(
    services.void_lines, form=ChosenHoldsForm, target=(Payroll, "pk"), title=_("Void the chosen payments"), initial=chosen_holds,
    inputs=_of_chosen, preview=findings_previews.voiding, done=holds_url, back=holds_url, danger=True,
)  # fmt: skip
pay_line = ActionScreen(
    services.pay_held, form=ReasonForm, target=(PayrollLine, "pk"), title=_("Let this payment go"), inputs=_of_line,
    preview=findings_previews.letting_go, done=payroll_url, back=line_url,
)  # fmt: skip
void_line = ActionScreen(
    services.void_lines, form=ReasonForm, target=(PayrollLine, "pk"), title=_("Void this payment"), inputs=_of_line,
    preview=findings_previews.voiding, done=payroll_url, back=line_url, danger=True,
)  # fmt: skip

LINE_ACTIONS = [
    ActionLink(
        _("Let this payment go"), "payments:pay_line", "payments.pay_held", "primary",
        lambda line: line.state in HELD_LINES and line.hold_reason in PAYABLE_HOLDS,
    ),
    ActionLink(
        _("Void this payment"), "payments:void_line", "payments.void_lines", "danger", lambda line: line.state in (*HELD_LINES, *DUE_LINES)
    ),
]  # fmt: skip
