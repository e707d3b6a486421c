"""The pages of approval routes."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile
from coremis.kernel.access.seats import SEATS
from coremis.kernel.approvals.models import Route
from coremis.kernel.approvals.services import close_route, save_route
from coremis.kernel.base.money import Money
from coremis.kernel.config.country import own_currency
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.preview import Preview
from coremis.modules.administration import forms, tables
from coremis.modules.administration.services import install_presets, missing_presets
from coremis.modules.administration.views.links import Form, link, to


def amount_of(minor: int) -> Money | None:
    """From which amount a route holds; nothing where it holds from the first."""
    return Money(minor, own_currency()) if minor else None


routes = ListScreen(
    tables.RouteTable,
    title=_("Approval routes"),
    lead=_("Who must agree to what, where and from which amount. What has no route cannot be approved."),
    actions=[link(_("Add a route"), "add_route", save_route, tone="primary"), link(_("Ready routes"), "install_presets", install_presets)],
)
route = DetailScreen(
    Route,
    permission="approvals.view_route",
    title=lambda route: tables.action_title(route.action),
    subtitle=lambda route: route.area.name,
    status=lambda route: Status("good", _("in use")) if route.is_active else Status("off", _("closed")),
    facts=lambda request, route: [
        Fact(_("From amount"), amount_of(route.min_amount)),
        Fact(_("Who must agree"), tables.route_text(route)),
    ],
    actions=[
        link(_("Change"), "save_route", save_route, show=lambda route: route.is_active),
        link(_("Close"), "close_route", close_route, tone="danger", show=lambda route: route.is_active),
    ],
    prepare=lambda rows: rows.select_related("area").prefetch_related("levels__profile"),
)


def route_inputs(data: Form, target: Route | None) -> Form:
    """The levels from the form's pairs of profile and people."""
    levels = [
        {"profile": data[f"profile{n}"], "people": data.get(f"people{n}") or 1}
        for n in range(1, forms.LEVELS + 1)
        if data.get(f"profile{n}")
    ]
    chosen = {name: data[name] for name in ("action", "area", "no_approval")}
    return {**chosen, "min_amount": data["min_amount"].amount_minor, "levels": levels, **({"route": target} if target else {})}


def route_initial(request: HttpRequest, route: Route) -> Form:
    """The route as the form shows it."""
    held = {
        "action": route.action,
        "area": route.area,
        "min_amount": Money(route.min_amount, own_currency()),
        "no_approval": route.no_approval,
    }
    for level in route.levels.filter(is_active=True).select_related("profile"):
        held |= {f"profile{level.position + 1}": level.profile.code, f"people{level.position + 1}": level.people}
    return held


def route_preview(inputs: Form, actor: Any) -> Preview:
    """The route in words."""
    names = {profile.code: str(profile) for profile in Profile.objects.all()}
    levels = " → ".join(f"{names.get(level['profile'], level['profile'])} ({level['people']})" for level in inputs["levels"])
    now = tables.route_text(inputs["route"]) if inputs.get("route") else ""
    facts = [
        (_("Action"), tables.action_title(inputs["action"])),
        (_("Place"), inputs["area"]),
        (_("From amount"), amount_of(inputs["min_amount"])),
    ]
    return Preview(facts=facts, changes=[(_("Who must agree"), now, levels or _("no approval needed"))])


ROUTE = {"form": forms.RouteForm, "inputs": route_inputs, "preview": route_preview, "done": to("route")}
add_route_page = ActionScreen(save_route, title=_("Add an approval route"), back=lambda target: reverse("administration:routes"), **ROUTE)
save_route_page = ActionScreen(save_route, target=(Route, "pk"), initial=route_initial, back=to("route"), **ROUTE)


def close_preview(inputs: Form, actor: Any) -> Preview:
    """The route that would no longer hold."""
    route = inputs["route"]
    facts = [
        (_("Action"), tables.action_title(route.action)),
        (_("Place"), route.area),
        (_("From amount"), amount_of(route.min_amount)),
    ]
    return Preview(facts=facts, changes=[(_("Who must agree"), tables.route_text(route), _("no route: nothing can be approved"))])


close_route_page = ActionScreen(close_route, target=(Route, "pk"), preview=close_preview, back=to("route"), done=to("route"), danger=True)


def presets_preview(inputs: Form, actor: Any) -> Preview:
    """Which profiles and routes would be added."""
    profiles, ready = missing_presets(inputs["area"])
    facts = [(_("Place"), inputs["area"]), (_("Access profiles"), ", ".join(str(SEATS[seat]) for seat in profiles))]
    rows = [(tables.action_title(name), "", " → ".join(str(SEATS[seat]) for seat in levels)) for name, levels, _amount in ready]
    return Preview(facts=facts, changes=rows, count=len(profiles) + len(ready))


install_presets_page = ActionScreen(
    install_presets,
    form=forms.PresetsForm,
    lead=_("For a module that was switched on later: what is there already stays as it is."),
    preview=presets_preview,
    back=lambda target: reverse("administration:routes"),
)
