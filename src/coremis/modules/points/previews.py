"""What an action on a point will do, before it is done."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.areas.queries import below
from coremis.kernel.screens.preview import Preview
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, ServedPlace, on_day
from coremis.modules.points.queries import points_for
from coremis.modules.registry.models import Household

NAMED = 10


def closing(inputs: dict[str, Any], actor: Any) -> Preview:
    """Which places and households collect there, and who of them would have no point."""
    point: PaymentPoint = inputs["point"]
    here, elsewhere = after_closing(point)
    households = HouseholdPoint.objects.filter(on_day(timezone.localdate()), point=point).count()
    people = Household.objects.filter(area__in=here, ended_on=None).count()
    names = ", ".join(Area.objects.filter(pk__in=here).order_by("name").values_list("name", flat=True)[:NAMED])
    return Preview(
        facts=[
            (_("Payment point"), point.name), (_("Places that would have no payment point"), len(here)),
            (_("Which places"), f"{names} …" if len(here) > NAMED else names),
            (_("Households that would have no payment point"), people),
            (_("Places that would collect where the place above them does"), len(elsewhere)),
            (_("Households of their own choice, who go back to the point of their place"), households),
        ],
        changes=[(_("Status"), _("in use"), _("closed"))],
        button=_("Close the payment point"),
    )  # fmt: skip


def after_closing(point: PaymentPoint) -> tuple[list[int], list[int]]:
    """The lowest places that collect at a point now: those that would have none without it, and those that another would serve."""
    today = timezone.localdate()
    roots = ServedPlace.objects.filter(on_day(today), point=point).values_list("area_id", flat=True)
    lowest = list(Area.objects.filter(pk__in=below(list(roots)), children=None, valid_until=None).values_list("pk", flat=True))
    now = points_for(lowest, today)
    mine = [area for area in lowest if area in now and now[area].pk == point.pk]
    then = points_without(point, mine)
    return [area for area in mine if area not in then], [area for area in mine if area in then]


def points_without(point: PaymentPoint, areas: list[int]) -> set[int]:
    """Which of these places another open point would serve, were this one closed. One query."""
    held = on_day(timezone.localdate(), "ancestor__served_by__")
    others = PaymentPoint.objects.filter(is_active=True).exclude(pk=point.pk)
    rows = AreaTree.objects.filter(held, descendant__in=areas, ancestor__served_by__point__in=others)
    return set(rows.values_list("descendant_id", flat=True))


def serving(inputs: dict[str, Any], actor: Any) -> Preview:
    """Where the places collect now, and where from then on."""
    point, areas = inputs["point"], inputs["areas"]
    now = points_for([area.pk for area in areas], inputs["since"])
    changes = [(area.name, now[area.pk].name if area.pk in now else _("no payment point"), point.name) for area in areas[:NAMED]]
    people = Household.objects.filter(area__in=below([area.pk for area in areas]), ended_on=None).count()
    facts = [(_("From which day"), inputs["since"]), (_("Households in these places"), people)]
    return Preview(facts=facts, count=len(areas), changes=changes, button=_("Set the places"))
