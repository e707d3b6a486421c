"""The forms of what happens to households: births, moves, partings, merges, photos, papers."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.screens.forms import ActionForm, AreaField
from coremis.kernel.screens.places import MOST, area_words, matching
from coremis.modules.registry.forms import (
    MemberChoice,
    ask_new_head,
    chosen,
    limit_members,
    members_field,
    past_day,
    registered_person,
    short_text,
)
from coremis.modules.registry.models import Household, Membership, Person, Relationship, Sex
from coremis.modules.registry.paper_field import PaperField, WithPaper
from coremis.modules.registry.queries import find_by_number
from coremis.modules.registry.services.photos import make_picture
from coremis.modules.registry.services.succession import is_primary

EMPTY_TODAY = gettext_lazy("Empty means today.")


def ask_new_recipient(form: ActionForm, household: Household | None, person: Person) -> None:
    """Ask who collects from now on only where the primary recipient goes and somebody remains."""
    if household is None or not is_primary(household, person):
        del form.fields["new_recipient"], form.fields["paper"]
        return
    limit_members(form.fields["new_recipient"], household, person.pk)


def successor_fields() -> tuple[forms.Field, forms.Field]:
    """Who collects from now on, and the paper that proves why."""
    help_text = gettext_lazy("Sent for approval together with this. Leave empty where nobody is suited yet.")
    paper = PaperField(label=gettext_lazy("Document that proves it"), required=False, help_text=gettext_lazy("A PDF, a scan or a photo."))
    return members_field(gettext_lazy("New primary recipient"), required=False, help_text=help_text), paper


class SuccessorForm(WithPaper):
    """Whoever leaves or dies may be head and recipient: both are followed in the same step."""

    new_head = members_field(gettext_lazy("New head of household"), required=False)
    new_recipient, paper = successor_fields()

    def follow(self, membership: Membership | None, person: Person) -> None:
        """Keep only the questions that matter for this person."""
        ask_new_head(self, membership)
        ask_new_recipient(self, membership.household if membership else None, person)

    def clean(self) -> dict[str, Any]:
        """A new recipient needs the paper."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("new_recipient") and not cleaned.get("paper") and "paper" not in self.errors:
            self.add_error("paper", _("Attach a scan or a photo."))
        if not cleaned.get("new_recipient"):
            cleaned["paper"] = None
        return cleaned


class RecordBirthForm(ActionForm):
    """A newborn."""

    given_names = short_text(gettext_lazy("Given names"), longest=120)
    surname = short_text(gettext_lazy("Surname"), longest=120)
    sex = chosen(Sex, gettext_lazy("Sex"))
    born_on = past_day(gettext_lazy("Born on"), required=True)
    relationship = chosen(Relationship, gettext_lazy("Relation to the head"), leave_out=(Relationship.HEAD,))
    rows = (("given_names", "surname"), ("sex", "born_on"), ("relationship",))


class MovePersonForm(SuccessorForm):
    """Where somebody goes to live."""

    number = short_text(
        gettext_lazy("Number of the other household"), help_text=gettext_lazy("Empty: a household of their own, in the same place.")
    )
    relationship = chosen(Relationship, gettext_lazy("Relation to the head there"), required=False)
    address = short_text(gettext_lazy("Address or landmark"), help_text=gettext_lazy("Of the new household."))
    on = past_day(gettext_lazy("Since"), EMPTY_TODAY)
    reason = short_text(gettext_lazy("Reason"), help_text=gettext_lazy("For instance a marriage."))
    rows = (("number", "relationship"), ("address", "on"), ("reason",), ("new_head",), ("new_recipient", "paper"))

    def __init__(self, *args: Any, target: Membership, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        self.follow(target, target.person)

    def clean(self) -> dict[str, Any]:
        """A household of the actor's places, with a relation; or none for a new one."""
        cleaned = super().clean()
        cleaned["target"] = household_numbered(self, cleaned.get("number", ""))
        if cleaned["target"] and not cleaned.get("relationship"):
            self.add_error("relationship", _("Choose the relation to the head of household."))
        return cleaned


class SplitHouseholdForm(ActionForm):
    """Who founds a household of their own."""

    leaving = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=gettext_lazy("These leave"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The primary recipient stays, and with that person programmes and payments."),
    )  # fmt: skip
    head = members_field(gettext_lazy("Head of the new household"))
    recipient = members_field(
        gettext_lazy("Primary recipient of the new household"), required=False,
        help_text=gettext_lazy("Collects once a programme takes the household up."),
    )  # fmt: skip
    new_head = members_field(
        gettext_lazy("New head of those who stay"), required=False, help_text=gettext_lazy("Only where the head leaves.")
    )
    address = short_text(gettext_lazy("Address or landmark"), help_text=gettext_lazy("Of the new household."))
    on = past_day(gettext_lazy("Since"), EMPTY_TODAY)
    reason = short_text(gettext_lazy("Reason"))
    rows = (("leaving",), ("head", "recipient"), ("new_head",), ("address", "on"), ("reason",))

    def __init__(self, *args: Any, target: Household, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        for name in ("leaving", "head", "recipient", "new_head"):
            limit_members(self.fields[name], target)
        self.fields["leaving"].label_from_instance = MemberChoice.label_from_instance.__get__(self.fields["leaving"])  # type: ignore[attr-defined]
        ask_relations(self, target, gettext_lazy("%(name)s is to the new head"))

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """The relations stand three in a row at the end."""
        relations = [field for field in self.visible_fields() if field.name.startswith("relation_")]
        yield from (line for line in super().lines() if line and not line[0].name.startswith("relation_"))
        yield from (relations[place : place + 3] for place in range(0, len(relations), 3))


def ask_relations(form: ActionForm, household: Household, words: Any) -> None:
    """A question about the relation of every member to another head."""
    for member in household.memberships.filter(left_on=None).select_related("person").order_by("pk"):
        title = str(words) % {"name": member.person.full_name}
        field = chosen(Relationship, title, required=False, leave_out=(Relationship.HEAD,))
        field.initial = member.relationship if member.relationship != Relationship.HEAD else ""
        form.fields[f"relation_{member.person_id}"] = field


class OtherRecordForm(ActionForm):
    """The record that is the same person or household."""

    number = short_text(
        gettext_lazy("Number of the other record"), required=True, help_text=gettext_lazy("It is retired and leads here afterwards.")
    )
    reason = short_text(gettext_lazy("Reason"), required=True, help_text=gettext_lazy("How you know that both are the same."))


class MergePersonsForm(OtherRecordForm):
    """Another record of the same person."""

    def clean(self) -> dict[str, Any]:
        """The person of that number, in the actor's places."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["other"] = registered_person(self.actor, cleaned.get("number", ""))
        if cleaned["other"] is None and "number" not in self.errors:
            self.add_error("number", _("None of the persons you may see has this number. Check it."))
        return cleaned


class MergeHouseholdsForm(OtherRecordForm):
    """Another record of the same household."""

    relationship = chosen(Relationship, gettext_lazy("The former head is to the head here"), leave_out=(Relationship.HEAD,), required=False)

    def clean(self) -> dict[str, Any]:
        """The household of that number, in the actor's places, and the relation of its head."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["other"] = household_numbered(self, cleaned.get("number", ""))
        if cleaned["other"] is None and "number" not in self.errors:
            self.add_error("number", _("None of the households you may see has this number. Check it."))
        if cleaned["other"]:
            head = cleaned["other"].memberships.filter(left_on=None, relationship=Relationship.HEAD).first()
            if head and not cleaned.get("relationship"):
                self.add_error("relationship", _("Choose the relation to the head of household."))
            cleaned["relationships"] = {str(head.person_id): cleaned.get("relationship")} if head else {}
        return cleaned


class ProposeMoveForm(ActionForm):
    """Where a household goes to live; any place of the country."""

    place = short_text(gettext_lazy("New place"), required=True, help_text=gettext_lazy("Its name or code."))
    address = short_text(gettext_lazy("Address or landmark"))
    reason = short_text(gettext_lazy("Reason"), required=True)
    rows = (("place", "address"), ("reason",))

    def clean(self) -> dict[str, Any]:
        """Exactly one place; where several have the name, they are told apart by their codes."""
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            cleaned["to_area_id"] = any_area(cleaned.get("place", "")).pk
        except Refusal as problem:
            if "place" not in self.errors:
                self.add_error("place", str(problem))
        return cleaned

    def take_over(self, errors: Any) -> None:
        """A sentence about the place stands beside it."""
        super().take_over({"place" if name == "to_area" else name: sentences for name, sentences in errors.items()})


def any_area(text: str) -> Area:
    """The one place of the country with this name or code."""
    areas = Area.objects.filter(valid_until=None).select_related("level", "parent")
    found = list(matching(areas, text)[:MOST])
    exact = [area for area in found if area.search_name == fold(text) or area.code == text]
    if len(exact or found) == 1:
        only: Area = (exact or found)[0]
        return only
    if found:
        names = "; ".join(f"{area.code} = {area_words(area)}" for area in (exact or found)[:5])
        raise Refusal(gettext_lazy("Several places fit. Give the code of one: %(names)s."), names=names)
    raise Refusal(gettext_lazy("No place is called “%(text)s”. Check the spelling, or give its code."), text=text[:60])


class DecisionForm(ActionForm):
    """A word to the other place."""

    note = short_text(gettext_lazy("Note"))


class RejectionForm(ActionForm):
    """Why not."""

    note = short_text(gettext_lazy("Reason"), required=True)


class VisitForm(ActionForm):
    """What was found."""

    note = short_text(gettext_lazy("What was found"), required=True)
    on = past_day(gettext_lazy("Visited on"), EMPTY_TODAY)


class SetPhotoForm(ActionForm):
    """A photo from the camera or a file."""

    picture = forms.FileField(
        label=gettext_lazy("Photo"), help_text=gettext_lazy("The face from the front. JPEG, PNG or WebP; it is made smaller."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )  # fmt: skip

    def clean_picture(self) -> Any:
        """The photo, made anew and kept."""
        try:
            return make_picture(self.cleaned_data["picture"])
        except Refusal as problem:
            raise forms.ValidationError(str(problem)) from problem


class PrintCardForm(ActionForm):
    """A first card, or one for a lost card."""

    replace = forms.BooleanField(
        label=gettext_lazy("The former card is lost"), required=False, help_text=gettext_lazy("It identifies nobody any more afterwards.")
    )


class PrintCardsForm(ActionForm):
    """Whose cards."""

    area = AreaField(label=gettext_lazy("Place"))
    alternates = forms.BooleanField(label=gettext_lazy("Alternate recipients too"), required=False)


class AddPaperForm(WithPaper):
    """A paper that proves something."""

    about = short_text(gettext_lazy("What it proves"), required=True)
    paper = PaperField(label=gettext_lazy("Document"), help_text=gettext_lazy("A PDF, a scan or a photo."))


def household_numbered(form: ActionForm, text: str) -> Household | None:
    """The household of this number among those the actor may see; a sentence where there is none."""
    if not text:
        return None
    found: Household | None = Household.objects.visible_to(form.actor, "registry.view_household").filter(find_by_number(text)).first()
    if found is None and "number" not in form.errors:
        form.add_error("number", _("None of the households you may see has this number. Check it."))
    return found
