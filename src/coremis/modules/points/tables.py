"""The lists of this module."""

from typing import Any, ClassVar

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter, SearchFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, PointManager, Provider, ServedPlace, on_day
from coremis.modules.points.queries import places_without_point, points_without_places


def point_url(point_id: int) -> str:
    """The page of a payment point."""
    return reverse("points:point_detail", kwargs={"pk": point_id})


def state_of(point: PaymentPoint) -> Status:
    """In use, in use without places, or closed."""
    if not point.is_active:
        return Status("off", _("closed"))
    if getattr(point, "place_count", 1) == 0 and getattr(point, "household_count", 1) == 0:
        return Status("wait", _("serves nobody"))
    return Status("good", _("in use"))


def counted(model: Any, field: str = "point") -> Any:
    """How many rows of a class hold today for the outer point."""
    rows = model.objects.filter(on_day(timezone.localdate()), **{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(rows.annotate(found=Count("pk")).values("found")), 0)


class ServesFilter(ChoiceFilter):
    """Points in use, those that serve nobody, closed ones."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        """Any of the chosen ones."""
        idle = Q(pk__in=points_without_places(timezone.localdate()).values("pk"))
        asked = {"used": Q(is_active=True) & ~idle, "idle": idle, "closed": Q(is_active=False)}
        found = Q(pk__in=[])
        for stored, _words in value:
            found |= asked[stored]
        return rows.filter(found)


def provider_state(provider: Provider) -> Status:
    """Whether points may pay through it."""
    return Status("good", _("in use")) if provider.is_active else Status("off", _("out of use"))


def providers_of(user: Any) -> list[tuple[int, str]]:
    """The providers, to choose from."""
    return [(row.pk, row.name) for row in Provider.objects.visible_to(user, "points.view_provider")]


class PointTable(Table):
    """Payment points with what they serve today."""

    model = PaymentPoint
    permission = "points.view_paymentpoint"
    columns: ClassVar = [
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), sort="search_name"),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("provider", _("Provider"), show=lambda row: str(row.provider or "")),
        Column("address", _("Address or landmark")),
        Column("places", _("Places served"), show=lambda row: getattr(row, "place_count", None), kind="number"),
        Column("households", _("Households of their own choice"), show=lambda row: getattr(row, "household_count", None), kind="number"),
        Column("state", _("Status"), show=state_of, kind="status"),
    ]
    search = SearchFilter("search", _("Name or code"), within=("search_name",))
    filters: ClassVar = [
        AreaFilter("area", on="area"),
        ServesFilter("state", _("Status"), choices=[("used", _("in use")), ("idle", _("serves nobody")), ("closed", _("closed"))]),
        ChoiceFilter("provider", _("Provider"), on="provider_id", choices=providers_of),
    ]
    default_sort = "code"
    export_name = "payment-points"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("area", "provider").annotate(place_count=counted(ServedPlace), household_count=counted(HouseholdPoint))

    @staticmethod
    def row_link(row: Any) -> str:
        return point_url(row.pk)


class ProviderTable(Table):
    """Who carries money, and through how many points."""

    model = Provider
    permission = "points.view_provider"
    columns: ClassVar = [
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), sort="name"),
        Column("way", _("Works"), show=lambda row: row.get_way_display()),
        Column("points", _("Payment points"), show=lambda row: getattr(row, "point_count", None), kind="number"),
        Column("state", _("Status"), show=lambda row: provider_state(row), kind="status"),
    ]
    filters: ClassVar = [ChoiceFilter("way", _("Works"), choices=Provider.Way.choices)]
    default_sort = "name"
    export_name = "payment-providers"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.annotate(point_count=Count("points", filter=Q(points__is_active=True)))

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("points:provider_detail", kwargs={"pk": row.pk})


class ServedTable(Table):
    """Places that collect, or collected, at a point."""

    model = ServedPlace
    permission = "points.view_servedplace"
    columns: ClassVar = [
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("point", _("Payment point"), show=lambda row: row.point.name),
        Column("since", _("Since"), show=lambda row: row.valid_from, kind="date"),
        Column("until", _("Until"), show=lambda row: row.valid_until, kind="date"),
        Column(
            "end", "", show=lambda row: "" if row.valid_until else _("End"),
            link=lambda row: "" if row.valid_until else reverse("points:stop_serving", kwargs={"pk": row.pk}),
        ),
    ]  # fmt: skip

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("area", "point")


class ManagerTable(Table):
    """Who answers for a point."""

    model = PointManager
    permission = "points.view_pointmanager"
    columns: ClassVar = [
        Column("user", _("Manager"), show=lambda row: str(row.user)),
        Column("since", _("Since"), show=lambda row: row.valid_from, kind="date"),
        Column("until", _("Until"), show=lambda row: row.valid_until, kind="date"),
        Column(
            "end", "", show=lambda row: "" if row.valid_until else _("End"),
            link=lambda row: "" if row.valid_until else reverse("points:end_point_manager", kwargs={"pk": row.pk}),
        ),
    ]  # fmt: skip

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("user", "point")


class HouseholdPointTable(Table):
    """Households that collect elsewhere than their place does."""

    model = HouseholdPoint
    permission = "points.view_householdpoint"
    columns: ClassVar = [
        Column("number", _("Household"), show=lambda row: row.household.number_text, kind="code"),
        Column("name", _("Head of household"), show=lambda row: row.household.head_name),
        Column("point", _("Payment point"), show=lambda row: row.point.name),
        Column("since", _("Since"), show=lambda row: row.valid_from, kind="date"),
        Column("until", _("Until"), show=lambda row: row.valid_until, kind="date"),
        Column("reason", _("Reason")),
        Column(
            "end", "", show=lambda row: "" if row.valid_until else _("End"),
            link=lambda row: "" if row.valid_until else reverse("points:end_household_point", kwargs={"pk": row.pk}),
        ),
    ]  # fmt: skip

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("household", "point")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("registry:household", kwargs={"pk": row.household_id})


class WithoutPointTable(Table):
    """The lowest places in use that no point serves today."""

    model = Area
    permission = "points.view_paymentpoint"
    columns: ClassVar = [
        Column("name", _("Place"), sort="search_name"),
        Column("code", _("Code"), kind="code"),
        Column("within", _("Within"), show=lambda row: row.parent.name if row.parent else ""),
    ]
    filters: ClassVar = [AreaFilter("area", on="id")]
    default_sort = "name"
    export_name = "places-without-payment-point"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.filter(pk__in=places_without_point(timezone.localdate()).values("pk")).select_related("parent")
