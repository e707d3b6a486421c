"""The forms of this module."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm, DateInput, MoneyField


class ReceiveFundsForm(ActionForm):
    """Money that arrived."""

    amount = MoneyField(label=_("Amount"), currency="")
    received_on = forms.DateField(label=_("Received on"), widget=DateInput(), initial=timezone.localdate)
    proof = forms.CharField(
        label=_("Proof"), max_length=300, help_text=_("The paper that shows it, such as the number of the credit advice.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        assert isinstance(amount, MoneyField)
        amount.currency = self.target.currency


class ReasonForm(ActionForm):
    """Only a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea)
