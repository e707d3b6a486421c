"""The pages of administrative units."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import country, path_of
from coremis.kernel.areas.services import add_area, define_levels, load_areas
from coremis.kernel.config.services import change_settings
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.modules.administration import forms, tables
from coremis.modules.administration.views.links import given, link, to


def is_open(area: Area) -> bool:
    """Whether the unit still exists."""
    return area.valid_until is None


areas = ListScreen(
    tables.AreaTable,
    title=_("Administrative units"),
    lead=_("The places of the country. Rights, lists and payments follow this tree."),
    actions=[
        link(_("Load from a file"), "load_areas", load_areas),
        link(_("Name the levels"), "define_levels", define_levels),
        link(_("Settings"), "change_settings", change_settings),
    ],
    empty=EmptyState(
        _("No administrative units yet"),
        _("Load them from a file, or add them one by one."),
        link(_("Load from a file"), "load_areas", load_areas),
    ),
)
area = DetailScreen(
    Area,
    permission="areas.view_area",
    title=lambda area: area.name,
    subtitle=lambda area: str(area.level),
    status=lambda area: None if is_open(area) else Status("off", _("closed")),
    facts=lambda request, area: [
        Fact(_("Code"), area.code),
        Fact(_("Lies in"), " / ".join(above.name for above in path_of(area)[:-1])),
        Fact(_("Valid from"), area.valid_from),
        Fact(_("Valid until"), area.valid_until),
        Fact(_("Former names and codes"), ", ".join(f"{old.name} ({old.code})" for old in area.former.all())),
    ],
    actions=[
        link(_("Add a unit inside"), "add_area", add_area, tone="primary", show=is_open),
    ],
    prepare=lambda rows: rows.select_related("level", "parent"),
)
AREA = {"target": (Area, "pk"), "back": to("area")}
add_area_page = ActionScreen(
    add_area,
    form=forms.AreaForm,
    inputs=lambda data, parent: {**given(data), "parent": parent},
    title=lambda parent: _("Add a unit inside %(name)s") % {"name": parent.name},
    done=to("area"),
    **AREA,
)


def below_country(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of a file; what names no unit above lies just below the country."""
    root = country()
    return [{**row, "parent": row["parent"] or (root.code if root else "")} for row in rows]


load_areas_page = ActionScreen(
    load_areas,
    form=forms.LoadAreasForm,
    inputs=lambda data, target: {"rows": below_country(data["rows_file"])},
    back=lambda target: reverse("administration:areas"),
    done=lambda added: reverse("administration:areas"),
    said=lambda added: _("%(count)s units were added.") % {"count": added},
)
define_levels_page = ActionScreen(
    define_levels,
    form=forms.LevelsForm,
    title=_("Name the levels"),
    lead=_("The levels of the tree, from the country downwards. A level cannot be taken away."),
    inputs=lambda data, target: {"names": forms.names_of_levels(data)},
    back=lambda target: reverse("administration:areas"),
)
