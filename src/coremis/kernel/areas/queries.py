"""Reads about areas that several packages use."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from coremis.kernel.areas.models import Area, AreaTree


def country() -> Area | None:
    """The root of the tree."""
    return Area.objects.filter(parent=None).order_by("pk").first()


def below(area_ids: Iterable[int]) -> "QuerySet[AreaTree, int]":
    """The ids of these areas and of all areas below them."""
    return AreaTree.objects.filter(ancestor_id__in=list(area_ids)).values_list("descendant_id", flat=True)


def path_of(area: Area) -> list[Area]:
    """From the country down to the area itself."""
    rows = AreaTree.objects.filter(descendant=area).select_related("ancestor").order_by("-depth")
    return [row.ancestor for row in rows]


def common_ancestor(area_ids: Iterable[int]) -> Area | None:
    """The lowest area that contains all of these; the country where there are none."""
    wanted = set(area_ids)
    if not wanted:
        return country()
    shared = (
        AreaTree.objects.filter(descendant_id__in=wanted).values("ancestor_id")
        .annotate(found=Count("descendant_id")).filter(found=len(wanted)).values("ancestor_id")
    )  # fmt: skip
    return Area.objects.filter(pk__in=shared).order_by("-level__position").first()
