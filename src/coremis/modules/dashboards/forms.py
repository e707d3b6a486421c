"""What is asked about a dashboard, and about one figure on it."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile
from coremis.kernel.base.text import label
from coremis.kernel.datasets.dataset import PLACE, Dataset, Dimension
from coremis.kernel.datasets.widget import Chart, Size
from coremis.kernel.screens.forms import ActionForm, LabelField, RecordField
from coremis.modules.dashboards.arranging import Placed

NAME = _("The name that stands above it.")
NEEDS_BREAKDOWN = (Chart.BARS, Chart.SHARE, Chart.LINE, Chart.MAP)


class OwnDashboardForm(ActionForm):
    """A new dashboard of one's own."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=NAME)
    empty = forms.BooleanField(label=_("Begin empty"), required=False, help_text=_("Otherwise it begins as the one that stands open."))


class ProfileDashboardForm(ActionForm):
    """A new dashboard for everybody with a profile."""

    profile = RecordField(
        Profile, "dashboards.create_profile_dashboard", label=_("Access profile"), help_text=_("Everybody with it will see the dashboard.")
    )
    names = LabelField(label=_("Name"), max_length=80, help_text=NAME)
    empty = forms.BooleanField(
        label=_("Begin empty"), required=False, help_text=_("Otherwise it begins with the ready figures of the profile.")
    )


class FigureForm(forms.Form):
    """One figure: what is counted, broken down by what, limited to what, and how it is drawn."""

    title = forms.CharField(label=_("Title"), required=False, max_length=80, help_text=_("Empty: it is called by what it shows."))
    measure = forms.ChoiceField(label=_("What is counted"), widget=forms.RadioSelect)
    chart = forms.ChoiceField(label=_("Shown as"), choices=[choice for choice in Chart.choices if choice[0] != Chart.STEPS])
    by = forms.ChoiceField(label=_("Broken down by"), required=False, help_text=_("One line or bar for each."))
    across = forms.ChoiceField(label=_("And across"), required=False, help_text=_("One column, colour or curve for each."))
    size = forms.ChoiceField(label=_("Width"), choices=Size.choices)

    def __init__(self, *args: Any, dataset: Dataset, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dataset = dataset
        self.choosable = [(one, offered) for one in dataset.dimensions if (offered := values_of(one, user))]
        breakdowns = [("", _("nothing")), *((one.code, one.title) for one in dataset.dimensions)]
        self.chosen("measure").choices = [(one.code, f"{one.title}: {one.help}") for one in dataset.measures]
        self.chosen("by").choices = [breakdowns[0], (PLACE, _("Place")), *breakdowns[1:]]
        self.chosen("across").choices = breakdowns
        for dimension, offered in self.choosable:
            self.fields[f"only_{dimension.code}"] = forms.MultipleChoiceField(
                label=str(dimension.title), choices=offered, required=False, widget=forms.CheckboxSelectMultiple
            )

    def chosen(self, name: str) -> Any:
        """A field of choices."""
        return self.fields[name]

    def limits(self) -> list[forms.BoundField]:
        """The fields that limit the figure to some values."""
        return [self[f"only_{dimension.code}"] for dimension, _offered in self.choosable]

    def limited(self) -> bool:
        """Whether it is limited to some values."""
        return any(bound.value() for bound in self.limits())

    def clean(self) -> dict[str, Any]:
        """A sentence for what cannot be drawn."""
        found = self.cleaned_data
        by, across, chart = (found.get(name, "") for name in ("by", "across", "chart"))
        if by and by == across:
            self.add_error("across", _("Choose something else than above."))
        if chart in NEEDS_BREAKDOWN and not by:
            self.add_error("by", _("This drawing needs something to break down by."))
        if chart == Chart.MAP and (by != PLACE or across):
            self.add_error("by", _("A map is broken down by place, and by nothing else."))
        dimension = self.dataset.dimension(by)
        if chart == Chart.LINE and by and not (dimension and dimension.over_time):
            self.add_error("by", _("A line needs something that follows in time, such as months or cycles."))
        return found

    def placed(self) -> Placed:
        """The figure that was described; a single figure is broken down by nothing."""
        found = self.cleaned_data
        single = found["chart"] == Chart.FIGURE
        names = {get_language() or "en": found["title"].strip()} if found["title"].strip() else {}
        filters = {one.code: found[f"only_{one.code}"] for one, _offered in self.choosable if found[f"only_{one.code}"]}
        return Placed(
            self.dataset.name, found["measure"], Chart(found["chart"]), "" if single else found["by"], "" if single else found["across"],
            filters, Size(found["size"]), names,
        )  # fmt: skip


def values_of(dimension: Dimension, user: Any) -> list[tuple[str, Any]]:
    """What a figure can be limited to: fixed choices, and what can be chosen above the page."""
    if callable(dimension.choices) and not dimension.on_top:
        return []
    pairs = dimension.choices(None, user) if callable(dimension.choices) else dimension.choices
    return [(str(value), words) for value, words in pairs if str(value)]


def filled(placed: Placed) -> dict[str, Any]:
    """The form as a figure fills it."""
    limits = {f"only_{code}": values for code, values in placed.filters.items()}
    title = label(dict(placed.names), get_language() or "en") if placed.names else ""
    return {
        "title": title,
        "measure": placed.measure,
        "chart": placed.chart,
        "by": placed.by,
        "across": placed.across,
        "size": placed.size,
        **limits,
    }
