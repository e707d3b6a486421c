"""Payment points and what they serve, written under maintenance; for the tests of this and other modules."""

from datetime import date
from itertools import count

from coremis.kernel.actions.services import maintenance
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, ServedPlace

SINCE = date(2024, 1, 1)
_codes = count(1)


def make_point(area, name="", *serves, since=SINCE, **fields):
    """A point in ``area``; ``serves`` are places that collect there from ``since`` on."""
    number = next(_codes)
    with maintenance("test points"):
        point = PaymentPoint(area=area, code=f"point{number}", name=name or f"Point {number}", **fields)
        point.save()
        for place in serves:
            ServedPlace(point=point, area=place, valid_from=since).save()
    return point


def serve(point, area, since=SINCE, until=None):
    with maintenance("test points"):
        row = ServedPlace(point=point, area=area, valid_from=since, valid_until=until)
        row.save()
    return row


def send_household(household, point, since=SINCE, until=None, reason="lives nearer"):
    with maintenance("test points"):
        row = HouseholdPoint(household=household, point=point, valid_from=since, valid_until=until, reason=reason)
        row.save()
    return row
