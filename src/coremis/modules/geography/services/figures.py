"""Figures of places by hand, and what is counted."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.geography.models import AreaFigure, FigureKind

USUAL = (
    ("population", {"en": "Population", "fr": "Population", "pt": "População"}, "persons", 0),
    ("households", {"en": "Households", "fr": "Ménages", "pt": "Agregados familiares"}, "households", 0),
    ("poverty_rate", {"en": "Poverty rate", "fr": "Taux de pauvreté", "pt": "Taxa de pobreza"}, "%", 1),
    ("urban", {"en": "Urban (1) or rural (0)", "fr": "Urbain (1) ou rural (0)", "pt": "Urbano (1) ou rural (0)"}, "", 0),
)


@action(_("Define a figure of places"))
def save_figure_kind(
    *, code: str, names: dict[str, str], unit: str = "", decimals: int = 0, kind: FigureKind | None = None, actor: Actor
) -> FigureKind:
    """Say what is counted or estimated for places; ``kind`` changes one that is there, whose code stays."""
    if kind is None and FigureKind.objects.filter(code=code).exists():
        raise Invalid(_("Another figure has this code."), {"code": [_("Another figure has this code. Choose a new one.")]})
    if not names:
        raise Invalid(_("A figure needs a name."), {"names": [_("This is required.")]})
    if not 0 <= decimals <= 6:
        raise Invalid(_("A figure has at most 6 decimals."), {"decimals": [_("Choose a number from 0 to 6.")]})
    found = kind or FigureKind(code=code)
    found.names, found.unit, found.decimals = names, unit.strip(), decimals
    found.save()
    return found


@action(_("Add the usual figures of places"), covers=(save_figure_kind,))
def add_usual_figures(*, actor: Actor) -> int:
    """Population, households, poverty rate and urban or rural, where they are not defined yet; returns how many were added."""
    held = set(FigureKind.objects.values_list("code", flat=True))
    wanted = [one for one in USUAL if one[0] not in held]
    for code, names, unit, decimals in wanted:
        save_figure_kind(code=code, names=names, unit=unit, decimals=decimals, actor=actor)
    return len(wanted)


@action(_("Enter a figure of a place"))
def set_figure(
    *, area: Area, kind: FigureKind, value: float, year: int, source: str = "", valid_from: date | None = None, actor: Actor
) -> AreaFigure:
    """A figure for one year as one source gives it; the same place, figure, year and source is corrected, never doubled."""
    if not 1900 <= year <= timezone.localdate().year + 1:
        raise Invalid(_("This is no year that a figure can describe."), {"year": [_("Write the year with four digits.")]})
    found = AreaFigure.objects.filter(area=area, kind=kind, year=year, source=source.strip()).first()
    figure = found or AreaFigure(area=area, kind=kind, year=year, source=source.strip())
    figure.value, figure.valid_from = value, valid_from or (found.valid_from if found else date(year, 1, 1))
    figure.save()
    return figure


@action(_("End a figure of a place"))
def end_figure(*, figure: AreaFigure, until: date, actor: Actor) -> AreaFigure:
    """The last day on which a figure is used; afterwards that of another year or source counts, or none."""
    if until < figure.valid_from - timedelta(days=1):
        raise Refusal(_("This figure is used only from %(day)s on. Choose a later last day."), day=figure.valid_from)
    figure.valid_until = max(until, figure.valid_from)
    figure.save()
    return figure
