"""The forms of the action pages about people."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, PartialDateField
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS
from coremis.modules.registry.fact_fields import CHOOSE, KEEP, OURS, FactsForm, add_variables, check_ticks, data_of, shown_data
from coremis.modules.registry.models import (
    DocumentKind,
    Household,
    Membership,
    Person,
    PhoneOwner,
    Relationship,
    Sex,
)
from coremis.modules.registry.queries import find_by_number
from coremis.modules.registry.sight import PHONE, Sight

__all__ = ["OURS", "FactsForm", "add_variables", "check_ticks", "data_of", "shown_data"]


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
        self.keeps_phone = bool(target.phone) and not Sight(self.actor, target).reveals(PHONE)
        if self.keeps_phone:
            self.fields["phone"].help_text = KEEP
        if target.memberships.filter(left_on=None).exists():
            del self.fields["area"]

    def clean(self) -> dict[str, Any]:
        """A masked phone that nothing was typed for stays, with whose it is."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.keeps_phone and not cleaned.get("phone"):
            cleaned["phone"] = None
        return cleaned


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
    field.queryset = living.exclude(pk=leave_out).order_by("memberships__pk")  # type: ignore[attr-defined]


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
