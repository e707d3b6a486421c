"""Making and arranging dashboards: of a profile by those who may, of one's own by everybody."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile, User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.modules.dashboards.arranging import dimensions_of, measured, placed, ready_for
from coremis.modules.dashboards.models import Dashboard

MOST, MOST_OWN = 30, 12


@action(_("Make a dashboard of my own"))
def create_own_dashboard(*, names: dict[str, Any], copy_of: Dashboard | None = None, empty: bool = False, actor: Actor) -> Dashboard:
    """A dashboard of one's own: a copy of one that stands open, of the ready one, or an empty one.

    A copy takes the place of what it was copied from until it is put away. A second copy of one dashboard is refused.
    """
    mine = Dashboard.objects.filter(user=actor.pk, is_shown=True)
    if copy_of is not None and (copy_of.profile_id not in user_of(actor).profile_ids() or not copy_of.is_shown):
        raise NotPermitted(_("You can copy the dashboards of your own profiles."))
    if copy_of is not None and mine.filter(copy_of=copy_of).exists():
        raise Refusal(_("You have a copy of this dashboard already. Arrange that one."))
    if mine.count() >= MOST_OWN:
        raise Refusal(_("You have as many dashboards as there may be. Put one away first."))
    widgets = [] if empty else copy_of.widgets if copy_of else [one.stored() for one in ready_of(user_of(actor))]
    copies_ready = copy_of is None and not empty
    if copies_ready and mine.filter(replaces_ready=True).exists():
        raise Refusal(_("You have a copy of this dashboard already. Arrange that one."))
    dashboard = Dashboard(
        user=user_of(actor), copy_of=copy_of, names=checked_names(names), widgets=widgets, replaces_ready=copies_ready
    )  # fmt: skip
    dashboard.save()
    return dashboard


@action(_("Arrange my dashboard"))
def arrange_own_dashboard(
    *, dashboard: Dashboard, widgets: list[dict[str, Any]] | None = None, names: dict[str, Any] | None = None, actor: Actor
) -> Dashboard:
    """Replace what stands on one's own dashboard, in this order, or its name."""
    refuse_others(dashboard, actor)
    return keep(dashboard, widgets, names, user_of(actor).permissions())


@action(_("Put my dashboard away"))
def put_away_own_dashboard(*, dashboard: Dashboard, actor: Actor) -> Dashboard:
    """The dashboard of the profile, or the ready one, stands in its place again."""
    refuse_others(dashboard, actor)
    return put_away(dashboard)


@action(_("Make a dashboard for a profile"))
def create_profile_dashboard(*, profile: Profile, names: dict[str, Any], empty: bool = False, actor: Actor) -> Dashboard:
    """A dashboard for everybody with a profile; it begins as the ready one of that profile, or empty."""
    widgets = [] if empty else [one.stored() for one in ready_for({profile.code}, profile.permission_names())]
    dashboard = Dashboard(profile=profile, names=checked_names(names), widgets=widgets)
    dashboard.save()
    return dashboard


@action(_("Arrange the dashboard of a profile"))
def arrange_profile_dashboard(
    *, dashboard: Dashboard, widgets: list[dict[str, Any]] | None = None, names: dict[str, Any] | None = None, actor: Actor
) -> Dashboard:
    """Replace what stands on the dashboard of a profile, in this order, or its name. Copies that people made stay as they are."""
    return keep(dashboard, widgets, names, frozenset(profile_of(dashboard).permission_names()))


@action(_("Put the dashboard of a profile away"))
def put_away_profile_dashboard(*, dashboard: Dashboard, actor: Actor) -> Dashboard:
    """Nobody sees it any more; copies that people made stay."""
    profile_of(dashboard)
    return put_away(dashboard)


def keep(dashboard: Dashboard, widgets: Any, names: Any, permissions: frozenset[str]) -> Dashboard:
    """Save what was checked."""
    if not dashboard.is_shown:
        raise Refusal(_("This dashboard was put away. Open another one."))
    if names is not None:
        dashboard.names = checked_names(names)
    if widgets is not None:
        dashboard.widgets = checked_widgets(widgets, dashboard.widgets, permissions)
    dashboard.save()
    return dashboard


def put_away(dashboard: Dashboard) -> Dashboard:
    """Show it to nobody any more."""
    dashboard.is_shown = False
    dashboard.save()
    return dashboard


def checked_names(names: dict[str, Any]) -> dict[str, str]:
    """The names by language, at least one of them."""
    found = {str(code): str(text).strip()[:80] for code, text in names.items() if str(text or "").strip()}
    if not found:
        raise Invalid(_("Give it a name."), {"names": [_("Give it a name.")]})
    return found


def checked_widgets(widgets: list[dict[str, Any]], before: list[dict[str, Any]], permissions: frozenset[str]) -> list[dict[str, Any]]:
    """Every new figure must exist and be open to those who will look; what stood there before may stay, so that nothing is lost."""
    if len(widgets) > MOST:
        raise Refusal(_("A dashboard holds at most %(most)s figures. Take one away first."), most=MOST)
    known = [placed(one).stored() for one in before]
    checked = []
    for one in widgets:
        found = placed(one)
        if found.stored() not in known:
            counted = measured(found)
            if counted is None or dimensions_of(counted[0], found) is None or found.by == found.across != "":
                raise Refusal(_("One of the figures does not exist. Choose it again."))
            if counted[0].permission not in permissions:
                raise NotPermitted(_("“%(what)s” is not open to those who look at this dashboard."), what=counted[0].title)
        checked.append(found.stored())
    return checked


def refuse_others(dashboard: Dashboard, actor: Actor) -> None:
    """Refuse a dashboard that is not one's own."""
    if dashboard.user_id is None or dashboard.user_id != actor.pk:
        raise NotPermitted(_("This dashboard belongs to somebody else. Make a copy of your own."))


def profile_of(dashboard: Dashboard) -> Profile:
    """The profile whose dashboard it is."""
    if dashboard.profile is None:
        raise Refusal(_("This is the dashboard of one person. Only they arrange it."))
    return dashboard.profile


def user_of(actor: Any) -> User:
    """The person who acts; jobs have no dashboards."""
    if not isinstance(actor, User):
        raise Refusal(_("Only a person has a dashboard of their own."))
    return actor


def ready_of(user: User) -> list[Any]:
    """The ready dashboard of a person."""
    return ready_for(user.profile_codes(), user.permissions())
