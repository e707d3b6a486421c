"""After the results: re-issuing what was not paid, and unclaimed money."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.payments import previews, services
from coremis.modules.payments.forms import NoteForm, ReissueForm, UnclaimedPolicyForm
from coremis.modules.payments.models import Payroll
from coremis.modules.payments.states import PayrollState
from coremis.modules.payments.views.addresses import payroll_url

State = PayrollState


def in_payment(payroll: Payroll) -> bool:
    """It was sent and is not closed."""
    return payroll.state == State.RELEASED


def with_results(payroll: Payroll) -> bool:
    """It was sent; perhaps closed."""
    return payroll.state in (State.RELEASED, State.CLOSED)


def may_be_reissued(payroll: Payroll) -> bool:
    """It was sent, or was a re-issue that was cancelled."""
    return with_results(payroll) or (payroll.state == State.CANCELLED and payroll.source == Payroll.Source.REISSUE)


# The buttons of a payroll that has been sent, for its page.
RESULT_STEPS = [
    ActionLink(_("Bring results"), "payments:upload_results", "payments.upload_results", "primary", in_payment),
    ActionLink(_("Type a signed list"), "payments:start_sheet", "payments.start_sheet", "primary", in_payment),
    ActionLink(
        _("Bring late answers"), "payments:upload_results", "payments.upload_results", show=lambda payroll: payroll.state == State.CLOSED
    ),
    ActionLink(_("Re-issue unpaid lines"), "payments:reissue_payroll", "payments.reissue_payroll", show=may_be_reissued),
    ActionLink(
        _("Carry unpaid amounts on"), "payments:carry_unpaid", "payments.carry_unpaid", show=lambda payroll: payroll.state == State.CLOSED
    ),
    ActionLink(_("Give back unclaimed money"), "payments:forfeit_unclaimed", "payments.forfeit_unclaimed", "danger", with_results),
]


def _with_payroll(cleaned: dict[str, Any], payroll: Any) -> dict[str, Any]:
    return {"payroll": payroll, **cleaned}


reissue_payroll = ActionScreen(
    services.reissue_payroll, form=ReissueForm, target=(Payroll, "pk"), preview=previews.reissuing, done=payroll_url, back=payroll_url,
    initial=lambda request, payroll: {"freeze_on": timezone.localdate()}, inputs=_with_payroll,
    said=lambda made: str(_("The payroll %(number)s is being calculated.") % {"number": made.number_text}),
)  # fmt: skip
carry_unpaid = ActionScreen(
    services.carry_unpaid, form=NoteForm, target=(Payroll, "pk"), preview=previews.carrying, done=payroll_url, back=payroll_url,
    inputs=_with_payroll,
)  # fmt: skip
forfeit_unclaimed = ActionScreen(
    services.forfeit_unclaimed, form=NoteForm, target=(Payroll, "pk"), preview=previews.forfeiting, done=payroll_url, back=payroll_url,
    inputs=_with_payroll, danger=True,
)  # fmt: skip
save_unclaimed_policy = ActionScreen(
    services.save_unclaimed_policy, form=UnclaimedPolicyForm, back=lambda target: reverse("programmes:programme_list"),
    done=lambda policy: reverse("programmes:programme_detail", kwargs={"pk": policy.programme_id}),
    initial=lambda request, target: {"programme": request.GET.get("programme", "")},
)  # fmt: skip
