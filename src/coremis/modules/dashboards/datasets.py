"""How far registration has come, beside the households that a census or an estimate counts in the same places."""

from typing import Any

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.datasets.dataset import PLACE, Dataset, Measure
from coremis.kernel.datasets.widget import Chart, Widget
from coremis.kernel.module.contributions import Contribution
from coremis.modules.geography.queries import figures_on
from coremis.modules.registry.models import Household

COVERAGE, ESTIMATE = "dashboards.coverage", "households"


def places() -> Any:
    """Every place with the households registered right there and, where no place below it has one, the estimate entered for it."""
    figures = figures_on(ESTIMATE, timezone.localdate())
    below = figures.filter(area__ancestors_of__ancestor=OuterRef("area"), area__ancestors_of__depth__gt=0)
    lowest = figures.filter(~Exists(below), area=OuterRef("pk")).values("value")[:1]
    registered = Household.objects.filter(area=OuterRef("pk")).order_by().values("area").annotate(found=Count("pk")).values("found")
    return Area.objects.annotate(
        registered=Coalesce(Subquery(registered), Value(0)),
        estimated=Coalesce(Cast(Round(Subquery(lowest)), BigIntegerField()), Value(0)),
    )


DATASETS: list[Contribution] = [
    Dataset(
        COVERAGE,
        _("Registration coverage"),
        _("Households on the register beside the households estimated for the same places."),
        "registry.view_household",
        places,
        "registry:households",
        dimensions=[],
        area="pk",
        measures=[
            Measure("registered", _("Registered households"), _("Number of households on the register."), of="registered"),
            Measure(
                "estimated",
                _("Estimated households"),
                _("Sum of the estimates of the lowest places that have one."),
                of="estimated",
                query=None,
            ),
            Measure(
                "coverage", _("Registration coverage"), _("Registered households, of the estimated ones."), of="registered", per="estimated"
            ),
        ],
    ),
    Widget(_("Registration coverage by place"), COVERAGE, "coverage", Chart.TABLE, by=PLACE, seats={"data": 60}),
    Widget(_("Map of registered households"), "registry.households", "households", Chart.MAP, by=PLACE, seats={"manager": 62}),
]
