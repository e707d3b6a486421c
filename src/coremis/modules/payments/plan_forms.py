"""The forms of cycles and of the payment rules of a programme."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm, DateInput, LabelField, RecordField
from coremis.modules.payments.findings import FlagKind
from coremis.modules.payments.services.cycles import MOST
from coremis.modules.programmes.models import Programme


def day(label: Any, help_text: Any = "", required: bool = False) -> forms.DateField:
    """A date of a cycle."""
    return forms.DateField(label=label, widget=DateInput(), required=required, help_text=help_text)


def days(label: Any, initial: int) -> forms.IntegerField:
    """A number of days between two dates of a cycle."""
    return forms.IntegerField(label=label, min_value=0, max_value=366, initial=initial)


class CycleForm(ActionForm):
    """What may change of a cycle."""

    names = LabelField(label=_("Name"))
    starts_on = day(_("First day"), required=True)
    ends_on = day(_("Last day"), required=True)
    freeze_on = day(_("Data freeze"), _("Who is paid, and to whom, is taken as it was on this day."), required=True)
    calculate_by = day(_("Calculate by"))
    approve_by = day(_("Approve by"))
    pay_from = day(_("Payment from"))
    pay_until = day(_("Payment until"))
    reconcile_by = day(_("Reconcile by"))
    rows: ClassVar[Sequence[Sequence[str]]] = (
        ("names",), ("starts_on", "ends_on", "freeze_on"), ("calculate_by", "approve_by"), ("pay_from", "pay_until", "reconcile_by"),
    )  # fmt: skip


class NewCycleForm(CycleForm):
    """A cycle of a programme."""

    programme = RecordField(Programme, "programmes.view_programme", label=_("Programme"))
    rows = (("programme",), *CycleForm.rows)


class PlanCyclesForm(ActionForm):
    """A row of cycles from a pattern."""

    programme = RecordField(Programme, "programmes.view_programme", label=_("Programme"))
    first_day = day(_("First day of the first cycle"), required=True)
    months = forms.TypedChoiceField(
        label=_("Length of a cycle"), coerce=int, initial=2,
        choices=[(1, _("a month")), (2, _("two months")), (3, _("a quarter")), (6, _("half a year")), (12, _("a year"))],
    )  # fmt: skip
    count = forms.IntegerField(label=_("How many cycles"), min_value=1, max_value=MOST, initial=6)
    freeze = days(_("Data freeze, days before the last day"), 10)
    calculate = days(_("Calculated, days after the freeze"), 5)
    approve = days(_("Approved, days later"), 5)
    pay = days(_("Payment begins, days later"), 5)
    window = days(_("Payment lasts, days"), 10)
    reconcile = days(_("Reconciled, days later"), 20)
    rows: ClassVar[Sequence[Sequence[str]]] = (
        ("programme",), ("first_day", "months", "count"), ("freeze", "calculate", "approve"), ("pay", "window", "reconcile"),
    )  # fmt: skip


class TermsForm(ActionForm):
    """The payment rules of a programme."""

    rounds_in_order = forms.BooleanField(
        label=_("Rounds in order"), required=False, help_text=_("A cycle is calculated only when the cycles before it are closed.")
    )
    phone_limit = forms.IntegerField(
        label=_("Payees who may share a phone in one place"), min_value=1, max_value=1000,
        help_text=_("More of them, or payees of two places, need a verdict."),
    )  # fmt: skip
    notice_kinds = forms.MultipleChoiceField(
        label=_("Flags that need no verdict"), required=False, choices=FlagKind.choices, widget=forms.CheckboxSelectMultiple
    )

    consent_needed = forms.BooleanField(
        label=_("Only with consent"), required=False, help_text=_("Whoever has not given consent is left out, with that reason.")
    )

    def clean(self) -> dict[str, Any]:
        """An empty choice is a list."""
        cleaned: dict[str, Any] = super().clean() or {}
        return {**cleaned, "notice_kinds": list(cleaned.get("notice_kinds") or [])}
