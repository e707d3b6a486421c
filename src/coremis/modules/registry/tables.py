"""The lists of people: persons, households, and the small tables on their pages."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.numbers import number_text
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateRangeFilter, Filter, NumberRangeFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS
from coremis.modules.registry.filters import (
    AgeFilter,
    CollectsFilter,
    HeadSexFilter,
    HouseholdSearch,
    MemberAgeFilter,
    MemberSearch,
    PersonSearch,
    PhoneFilter,
    RecipientFilter,
)
from coremis.modules.registry.models import (
    AlternateUse,
    Document,
    Household,
    HouseholdMove,
    Membership,
    Paper,
    Person,
    Recipient,
    Relationship,
    Sex,
)
from coremis.modules.registry.sight import DOCUMENT, PHONE, masked
from coremis.modules.registry.variable_columns import variable_columns
from coremis.modules.registry.variable_filters import variable_filters
from coremis.modules.registry.words import age_of, born


def household_url(household_id: int) -> str:
    """The page of a household."""
    return reverse("registry:household", kwargs={"pk": household_id})


def person_url(person_id: int) -> str:
    """The page of a person."""
    return reverse("registry:person", kwargs={"pk": person_id})


class HouseholdTable(Table):
    """All households the reader may see."""

    model = Household
    permission = "registry.view_household"
    columns = (
        Column("head_name", _("Head of household"), lambda row: row.head_name or _("(no head)"), sort="search_name"),
        Column("number", _("Number"), lambda row: row.number_text, kind="code", sort="number"),
        Column("area", _("Place"), lambda row: row.area.name),
        Column("size", _("Members"), kind="number"),
        Column("address", _("Address or landmark")),
        Column("registered_on", _("Registered"), kind="date"),
    )
    search = HouseholdSearch(
        "search", _("Name, number, phone or document"), help=_("The head's name or a part of it, with or without accents.")
    )
    filters = (
        AreaFilter(),
        MemberSearch("member", _("Has a member called")),
        MemberAgeFilter("member_age", _("Has a member aged")),
        NumberRangeFilter("size", _("Members")),
        RecipientFilter("recipient", _("Has a recipient")),
        HeadSexFilter("head_sex", _("Sex of the head"), choices=[*Sex.choices, ("none", _("(no head)"))]),
        DateRangeFilter("registered", _("Registered"), on="registered_on"),
    )
    default_sort = "head_name"
    export_name = "households"

    @staticmethod
    def row_link(row: Any) -> str:
        """The household's own page."""
        return household_url(row.pk)

    @staticmethod
    def row_needs_attention(row: Any) -> bool:
        """Nobody is its head."""
        return not row.head_name

    @classmethod
    def prepare(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("area").defer("data")

    @classmethod
    def filters_for(cls, user: Any) -> list[Filter]:
        return [*super().filters_for(user), *variable_filters(get_language() or "en", user, *OF_HOUSEHOLDS)]

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """The list, and every variable that this person may know of."""
        return [*super().file_columns_for(user), *variable_columns(user, *OF_HOUSEHOLDS)]

    @classmethod
    def prepare_file(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the values of the variables."""
        return rows.defer(None)


def called(person: Person) -> str:
    """The name, and what somebody was called before."""
    former = person.former_names.replace("\n", ", ")
    return gettext("%(name)s (formerly %(former)s)") % {"name": person.full_name, "former": former} if former else person.full_name


class PersonTable(Table):
    """All persons the reader may see."""

    model = Person
    permission = "registry.view_person"
    columns = (
        Column("name", _("Name"), lambda row: called(row), sort="search_name", export=lambda row: row.full_name),
        Column("number", _("Number"), lambda row: row.number_text, kind="code", sort="number"),
        Column("sex", _("Sex"), lambda row: row.get_sex_display()),
        Column("age", _("Age"), lambda row: None if row.death_date else age_of(row), kind="number"),
        Column("area", _("Place"), lambda row: row.area.name),
        Column(
            "household", _("Household"), lambda row: number_text("H", getattr(row, "home_number", None)), kind="code",
            link=lambda row: household_url(row.home) if getattr(row, "home", None) else "",
        ),
        Column("state", pgettext_lazy("of a person", "State"), lambda row: Status("off", _("died")) if row.death_date else ""),
    )  # fmt: skip
    search = PersonSearch("search", _("Name, number, phone or document"), help=_("A part of the name is enough, with or without accents."))
    filters = (
        AreaFilter(),
        ChoiceFilter("sex", _("Sex"), choices=Sex.choices),
        AgeFilter("age", _("Age")),
        PhoneFilter("phone", _("Has a phone")),
        CollectsFilter("collects", _("Collects for a household")),
        BooleanFilter("living", _("Living"), on="death_date__isnull"),
        BooleanFilter("no_birth", _("Birth date not known"), on="birth_date__isnull"),
    )
    default_sort = "name"
    export_name = "persons"

    @staticmethod
    def row_link(row: Any) -> str:
        """The person's own page."""
        return person_url(row.pk)

    @classmethod
    def prepare(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        home = Membership.objects.filter(person=OuterRef("pk"), left_on=None)
        homes = {"home": Subquery(home.values("household")[:1]), "home_number": Subquery(home.values("household__number")[:1])}
        prepared: QuerySet[Any] = rows.select_related("area").defer("data").annotate(**homes)
        return prepared

    @classmethod
    def filters_for(cls, user: Any) -> list[Filter]:
        return [*super().filters_for(user), *variable_filters(get_language() or "en", user, *OF_PERSONS)]

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """The list, and what an import of persons reads again: keys, names as stored, birth, relation, phone, variables."""
        own, home = variable_columns(user, *OF_PERSONS), variable_columns(user, *OF_HOUSEHOLDS, values=lambda row: row.home_data or {})
        return [*super().file_columns_for(user), *FILE_COLUMNS, *own, *home]

    @classmethod
    def prepare_file(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the values of the variables, of the household too."""
        home = Membership.objects.filter(person=OuterRef("pk"), left_on=None)
        prepared: QuerySet[Any] = rows.defer(None).annotate(
            home_key=Subquery(home.values("household__external_id")[:1]), home_data=Subquery(home.values("household__data")[:1]),
            home_relation=Subquery(home.values("relationship")[:1]), home_address=Subquery(home.values("household__address")[:1]),
        )  # fmt: skip
        return prepared


def ending(phone: str) -> str:
    """A phone with all but its end masked; nothing for nobody's."""
    return masked(phone) if phone else ""


def relation_words(row: Any) -> str:
    """How somebody is related to the head of the household where they live."""
    return str(Relationship(row.home_relation).label) if row.home_relation else ""


FILE_COLUMNS = (
    Column("household_key", _("Household key"), lambda row: row.home_key or "", kind="code"),
    Column("person_key", _("Person key"), lambda row: "" if row.external_id.startswith("~") else row.external_id, kind="code"),
    Column("given_names", _("Given names")),
    Column("surname", _("Surname")),
    Column("birth", _("Birth date"), lambda row: str(born(row) or ""), kind="code"),
    Column("relationship", _("Relation to the head"), relation_words),
    Column("phone", _("Phone"), kind="code", permission=PHONE, masked=lambda row: ""),
    Column("phone_owner", _("Whose phone"), lambda row: row.get_phone_owner_display() if row.phone_owner else ""),
    Column("address", _("Address or landmark"), lambda row: row.home_address or ""),
)


def _step(name: str, words: Any, address: str, show: Any = lambda row: True) -> Column:
    """A column that leads to an action about the row."""
    link = lambda row: reverse(address, kwargs={"pk": row.pk}) if show(row) else ""  # noqa: E731
    return Column(name, "", lambda row: words if show(row) else "", link=link)


class MemberTable(Table):
    """Who lives in a household, on its page; ``left`` and ``died`` lead to the actions."""

    model = Membership
    permission = "registry.view_membership"
    columns = (
        Column("name", _("Name"), lambda row: row.person.full_name, link=lambda row: person_url(row.person_id)),
        Column("relationship", _("Relation to the head"), lambda row: row.get_relationship_display()),
        Column("sex", _("Sex"), lambda row: row.person.get_sex_display()),
        Column("age", _("Age"), lambda row: age_of(row.person), kind="number"),
        Column("born", _("Born"), lambda row: born(row.person)),
        Column(
            "phone", _("Phone"), lambda row: row.person.phone, kind="code",
            permission=PHONE, masked=lambda row: ending(row.person.phone),
        ),
        Column("phone_end", _("Phone"), lambda row: ending(row.person.phone), kind="code"),
        Column("since", _("Since"), lambda row: row.joined_on, kind="date"),
        Column("until", _("Until"), lambda row: row.left_on, kind="date"),
        _step("moved", _("Moved"), "registry:move_person", lambda row: row.left_on is None),
        _step("left", _("Left"), "registry:end_membership", lambda row: row.left_on is None),
        Column("died", "", lambda row: _("Died"), link=lambda row: reverse("registry:record_death", kwargs={"pk": row.person_id})),
    )  # fmt: skip


class RecipientTable(Table):
    """Who may collect for a household, now and before."""

    model = Recipient
    permission = "registry.view_recipient"
    columns = (
        Column("name", _("Name"), lambda row: row.person.full_name, link=lambda row: person_url(row.person_id)),
        Column("role", pgettext_lazy("of a recipient", "Role"), lambda row: role_of(row)),
        Column("state", pgettext_lazy("of a recipient", "State"), lambda row: recipient_state(row)),
        Column("since", _("Since"), lambda row: row.valid_from, kind="date"),
        Column("until", _("Until"), lambda row: row.valid_until, kind="date"),
        Column("why", _("Reason"), lambda row: "; ".join(filter(None, [str(row.get_cause_display() if row.cause else ""), row.reason]))),
        _step("remove", _("Take away"), "registry:remove_alternate", lambda row: row.rank and row.valid_until is None),
    )


def role_of(row: Recipient) -> Any:
    """Primary or alternate."""
    return _("alternate recipient") if row.rank else _("primary recipient")


def recipient_state(row: Recipient) -> Status:
    """Whether somebody may collect now."""
    if row.valid_until is not None:
        return Status("off", _("ended"))
    return Status("stop", _("died")) if row.person.death_date else Status("good", _("may collect"))


class DocumentTable(Table):
    """Identity documents; whole numbers only for those who may see them."""

    model = Document
    permission = "registry.view_document"
    columns = (
        Column("person", _("Name"), lambda row: row.person.full_name, link=lambda row: person_url(row.person_id)),
        Column("kind", _("Document"), lambda row: row.get_kind_display()),
        Column("number", _("Document number"), kind="code", permission=DOCUMENT, masked=lambda row: masked(row.number)),
        Column("ending", _("Document number"), lambda row: masked(row.number), kind="code"),
        Column("valid_until", _("Valid until"), kind="date"),
        Column("state", pgettext_lazy("of a document", "State"), lambda row: Status("off", _("out of use")) if row.ended_on else ""),
        _step("end", _("Take out of use"), "registry:end_document", lambda row: row.ended_on is None),
    )


class AlternateUseTable(Table):
    """Payments that an alternate collected."""

    model = AlternateUse
    permission = "registry.view_alternateuse"
    columns = (
        Column("used_on", _("Collected on"), kind="date"),
        Column("who", _("Name"), lambda row: row.recipient.person.full_name),
        Column("reference", _("Payment"), kind="code"),
        Column("ended", _("No longer counts because"), lambda row: row.get_ended_by_display() if row.ended_by else ""),
        Column("note", _("Note")),
    )


class PaperTable(Table):
    """Papers that prove changes, with the way to their file."""

    model = Paper
    permission = "registry.view_paper"
    columns = (
        Column("about", _("What it proves"), link=lambda row: getattr(row, "file_url", "")),
        Column("person", _("About"), lambda row: row.person.full_name if row.person else ""),
        Column("added_on", _("Added on"), kind="date"),
    )


MOVE_TONES = {"PROPOSED": "wait", "ACCEPTED": "good", "REJECTED": "stop", "RECALLED": "off"}


class MoveTable(Table):
    """Moves of households between places."""

    model = HouseholdMove
    permission = "registry.view_householdmove"
    columns = (
        Column("household", _("Household"), lambda row: str(row.household)),
        Column("from_area", _("Leaves"), lambda row: row.from_area.name),
        Column("to_area", _("Arrives in"), lambda row: row.to_area.name),
        Column("reason", _("Reason")),
        Column("proposed", _("Proposed"), lambda row: row.proposed_on, kind="date"),
        Column("by", _("Proposed by"), lambda row: row.proposed_name),
        Column("state", pgettext_lazy("of a move", "State"), lambda row: Status(MOVE_TONES[row.state], row.get_state_display())),
        Column("answer", _("Answer")),
        _step("accept", _("Accept"), "registry:accept_move", lambda row: getattr(row, "may_accept", False)),
        _step("reject", _("Reject"), "registry:reject_move", lambda row: getattr(row, "may_accept", False)),
        _step("recall", _("Take back"), "registry:recall_move", lambda row: getattr(row, "may_recall", False)),
    )
    filters = (ChoiceFilter("state", pgettext_lazy("of a move", "State"), choices=HouseholdMove.State.choices),)

    @classmethod
    def visible(cls, user: Any) -> QuerySet[Any]:
        """The moves from or to the reader's places, with what the reader may do about each."""
        rows = super().visible(user)
        waiting = {"state": HouseholdMove.State.PROPOSED, "pk": OuterRef("pk")}
        arriving = HouseholdMove.objects.visible_to(user, "registry.accept_move").filter(**waiting).exclude(proposed_by=user.pk)
        leaving = HouseholdMove.objects.visible_to(user, "registry.recall_move").filter(**waiting)
        found: QuerySet[Any] = rows.annotate(may_accept=Exists(arriving), may_recall=Exists(leaving))
        return found

    @classmethod
    def prepare(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("household", "from_area", "to_area")
