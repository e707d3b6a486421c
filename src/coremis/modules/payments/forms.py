"""The forms of this module."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money, parse_amount
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.saved import fitted_mapping, proposed_mappings
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, LabelField, RecordField, RowsField
from coremis.modules.benefits.models import BenefitRule
from coremis.modules.benefits.queries import usable_rules
from coremis.modules.filters.models import SavedFilter
from coremis.modules.payments.findings import Verdict
from coremis.modules.payments.findings_tables import place_of
from coremis.modules.payments.models import Cycle, FlagMember, Fund, Hold, PayrollLine
from coremis.modules.payments.reading import COLUMNS
from coremis.modules.payments.services.checking import MAPPING_KIND
from coremis.modules.payments.states import ENDS, HoldReason
from coremis.modules.points.models import PaymentPoint, Provider
from coremis.modules.programmes.models import Programme

MOST_TICKED = 500  # held payments of one request


class NewFundForm(ActionForm):
    """A fund of a programme."""

    programme = RecordField(Programme, "programmes.view_programme", label=_("Programme"))
    code = forms.SlugField(label=_("Code"), max_length=20, help_text=_("Short and lasting, such as “state-2026”."))
    names = LabelField(label=_("Name"))


class FundForm(ActionForm):
    """What may change of a fund."""

    names = LabelField(label=_("Name"))
    is_active = forms.BooleanField(label=_("In use"), required=False)


def taken_in_amounts(rows: Any) -> Any:
    """The files of amounts that were taken in, the latest first."""
    return rows.filter(import_kind="payments.amounts", state=Batch.State.APPLIED).order_by("-pk")


class GeneratePayrollForm(ActionForm):
    """Who is paid how much, from which fund."""

    cycle = RecordField(
        Cycle, "payments.view_cycle", choose=lambda rows: rows.select_related("programme").order_by("-starts_on"), label=_("Payment cycle")
    )
    fund = RecordField(Fund, "payments.view_fund", choose=lambda rows: rows.filter(is_active=True), label=_("Fund"))
    areas = AreaField(label=_("Chosen places"), many=True, help_text=_("Everything below these places belongs to them."))
    rule = RecordField(
        BenefitRule, "benefits.view_benefitrule", choose=lambda rows: usable_rules(rows).select_related("programme"),
        label=_("Benefit rule"), required=False, help_text=_("Its version in use says how much each receives."),
    )  # fmt: skip
    amount = forms.CharField(
        label=_("Or the same amount for each"), max_length=40, help_text=_("In the currency of the programme."), required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "amount", "autocomplete": "off"}),
    )  # fmt: skip
    batch = RecordField(
        Batch, "exchange.view_batch", choose=taken_in_amounts,
        label=_("Or amounts from a file"), required=False, help_text=_("Bring and take in the file under “Imports” first."),
    )  # fmt: skip
    declared_count = forms.IntegerField(label=_("Number of amounts in the file"), required=False, min_value=1)
    declared_total = forms.CharField(label=_("Total of the file"), required=False, max_length=40)
    filter = RecordField(
        SavedFilter, "filters.view_savedfilter", choose=lambda rows: rows.filter(is_active=True).order_by("name"), label=_("Only those"),
        required=False, help_text=_("A saved filter, as of the day of the data freeze."),
    )  # fmt: skip
    point = RecordField(
        PaymentPoint, "points.view_paymentpoint", choose=lambda rows: rows.filter(is_active=True), label=_("Only one payment point"),
        required=False,
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    rows: ClassVar[Sequence[Sequence[str]]] = (
        ("cycle", "fund"),
        ("areas",),
        ("rule", "amount"),
        ("batch", "declared_count", "declared_total"),
        ("filter", "point"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].label_from_instance = lambda rule: f"{rule.programme} · {rule}"  # type: ignore[attr-defined]
        self.fields["cycle"].label_from_instance = lambda cycle: f"{cycle.programme} · {cycle}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The amount in the programme's currency."""
        cleaned: dict[str, Any] = super().clean() or {}
        cycle = cleaned.get("cycle")
        for name in ("amount", "declared_total"):
            text = cleaned.get(name)
            try:
                currency = cycle.programme.currency if cycle else ""
                cleaned[name] = Money(parse_amount(text, currency), currency) if cycle and text else None
            except Refusal as problem:
                self.add_error(name, str(problem))
        found = cleaned.pop("filter", None)
        cleaned["condition"] = found.condition if found else None
        return cleaned


class NoteForm(ActionForm):
    """Nothing but a note."""

    note = forms.CharField(label=_("Note"), required=False, max_length=300, widget=forms.Textarea)


class ReasonForm(ActionForm):
    """Only a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea)


class HoldForm(ReasonForm):
    """Which of the held payments, and why."""

    because = forms.ChoiceField(label=_("Held because"), required=False, choices=[("", _("whatever the reason")), *HoldReason.choices])
    area = AreaField(label=_("Place"), required=False, help_text=_("Empty: the whole payroll."))
    rows: ClassVar[Sequence[Sequence[str]]] = (("because",), ("area",), ("reason",))

    def clean_because(self) -> HoldReason | None:
        """The reason chosen, or None."""
        chosen = self.cleaned_data["because"]
        return HoldReason(chosen) if chosen else None


class ChosenHoldsForm(ReasonForm):
    """Which of the held payments were ticked, and why."""

    chosen = RowsField(Hold, "payments.view_hold", most=MOST_TICKED, label=_("Chosen payments"))
    field_order = ("chosen", "reason")


class FlagsVerdictForm(ActionForm):
    """One verdict on every payment of several flagged groups."""

    verdict = forms.ChoiceField(
        label=_("Verdict on every payment of these groups"), choices=Verdict.choices, widget=forms.RadioSelect,
        help_text=_("Where one of a group is paid and another held, open the group."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Remembered: the same people are not asked about again in the next cycle."),
    )  # fmt: skip


class DecideFlagForm(ActionForm):
    """Pay or hold for each payment of a flagged group, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = FlagMember.objects.visible_to(self.actor, "payments.view_flagmember").filter(group=self.target, elsewhere=False)
        for member in seen.select_related("line__area__parent").order_by("pk"):
            line = member.line
            self.fields[f"line_{line.number}"] = forms.ChoiceField(
                label=f"{line.payee_name} · {line.number_text} · {place_of(line)}", choices=Verdict.choices, initial=member.verdict or None,
                widget=forms.RadioSelect,
            )  # fmt: skip
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), initial=self.target.reason,
            help_text=_("Remembered: the same people are not asked about again in the next cycle."),
        )  # fmt: skip

    def verdicts(self) -> dict[str, str]:
        """What was said of each payment, by its number."""
        return {name.removeprefix("line_"): value for name, value in self.cleaned_data.items() if name.startswith("line_")}


class UploadResultsForm(ActionForm):
    """The file of results."""

    file = forms.FileField(label=_("File"), help_text=_("A table as .xlsx or CSV, with the payment number, the result and the amount."))
    provider = RecordField(
        Provider, "points.view_provider", label=_("Provider"), required=False,
        help_text=_("Whose file it is. It then says nothing about the payments of others."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paying: Any = PayrollLine.objects.filter(payroll=self.target, provider__isnull=False).order_by().values("provider")
        offered: Any = self.fields["provider"]
        offered.queryset = offered.queryset.filter(pk__in=paying)
        if not offered.queryset.exists():
            del self.fields["provider"]


class CheckResultsForm(ActionForm):
    """Which of the file's columns brings what: as it was kept for files like this, else guessed from the titles."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headers = self.target.headers
        kept = proposed_mappings(MAPPING_KIND, headers, user=self.actor, permission="payments.check_results")
        proposed = {**self.target.mapping, **(fitted_mapping(kept[0], headers) if kept else {})}
        choices = [("", _("(not in the file)")), *((title, title) for title in headers)]
        for column in COLUMNS:
            guessed = proposed.get(column.code) or [""]
            self.fields[column.code] = forms.ChoiceField(
                label=column.title, choices=choices, required=column.required, initial=guessed[0]
            )  # fmt: skip
        self.fields["save_as"] = forms.CharField(
            label=_("Keep this matching under the name"), required=False, max_length=80, initial=kept[0].name if kept else "",
            help_text=_("Such as the name of the provider. It is proposed for the next file with these titles."),
        )  # fmt: skip


class ConfirmResultsForm(ActionForm):
    """What to do about payments of which the file says nothing."""

    missing_as_unpaid = forms.BooleanField(
        label=_("Payments that are not in the file count as unpaid"), required=False,
        help_text=_("Otherwise they stay in payment, until another file names them."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class ReissueForm(ActionForm):
    """As of which day the payees are taken."""

    freeze_on = forms.DateField(
        label=_("Data freeze"), widget=DateInput(), help_text=_("The payee is whoever is the primary recipient on this day.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class ExplanationForm(ActionForm):
    """Only an explanation."""

    explanation = forms.CharField(label=_("Explanation"), max_length=300, widget=forms.Textarea)


class SettleIncidentForm(ExplanationForm):
    """What is decided about an incident; only what its kind and status allow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = ENDS.get((self.target.kind_of, self.target.state), ())
        self.fields["end"] = forms.ChoiceField(label=_("What is decided"), choices=[(end.value, end.label) for end in ends])
        self.order_fields(["end", "explanation"])


class StartSheetForm(ActionForm):
    """Which signed list is typed."""

    point = RecordField(PaymentPoint, "points.view_paymentpoint", label=_("Payment point"), required=False)
    area = AreaField(label=_("Place"), required=False, help_text=_("Only where the list is of a place. Empty: the whole list."))


class UnclaimedPolicyForm(ActionForm):
    """How long unclaimed money waits."""

    programme = RecordField(Programme, "programmes.view_programme", label=_("Programme"))
    grace_days = forms.IntegerField(
        label=_("Days of grace"), min_value=0, max_value=3650, help_text=_("Counted from the last day of the payment cycle.")
    )
