"""What stands on a dashboard: figures as they are placed, and the dashboards that are there for somebody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.access.seats import SEATS
from coremis.kernel.base.text import label
from coremis.kernel.datasets.dataset import PLACE, Dataset, Dimension, Measure, find_dataset
from coremis.kernel.datasets.widget import Chart, Size, Widget
from coremis.kernel.module.contributions import contributions
from coremis.modules.dashboards.models import Dashboard


@dataclass(frozen=True)
class Placed:
    """One figure on a dashboard. ``names`` is its title by language; without one it is called by what it shows."""

    dataset: str
    measure: str
    chart: Chart = Chart.FIGURE
    by: str = ""
    across: str = ""
    filters: Mapping[str, list[str]] = field(default_factory=dict)
    size: Size = Size.HALF
    names: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As a dashboard keeps it."""
        return {
            "dataset": self.dataset, "measure": self.measure, "chart": self.chart.value, "by": self.by, "across": self.across,
            "filters": {name: list(values) for name, values in self.filters.items() if values}, "size": self.size.value,
            "names": dict(self.names),
        }  # fmt: skip

    def title(self) -> str:
        """What it is called in the reader's language."""
        if any(self.names.values()):
            return label(dict(self.names), get_language() or "en")
        dataset = find_dataset(self.dataset)
        measure = dataset.measure(self.measure) if dataset else None
        if dataset is None or measure is None:
            return ""
        told = [words for code in (self.by, self.across) if code and (words := name_of(dataset, code))]
        return _("%(what)s by %(by)s") % {"what": measure.title, "by": ", ".join(told).lower()} if told else str(measure.title)


def placed(stored: Mapping[str, Any]) -> Placed:
    """A figure as a dashboard keeps it; what is no chart or size of this release becomes the plainest one."""
    given = {name: stored[name] for name in ("dataset", "measure", "by", "across", "filters", "names") if name in stored}
    chart, size = stored.get("chart"), stored.get("size")
    return Placed(
        **given,
        chart=Chart(chart) if chart in Chart.values else Chart.TABLE,
        size=Size(size) if size in Size.values else Size.HALF,
    )


def name_of(dataset: Dataset, code: str) -> str:
    """What a dimension is called."""
    dimension = dataset.dimension(code)
    return _("Place") if code == PLACE else str(dimension.title) if dimension else ""


def proposed(widget: Widget) -> Placed:
    """A ready widget as it is placed, with its title in every language."""
    return Placed(
        widget.dataset, widget.measure, widget.chart, widget.by, widget.across,
        {name: list(values) for name, values in widget.filters.items()}, widget.size, in_languages(widget.title),
    )  # fmt: skip


def in_languages(text: Any) -> dict[str, str]:
    """A text of this program in every language of the product."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = str(text)
    return found


def ready_for(seats: Iterable[str], permissions: Iterable[str]) -> list[Placed]:
    """The ready dashboard of these seats, the small figures first, in their order; of no seat: everything that these permissions open."""
    asked, open_to = set(seats) & set(SEATS), set(permissions)
    found = []
    for widget in contributions(Widget):
        dataset = find_dataset(widget.dataset)
        places = [widget.seats[seat] for seat in asked if seat in widget.seats] if asked else [widget.order]
        if places and dataset is not None and dataset.permission in open_to:
            found.append((widget.size != Size.SMALL, min(places), widget))
    return [proposed(widget) for _large, _place, widget in sorted(found, key=lambda one: one[:2])]


def open_to(user: Any) -> list[Dataset]:
    """What this person may see counted."""
    return [one for one in contributions(Dataset) if user.has_perm(one.permission)]


def dashboards_of(user: Any) -> list[Dashboard | None]:
    """What this person can open: those of their profiles, each by its copy where they have one, then what they made besides.

    None stands for the ready dashboard: for whoever has no profile with a dashboard of its own, and no copy of the ready one.
    """
    mine = Q(user=user.pk) | Q(profile__in=user.profile_ids())
    rows = Dashboard.objects.visible_to(user, "dashboards.view_dashboard").filter(mine, is_shown=True)
    found = list(rows.select_related("profile").order_by("pk"))
    copied = {row.copy_of_id for row in found}
    shown = sorted((row for row in found if row.pk not in copied), key=lambda row: (not row.stands_for(), row.pk))
    ready: list[None] = [] if any(row.stands_for() for row in shown) else [None]
    return [*ready, *shown]


def measured(found: Placed) -> tuple[Dataset, Measure] | None:
    """What a figure counts; None where its module is off or it is counted no more."""
    dataset = find_dataset(found.dataset)
    measure = dataset.measure(found.measure) if dataset else None
    return (dataset, measure) if dataset and measure else None


def dimensions_of(dataset: Dataset, found: Placed) -> list[Dimension] | None:
    """What it is broken down by; None where the dataset does not have it any more."""
    asked = [code for code in (found.by, found.across) if code and code != PLACE]
    dimensions = [one for code in asked if (one := dataset.dimension(code))]
    return dimensions if len(dimensions) == len(asked) else None


def moved(widgets: list[Placed], position: int, by: int) -> list[Placed]:
    """The same figures with one of them moved up or down."""
    order = list(widgets)
    order.insert(max(0, min(len(order) - 1, position + by)), order.pop(position))
    return order


def resized(widgets: list[Placed], position: int) -> list[Placed]:
    """The same figures with one of them in the next size, the smallest after the largest."""
    sizes = list(Size)
    now = widgets[position]
    larger = sizes[(sizes.index(now.size) + 1) % len(sizes)]
    return [replace(one, size=larger) if place == position else one for place, one in enumerate(widgets)]
