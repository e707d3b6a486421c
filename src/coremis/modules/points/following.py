"""What becomes of payment points when a place is merged or split."""

from collections.abc import Sequence
from datetime import date, timedelta

from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.modules.points.models import PaymentPoint, ServedPlace

SERVED = ("point", "area", "valid_from", "valid_until")


def points_in(areas: Sequence[int]) -> int:
    """The points in use that stand in these very places."""
    return PaymentPoint.objects.filter(area__in=areas, is_active=True).count()


def served_in(areas: Sequence[int]) -> int:
    """Those of these very places that have a point of their own."""
    return ServedPlace.objects.filter(area__in=areas, valid_until=None).count()


def follow_place(old: Area, new: Sequence[Area], day: date, actor: Actor) -> None:
    """The new places collect where the old one did, unless they have a point already; points in a merged place stand in the new one."""
    held = ServedPlace.objects.filter(area=old, valid_until=None).first()
    if held is not None:
        served = set(ServedPlace.objects.filter(area__in=new, valid_until=None).values_list("area_id", flat=True))
        copy_into(ServedPlace, SERVED, [(held.point_id, area.pk, max(day, held.valid_from), None) for area in new if area.pk not in served])
        if old.valid_until is not None and len(new) == 1:  # after a split people stay in the old place until it is said where they belong
            held.valid_until = max(day, held.valid_from) - timedelta(days=1)
            held.save()
    if len(new) == 1:
        update_from(PaymentPoint.objects.filter(area=old), area=new[0].pk)
