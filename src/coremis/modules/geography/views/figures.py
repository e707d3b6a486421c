"""The pages of figures, former codes, outlines and groups of places."""

import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.files.storage import keep
from coremis.kernel.files.writing import SheetColumn, write_csv
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.exports import export_list, file_name
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink, Screen
from coremis.modules.geography import forms, tables
from coremis.modules.geography.crosswalk import proposed_by_name
from coremis.modules.geography.imports import FIGURES, LINKS
from coremis.modules.geography.measures import place_page
from coremis.modules.geography.models import AreaFigure, AreaGroup, FigureKind, GroupPlace
from coremis.modules.geography.services.figures import add_usual_figures, end_figure, save_figure_kind, set_figure
from coremis.modules.geography.services.groups import join_group, leave_group, retire_group, save_group
from coremis.modules.geography.services.shapes import load_outlines
from coremis.modules.geography.views.files import SEE, file_link
from coremis.modules.geography.views.map import as_file
from coremis.modules.geography.views.units import given


def sending(kind: str) -> Any:
    """The page on which a file of one kind is sent."""
    return lambda about: f"{reverse('geography:send')}?kind={kind}"


figures = ListScreen(
    tables.FigureTable,
    title=_("Figures of places"),
    lead=_("Population, households, poverty rate and others, each with its year and source."),
    actions=[
        ActionLink(_("Send a file"), sending(FIGURES.name), SEE, tone="primary"),
        file_link(_("What is counted"), "kinds", "geography.view_figurekind"),
        file_link(_("Files of places"), "files", SEE),
        file_link(_("The tree as a list"), "units", "areas.view_area"),
        file_link(_("Former codes"), "links", "geography.view_codelink"),
        file_link(_("Outlines"), "shapes", "geography.view_areashape"),
        file_link(_("Groups of places"), "groups", "geography.view_areagroup"),
    ],
    empty=EmptyState(
        _("No figures yet"), _("Say what is counted, then send the figures as a file or enter them on the page of a place."),
        file_link(_("What is counted"), "kinds", "geography.view_figurekind"),
    ),
)  # fmt: skip
kinds = ListScreen(
    tables.KindTable,
    title=_("What is counted"),
    lead=_("The figures that places may have. Formulas, quotas and maps name them by their code."),
    actions=[
        file_link(_("Define a figure"), "add_kind", save_figure_kind.name, tone="primary"),
        file_link(_("Add the usual ones"), "usual_kinds", add_usual_figures.name),
    ],
    empty=EmptyState(
        _("No figures defined yet"), _("Begin with the usual ones: population, households, poverty rate, urban or rural."),
        file_link(_("Add the usual ones"), "usual_kinds", add_usual_figures.name),
    ),
)  # fmt: skip


def to_kinds(*about: Any) -> str:
    """The list of what is counted."""
    return reverse("geography:kinds")


add_kind_page = ActionScreen(
    save_figure_kind, form=forms.KindForm, done=to_kinds, back=to_kinds, inputs=lambda data, target: given(data)
)  # fmt: skip
change_kind_page = ActionScreen(
    save_figure_kind, form=forms.KindForm, target=(FigureKind, "pk"), done=to_kinds, back=to_kinds, title=_("Change a figure of places"),
    initial=lambda request, kind: {"code": kind.code, "names": kind.names, "unit": kind.unit, "decimals": kind.decimals},
    inputs=lambda data, kind: {**given(data), "kind": kind},
)  # fmt: skip
usual_kinds_page = ActionScreen(
    add_usual_figures, lead=_("Population, households, poverty rate, and urban or rural."), done=to_kinds, back=to_kinds,
    said=lambda added: _("%(count)s figures were added.") % {"count": added},
)  # fmt: skip
set_figure_page = ActionScreen(
    set_figure, form=forms.FigureForm, target=(Area, "pk"), lead=lambda area: f"{area.name} ({area.code})",
    inputs=lambda data, area: {**given(data), "area": area}, done=lambda figure: place_page(figure.area_id),
    back=lambda area: place_page(area.pk),
)  # fmt: skip
end_figure_page = ActionScreen(
    end_figure, form=forms.EndFigureForm, target=(AreaFigure, "pk"), lead=lambda figure: f"{figure}: {figure.area}",
    done=lambda figure: place_page(figure.area_id), back=lambda figure: place_page(figure.area_id),
)  # fmt: skip
links = ListScreen(
    tables.LinkTable,
    title=_("Former codes"),
    lead=_("Where what a code stood for lies now. Lists with former codes are still understood."),
    actions=[
        ActionLink(_("Send a file"), sending(LINKS.name), SEE, tone="primary"),
        file_link(_("Proposal by names"), "proposal", export_list.name),
    ],
    empty=EmptyState(_("No former codes yet"), _("They are kept when units are renamed, merged or split, or brought by a file.")),
)


class Proposal(Screen):
    """Closed units without a successor beside open units of the same name, as a file to look through and to send."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The file, for the highest place of the reader."""
        user: Any = request.user
        top = Area.objects.visible_to(user, tables.LinkTable.permission).order_by("level__position", "pk").first()
        rows = proposed_by_name(top, timezone.localdate()) if top else []
        export_list(list_title=str(self.title), address=request.path, file_format="csv", row_count=min(len(rows), 1000), actor=user)
        heads = [_now("Former code"), _now("Former name"), _now("Code of the place now"), _now("Name"), _now("Share"), _now("Since")]
        content = io.BytesIO()
        write_csv(content, [SheetColumn(head) for head in heads], [list(row.values()) for row in rows], get_language() or "en")
        return as_file(content.getvalue(), "text/csv; charset=utf-8", file_name("former-codes", "csv"))


proposal = Proposal(permission=export_list.name, title=_("Proposal by names"))
shapes = ListScreen(
    tables.ShapeTable,
    title=_("Outlines of places"),
    lead=_("Maps are drawn from them. They come from GeoJSON files of the country’s mapping office or of humanitarian lists."),
    actions=[file_link(_("Load outlines"), "load_outlines", load_outlines.name, tone="primary")],
    empty=EmptyState(
        _("No outlines yet"), _("Load a GeoJSON file for each level of the tree."),
        file_link(_("Load outlines"), "load_outlines", load_outlines.name),
    ),
)  # fmt: skip


def kept_file(data: dict[str, Any], target: Any) -> dict[str, Any]:
    """The file in the store, by its digest."""
    content = keep(data["file"].file)
    return {"sha256": content.sha256, "name": data["file"].name, "source": data["source"]}


load_outlines_page = ActionScreen(
    load_outlines, form=forms.OutlinesForm, inputs=kept_file, back=lambda target: reverse("geography:shapes"),
    done=lambda job: reverse("administration:job", args=[job.pk]),
    said=lambda job: str(_("The outlines are being loaded. This page tells what was found and what was left out.")),
    button=_("Send the file"),
)  # fmt: skip
groups = ListScreen(
    tables.GroupTable,
    title=_("Groups of places"),
    lead=_("Catchments, hotspots, phases: places that belong together beside the tree. A place may belong to several."),
    actions=[file_link(_("Define a group"), "add_group", save_group.name, tone="primary")],
    empty=EmptyState(
        _("No groups yet"), _("Define one, then add places to it."),
        file_link(_("Define a group"), "add_group", save_group.name),
    ),
)  # fmt: skip


def to_group(group: Any) -> str:
    """The page of a group."""
    return reverse("geography:group", args=[group.pk])


group = DetailScreen(
    AreaGroup,
    permission="geography.view_areagroup",
    title=str,
    subtitle=lambda group: group.purpose,
    status=lambda group: None if group.is_active else Status("off", _("out of use")),
    facts=lambda request, group: [Fact(_("Code"), group.code), Fact(_("Purpose"), group.purpose)],
    actions=[
        file_link(_("Add places"), "join_group", join_group.name, tone="primary", show=lambda group: group.is_active),
        file_link(_("Change"), "change_group", save_group.name),
        file_link(_("Put out of use"), "retire_group", retire_group.name, tone="danger", show=lambda group: group.is_active),
    ],
)
add_group_page = ActionScreen(
    save_group,
    form=forms.GroupForm,
    inputs=lambda data, target: given(data),
    done=to_group,
    back=lambda target: reverse("geography:groups"),
)
change_group_page = ActionScreen(
    save_group, form=forms.GroupForm, target=(AreaGroup, "pk"), done=to_group, back=to_group, title=_("Change a group of places"),
    initial=lambda request, group: {"code": group.code, "names": group.names, "purpose": group.purpose},
    inputs=lambda data, group: {**given(data), "group": group},
)  # fmt: skip
retire_group_page = ActionScreen(retire_group, target=(AreaGroup, "pk"), done=to_group, back=to_group, danger=True)
join_group_page = ActionScreen(
    join_group, form=forms.GroupPlacesForm, target=(AreaGroup, "pk"), lead=str, back=to_group,
    said=lambda count: _("%(count)s places were added.") % {"count": count},
)  # fmt: skip
leave_group_page = ActionScreen(
    leave_group, form=forms.LeaveGroupForm, target=(GroupPlace, "pk"), lead=lambda place: f"{place.area} – {place.group}",
    done=lambda place: to_group(place.group), back=lambda place: to_group(place.group),
)  # fmt: skip
