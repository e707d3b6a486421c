"""The forms of formulas, their settings and files, and of runs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, LabelField, RecordField
from coremis.modules.filters.models import SavedFilter
from coremis.modules.scoring.forms.entries import area
from coremis.modules.scoring.formulas import Rounding
from coremis.modules.scoring.models import HIGHER, LOWER, FormulaVersion
from coremis.modules.scoring.queries import usable_versions

MOST_BYTES = 5_000_000
Definition = Mapping[str, Any]


class FormulaForm(ActionForm):
    """What may change of a formula."""

    names = LabelField(label=_("Name"))
    source = forms.CharField(
        label=_("Source"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where it was published: report, page, date. Others can then check the numbers."),
    )  # fmt: skip


class NewFormulaForm(FormulaForm):
    """A new formula."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Short and lasting, such as “pmt-2026”."))
    rows: ClassVar[Sequence[Sequence[str]]] = (("names",), ("code",), ("source",))


class NoteForm(ActionForm):
    """Nothing but a note."""

    note = forms.CharField(label=_("Note"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class LoadForm(ActionForm):
    """A file of published formulas."""

    file = forms.FileField(label=_("File"), help_text=_("A list of formulas as JSON: strata, weights, rounding, limits, examples."))

    def clean_file(self) -> list[dict[str, Any]]:
        """The formulas as they stand in the file."""
        try:
            found = json.loads(self.cleaned_data["file"].read(MOST_BYTES).decode())
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This file cannot be read. Choose a JSON file with a list of formulas.")) from None
        entries = found if isinstance(found, list) else [found]
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise forms.ValidationError(_("This file cannot be read. Choose a JSON file with a list of formulas."))
        return entries


class SettingsForm(ActionForm):
    """What holds for the whole formula."""

    kind = forms.ChoiceField(label=_("Sort of formula"), choices=[("LINEAR", _("Linear score")), ("POINTS", _("Point card"))])
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[(LOWER, _("A low score means a poor household.")), (HIGHER, _("A high score means a poor household."))],
    )
    scale = forms.DecimalField(
        label=_("Factor"), initial=1, localize=True, help_text=_("The sum is multiplied by it, often by 1 or 1,000.")
    )
    rounding = forms.ChoiceField(
        label=_("Rounding"),
        choices=[(Rounding.NONE.value, _("none")), (Rounding.ROUND.value, _("round, halves up")), (Rounding.TRUNCATE.value, _("cut off"))],
    )
    decimals = forms.IntegerField(label=_("Decimals"), initial=0, min_value=0, max_value=6, help_text=_("Of the rounded or cut score."))
    survey = forms.CharField(
        label=_("Survey, year and currency"),
        required=False,
        max_length=200,
        help_text=_("The data behind the weights, such as “survey 2019/20, prices of 2020”."),
    )
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DateInput())
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput())
    sources = forms.CharField(
        label=_("Sources of figures of places"),
        required=False,
        widget=area(2),
        help_text=_("Only where a certain one is wanted. One line each: urban = census 2024. Otherwise the newest year counts."),
    )
    rows: ClassVar[Sequence[Sequence[str]]] = (
        ("kind", "direction"), ("scale", "rounding", "decimals"), ("survey",), ("valid_from", "valid_until"), ("sources",),
    )  # fmt: skip

    def clean_sources(self) -> dict[str, str]:
        """Source by kind of figure."""
        pairs = [line.partition("=") for line in str(self.cleaned_data["sources"]).splitlines() if line.strip()]
        if any(not sign or not source.strip() for _kind, sign, source in pairs):
            raise forms.ValidationError(_("Write one line each, such as: urban = census 2024."))
        return {kind.strip(): source.strip()[:120] for kind, _sign, source in pairs}

    def entry(self) -> dict[str, Any]:
        """The settings as they are stored."""
        given = self.cleaned_data
        days = {name: given[name].isoformat() if given[name] else None for name in ("valid_from", "valid_until")}
        return {**given, **days, "scale": str(given["scale"]), "survey": given["survey"].strip()}


class RunForm(ActionForm):
    """Which households are scored, with what, as of when."""

    version = RecordField(FormulaVersion, "scoring.view_formulaversion", choose=usable_versions, label=_("Formula"))
    areas = AreaField(many=True, label=_("Places"), help_text=_("All places below them are meant too."))
    day = forms.DateField(label=_("As of"), widget=DateInput(), help_text=_("Ages, members and figures of places are those of this day."))
    filter = RecordField(
        SavedFilter, "filters.view_savedfilter", choose=lambda rows: rows.filter(is_active=True, subject="household").order_by("name"),
        label=_("Only those"), required=False, help_text=_("A saved filter, as of the same day."),
    )  # fmt: skip
    condition = forms.CharField(
        label=_("Only where"),
        required=False,
        max_length=2000,
        widget=area(2),
        help_text=_("A condition with names of the formula, such as: size > 2."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    rows: ClassVar[Sequence[Sequence[str]]] = (("version", "day"), ("areas",), ("filter",), ("condition",), ("note",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()


class WhichForm(ActionForm):
    """Which piece of a draft."""

    part = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(widget=forms.HiddenInput)
