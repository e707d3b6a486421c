"""What a map can show of places: figures that were entered, what the modules count there, and how far registration has come."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.screen import Text
from coremis.modules.geography.models import FigureKind
from coremis.modules.geography.queries import figures_on
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services.hooks import PlaceFigure

SEE = "geography.view_areafigure"
SEES_HOUSEHOLDS, SEES_PERSONS = "registry.view_household", "registry.view_person"
COVERAGE, HOUSEHOLDS = "coverage", "households"
Values = Mapping[int, float]


@dataclass(frozen=True)
class Measure:
    """One thing a map can show. ``values(user, areas, day)`` gives it for those of these places that have it, by place."""

    code: str
    title: Text
    values: Callable[[Any, "Iterable[int]", date], Values]
    unit: str = ""
    decimals: int = 0
    address: Callable[[int], str] | None = None

    def words(self, value: float) -> str:
        """A value as people read it: 1,240; 63.4 %."""
        figure = number_format(round(value, self.decimals), self.decimals, use_l10n=True, force_grouping=True)
        return with_unit(figure, self.unit)


def with_unit(figure: str, unit: str) -> str:
    """63.4 %, 12 km²; a unit that is a whole word stands in the title of the figure already."""
    return figure if unit.isalpha() and len(unit) > 2 else f"{figure} {unit}".strip()


def measures_for(user: Any) -> list[Measure]:
    """Everything this person may see on a map: what is counted first, then the figures that were entered."""
    measures = []
    if user.has_perm(SEES_HOUSEHOLDS):
        measures.append(Measure("registered-households", _("Registered households"), _households, address=_list_of("registry:households")))
    if user.has_perm(SEES_PERSONS):
        measures.append(
            Measure("registered-persons", _("Registered persons"), _persons, address=_list_of("registry:persons", "&living=yes"))
        )
    further = [one for one in contributions(PlaceFigure) if one.permission != SEES_HOUSEHOLDS and user.has_perm(one.permission)]
    measures += [_counted(one) for one in sorted(further, key=lambda one: one.order)]
    if user.has_perm(SEE):
        kinds = list(FigureKind.objects.all())
        if user.has_perm(SEES_HOUSEHOLDS) and any(kind.code == HOUSEHOLDS for kind in kinds):
            measures.append(Measure(COVERAGE, _("Registration coverage"), coverage, "%", 1))
        measures += [Measure(f"figure-{kind.code}", str(kind), _entered(kind.code), kind.unit, kind.decimals) for kind in kinds]
    return measures


def _counted(one: PlaceFigure) -> Measure:
    def values(user: Any, areas: Iterable[int], day: date) -> Values:
        return rolled_up(one.counts(user), within(user, one.permission, areas))

    return Measure(f"{slugify(one.permission)}-{one.order}", one.title, values, address=one.address)


def _households(user: Any, areas: Iterable[int], day: date) -> Values:
    return rolled_up(counted_by_area(_registered(user)), within(user, SEES_HOUSEHOLDS, areas))


def _persons(user: Any, areas: Iterable[int], day: date) -> Values:
    seen = Person.objects.visible_to(user, SEES_PERSONS).filter(death_date=None)
    return rolled_up(counted_by_area(seen), within(user, SEES_PERSONS, areas))


def _registered(user: Any) -> Any:
    """Every household on the register, dissolved ones too, as the list of households and the dashboards count them."""
    return Household.objects.visible_to(user, SEES_HOUSEHOLDS)


def _list_of(address: str, more: str = "") -> Callable[[int], str]:
    return lambda place: f"{reverse(address)}?area={place}{more}"


def within(user: Any, permission: str, areas: Iterable[int]) -> list[int]:
    """Those of these places in which this person may count; elsewhere nothing is said, which is not the same as none."""
    seen: Any = Area.objects.visible_to(user, permission)
    return list(seen.filter(pk__in=list(areas)).values_list("pk", flat=True))


def counted_by_area(rows: Any) -> list[tuple[int, int]]:
    """(place, how many) of rows that lie in places; one query."""
    from_db = rows.order_by().values_list("area_id").annotate(found=Count("pk"))
    return [(area, found) for area, found in from_db]


def rolled_up(counts: Iterable[tuple[int, int]], areas: Iterable[int]) -> Values:
    """Counts added up into places with all that lies below them; a place where nothing is counted has 0. One query."""
    wanted = list(areas)
    held = dict(counts)
    totals = dict.fromkeys(wanted, 0)
    pairs = AreaTree.objects.filter(ancestor__in=wanted, descendant__in=held).values_list("ancestor_id", "descendant_id")
    for above, place in pairs:
        totals[above] += held[place]
    return totals


def _entered(code: str) -> Callable[[Any, Iterable[int], date], Values]:
    def values(user: Any, areas: Iterable[int], day: date) -> Values:
        seen = figures_on(code, day).filter(area__in=list(areas))
        return dict(seen.values_list("area_id", "value"))

    return values


def coverage(user: Any, areas: Iterable[int], day: date) -> Values:
    """Registered households in per cent of the households that were counted; only where that figure was entered."""
    wanted = within(user, SEES_HOUSEHOLDS, areas)
    registered = rolled_up(counted_by_area(_registered(user)), wanted)
    counted = _entered(HOUSEHOLDS)(user, wanted, day)
    return {area: 100 * registered[area] / counted[area] for area in wanted if counted.get(area)}


def place_page(area_id: int) -> str:
    """The page of a place."""
    return reverse("administration:area", args=[area_id])
