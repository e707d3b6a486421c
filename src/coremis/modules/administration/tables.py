"""The lists of this module."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile, User
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import ACTIONS, FORMER_NAMES
from coremis.kernel.actions.models import Event
from coremis.kernel.approvals.models import Decision, Request, Route
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.areas.models import Area, AreaLevel
from coremis.kernel.base.money import Money
from coremis.kernel.config.country import own_currency
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateRangeFilter, SearchFilter, TextFilter
from coremis.kernel.screens.tables import Table

JOB_TONES = {State.DONE: "good", State.FAILED: "stop", State.CANCELLED: "off", State.RUNNING: "info"}
REQUEST_TONES = {"APPROVED": "good", "REJECTED": "stop", "PENDING": "wait"}
SIGN_IN = {
    "access.sign_in": _("Signed in"), "access.sign_out": _("Signed out"), "access.sign_in_failed": _("Sign-in failed"),
    "access.lock_out": _("Locked after wrong passwords"), "access.change_password": _("Changed the password"),
    "access.change_second_factor": _("Changed the second step"), "files.download_attachment": _("Took a file home"),
    "screens.open_record": _("Opened"), "demo.take_seat": _("Took another seat of the demo"),
    "approvals.own_request_refused": _("Refused: deciding one's own request"),
    "actions.erased": _("Content erased"), "actions.maintain": _("Maintenance"),
}  # fmt: skip


def action_title(name: str) -> Any:
    """An action's title for people, also under a former name or when its module is off."""
    found = ACTIONS.get(FORMER_NAMES.get(name, name))
    return found.title if found else SIGN_IN.get(name, name)


def level_choices(user: Any) -> list[tuple[int, str]]:
    """The levels of the tree."""
    return [(level.pk, str(level)) for level in AreaLevel.objects.all()]


class AreaTable(Table):
    """The administrative units."""

    model = Area
    permission = "areas.view_area"
    export_name = "areas"
    columns = (
        Column("name", _("Name"), sort="search_name"),
        Column("code", _("Code"), kind="code", sort="code"),
        Column("level", _("Level"), show=lambda row: str(row.level)),
        Column("parent", _("Within"), show=lambda row: row.parent.name if row.parent else ""),
        Column("valid_until", _("Valid until"), kind="date"),
    )
    search = SearchFilter("name", _("Name"), private=False, within=("search_name",))
    filters = (
        ChoiceFilter("level", _("Level"), "level_id", choices=level_choices),
        AreaFilter("within", _("Within"), "id"),
        TextFilter("code", _("Code"), "code"),
    )
    default_sort = "name"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("level", "parent")

    @staticmethod
    def row_link(row: Area) -> str:
        return reverse("administration:area", args=[row.pk])


def visible_users(user: Any) -> "QuerySet[User]":
    """The users whose rights lie in the reader's places; those without rights are seen from the whole country only."""
    if not user.has_perm("access.view_user"):
        return User.objects.none()
    places = user.places_for("access.view_user")
    if places.everywhere:
        return User.objects.all()
    return User.objects.filter(pk__in=User.objects.filter(assignments__area__in=places.areas()).values("pk"))


class NameFilter(SearchFilter):
    """Users by words of their name or user name; there are few enough to look through."""

    def apply(self, rows: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        for word in value.split()[:10]:
            rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word))
        return rows


@dataclass(frozen=True)
class LockedFilter(BooleanFilter):
    """Whether too many wrong passwords keep somebody out for now."""

    def apply(self, rows: "QuerySet[Any]", value: list[tuple[Any, str]]) -> "QuerySet[Any]":
        wanted, locked = {stored for stored, _words in value}, Q(locked_until__gt=timezone.now())
        return rows if len(wanted) == 2 else rows.filter(locked) if True in wanted else rows.exclude(locked)


class UserTable(Table):
    """The people who sign in."""

    model = User  # type: ignore[assignment]
    permission = "access.view_user"
    export_name = "users"
    columns = (
        Column("name", _("Name"), sort="name"),
        Column("username", _("User name"), kind="code", sort="username"),
        Column("status", _("Status"), show=lambda row: Status("good", _("may sign in")) if row.is_active else Status("stop", _("blocked"))),
        Column("held", _("Assignments"), kind="number", show=lambda row: row.held),
        Column("last_login", _("Last sign-in"), kind="date", sort="last_login"),
    )
    search = NameFilter("who", _("Name or user name"))
    filters = (
        BooleanFilter("is_active", _("May sign in"), "is_active"),
        LockedFilter("locked", _("Locked users")),
    )
    default_sort = "name"

    @classmethod
    def visible(cls, user: Any) -> "QuerySet[Any]":
        return visible_users(user).annotate(held=Count("assignments", filter=Q(assignments__valid_until=None)))

    @staticmethod
    def row_link(row: User) -> str:
        return reverse("administration:user", args=[row.pk])


class ProfileTable(Table):
    """The access profiles."""

    model = Profile
    permission = "access.view_profile"
    columns = (
        Column("name", _("Name"), show=str),
        Column("code", _("Code"), kind="code", sort="code"),
        Column("permissions", _("Permissions"), kind="number", show=lambda row: len(row.permissions)),
        Column("second_factor", _("Second step at sign-in"), show=lambda row: _("required") if row.second_factor_required else ""),
    )
    default_sort = "code"

    @staticmethod
    def row_link(row: Profile) -> str:
        return reverse("administration:profile", args=[row.pk])


def route_choices(user: Any) -> list[tuple[str, Any]]:
    """The actions that wait for approval."""
    named = [(name, item.title) for name, item in ACTIONS.items() if item.approvable]
    return sorted(named, key=lambda item: str(item[1]))


class RouteTable(Table):
    """The approval routes."""

    model = Route
    permission = "approvals.view_route"
    columns = (
        Column("action", _("Action"), show=lambda row: action_title(row.action), sort="action"),
        Column("area", _("Place"), show=lambda row: row.area.name, sort="area__search_name"),
        Column(
            "min_amount",
            _("From amount"),
            kind="amount",
            show=lambda row: Money(row.min_amount, own_currency()) if row.min_amount else None,
            sort="min_amount",
        ),
        Column("levels", _("Who must agree"), show=lambda row: route_text(row)),
        Column("is_active", _("Status"), show=lambda row: Status("good", _("in use")) if row.is_active else Status("off", _("closed"))),
    )
    filters = (
        ChoiceFilter("action", _("Action"), "action", choices=route_choices),
        AreaFilter("area", _("Place"), "area"),
        BooleanFilter("is_active", _("In use"), "is_active"),
    )
    default_sort = "action"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("area").prefetch_related("levels__profile")

    @staticmethod
    def row_link(row: Route) -> str:
        return reverse("administration:route", args=[row.pk])


def route_text(route: Route) -> str:
    """The levels of a route in words: “Verifier → Approver (2)”."""
    if route.no_approval:
        return str(_("no approval needed"))
    levels = [level for level in route.levels.all() if level.is_active]
    return " → ".join(f"{level.profile} ({level.people})" if level.people > 1 else str(level.profile) for level in levels)


def decided_in_week(user: Any) -> Q:
    """The requests that this person decided in the last seven days."""
    since = timezone.now() - timedelta(days=7)
    return Q(pk__in=Decision.objects.filter(person=user.pk, decided_at__gte=since).values("request"))


@dataclass(frozen=True)
class DecidedFilter(ChoiceFilter):
    """What the reader decided in the last days."""

    def read(self, given: Any, user: Any, permission: str) -> Any:
        chosen = super().read(given, user, permission)
        return [(user, words) for _value, words in chosen] if chosen else None

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        return rows.filter(decided_in_week(value[0][0]))


@dataclass(frozen=True)
class ForMeFilter(DecidedFilter):
    """What waits for the reader's decision."""

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        return rows.filter(pk__in=waiting_for(value[0][0]).order_by().values("pk"))


class RequestTable(Table):
    """Everything that was submitted for approval."""

    model = Request
    permission = "approvals.view_request"
    exact = True
    columns = (
        Column("action", _("What"), show=lambda row: action_title(row.action), sort="action"),
        Column("maker", _("Asked by"), show=lambda row: str(row.maker), sort="maker__name"),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column(
            "amount",
            _("Amount"),
            kind="amount",
            show=lambda row: Money(row.amount_minor, row.currency) if row.amount_minor is not None else None,
        ),
        Column("state", _("Status"), show=lambda row: Status(REQUEST_TONES.get(row.state, "off"), row.get_state_display())),
        Column("submitted_at", _("Asked on"), kind="date", sort="submitted_at"),
    )
    filters = (
        ChoiceFilter("state", _("Status"), "state", choices=Request.State.choices),
        AreaFilter("area", _("Place"), "area"),
        DateRangeFilter("on", _("Asked on"), "submitted_at", moments=True),
        ForMeFilter("waits", _("Waits"), choices=[("me", _("for my decision"))]),
        DecidedFilter("decided", _("Decided by me"), choices=[("week", _("in seven days"))]),
    )
    default_sort = "-submitted_at"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("maker", "area")

    @staticmethod
    def row_link(row: Request) -> str:
        return reverse("administration:request", args=[row.pk])


def visible_jobs(user: Any) -> "QuerySet[Job]":
    """One's own work; all work for those who hold the right in the whole country."""
    if user.has_perm("jobs.view_job") and user.places_for("jobs.view_job").everywhere:
        return Job.objects.all()
    return Job.objects.filter(actor_id=user.pk)


class JobTable(Table):
    """Long work, running and done."""

    model = Job  # type: ignore[assignment]
    permission = "jobs.view_job"
    columns = (
        Column("title", _("What"), show=lambda row: row.title),
        Column("state", _("Status"), show=lambda row: Status(JOB_TONES.get(row.state, "wait"), row.get_state_display())),
        Column("done", _("Done so far"), kind="number", show=lambda row: row.done),
        Column("total", _("Of"), kind="number", show=lambda row: row.total),
        Column("queued_at", _("Ordered on"), kind="date", sort="queued_at"),
    )
    filters = (ChoiceFilter("state", _("Status"), "state", choices=State.choices),)
    default_sort = "-queued_at"

    @classmethod
    def visible(cls, user: Any) -> "QuerySet[Any]":
        return visible_jobs(user)

    @staticmethod
    def row_link(row: Job) -> str:
        return reverse("administration:job", args=[row.pk])


def visible_events(user: Any) -> "QuerySet[Event]":
    """The history of the reader's places; what has no single place is read from the whole country only."""
    if not user.has_perm("actions.view_event"):
        return Event.objects.none()
    places = user.places_for("actions.view_event")
    return Event.objects.all() if places.everywhere else Event.objects.filter(area_id__in=places.areas())


def who(actor_name: str) -> str:
    """A user name as it was; scheduled work that nobody ordered is done by the system."""
    return str(_("the system")) if actor_name == "system" else actor_name


def event_choices(user: Any) -> list[tuple[str, Any]]:
    """What can stand in the history."""
    known = [(name, title) for name, title in known_permissions().items() if name in ACTIONS]
    return sorted([*known, *SIGN_IN.items()], key=lambda item: str(item[1]))


class EventTable(Table):
    """The history of everything."""

    model = Event  # type: ignore[assignment]
    permission = "actions.view_event"
    export_name = "history"
    columns = (
        Column("recorded_at", _("When"), kind="date", sort="recorded_at"),
        Column("action", _("What"), show=lambda row: action_title(row.action)),
        Column("actor_name", _("Who"), show=lambda row: who(row.actor_name), sort="actor_name"),
        Column("deciders", _("Agreed by"), show=lambda row: ", ".join(row.deciders) or (_("no approval needed") if row.unapproved else "")),
        Column("address", _("From"), kind="code"),
        Column("id", _("Number"), kind="code", sort="id"),
    )
    filters = (
        ChoiceFilter("action", _("What"), "action", choices=event_choices),
        DateRangeFilter("on", _("When"), "recorded_at", moments=True),
        AreaFilter("area", _("Place"), "area_id"),
    )
    default_sort = "-id"

    @classmethod
    def visible(cls, user: Any) -> "QuerySet[Any]":
        return visible_events(user)

    @staticmethod
    def row_link(row: Event) -> str:
        return reverse("administration:event", args=[row.pk])
