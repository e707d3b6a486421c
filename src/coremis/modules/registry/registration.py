"""The form on which a whole household is registered: its own facts, and one block of fields for each member."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.actions.parameters import Secret
from coremis.kernel.screens.forms import AreaField
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS, asked_of
from coremis.modules.registry.fact_fields import askable
from coremis.modules.registry.forms import OURS, FactsForm, PersonFields, add_variables, check_ticks, chosen, data_of, past_day, short_text
from coremis.modules.registry.models import DocumentKind, Relationship, VariableDefinition
from coremis.modules.registry.services.households import ALTERNATE, MOST_MEMBERS, PRIMARY

FIRST_ROWS, MORE_ROWS = 6, 4
TAKEN = ("given_names", "surname", "sex", "phone", "phone_owner", "relationship", "collects", "reason")
COLLECTS = [("", "–"), (PRIMARY, gettext_lazy("primary recipient")), (ALTERNATE, gettext_lazy("alternate recipient"))]


class MemberForm(PersonFields):
    """One member. A block in which nothing was typed is left out."""

    relationship = chosen(Relationship, gettext_lazy("Relation to the head"))
    collects = forms.ChoiceField(label=gettext_lazy("Collects the money"), choices=COLLECTS, required=False)
    reason = short_text(gettext_lazy("Reason for an exception"))
    document_kind = chosen(DocumentKind, gettext_lazy("Document"), required=False)
    document_number = short_text(gettext_lazy("Document number"), longest=40)

    main = ("given_names", "surname", "sex", "birth", "relationship")
    more = ("phone", "phone_owner", "document_kind", "document_number", "collects")

    def __init__(self, place: int, variables: list[VariableDefinition], data: Any = None) -> None:
        first = {"relationship": Relationship.HEAD} if place == 0 else {}
        super().__init__(data, prefix=f"member-{place}", initial=first, empty_permitted=True, use_required_attribute=False)
        self.place, self.title = place, _("Member %(number)s") % {"number": place + 1}
        self.fields["birth"].help_text = ""
        self.fields["birth"].widget.attrs["placeholder"] = _("day/month/year or year")
        add_variables(self, variables)

    def lines(self) -> list[list[forms.BoundField]]:
        """The fields as the template prints them, row by row; the exception only where somebody must give it."""
        facts = [name for name in self.fields if name.startswith(OURS)]
        groups = [list(self.main), list(self.more), facts]
        if self.is_bound and (self["reason"].errors or self["reason"].data):
            groups.append(["reason"])
        return [[self[name] for name in group] for group in groups if group]

    def clean(self) -> dict[str, Any]:
        """A document needs its kind and its number."""
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("document_kind")) != bool(cleaned.get("document_number")):
            missing = "document_number" if cleaned.get("document_kind") else "document_kind"
            self.add_error(missing, _("Give both the kind and the number of the document."))
        check_ticks(self, cleaned)
        return cleaned

    def member(self) -> dict[str, Any]:
        """What the action takes for this person."""
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in TAKEN}
        return {**plain, "birth": str(cleaned["birth"] or ""), "data": data_of(cleaned)}

    def document(self, owner: int) -> dict[str, Any] | None:
        """The document of this person, if one was written down."""
        kind, number = self.cleaned_data["document_kind"], self.cleaned_data["document_number"]
        return {"member": owner, "kind": kind, "number": number} if number else None


class RegisterHouseholdForm(FactsForm):
    """The household, and as many blocks for members as were shown."""

    subjects = OF_HOUSEHOLDS
    area = AreaField(label=gettext_lazy("Place"))
    address = short_text(gettext_lazy("Address or landmark"))
    registered_on = past_day(gettext_lazy("Registered on"), gettext_lazy("Empty means today."))
    rows = (("area",), ("address", "registered_on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = rows_asked(self.data.get("member_rows", "")) if self.is_bound else FIRST_ROWS
        self.adding = self.is_bound and self.data.get("step") == "edit" and "seen" not in self.data
        self.row_count = min(shown + MORE_ROWS, MOST_MEMBERS) if self.adding else shown
        variables = askable(self.actor, asked_of(*OF_PERSONS))
        self.members = [MemberForm(place, variables, self.data if self.is_bound else None) for place in range(self.row_count)]

    def full_clean(self) -> None:
        """Check everything; while rows are only being added, nothing is checked yet."""
        if not getattr(self, "adding", False):
            return super().full_clean()
        self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
        for member in getattr(self, "members", []):
            member._errors, member.cleaned_data = forms.utils.ErrorDict(), {}
        return None

    def clean(self) -> dict[str, Any]:
        """The members and their documents, as the action takes them."""
        cleaned: dict[str, Any] = super().clean() or {}
        valid = [member.is_valid() for member in self.members]
        if not all(valid):
            self.add_error(None, _("Some members need a correction. Look for the sentences beside the fields."))
            return cleaned
        self.written = [member for member in self.members if member.has_changed()]
        if not self.written:
            self.add_error(None, _("Write down at least the head of household."))
        documents = [member.document(owner) for owner, member in enumerate(self.written)]
        cleaned["members"] = [member.member() for member in self.written]
        cleaned["documents"] = Secret([document for document in documents if document])
        return cleaned

    def take_over(self, errors: Mapping[str, Sequence[Any]]) -> None:
        """Put the sentences about a member beside that member's fields."""
        own = {}
        for name, sentences in errors.items():
            _prefix, place, field = ([*name.split(".", 2), "", ""])[:3]
            if not name.startswith("members.") or not place.isdigit():
                own[name] = sentences
                continue
            member = self.written[int(place)]
            target = field.replace("data.", "data_", 1)
            for sentence in sentences:
                member.add_error(target if target in member.fields else None, str(sentence))
        super().take_over(own or {"": [_("Some members need a correction. Look for the sentences beside the fields.")]})


def rows_asked(text: str) -> int:
    """How many blocks a page had; never more than a household may have members."""
    return min(int(text), MOST_MEMBERS) if text.isascii() and text.isdigit() and len(text) < 4 else FIRST_ROWS
