"""Names of places for sentences, asked for only when a sentence needs one."""

from collections.abc import Callable
from functools import cache

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.exchange.models import Batch


def name_places(batch: Batch) -> Callable[[int], str]:
    """A function that names the places of an import; all are read once, at the first call."""

    @cache
    def names() -> dict[int, str]:
        return dict(Area.objects.filter(pk__in=below([batch.area_id])).values_list("pk", "name"))

    return lambda pk: names().get(pk, str(pk))


def divided(batch: Batch) -> Callable[[int], bool]:
    """A function that says whether a place has smaller ones below it today; read once, at the first call."""

    @cache
    def places() -> frozenset[int]:
        above = Area.objects.filter(parent__in=below([batch.area_id]), valid_until=None).values_list("parent", flat=True)
        return frozenset(pk for pk in above if pk is not None)

    return lambda pk: pk in places()


def inside(batch: Batch) -> Callable[[int], bool]:
    """A function that says whether a place lies in the import's place; read once, at the first call."""

    @cache
    def places() -> frozenset[int]:
        return frozenset(below([batch.area_id]))

    return lambda pk: pk in places()
