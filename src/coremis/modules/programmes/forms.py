"""The forms of this module."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, LabelField, RecordField, RowsField
from coremis.kernel.screens.screen import whole_number
from coremis.modules.filters.queries import FilterField
from coremis.modules.programmes.models import Enrolment, Programme, Reason, Status
from coremis.modules.programmes.reasons import NEW, TRANSITIONS
from coremis.modules.programmes.services import MOST_CHOSEN
from coremis.modules.registry.models import Household, VariableDefinition
from coremis.modules.registry.queries import FactsForm


class NoteField(forms.CharField):
    """A few words; needed where the reason is “other”."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(**{"label": _("Note"), "required": False, "max_length": 300, "widget": widget, **kwargs})


class ChangeField(forms.ChoiceField):
    """A change of status together with its reason, so that the two always fit: the reasons stand under their change."""

    def offer(self, came_from: Iterable[str], arrow: bool = False) -> None:
        """Offer the changes from these statuses."""
        wanted = set(came_from)
        groups = [((old, new), reasons) for (old, new), reasons in TRANSITIONS.items() if old in wanted]
        self.choices = [("", "–"), *((_group_title(old, new, arrow), _options(old, new, reasons)) for (old, new), reasons in groups)]

    def clean(self, value: Any) -> Any:
        """(from, to, reason)."""
        text = super().clean(value)
        if not text:
            return None
        old, new, reason = text.split(":")
        return Status(old) if old else NEW, Status(new), Reason(reason)


def _group_title(old: str, new: Status, arrow: bool) -> str:
    return f"{Status(old).label} → {new.label}" if arrow else str(new.label)


def _options(old: str, new: Status, reasons: Iterable[Reason]) -> list[tuple[str, str]]:
    return [(f"{old}:{new}:{reason}", str(reason.label)) for reason in reasons]


class ChangeForm(ActionForm):
    """Base of the forms with a change of status and its reason; gives status, reason and note."""

    change = ChangeField(label=_("New status and reason"))
    note = NoteField()

    def clean(self) -> dict[str, Any]:
        """The change in its parts."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("change"):
            cleaned["from_status"], cleaned["to_status"], cleaned["reason"] = cleaned["change"]
            cleaned["status"] = cleaned["to_status"]
        return cleaned


class EnrolOneForm(ChangeForm):
    """Choose the programme, and with which status."""

    programme = RecordField(Programme, "programmes.view_programme", label=_("Programme"))
    field_order = ["programme", "change", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = Programme.Unit.HOUSEHOLD if isinstance(self.target, Household) else Programme.Unit.PERSON
        programmes: Any = self.fields["programme"]
        programmes.queryset = programmes.queryset.filter(unit=unit)
        offered: Any = self.fields["change"]
        offered.offer([NEW])


class ChangeStatusForm(ChangeForm):
    """The changes that are possible from where the beneficiary stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["change"]
        offered.offer([self.target.status])


def usual_criteria(programme: Programme) -> list[tuple[str, Any, Any]]:
    """The filters of a programme's usual criteria, to choose from."""
    held = [criteria for criteria in programme.criteria.all() if criteria.filter]
    named = _("usual for “%(status)s”: %(words)s")
    return [(f"usual-{one.status}", named % {"status": one.get_status_display(), "words": one.filter_words}, one.filter) for one in held]


class GroupForm(ChangeForm):
    """Places, filter and condition of a group change."""

    filter = FilterField()
    areas = AreaField(many=True, label=_("Places"), help_text=_("Each with all that lies below it."))
    condition = forms.CharField(
        label=_("Condition"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Empty: everybody in these places. Example: size >= 5 and head_age > 60"),
    )  # fmt: skip
    field_order = ["areas", "filter", "condition", "change", "overflow", "also_set_by_hand", "note"]
    further: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["filter"]
        offered.offer(self.actor, (*self.further, self.target.unit), usual_criteria(self.target))


class CriteriaForm(ActionForm):
    """The usual criteria for one status."""

    status = forms.ChoiceField(label=_("New status"), choices=[(one.value, one.label) for one in (Status.POTENTIAL, Status.ACTIVE)])
    filter = FilterField()
    condition = forms.CharField(
        label=_("Condition"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Empty: everybody in these places. Example: size >= 5 and head_age > 60"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["filter"]
        offered.offer(self.actor, [self.target.unit])


class EnrolMatchingForm(GroupForm):
    """Whom to enrol."""

    overflow = forms.BooleanField(
        label=_("Put the others on the waiting list"), required=False,
        help_text=_("Those for whom no place is left become potential and wait, each in the list of its village."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["change"]
        offered.offer([NEW])


class ChangeStatusMatchingForm(GroupForm):
    """Whose status to change."""

    further = ("enrolment",)
    also_set_by_hand = forms.BooleanField(
        label=_("Also those decided one by one"), required=False,
        help_text=_("Without this, a status that a person set for one beneficiary stays."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["change"]
        offered.offer(Status.values, arrow=True)


class ChosenField(RowsField):
    """The beneficiaries that were ticked in a list."""

    def __init__(self) -> None:
        super().__init__(Enrolment, "programmes.view_enrolment", most=MOST_CHOSEN, label=_("Chosen beneficiaries"))


class ChosenStatusForm(ChangeForm):
    """The change of status of those who were ticked; only changes from statuses that some of them have."""

    enrolments = ChosenField()
    field_order = ["enrolments", "change", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = self["enrolments"].value() or ""
        ids = [number for text in str(typed).split() if (number := whole_number(text)) is not None][: MOST_CHOSEN + 1]
        rows = Enrolment.objects.visible_to(self.actor, "programmes.view_enrolment").filter(pk__in=ids)
        offered: Any = self.fields["change"]
        offered.offer(sorted(set(rows.order_by().values_list("status", flat=True))), arrow=True)


class WaitForm(ActionForm):
    """Until when one waits."""

    until = forms.DateField(label=_("Waits until"), required=False, widget=DateInput(), help_text=_("Empty: without an end."))
    note = NoteField()


class ChosenWaitForm(WaitForm):
    """Until when those who were ticked wait."""

    enrolments = ChosenField()
    field_order = ["enrolments", "until", "note"]


class TakeOffForm(ActionForm):
    """Why one waits no longer."""

    note = NoteField(label=_("Why"), required=True)


class PromoteForm(ActionForm):
    """Where, and how many."""

    areas = AreaField(many=True, label=_("Places"), help_text=_("Each with all that lies below it."))
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=20_000)
    note = NoteField()


class UndoForm(ActionForm):
    """Why it is undone."""

    note = NoteField(label=_("Why it is undone"), required=True)


class ProgrammeForm(ActionForm):
    """What may be changed in a programme."""

    rows = [("code", "unit", "currency"), ("names",), ("starts_on", "ends_on", "max_beneficiaries"), ("description",)]
    names = LabelField(label=_("Name"))
    starts_on = forms.DateField(label=_("Starts on"), widget=DateInput())
    ends_on = forms.DateField(label=_("Ends on"), required=False, widget=DateInput())
    max_beneficiaries = forms.IntegerField(
        label=_("Number of places"), required=False, min_value=0, max_value=10**9, help_text=_("Empty: no limit.")
    )
    description = forms.CharField(label=_("Description"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class NewProgrammeForm(ProgrammeForm):
    """What is fixed when a programme is created."""

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Short, for lists and files. It stays for ever."))
    unit = forms.ChoiceField(label=_("Helps"), choices=Programme.Unit.choices)
    currency = forms.RegexField(label=_("Currency"), regex=r"^[A-Z]{3}$", help_text=_("Three capital letters, for example XOF."))


class EnrolmentFactsForm(FactsForm):
    """The variables of an enrolment: those of its programme, and those of all."""

    subjects = (VariableDefinition.Subject.ENROLMENT,)

    def programme(self) -> int | None:
        """The programme of the enrolment."""
        return int(self.target.programme_id)


class RevealForm(ActionForm):
    """Why somebody needs to see what is masked."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
