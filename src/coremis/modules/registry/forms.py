"""The forms of the action pages about people."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coremis.kernel.base.text import label
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, PartialDateField
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS, variables_of
from coremis.modules.registry.models import (
    DocumentKind,
    Household,
    Membership,
    Person,
    PhoneOwner,
    Relationship,
    Sex,
    VariableDefinition,
)
from coremis.modules.registry.queries import find_by_number

Kind = VariableDefinition.Kind
CHOOSE = ("", "–")


def chosen(kind: Any, title: Any, required: bool = True, leave_out: tuple[str, ...] = ()) -> forms.ChoiceField:
    """A list of choices that begins with nothing chosen."""
    choices = [CHOOSE, *((value, words) for value, words in kind.choices if value not in leave_out)]
    return forms.ChoiceField(label=title, choices=choices, required=required)


def past_day(title: Any, help_text: Any = "", required: bool = False) -> forms.DateField:
    """A day up to today."""
    return forms.DateField(label=title, help_text=help_text, required=required, widget=DateInput())


def short_text(title: Any, required: bool = False, help_text: Any = "", longest: int = 200, **attributes: str) -> forms.CharField:
    """One line of text that browsers do not complete from what others typed."""
    widget = forms.TextInput({"autocomplete": "off", **attributes})
    return forms.CharField(label=title, required=required, max_length=longest, help_text=help_text, widget=widget)


def variable_field(found: VariableDefinition) -> forms.Field:
    """The control for a variable of the dictionary."""
    common: dict[str, Any] = {"label": str(found) + (f" ({found.unit})" if found.unit else ""), "required": found.required}
    if found.kind == Kind.NUMBER:
        return forms.DecimalField(max_digits=18, decimal_places=6, localize=True, **common)
    if found.kind == Kind.BOOLEAN:
        return forms.ChoiceField(choices=[CHOOSE, ("yes", _("Yes")), ("no", _("No"))], **common)
    if found.kind == Kind.DATE:
        return forms.DateField(widget=DateInput(), **common)
    if found.kind == Kind.CHOICE:
        names = [(str(one["code"]), label(one.get("names"), get_language() or "en") or str(one["code"])) for one in found.choices]
        return forms.ChoiceField(choices=[CHOOSE, *names], **common)
    return forms.CharField(max_length=200, **common)


def add_variables(form: forms.Form, variables: list[VariableDefinition]) -> None:
    """Put a field for each variable into a form; its name is ``data_`` and the code."""
    form.fields.update({f"data_{found.code}": variable_field(found) for found in variables})


def data_of(cleaned: dict[str, Any]) -> dict[str, Any]:
    """The values of the variables in a form's clean data, as plain data; None where nothing was typed."""
    found = {name.removeprefix("data_"): value for name, value in cleaned.items() if name.startswith("data_")}
    return {code: None if value in (None, "") else str(value) for code, value in found.items()}


def shown_data(data: dict[str, Any], *subjects: str) -> dict[str, Any]:
    """Stored values as the fields of a form begin with them."""
    shown: dict[str, Any] = {}
    for found in variables_of(*subjects):
        value = data.get(found.code)
        shown[f"data_{found.code}"] = ("yes" if value else "no") if isinstance(value, bool) else value
    return shown


class FactsForm(ActionForm):
    """A form with the variables of some subjects at its end."""

    subjects: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_variables(self, variables_of(*self.subjects))

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """The fields row by row; the variables stand three in a row at the end."""
        facts = [field for field in self.visible_fields() if field.name.startswith("data_")]
        yield from (line for line in super().lines() if line and not line[0].name.startswith("data_"))
        yield from (facts[place : place + 3] for place in range(0, len(facts), 3))

    def take_over(self, errors: Any) -> None:
        """Sentences about ``data.rooms`` stand beside the field ``data_rooms``."""
        super().take_over({name.replace("data.", "data_", 1): sentences for name, sentences in errors.items()})


class PersonFields(forms.Form):
    """What is asked about every person."""

    given_names = short_text(gettext_lazy("Given names"), longest=120)
    surname = short_text(gettext_lazy("Surname"), longest=120)
    sex = chosen(Sex, gettext_lazy("Sex"), required=False)
    birth = PartialDateField(label=gettext_lazy("Born"), required=False)
    phone = short_text(gettext_lazy("Phone"), longest=40, inputmode="tel")
    phone_owner = chosen(PhoneOwner, gettext_lazy("Whose phone"), required=False)


class RegisterPersonForm(FactsForm, PersonFields):
    """Somebody without a household."""

    subjects = OF_PERSONS
    area = AreaField(label=gettext_lazy("Place"))
    rows = (("area",), ("given_names", "surname"), ("sex", "birth"), ("phone", "phone_owner"))


class ChangePersonForm(FactsForm, PersonFields):
    """What is known about somebody."""

    subjects = OF_PERSONS
    birth_unknown = forms.BooleanField(label=gettext_lazy("The birth date is not known"), required=False)
    area = AreaField(label=gettext_lazy("Place"), required=False)
    rows = (("given_names", "surname"), ("sex", "birth"), ("birth_unknown",), ("phone", "phone_owner"))

    def __init__(self, *args: Any, target: Person, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        if target.memberships.filter(left_on=None).exists():
            del self.fields["area"]


class AddMemberForm(FactsForm, PersonFields):
    """Somebody joins a household."""

    subjects = OF_PERSONS
    relationship = chosen(Relationship, gettext_lazy("Relation to the head"))
    joined_on = past_day(gettext_lazy("Since"), gettext_lazy("Empty means today."))
    number = short_text(gettext_lazy("Number, if already registered"), help_text=gettext_lazy("Then leave names and birth date empty."))
    rows = (("relationship", "joined_on"), ("number",), ("given_names", "surname"), ("sex", "birth"), ("phone", "phone_owner"))

    def clean(self) -> dict[str, Any]:
        """Either a number or a new person."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["person"] = None
        if text := cleaned.get("number"):
            cleaned["person"] = registered_person(self.actor, text)
            if cleaned["person"] is None:
                self.add_error("number", _("None of the persons you may see has this number. Check it."))
            elif cleaned.get("given_names") or cleaned.get("surname"):
                self.add_error("number", _("Give either a number or the names of a new person, not both."))
        return cleaned


class ChangeHouseholdForm(FactsForm):
    """Place, address and facts of a household."""

    subjects = OF_HOUSEHOLDS
    area = AreaField(label=gettext_lazy("Place"), help_text=gettext_lazy("Everybody who lives there moves with the household."))
    address = short_text(gettext_lazy("Address or landmark"))


class MemberChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the members, with relation and age."""

    def label_from_instance(self, obj: Any) -> str:
        """The name and what tells namesakes apart."""
        return f"{obj.full_name} – {obj.number_text}"


def members_field(title: Any, required: bool = True, help_text: Any = "") -> MemberChoice:
    """A choice among the members; ``limit_members`` fills it."""
    return MemberChoice(queryset=Person.objects.none(), label=title, required=required, empty_label="–", help_text=help_text)


def limit_members(field: forms.Field, household: Household | None, leave_out: int | None = None) -> None:
    """Offer the living members of a household."""
    living = Person.objects.filter(memberships__household=household, memberships__left_on=None, death_date=None)
    field.queryset = living.exclude(pk=leave_out).order_by("memberships__pk")  # type: ignore[attr-defined,misc]


def ask_new_head(form: ActionForm, membership: Membership | None) -> None:
    """Ask who follows only where the head leaves others behind."""
    if membership is None or membership.relationship != Relationship.HEAD:
        del form.fields["new_head"]
        return
    limit_members(form.fields["new_head"], membership.household, membership.person_id)
    if not form.fields["new_head"].queryset.exists():  # type: ignore[attr-defined]
        del form.fields["new_head"]


class ChangeHeadForm(ActionForm):
    """The new head, and how everybody is related to them."""

    head = members_field(gettext_lazy("New head of household"))
    on = past_day(gettext_lazy("Since"), gettext_lazy("Empty means today."))
    rows = (("head", "on"),)

    def __init__(self, *args: Any, target: Household, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        limit_members(self.fields["head"], target)
        for member in target.memberships.filter(left_on=None).select_related("person").order_by("pk"):
            title = _("%(name)s is to the new head") % {"name": member.person.full_name}
            field = chosen(Relationship, title, required=False, leave_out=(Relationship.HEAD,))
            field.initial = "" if member.relationship == Relationship.HEAD else member.relationship
            self.fields[f"relation_{member.person_id}"] = field


def relationships_of(cleaned: dict[str, Any]) -> dict[str, str]:
    """The relations to the new head that were chosen, by person id."""
    return {name.removeprefix("relation_"): value for name, value in cleaned.items() if name.startswith("relation_") and value}


class NameRecipientForm(ActionForm):
    """Who collects first."""

    person = members_field(gettext_lazy("Primary recipient"), help_text=gettext_lazy("An adult member. An adult woman is preferred."))
    on = past_day(gettext_lazy("Since"), gettext_lazy("Empty means today."))
    reason = short_text(
        gettext_lazy("Reason for an exception"), help_text=gettext_lazy("Only for somebody under 18 or of unknown age: why this person.")
    )

    def __init__(self, *args: Any, target: Household, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        limit_members(self.fields["person"], target)


class SetAlternateForm(ActionForm):
    """One more person who may collect."""

    person = members_field(gettext_lazy("Member"), required=False)
    number = short_text(gettext_lazy("Or the number of a person from outside"))
    reason = short_text(gettext_lazy("Reason"), help_text=gettext_lazy("Needed for somebody from outside, under 18 or of unknown age."))
    rows = (("person", "number"),)

    def __init__(self, *args: Any, target: Household, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        limit_members(self.fields["person"], target)

    def clean(self) -> dict[str, Any]:
        """One person, chosen or found by number."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("person") and cleaned.get("number"):
            cleaned["person"] = registered_person(self.actor, cleaned["number"])
        if not cleaned.get("person") and not self.errors:
            self.add_error("person", _("Choose a member, or give the number of a person you may see."))
        return cleaned


class ReasonForm(ActionForm):
    """Why."""

    reason = short_text(gettext_lazy("Reason"), required=True)


class AddDocumentForm(ActionForm):
    """An identity document."""

    kind = chosen(DocumentKind, gettext_lazy("Document"))
    number = short_text(gettext_lazy("Document number"), required=True, longest=40)
    valid_until = forms.DateField(label=gettext_lazy("Valid until"), required=False, widget=DateInput())
    rows = (("kind", "number"), ("valid_until",))


def registered_person(actor: Any, text: str) -> Person | None:
    """The person with this number, among those the actor may see."""
    found: Person | None = Person.objects.visible_to(actor, "registry.view_person").filter(find_by_number(text)).first()
    return found
