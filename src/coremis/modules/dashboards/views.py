"""The pages of this module."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.screen import Screen, whole_number
from coremis.modules.dashboards import services
from coremis.modules.dashboards.arranging import Placed, dashboards_of, placed, ready_for
from coremis.modules.dashboards.files import figure_response
from coremis.modules.dashboards.models import Dashboard
from coremis.modules.dashboards.pages import VIEW, asked_of, board, shown


class DashboardScreen(Screen):
    """One dashboard: the one that is asked for, or the first that is there for this person, or the ready one."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Its figures, limited to the reader's places."""
        mine = dashboards_of(request.user)
        dashboard = opened(request, mine)
        widgets = widgets_of(dashboard, request.user)
        tabs = [{"title": str(one), "url": f"?dashboard={one.pk}", "current": one == dashboard} for one in mine]
        context = {
            "title": str(dashboard or self.title), "tabs": tabs if len(tabs) > 1 else [], "dashboard": dashboard,
            **board(request, dashboard, widgets), "key": uuid4().hex,
            "refreshes": request.user.has_perm(services.refresh_figures.name),
        }  # fmt: skip
        return render(request, "dashboards/dashboard.html", context)


def opened(request: HttpRequest, mine: list[Dashboard]) -> Dashboard | None:
    """The dashboard that the address names, among those of this person; else the first; None where there is only the ready one."""
    asked = request.GET.get("dashboard", "")
    if not asked:
        return mine[0] if mine else None
    found = next((one for one in mine if one.pk == whole_number(asked)), None)
    if found is None:
        raise Http404
    return found


def widgets_of(dashboard: Dashboard | None, user: Any) -> list[Placed]:
    """What stands on a dashboard, or on the ready one of this person."""
    return [placed(one) for one in dashboard.widgets] if dashboard else ready_for(user.profile_codes(), user.permissions())


class FigureFile(Screen):
    """One figure of a dashboard as a file: the table as XLSX or CSV, the drawing as SVG."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The same figure as on the page, with the same choices."""
        widgets = widgets_of(opened(request, dashboards_of(request.user)), request.user)
        place = whole_number(request.GET.get("figure", ""))
        if place is None or place >= len(widgets):
            raise Http404
        asked = asked_of(request, widgets)
        found = None if asked.selection.problems else shown(widgets[place], asked, {})
        file_format = request.GET.get("format", "")
        if found is None or found.reading.problem or file_format not in found.links:
            raise Http404
        return figure_response(found, file_format)


figure_file = FigureFile(permission=VIEW, title=_("Download"))
refresh_figures = ActionScreen(
    services.refresh_figures, title=_("Refresh the figures"), button=_("Refresh"),
    lead=_("All figures are counted anew. They are counted every hour anyway."),
    done=lambda _result: reverse("dashboards:dashboard"), back=lambda _target: reverse("dashboards:dashboard"),
    said=lambda _result: now("The figures are being counted. Load this page again in a moment."),
)  # fmt: skip
dashboard = DashboardScreen(permission=VIEW, title=_("Dashboard"))
