"""The forms of this module."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, RecordField
from coremis.modules.points.models import PaymentPoint, Provider

SEE = "points.view_paymentpoint"


def in_use(rows: Any) -> Any:
    """Only points where money can be collected."""
    return rows.filter(is_active=True)


class PointForm(ActionForm):
    """Name, place and address."""

    area = AreaField(label=_("Place"))
    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Address or landmark"), max_length=200, required=False)
    provider = RecordField(
        Provider, "points.view_provider", label=_("Provider"), required=False, choose=in_use,
        help_text=_("Who pays there. Empty: the programme itself."),
    )  # fmt: skip


class NewPointForm(PointForm):
    """With the code that stays."""

    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Short and lasting; it stands on lists and in files."))
    rows = (("area",), ("code", "name"), ("address", "provider"))


class ProviderForm(ActionForm):
    """What may change about a provider."""

    name = forms.CharField(label=_("Name"), max_length=120)
    way = forms.ChoiceField(label=_("Works"), choices=Provider.Way.choices)
    is_active = forms.BooleanField(label=_("In use"), required=False)


class NewProviderForm(ActionForm):
    """With the code that stays."""

    rows = (("code", "name"), ("way",))
    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Short and lasting; it stands on lists and in files."))
    name = forms.CharField(label=_("Name"), max_length=120)
    way = forms.ChoiceField(label=_("Works"), choices=Provider.Way.choices)


class ReasonForm(ActionForm):
    """Only a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ManagerForm(ActionForm):
    """One of the people who may see the point."""

    manager = forms.ModelChoiceField(label=_("Manager"), queryset=User.objects.none(), empty_label="–")
    since = forms.DateField(label=_("Since"), required=False, widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, assignments__area__in=_above(self.target)).distinct().order_by("name")
        self.fields["manager"].queryset = people  # type: ignore[attr-defined]


def _above(point: PaymentPoint) -> Any:
    """The places in which whoever holds a profile also holds it at the point."""
    return point.area.ancestors_of.values("ancestor")


class PlacesForm(ActionForm):
    """Which places, from when."""

    areas = AreaField(
        label=_("Places"), many=True, help_text=_("Everything below them collects there too, unless it has a point of its own.")
    )
    since = forms.DateField(label=_("From which day"), widget=DateInput(), initial=timezone.localdate)


class UntilForm(ActionForm):
    """The last day."""

    until = forms.DateField(label=_("Last day"), widget=DateInput(), initial=timezone.localdate)


class HouseholdPointForm(ActionForm):
    """Where a household collects, from when, and why."""

    point = RecordField(PaymentPoint, SEE, choose=in_use, label=_("Payment point"))
    since = forms.DateField(label=_("From which day"), widget=DateInput(), initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), max_length=200)
