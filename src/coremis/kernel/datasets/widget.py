"""`Widget` and `Step`: figures that modules propose ready-made, for the dashboards of their seats."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from coremis.kernel.datasets.dataset import Query
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.screen import Text


class Chart(TextChoices):
    """How figures are drawn. ``STEPS`` draws the steps that all modules contribute, and nothing else."""

    FIGURE = "figure", _("single number")
    TABLE = "table", _("table")
    BARS = "bars", _("bars")
    LINE = "line", _("line")
    SHARE = "share", _("shares of a whole")
    MAP = "map", _("map")
    STEPS = "steps", _("steps from registration to payment")


class Size(TextChoices):
    """How much of a line it takes on a wide page."""

    SMALL = "small", _("a quarter")
    HALF = "half", _("half")
    WIDE = "wide", _("the whole line")


@dataclass(frozen=True)
class Widget(Contribution):
    """A ready-made figure: one measure of a dataset, broken down ``by`` one thing and ``across`` another, limited by ``filters``.

    ``seats`` says on the ready dashboards of which seats it stands, each with its place there.
    """

    title: Text
    dataset: str
    measure: str
    chart: Chart
    by: str = ""
    across: str = ""
    filters: Query = field(default_factory=dict)
    size: Size = Size.HALF
    seats: Mapping[str, int] = field(default_factory=dict)
    order: int = 100


@dataclass(frozen=True)
class Step(Contribution):
    """One step on the way from registration to payment, as a measure of a dataset limited by ``filters``."""

    title: Text
    dataset: str
    measure: str
    filters: Query = field(default_factory=dict)
    order: int = 100
