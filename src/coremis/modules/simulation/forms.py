"""The forms of this module."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import AreaLevel
from coremis.kernel.config.country import own_currency
from coremis.kernel.screens.forms import ActionForm, MoneyField, RecordField
from coremis.kernel.screens.screen import whole_number
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import usable
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.simulation.models import Simulation, State
from coremis.modules.simulation.queries import edge, range_of
from coremis.modules.simulation.rule_fields import SHOWS_ANEW, RuleSelect, chosen_rule, forget_others, hide_others
from coremis.modules.targeting.models import Kind, Stage

MOST_PLACES = 10_000_000
SEES_RUNS, SEES_STAGES, SEES = "scoring.view_scorerun", "targeting.view_stage", "simulation.view_simulation"
BAND = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(?:(?:-|–|to)\s*-?\d+(?:[.,]\d+)?)?\s*[ :\t]\s*(\d+(?:[.,]\d+)?)\s*%?\s*")


def done_runs(rows: "QuerySet[ScoreRun]") -> "QuerySet[ScoreRun]":
    """Scorings whose scores can be read, the newest first."""
    return rows.filter(state=ScoreRun.State.DONE).select_related("formula_version__formula", "area").order_by("-pk")


def quota_stages(rows: "QuerySet[Stage]") -> "QuerySet[Stage]":
    """Stages for which quotas can be planned."""
    return rows.filter(kind=Kind.QUOTA).select_related("campaign").order_by("-pk")


class SimulationForm(ActionForm):
    """What to simulate, on which scores, and how to tell who is poor."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("So that you find it again, such as “Cut-off 39, rural”."))
    run = RecordField(ScoreRun, SEES_RUNS, choose=done_runs, label=_("Scoring"), help_text=_("The scores to select from."))
    rule = forms.ChoiceField(label=_("Who would be selected"), choices=Simulation.Rule.choices, widget=RuleSelect)
    cutoff = forms.DecimalField(
        label=_("Cut-off"), required=False, max_digits=16, decimal_places=6,
        help_text=_("The last score that is still selected."),
    )  # fmt: skip
    places = forms.IntegerField(
        label=_("Number of places"), required=False, min_value=1, max_value=MOST_PLACES,
        help_text=_("How many households in all."),
    )  # fmt: skip
    level = forms.ModelChoiceField(
        label=_("Level"), queryset=AreaLevel.objects.order_by("position"), required=False, empty_label="–",
        help_text=_("The areas that are told apart in the result, and that share the places."),
    )  # fmt: skip
    weights = forms.ChoiceField(
        label=_("Places divided by"),
        required=False,
        choices=Simulation.Weights.choices,
        help_text=_("What decides how many places an area gets."),
    )
    stage = RecordField(
        Stage, SEES_STAGES, choose=quota_stages, label=_("Quotas of the stage"), required=False,
        help_text=_("The stage for which they are planned."),
    )  # fmt: skip
    poor = forms.CharField(
        label=_("Who counts as poor"), required=False, max_length=1000, widget=forms.TextInput(attrs={"class": "code"}),
        help_text=_("A condition on facts of the household, as a survey found them: welfare_class <= 2."),
    )  # fmt: skip
    likelihoods = forms.CharField(
        label=_("Estimated by score"), required=False, widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
        help_text=_("Instead, a published table: one line for each band of scores, such as “25-29 64.8”."),
    )  # fmt: skip
    disability = forms.ChoiceField(
        label=_("Disability is recorded as"), required=False, help_text=_("The fact of a person by which households are told apart.")
    )
    amount = MoneyField(currency=own_currency, label=_("Amount of a payment"), required=False)
    payments = forms.IntegerField(label=_("Payments a year"), required=False, min_value=1, max_value=366)
    rows = (
        ("title",), ("run",), ("rule",), ("cutoff",), ("places", "weights"), ("stage",), ("level",), ("poor",), ("likelihoods",),
        ("disability",), ("amount", "payments"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen_rule(self)
        hide_others(self, self.chosen)
        self._tell_range()
        kind, subject = VariableDefinition.Kind.BOOLEAN, VariableDefinition.Subject.PERSON
        found = usable(self.actor, VariableDefinition.objects.filter(subject=subject, kind=kind, is_active=True))
        field: Any = self.fields["disability"]
        field.choices = [("", "–"), *((one.code, str(one)) for one in found)]

    def _tell_range(self) -> None:
        """Beside the cut-off: between which scores it makes a difference."""
        field: Any = self.fields["run"]
        field.widget.attrs |= SHOWS_ANEW
        held = self.data.get("run") if self.is_bound else self.initial.get("run")
        key = whole_number(str(getattr(held, "pk", held) or ""))
        run = field.queryset.filter(pk=key).first() if key else None
        bounds = range_of(run) if run is not None else None
        if bounds:
            words = {"low": edge(bounds[0]), "high": edge(bounds[1])}
            told = _("The scores lie between %(low)s and %(high)s.") % words
            self.fields["cutoff"].help_text = f"{self.fields['cutoff'].help_text} {told}"

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """Without what belongs to other rules; that comes along unseen."""
        for line in super().lines():
            if shown := [field for field in line if not field.is_hidden]:
                yield shown

    def clean(self) -> dict[str, Any]:
        """Only what the chosen rule reads."""
        super().clean()
        forget_others(self, self.chosen)
        return self.cleaned_data

    def clean_likelihoods(self) -> list[list[float]]:
        """The pairs of the lines; a line that cannot be read is named."""
        found = []
        for number, line in enumerate(self.cleaned_data["likelihoods"].splitlines(), start=1):
            if not line.strip():
                continue
            read = BAND.fullmatch(line)
            if read is None:
                raise forms.ValidationError(_("Line %(number)s cannot be read. Write it like “25-29 64.8”.") % {"number": number})
            found.append([float(text.replace(",", ".")) for text in read.groups()])
        return found


class ComparisonForm(ActionForm):
    """The other one."""

    second = RecordField(
        Simulation, SEES, choose=lambda rows: rows.filter(state=State.DONE).order_by("-pk"), label=_("Compare with"),
        help_text=_("Another formula, cut-off or quota, on the same or other scores."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["second"]
        field.queryset = field.queryset.exclude(pk=self.target.pk)
