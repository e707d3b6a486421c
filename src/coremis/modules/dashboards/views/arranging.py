"""Arranging a dashboard: its figures in their order, one figure in its parts, and making and putting away dashboards."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import Action
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.datasets.dataset import Dataset, find_dataset
from coremis.kernel.datasets.widget import Chart, Widget
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink, Screen, page_or_part, see_other, whole_number
from coremis.kernel.screens.selection import Selection
from coremis.modules.dashboards import services
from coremis.modules.dashboards.arranging import Placed, dashboards_of, moved, placed, proposed, resized
from coremis.modules.dashboards.forms import FigureForm, OwnDashboardForm, ProfileDashboardForm, filled
from coremis.modules.dashboards.models import Dashboard
from coremis.modules.dashboards.pages import VIEW, Asked, shown
from coremis.modules.dashboards.reading import Reader
from coremis.modules.dashboards.tables import DashboardTable


def arrange_url(dashboard: Dashboard) -> str:
    """The page on which a dashboard is arranged."""
    return f"{reverse('dashboards:arrange')}?dashboard={dashboard.pk}"


def show_url(dashboard: Any = None) -> str:
    """The page of a dashboard; of none, the first one."""
    own = dashboard is not None and dashboard.is_shown and dashboard.user_id
    return reverse("dashboards:dashboard") + (f"?dashboard={dashboard.pk}" if own else "")


def arrangeable(user: Any) -> list[Dashboard]:
    """What this person may arrange: their own dashboards, and those of profiles for whoever holds that right."""
    rows = Dashboard.objects.visible_to(user, VIEW).filter(is_shown=True).select_related("profile", "user").order_by("pk")
    own = list(rows.filter(user=user.pk)) if user.has_perm(services.arrange_own_dashboard.name) else []
    return own + (list(rows.filter(user=None)) if user.has_perm(services.arrange_profile_dashboard.name) else [])


def to_arrange(request: HttpRequest) -> Dashboard:
    """The dashboard that the address names; 404 where it is not one that this person may arrange."""
    asked = whole_number(request.GET.get("dashboard", ""))
    found = next((one for one in arrangeable(request.user) if one.pk == asked), None)
    if found is None:
        raise Http404
    return found


def arranging(dashboard: Dashboard) -> Action[Any]:
    """The action that arranges it."""
    return services.arrange_own_dashboard if dashboard.user_id else services.arrange_profile_dashboard


def audience(dashboard: Dashboard, user: Any) -> frozenset[str]:
    """What those who look at it may see."""
    return frozenset(dashboard.profile.permission_names()) if dashboard.profile else user.permissions()


def open_datasets(dashboard: Dashboard, user: Any) -> list[Dataset]:
    """What its figures can be about."""
    held = audience(dashboard, user)
    return [one for one in contributions(Dataset) if one.permission in held]


def save(request: HttpRequest, dashboard: Dashboard, **inputs: Any) -> bool:
    """Arrange it, once however often the same page is sent; a refusal becomes a sentence above the page."""
    if request.POST.get("version") not in (None, str(dashboard.version)):
        messages.error(request, gettext("Somebody else changed this meanwhile. Look at it again."))
        return False
    try:
        arranging(dashboard)(dashboard=dashboard, actor=request.user, key=request.POST.get("key", "")[:100] or None, **inputs)
    except NotPermitted:
        raise
    except Refusal as problem:
        messages.error(request, str(problem))
        return False
    return True


def stored(widgets: Sequence[Placed]) -> list[dict[str, Any]]:
    """As an action takes them."""
    return [one.stored() for one in widgets]


class ArrangeScreen(Screen):
    """The figures of a dashboard as a list: each can be moved, made wider, changed and taken away, all by buttons."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """GET shows it; POST does one thing and shows it again. Without a dashboard in the address: what can be arranged."""
        if "dashboard" not in request.GET:
            context = {"title": str(self.title), "rows": arrangeable(request.user), **can(request.user)}
            return page_or_part(request, "dashboards/arrangeable.html", "dashboards/_arrangeable.html", context)
        dashboard = to_arrange(request)
        if request.method == "POST":
            self.change(request, dashboard)
            return see_other(arrange_url(dashboard))
        return render(request, "dashboards/arrange.html", self.context(request, dashboard))

    def change(self, request: HttpRequest, dashboard: Dashboard) -> None:
        """What the pressed button says."""
        widgets, what = [placed(one) for one in dashboard.widgets], request.POST.get("do", "")
        place = whole_number(request.POST.get("figure", "")) or 0
        if what == "name":
            save(request, dashboard, names={**dashboard.names, get_language() or "en": request.POST.get("name", "")})
        elif what == "add":
            ready = self.ready(dashboard, request.user)
            if place < len(ready):
                save(request, dashboard, widgets=stored([*widgets, proposed(ready[place])]))
        elif place < len(widgets):
            changed = changes(widgets, place).get(what)
            if changed is not None:
                save(request, dashboard, widgets=stored(changed))

    def ready(self, dashboard: Dashboard, user: Any) -> list[Widget]:
        """The ready figures that those who look at it may see and that do not stand on it yet."""
        there, names = [replace(placed(one), names={}) for one in dashboard.widgets], {one.name for one in open_datasets(dashboard, user)}
        return [one for one in contributions(Widget) if one.dataset in names and replace(proposed(one), names={}) not in there]

    def context(self, request: HttpRequest, dashboard: Dashboard) -> dict[str, Any]:
        """The figures with their buttons, and what can be added."""
        names = {one.name: one for one in open_datasets(dashboard, request.user)}
        rows = [
            {"place": place, "title": one.title() or gettext("(no longer counted)"), "chart": one.chart.label, "size": one.size.label,
             "about": names[one.dataset].title if one.dataset in names else "–",
                "opens": one.dataset in names and one.chart != Chart.STEPS, "last": place == len(dashboard.widgets) - 1}
            for place, one in enumerate(map(placed, dashboard.widgets))
        ]  # fmt: skip
        return {
            "title": gettext("Arrange: %(name)s") % {"name": dashboard}, "dashboard": dashboard, "rows": rows, "key": uuid4().hex,
            "ready": self.ready(dashboard, request.user), "datasets": list(names.values()), "address": arrange_url(dashboard),
            "back": show_url(dashboard) if dashboard.user_id else reverse("dashboards:profile_dashboards"),
            "put_away": reverse(f"dashboards:put_away_{'own' if dashboard.user_id else 'profile'}_dashboard", args=[dashboard.pk]),
        }  # fmt: skip


def changes(widgets: list[Placed], place: int) -> dict[str, list[Placed]]:
    """What each button of a figure makes of the figures."""
    return {
        "up": moved(widgets, place, -1), "down": moved(widgets, place, 1), "size": resized(widgets, place),
        "remove": widgets[:place] + widgets[place + 1 :],
    }  # fmt: skip


def can(user: Any) -> dict[str, bool]:
    """What stands on the page of all dashboards."""
    return {"for_profiles": user.has_perm(services.create_profile_dashboard.name)}


class FigureScreen(Screen):
    """One figure of a dashboard: described, tried out, and kept."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form; with “Try” the figure below it; with “Keep” it stands on the dashboard."""
        dashboard = to_arrange(request)
        widgets = [placed(one) for one in dashboard.widgets]
        place = whole_number(request.GET.get("figure", ""))
        known = widgets[place] if place is not None and place < len(widgets) else None
        dataset = find_dataset(known.dataset if known else request.GET.get("about", ""))
        if dataset is None or dataset not in open_datasets(dashboard, request.user):
            raise Http404
        form = FigureForm(
            request.POST or None,
            dataset=dataset,
            user=request.user,
            initial=filled(known) if known else {"chart": "bars", "size": "half", "measure": dataset.measures[0].code},
        )
        tried = None
        if request.method == "POST" and form.is_valid():
            tried = form.placed()
            if request.POST.get("do") == "keep":
                kept = [tried if at == place else one for at, one in enumerate(widgets)] if known else [*widgets, tried]
                if save(request, dashboard, widgets=stored(kept)):
                    return see_other(arrange_url(dashboard))
        context = {
            "title": gettext("Change a figure") if known else gettext("Add a figure"), "form": form, "dataset": dataset,
            "dashboard": dashboard,
            "back": arrange_url(dashboard), "key": request.POST.get("key") or uuid4().hex, "tried": self.tried(request, tried or known),
        }  # fmt: skip
        return render(request, "dashboards/figure.html", context, status=422 if form.errors else 200)

    def tried(self, request: HttpRequest, found: Placed | None) -> Any:
        """The figure as this person would see it; None where it is not open to them."""
        return shown(found, tried_in(request)) if found else None


def tried_in(request: HttpRequest) -> Asked:
    """Nothing chosen for the whole page: the figure alone, in the reader's own places."""
    return Asked([], Selection(), {}, Reader(request.user))


def begun_with(request: HttpRequest, target: Any) -> dict[str, Any]:
    """A copy bears the name of what it was copied from."""
    found = copied(request)
    return {"name": str(found) if found else gettext("My dashboard")}


def copied(request: HttpRequest) -> Dashboard | None:
    """The dashboard of a profile that the address names."""
    asked = whole_number(request.GET.get("copy", ""))
    return next((one for one in dashboards_of(request.user) if one and one.pk == asked and not one.user_id), None)


class OwnDashboardScreen(ActionScreen):
    """Making a dashboard of one's own; the address may name the dashboard of a profile to copy."""

    def inputs_of(self, attempt: Any) -> dict[str, Any]:
        cleaned = attempt.form.cleaned_data
        source = None if cleaned["empty"] else copied(attempt.request)
        return {"names": {get_language() or "en": cleaned["name"]}, "empty": cleaned["empty"], "copy_of": source}


def own(user: Any, key: int) -> Dashboard | None:
    """One's own dashboard that is in use."""
    return Dashboard.objects.visible_to(user, services.put_away_own_dashboard.name).filter(pk=key, user=user.pk, is_shown=True).first()


def of_profile(user: Any, key: int) -> Dashboard | None:
    """The dashboard of a profile that is in use."""
    rows = Dashboard.objects.visible_to(user, services.put_away_profile_dashboard.name)
    return rows.filter(pk=key, user=None, is_shown=True).first()


MAKE = ActionLink(
    _("Make a dashboard for a profile"), "dashboards:create_profile_dashboard", services.create_profile_dashboard.name, "primary"
)
arrange = ArrangeScreen(permission=services.arrange_own_dashboard.name, title=_("Arrange dashboards"))
figure = FigureScreen(permission=services.arrange_own_dashboard.name, title=_("Figure"))
create_own_dashboard = OwnDashboardScreen(
    services.create_own_dashboard, form=OwnDashboardForm, initial=begun_with, done=arrange_url, back=lambda _target: show_url(),
    button=_("Make it"), said=lambda _made: gettext("Your dashboard is there. Arrange it as you like."),
    lead=_("It is yours alone. Whoever looks after the dashboard of your profile does not change it."),
)  # fmt: skip
put_away_own_dashboard = ActionScreen(
    services.put_away_own_dashboard, target=(Dashboard, "pk"), fetch=own, done=show_url, back=arrange_url, button=_("Put it away"),
    lead=_("The dashboard of your profile, or the ready one, stands in its place again."), danger=True,
)  # fmt: skip
profile_dashboards = ListScreen(
    DashboardTable, title=_("Dashboards of profiles"), lead=_("A profile without a dashboard here has the ready one."), actions=[MAKE],
    empty=EmptyState(
        _("No profile has a dashboard of its own"), _("Everybody sees the ready figures of their seat until you arrange others."), MAKE
    ),
    exports=False,
)  # fmt: skip
create_profile_dashboard = ActionScreen(
    services.create_profile_dashboard, form=ProfileDashboardForm, done=arrange_url, button=_("Make it"),
    back=lambda _target: reverse("dashboards:profile_dashboards"),
)  # fmt: skip
put_away_profile_dashboard = ActionScreen(
    services.put_away_profile_dashboard, target=(Dashboard, "pk"), fetch=of_profile, button=_("Put it away"), danger=True,
    done=lambda _gone: reverse("dashboards:profile_dashboards"), back=arrange_url,
    lead=_("People with this profile see the ready figures again. Copies that they made stay."),
)  # fmt: skip
