"""Whom programmes reach: who collects for beneficiaries, and everybody who lives in a household that benefits."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.programmes.models import Enrolment, Status
from coremis.modules.registry.models import Membership, Person, Sex
from coremis.modules.registry.queries import primary_recipients_on


def recipient_sex() -> Any:
    """For enrolments: the sex of whoever collects today, in a programme for persons that of the person; "" where nobody is named."""
    named = primary_recipients_on(timezone.localdate()).filter(household=OuterRef("household")).order_by("-valid_from", "-pk")
    collects = Subquery(named.values("person__sex")[:1], output_field=CharField())
    return Coalesce(F("person__sex"), collects, Value(""))


def reached() -> "QuerySet[Person]":
    """Everybody alive who is an active beneficiary, or lives in an active household today; each person once."""
    served = Enrolment.objects.filter(status=Status.ACTIVE).order_by()
    households = served.filter(household__isnull=False).values("household")
    living_there = Membership.objects.filter(left_on=None, household__in=households).order_by().values("person")
    themselves = served.filter(person__isnull=False).values("person")
    # One list of keys: joined by “or”, two of them are looked through anew for every person of a country.
    rows: QuerySet[Person] = Person.objects.filter(pk__in=living_there.union(themselves), death_date=None)
    return rows


@dataclass(frozen=True)
class RecipientSexFilter(ChoiceFilter):
    """Beneficiaries by the sex of whoever collects; “none” are those for whom nobody is named."""

    def apply(self, rows: "QuerySet[Any]", value: list[tuple[Any, str]]) -> "QuerySet[Any]":
        wanted = ["" if stored == "none" else stored for stored, _words in value]
        found: QuerySet[Any] = rows.alias(_collects=recipient_sex()).filter(_collects__in=wanted)
        return found


class ReachedTable(Table):
    """Everybody in beneficiary households; names are shown to those who see people."""

    model = Person
    permission = "programmes.view_enrolment"
    columns = (
        Column("number", _("Number"), show=lambda row: row.number_text, kind="code", sort="number"),
        Column("name", _("Name"), show=lambda row: row.full_name, permission="registry.view_person", masked=lambda row: "•••"),
        Column("sex", _("Sex"), show=lambda row: row.get_sex_display()),
        Column("area", _("Place"), show=lambda row: row.area.name),
    )
    filters = (AreaFilter(), ChoiceFilter("sex", _("Sex"), choices=Sex.choices))
    default_sort = "number"
    export_name = "reached"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Only whom programmes reach now."""
        return rows.filter(pk__in=reached().values("pk")).select_related("area")

    @staticmethod
    def row_link(row: Any) -> str:
        """The page of the person."""
        return reverse("registry:person", kwargs={"pk": row.pk})
