"""Showing a dashboard, taking a figure of it home, and counting anew."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.exports import export_list
from coremis.kernel.screens.screen import Screen, page_or_part, whole_number
from coremis.modules.dashboards import services
from coremis.modules.dashboards.arranging import Placed, dashboards_of, placed, ready_for
from coremis.modules.dashboards.files import figure_response
from coremis.modules.dashboards.models import Dashboard
from coremis.modules.dashboards.pages import VIEW, asked_of, board, shown
from coremis.modules.dashboards.views.arranging import arrange_url


class DashboardScreen(Screen):
    """One dashboard: the one that is asked for, or the first that is there for this person, or the ready one."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Its figures, limited to the reader's places."""
        mine = dashboards_of(request.user)
        dashboard = opened(request, mine)
        widgets = widgets_of(dashboard, request.user)
        tabs = [
            {"title": str(one or self.title), "url": f"?dashboard={one.pk if one else 0}", "current": one == dashboard} for one in mine
        ]  # fmt: skip
        context = {
            "title": str(dashboard or self.title), "tabs": tabs if len(tabs) > 1 else [], "actions": actions_for(dashboard, request.user),
            **board(request, dashboard, widgets), "key": uuid4().hex,
            "refreshes": request.user.has_perm(services.refresh_figures.name),
        }  # fmt: skip
        return page_or_part(request, "dashboards/dashboard.html", "dashboards/_board.html", context)


def opened(request: HttpRequest, mine: list[Dashboard | None]) -> Dashboard | None:
    """The dashboard that the address names, among those of this person; else the first. None is the ready one."""
    asked = request.GET.get("dashboard", "")
    if not asked:
        return mine[0]
    found = {one.pk if one else 0: one for one in mine}
    number = whole_number(asked)
    if number not in found:
        raise Http404
    return found[number]


def actions_for(dashboard: Dashboard | None, user: Any) -> list[dict[str, str]]:
    """Where it is arranged: one's own at once, another one as a copy."""
    if not user.has_perm(services.arrange_own_dashboard.name):
        return []
    copy = reverse("dashboards:create_own_dashboard") + (f"?copy={dashboard.pk}" if dashboard else "")
    url = arrange_url(dashboard) if dashboard and dashboard.user_id else copy
    return [
        {"title": gettext("Arrange"), "url": url, "tone": ""},
        {"title": gettext("All my dashboards"), "url": reverse("dashboards:arrange"), "tone": "quiet"},
    ]


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
        if found is None or file_format not in found.links:
            raise Http404
        address, lines = request.get_full_path(), max(1, len(found.reading.lines))
        export_list(list_title=found.title, address=address, file_format="csv", row_count=lines, actor=request.user)
        return figure_response(found, file_format)


figure_file = FigureFile(permission=VIEW, title=_("Download"))
refresh_figures = ActionScreen(
    services.refresh_figures, title=_("Refresh the figures"), button=_("Refresh"),
    lead=_("All figures are counted anew. They are counted every hour anyway."),
    done=lambda _result: reverse("dashboards:dashboard"), back=lambda _target: reverse("dashboards:dashboard"),
    said=lambda _result: gettext("The figures are being counted. Load this page again in a moment."),
)  # fmt: skip
dashboard = DashboardScreen(permission=VIEW, title=_("Dashboard"))
