"""The lists of programmes, beneficiaries and group changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.numbers import read_number
from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.columns import Status as Word
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateRangeFilter, Filter, SearchFilter, any_of
from coremis.kernel.screens.tables import Table
from coremis.modules.programmes.models import PAYABLE, Enrolment, GroupChange, Programme, Reason, Status, WaitingPlace
from coremis.modules.programmes.reached import RecipientSexFilter
from coremis.modules.registry.models import Membership, Relationship, Sex, VariableDefinition
from coremis.modules.registry.queries import variable_columns, variable_filters

TONES = {Status.POTENTIAL: "wait", Status.ACTIVE: "good", Status.SUSPENDED: "stop", Status.GRADUATED: "info", Status.EXITED: "off"}
STATE_TONES = {GroupChange.State.PREPARING: "wait", GroupChange.State.DONE: "good", GroupChange.State.STOPPED: "off"}


def status_word(enrolment: Enrolment) -> Word:
    """The status with its colour."""
    return Word(TONES[Status(enrolment.status)], enrolment.get_status_display())


def programmes_of(user: Any) -> list[tuple[int, str]]:
    """The programmes this person may see, to choose from."""
    return [(programme.pk, str(programme)) for programme in Programme.objects.visible_to(user, "programmes.view_programme")]


class ProgrammeTable(Table):
    """All programmes."""

    model = Programme
    permission = "programmes.view_programme"
    columns = [
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), show=str),
        Column("unit", _("Helps"), show=lambda row: row.get_unit_display()),
        Column(
            "active",
            _("Active"),
            kind="number",
            show=lambda row: getattr(row, "active", None),
            help=_("Active beneficiaries in your places."),
        ),
        Column("max_beneficiaries", _("Number of places"), kind="number", sort="max_beneficiaries"),
        Column("starts_on", _("Starts on"), kind="date", sort="starts_on"),
        Column("ends_on", _("Ends on"), kind="date", sort="ends_on"),
    ]
    filters = [ChoiceFilter("unit", _("Helps"), choices=Programme.Unit.choices)]
    default_sort = "code"
    export_name = "programmes"

    @classmethod
    def visible(cls, user: Any) -> "QuerySet[Any]":
        """With the number of active beneficiaries that this person may see."""
        seen = Enrolment.objects.visible_to(user, "programmes.view_enrolment").filter(programme=OuterRef("pk"), status__in=PAYABLE)
        counts = seen.order_by().values("programme").annotate(count=Count("pk")).values("count")
        rows: QuerySet[Any] = super().visible(user).annotate(active=Coalesce(Subquery(counts), 0, output_field=IntegerField()))
        return rows

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("programmes:programme_detail", kwargs={"pk": row.pk})


@dataclass(frozen=True)
class WhoFilter(SearchFilter):
    """Finds a beneficiary by the name, or by any of the numbers on the card."""

    numbers: ClassVar[tuple[tuple[str, str], ...]] = (("E", "number"), ("H", "household__number"), ("P", "person__number"))

    def apply(self, rows: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """A number finds the enrolment, the household or the person."""
        number, letter = read_number(value), value.strip()[:1].upper()
        if number is None:
            return super().apply(rows, value)
        columns = [column for prefix, column in self.numbers if letter == prefix or not letter.isalpha()]
        return rows.filter(any_of(Q(**{column: number}) for column in columns))


@dataclass(frozen=True)
class SexFilter(ChoiceFilter):
    """Beneficiaries by the sex of the person, or of the head of the household; “none” are households without a head."""

    def apply(self, rows: "QuerySet[Any]", value: list[tuple[Any, str]]) -> "QuerySet[Any]":
        wanted = [stored for stored, _words in value if stored != "none"]
        heads = Membership.objects.filter(left_on=None, relationship=Relationship.HEAD, household=OuterRef("household"))
        found = Q(person__sex__in=wanted) | Q(Exists(heads.filter(person__sex__in=wanted)))
        return rows.filter(found if len(wanted) == len(value) else found | Q(household__isnull=False) & ~Q(Exists(heads)))


class EnrolmentTable(Table):
    """Beneficiaries of all programmes and statuses."""

    model = Enrolment
    permission = "programmes.view_enrolment"
    only: ClassVar[Status | None] = None
    columns = [
        Column("number", _("Number"), show=lambda row: row.number_text, kind="code", sort="number"),
        Column("who", _("Household or person"), show=lambda row: row.who.head_name if row.household_id else row.who.full_name),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("programme", _("Programme"), show=lambda row: str(row.programme)),
        Column("status", _("Status"), show=status_word, kind="status"),
        Column("reason", _("Reason"), show=lambda row: row.get_status_reason_display()),
        Column("since", _("Since"), show=lambda row: row.status_since, kind="date", sort="status_since"),
    ]
    search = WhoFilter("search", _("Name or number"), within=("household__search_name", "person__search_name"), number="number")
    default_sort = "-number"
    export_name = "beneficiaries"
    filters: ClassVar[Sequence[Filter]] = [
        ChoiceFilter("programme", _("Programme"), on="programme_id", choices=programmes_of),
        ChoiceFilter("status", _("Status"), choices=Status.choices),
        AreaFilter("area"),
        ChoiceFilter("reason", _("Reason"), on="status_reason", choices=Reason.choices),
        DateRangeFilter("since", _("Status since"), on="status_since"),
        SexFilter(
            "sex",
            _("Sex of the person or head"),
            choices=[*Sex.choices, ("none", _("(no head)"))],
            help=_("In a programme for households, of the head of the household."),
        ),
        RecipientSexFilter("recipient_sex", _("Sex of the recipient"), choices=[*Sex.choices, ("none", _("(no recipient)"))]),
    ]

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what the columns name."""
        rows = rows.filter(status=cls.only) if cls.only else rows
        return rows.select_related("programme", "household", "person", "area")

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """A list of one status does not repeat it."""
        return [column for column in cls.columns if not (cls.only and column.name == "status")]

    @classmethod
    def filters_for(cls, user: Any) -> list[Filter]:
        """A list of one status has no filter for it; the variables of enrolments have theirs."""
        own = [filter for filter in super().filters_for(user) if not (cls.only and filter.name == "status")]
        return [*own, *variable_filters(get_language() or "en", user, VariableDefinition.Subject.ENROLMENT)]

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """The list, and the variables of enrolments that this person may know of."""
        return [*super().file_columns_for(user), *variable_columns(user, VariableDefinition.Subject.ENROLMENT)]

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("programmes:enrolment_detail", kwargs={"pk": row.pk})


class PotentialTable(EnrolmentTable):
    """Those who may become beneficiaries."""

    only = Status.POTENTIAL


class ActiveTable(EnrolmentTable):
    """Those who receive."""

    only = Status.ACTIVE


class SuspendedTable(EnrolmentTable):
    """Those who do not receive for a time."""

    only = Status.SUSPENDED


class GraduatedTable(EnrolmentTable):
    """Those who reached the goal."""

    only = Status.GRADUATED


class ExitedTable(EnrolmentTable):
    """Those who left for other reasons."""

    only = Status.EXITED


def waiting_word(place: WaitingPlace) -> Word:
    """How it stands with a place on a waiting list."""
    if place.removed_on:
        return Word("off", _("taken off"))
    if place.enrolment.status != Status.POTENTIAL:
        return Word(TONES[Status(place.enrolment.status)], place.enrolment.get_status_display())
    if place.until and place.until < timezone.localdate():
        return Word("stop", _("time has run out"))
    return Word("wait", _("waiting"))


@dataclass(frozen=True)
class WaitingFilter(BooleanFilter):
    """Only those who wait today, or only the others."""

    def apply(self, rows: "QuerySet[Any]", value: list[tuple[Any, str]]) -> "QuerySet[Any]":
        wanted = {stored for stored, _words in value}
        now = WaitingPlace.objects.waiting(timezone.localdate()).order_by().values("pk")
        return rows if len(wanted) == 2 else rows.filter(pk__in=now) if True in wanted else rows.exclude(pk__in=now)


class WaitingTable(Table):
    """The waiting lists of all programmes, each village with its own; found by where people belong now, as rights go."""

    model = WaitingPlace
    permission = "programmes.view_waitingplace"
    columns = [
        Column("who", _("Household or person"), show=lambda row: str(row.enrolment.who)),
        Column("place", _("Place"), show=lambda row: row.enrolment.area.name, sort="enrolment__area__name"),
        Column("area", _("Waiting list of"), show=lambda row: row.area.name, sort="area__name"),
        Column("rank", _("Rank"), kind="number", sort="rank"),
        Column("programme", _("Programme"), show=lambda row: str(row.programme)),
        Column("since", _("Waiting since"), kind="date", sort="since"),
        Column("until", _("Waits until"), kind="date", sort="until"),
        Column("state", _("Status"), show=waiting_word, kind="status"),
    ]
    filters: ClassVar[Sequence[Filter]] = [
        ChoiceFilter("programme", _("Programme"), on="programme_id", choices=programmes_of),
        AreaFilter("area", on="enrolment__area"),
        WaitingFilter("waiting", _("Waiting now")),
    ]
    default_sort = "rank"
    export_name = "waiting-lists"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what the columns name."""
        return rows.select_related("programme", "area", "enrolment__area", "enrolment__household", "enrolment__person")

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("programmes:enrolment_detail", kwargs={"pk": row.enrolment_id})


class GroupChangeTable(Table):
    """What was decided for many beneficiaries of one programme."""

    model = GroupChange
    permission = "programmes.view_groupchange"
    columns = [
        Column("what", _("What"), show=lambda row: row.get_what_display()),
        Column("change", _("Change of status"), show=lambda row: change_words(row)),
        Column("reason", _("Reason"), show=lambda row: row.get_reason_display()),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("count", _("Beneficiaries"), kind="number"),
        Column("state", _("Status"), show=lambda row: Word(STATE_TONES[row.state], row.get_state_display()), kind="status"),
    ]
    filters = [ChoiceFilter("what", _("What"), choices=GroupChange.What.choices), AreaFilter("area")]
    export_name = "group-changes"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what the columns name."""
        return rows.select_related("area", "programme")

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("programmes:group_change_detail", kwargs={"pk": row.pk})


def change_words(group: GroupChange) -> str:
    """“active → suspended”."""
    words = [group.get_from_status_display(), group.get_to_status_display()]
    return " → ".join(str(word) for word in words if word)
