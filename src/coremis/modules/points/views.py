"""The pages of this module."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.exchange.services import create_batch
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.points import forms, panels, previews, services
from coremis.modules.points.imports import POINTS
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, PointManager, Provider, ServedPlace
from coremis.modules.points.tables import PointTable, ProviderTable, WithoutPointTable, point_url, provider_state, state_of
from coremis.modules.registry.models import Household

ADD = ActionLink(_("Add a payment point"), "points:add_point", "points.add_point", "primary")
SEND = ActionLink(
    _("Bring a list by file"), lambda about: f"{reverse('intake:create_batch')}?kind={POINTS.name}", create_batch.name,
    show=lambda about: "intake" in apps.app_configs,
)  # fmt: skip


def open_point(point: PaymentPoint) -> bool:
    """Whether money can be collected there."""
    return point.is_active


def url_of(row: Any) -> str:
    """The page of a point, from the point or what belongs to it."""
    return point_url(row.pk if isinstance(row, PaymentPoint) else row.point_id)


def facts(request: HttpRequest, point: PaymentPoint) -> Sequence[Fact]:
    """Where it is, found without a map."""
    closed = [Fact(_("Closed on"), point.closed_on), Fact(_("Reason"), point.closing_reason)] if not point.is_active else []
    where = " · ".join(tree.ancestor.name for tree in point.area.ancestors_of.select_related("ancestor").order_by("-depth"))
    return [
        Fact(_("Code"), point.code), Fact(_("Place"), where), Fact(_("Address or landmark"), point.address),
        Fact(_("Provider"), str(point.provider or "")), *closed,
    ]  # fmt: skip


def attention(request: HttpRequest, point: PaymentPoint) -> Sequence[Attention]:
    """A point in use that serves nobody."""
    if (
        point.is_active
        and not point.served.filter(valid_until=None).exists()
        and not point.own_households.filter(valid_until=None).exists()
    ):
        return [Attention("warn", _("Nobody collects here. Set the places that this payment point serves."))]
    return []


point_list = ListScreen(
    PointTable, title=_("Payment points"), lead=_("Where money is handed out, and which places collect there."),
    actions=[
        ADD, SEND, ActionLink(_("Payment providers"), "points:provider_list", "points.view_provider"),
        ActionLink(_("Places without a payment point"), "points:places_without_point", "points.view_paymentpoint"),
    ],
    empty=EmptyState(_("No payment points yet"), _("A payment point is a place where beneficiaries collect. Add the first one."), ADD),
)  # fmt: skip
places_without_point = ListScreen(
    WithoutPointTable, title=_("Places without a payment point"), lead=_("People of these places have nowhere to collect."),
    empty=EmptyState(_("Every place has a payment point"), _("Nothing needs to be done here.")),
)  # fmt: skip
point_detail = DetailScreen(
    PaymentPoint, permission="points.view_paymentpoint", title=lambda point: point.name,
    subtitle=lambda point: f"{point.code} · {point.area.name}", status=state_of, facts=facts, attention=attention,
    prepare=lambda rows: rows.select_related("area", "provider"), timeline=Timeline(hidden=frozenset({"search_name"})),
    actions=[
        ActionLink(_("Set the places it serves"), "points:serve_places", "points.serve_places", "primary", open_point),
        ActionLink(_("Assign a manager"), "points:assign_point_manager", "points.assign_point_manager", show=open_point),
        ActionLink(_("Change"), "points:change_point", "points.change_point"),
        ActionLink(_("Open again"), "points:reopen_point", "points.reopen_point", show=lambda point: not point.is_active),
        ActionLink(_("Close"), "points:close_point", "points.close_point", "danger", open_point),
    ],
)  # fmt: skip

NEW_PROVIDER = ActionLink(_("Add a payment provider"), "points:add_provider", "points.add_provider", "primary")
provider_list = ListScreen(
    ProviderTable, title=_("Payment providers"), lead=_("Who carries the money to the people. Payment points say through whom they pay."),
    actions=[NEW_PROVIDER],
    empty=EmptyState(
        _("No payment providers yet"), _("Without one the programme pays by itself. Add banks and operators here."), NEW_PROVIDER,
    ),
)  # fmt: skip


def provider_url(provider: Provider) -> str:
    """The page of a provider."""
    return reverse("points:provider_detail", kwargs={"pk": provider.pk})


def provider_facts(request: HttpRequest, provider: Provider) -> Sequence[Fact]:
    """How it works, and through how many points it pays."""
    points = reverse("points:point_list") + f"?provider={provider.pk}"
    user: Any = request.user
    count = PaymentPoint.objects.visible_to(user, "points.view_paymentpoint").filter(provider=provider).count()
    return [Fact(_("Code"), provider.code), Fact(_("Works"), provider.get_way_display()), Fact(_("Payment points"), count, points)]


provider_detail = DetailScreen(
    Provider, permission="points.view_provider", title=str, subtitle=lambda provider: provider.code, facts=provider_facts,
    status=provider_state, actions=[ActionLink(_("Change"), "points:change_provider", "points.change_provider", "primary")],
)  # fmt: skip
add_provider = ActionScreen(
    services.add_provider, form=forms.NewProviderForm, done=provider_url, back=lambda _target: reverse("points:provider_list")
)  # fmt: skip
change_provider = ActionScreen(
    services.change_provider, form=forms.ProviderForm, target=(Provider, "pk"), done=provider_url, back=provider_url,
    initial=lambda request, provider: {"name": provider.name, "way": provider.way, "is_active": provider.is_active},
)  # fmt: skip

add_point = ActionScreen(
    services.add_point, form=forms.NewPointForm, done=url_of, back=lambda _target: reverse("points:point_list")
)  # fmt: skip
change_point = ActionScreen(
    services.change_point, form=forms.PointForm, target=(PaymentPoint, "pk"), done=url_of, back=url_of,
    initial=lambda request, point: {
        "area": point.area, "name": point.name, "address": point.address, "provider": point.provider,
    },
)  # fmt: skip
close_point = ActionScreen(
    services.close_point, form=forms.ReasonForm, target=(PaymentPoint, "pk"), preview=previews.closing, done=url_of, back=url_of,
    danger=True,
)  # fmt: skip
reopen_point = ActionScreen(services.reopen_point, target=(PaymentPoint, "pk"), done=url_of, back=url_of)
assign_point_manager = ActionScreen(
    services.assign_point_manager, form=forms.ManagerForm, target=(PaymentPoint, "pk"), done=url_of, back=url_of
)  # fmt: skip
end_point_manager = ActionScreen(
    services.end_point_manager, form=forms.UntilForm, target=(PointManager, "pk"), done=url_of, back=url_of
)  # fmt: skip
serve_places = ActionScreen(
    services.serve_places, form=forms.PlacesForm, target=(PaymentPoint, "pk"), preview=previews.serving,
    done=lambda _count: reverse("points:point_list"), back=url_of,
)  # fmt: skip
stop_serving = ActionScreen(services.stop_serving, form=forms.UntilForm, target=(ServedPlace, "pk"), done=url_of, back=url_of)
choose_household_point = ActionScreen(
    services.choose_household_point, form=forms.HouseholdPointForm, target=(Household, "pk"), done=panels.back_to, back=panels.back_to
)  # fmt: skip
end_household_point = ActionScreen(
    services.end_household_point, form=forms.UntilForm, target=(HouseholdPoint, "pk"), done=panels.back_to, back=panels.back_to
)  # fmt: skip
