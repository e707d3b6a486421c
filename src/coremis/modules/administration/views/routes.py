"""The pages of approval routes."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.approvals.models import Route
from coremis.kernel.approvals.services import close_route, save_route
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.preview import Preview
from coremis.modules.administration import forms, tables
from coremis.modules.administration.views.links import Form, link, to

routes = ListScreen(
    tables.RouteTable,
    title=_("Approval routes"),
    lead=_("Who must agree to what, where and from which amount. What has no route cannot be approved."),
    actions=[link(_("Add a route"), "add_route", save_route, tone="primary")],
)
route = DetailScreen(
    Route,
    permission="approvals.view_route",
    title=lambda route: tables.action_title(route.action),
    subtitle=lambda route: route.area.name,
    status=lambda route: Status("good", _("in use")) if route.is_active else Status("off", _("closed")),
    facts=lambda request, route: [
        Fact(_("From amount"), route.min_amount),
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
        {"profile": data[f"profile{n}"], "people": data.get(f"people{n}") or 1} for n in range(1, forms.LEVELS + 1) if data.get(f"profile{n}")
    ]
    chosen = {name: data[name] for name in ("action", "area", "min_amount", "no_approval")}
    return {**chosen, "levels": levels, **({"route": target} if target else {})}


def route_initial(request: HttpRequest, route: Route) -> Form:
    """The route as the form shows it."""
    held = {"action": route.action, "area": route.area, "min_amount": route.min_amount, "no_approval": route.no_approval}
    for level in route.levels.filter(is_active=True).select_related("profile"):
        held |= {f"profile{level.position + 1}": level.profile.code, f"people{level.position + 1}": level.people}
    return held


def route_preview(inputs: Form, actor: Any) -> Preview:
    """The route in words."""
    levels = " → ".join(f"{level['profile']} ({level['people']})" for level in inputs["levels"]) or _("no approval needed")
    facts = [(_("Action"), tables.action_title(inputs["action"])), (_("Place"), inputs["area"]), (_("From amount"), inputs["min_amount"])]
    return Preview(facts=[*facts, (_("Who must agree"), levels)])


ROUTE = {"form": forms.RouteForm, "inputs": route_inputs, "preview": route_preview, "done": to("route")}
add_route_page = ActionScreen(save_route, title=_("Add an approval route"), back=lambda target: reverse("administration:routes"), **ROUTE)
save_route_page = ActionScreen(save_route, target=(Route, "pk"), initial=route_initial, back=to("route"), **ROUTE)
close_route_page = ActionScreen(close_route, target=(Route, "pk"), back=to("route"), done=to("route"), danger=True)
