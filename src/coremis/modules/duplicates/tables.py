"""The list of groups, and the people of one group side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter, DateRangeFilter, Filter
from coremis.kernel.screens.tables import Table
from coremis.modules.duplicates.models import DuplicateGroup, DuplicateMember, DuplicateVerdict, Likeness, Verdict

TONES = {DuplicateGroup.State.OPEN: "wait", DuplicateGroup.State.DECIDED: "good", DuplicateGroup.State.GONE: "off"}
NAMED = 4


def group_state(group: DuplicateGroup) -> Status:
    """The state as a word with a colour."""
    return Status(TONES[DuplicateGroup.State(group.state)], group.get_state_display())


def people_words(group: Any) -> str:
    """The people whom the reader may see, by name and number, and how many others there are."""
    seen = [f"{member.person.full_name} ({member.person.number_text})" for member in getattr(group, "seen", ())[:NAMED]]
    others = group.member_count - len(seen)
    if others > 0:
        seen.append(now("%(count)s more") % {"count": others})
    return ", ".join(seen)


@dataclass(frozen=True)
class VerdictFilter(ChoiceFilter):
    """Groups about which one of these verdicts was given at least once."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        given = DuplicateVerdict.objects.filter(verdict__in=[stored for stored, _words in value])
        return rows.filter(pk__in=given.values("group"))


class GroupTable(Table):
    """People who may be registered twice."""

    model = DuplicateGroup
    permission = "duplicates.view_duplicategroup"
    columns = [
        Column("people", _("Persons"), show=people_words),
        Column("likeness", _("Alike in"), show=lambda row: row.get_likeness_display()),
        Column("member_count", _("How many"), kind="number", sort="member_count"),
        Column("found_on", _("Found on"), kind="date", sort="found_on"),
        Column("state", _("Status"), show=group_state, kind="status"),
    ]
    filters: ClassVar[Sequence[Filter]] = [
        ChoiceFilter("state", _("Status"), choices=DuplicateGroup.State.choices),
        ChoiceFilter("likeness", _("Alike in"), choices=Likeness.choices),
        AreaFilter("area", on="members__person__area"),
        VerdictFilter("verdict", _("Verdict"), choices=Verdict.choices),
        DateRangeFilter("found", _("Found on"), on="found_on"),
    ]
    default_sort = "-found_on"
    export_name = "possible-duplicates"

    @classmethod
    def visible(cls, user: Any) -> "QuerySet[Any]":
        """With those of its people whom the reader may see."""
        seen = DuplicateMember.objects.visible_to(user, "registry.view_person").filter(until=None).select_related("person")
        rows: QuerySet[Any] = super().visible(user)
        return rows.prefetch_related(Prefetch("members", queryset=seen.order_by("pk"), to_attr="seen"))

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("duplicates:group", kwargs={"pk": row.pk})


class MemberTable(Table):
    """The people of one group, side by side."""

    model = DuplicateMember
    permission = "registry.view_person"
    columns = [
        Column("name", _("Name"), show=lambda row: row.person.full_name),
        Column("number", _("Number"), show=lambda row: row.person.number_text, kind="code"),
        Column("sex", _("Sex"), show=lambda row: row.person.get_sex_display()),
        Column("birth", _("Born"), show=lambda row: row.person.birth_date, kind="date"),
        Column("area", _("Place"), show=lambda row: row.person.area.name),
        Column("household", _("Household"), show=lambda row: home_words(row)),
        Column("since", _("Alike since"), show=lambda row: row.since, kind="date"),
    ]
    export_name = ""

    def row_link(row: Any) -> str:  # noqa: N805
        return reverse("registry:person", kwargs={"pk": row.person_id})


def home_words(row: Any) -> str:
    """Where somebody lives now."""
    homes = [link.household for link in row.person.memberships.all() if link.left_on is None]
    return str(homes[0]) if homes else ""
