"""What this module shows on the home page: the reader's places side by side, a large search box, and women among recipients."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table
from coremis.modules.registry.models import Household, Person, Sex
from coremis.modules.registry.queries import primary_recipients_on
from coremis.modules.registry.services.hooks import PlaceFigure

MOST = 40


def my_places(request: HttpRequest) -> Shown:
    """The places just below mine, with a column for every figure that the reader may see; each number leads to its list."""
    user: Any = request.user
    figures = sorted((one for one in contributions(PlaceFigure) if user.has_perm(one.permission)), key=lambda one: one.order)
    above, places = places_below(user)
    if not figures or not places:
        return None
    shown = places[:MOST]
    sums = summed([figure.counts(user) for figure in figures], [place.pk for place in shown])
    rows = [
        [(place.name, reverse("administration:area", args=[place.pk]))]
        + [(found.get(place.pk, 0), figure.address(place.pk)) for figure, found in zip(figures, sums, strict=True)]
        for place in shown
    ]
    heads = [(gettext_lazy("Place"), "")] + [(figure.title, "number") for figure in figures]
    within = f"?within={above.pk}" if above else "?clear=1"
    links = [{"url": reverse("administration:areas") + within, "title": _("All places")}] if len(places) > MOST else []
    return {"table": figure_table(heads, rows), "links": links}


def places_below(user: Any) -> tuple[Area | None, list[Area]]:
    """My one place and what lies just below it; several places of mine, or one with nothing below, stand for themselves."""
    mine = list(Area.objects.filter(pk__in=user.places_for("registry.view_household").roots).order_by("search_name")[: MOST + 1])
    if len(mine) != 1:
        return None, mine
    inside = list(Area.objects.filter(parent=mine[0], valid_until=None).order_by("search_name", "pk")[: MOST + 1])
    return mine[0], inside or mine


def summed(columns: Iterable[Iterable[tuple[int, int]]], places: list[int]) -> list[dict[int, int]]:
    """For each column, how many lie in each of these places and below. The columns are grouped by place, so few rows are added up."""
    above: dict[int, list[int]] = defaultdict(list)
    for place, inside in AreaTree.objects.filter(ancestor_id__in=places).values_list("ancestor_id", "descendant_id"):
        above[inside].append(place)
    sums = []
    for column in columns:
        found: dict[int, int] = defaultdict(int)
        for inside, count in column:
            for place in above.get(inside, ()):
                found[place] += count
        sums.append(found)
    return sums


def registered(user: Any) -> Iterable[tuple[int, int]]:
    """Registered households by place."""
    rows = Household.objects.visible_to(user, "registry.view_household")
    return rows.order_by().values_list("area_id").annotate(count=Count("pk"))  # type: ignore[no-any-return]


REGISTERED = PlaceFigure(
    gettext_lazy("On the register"), "registry.view_household", registered,
    lambda place: f"{reverse('registry:households')}?area={place}", order=10,
)  # fmt: skip


def search(request: HttpRequest) -> Shown:
    """One box for households and persons; what is typed is posted, so that no name stands in an address."""
    households = ("registry:households", _("Households"), "registry.view_household")
    pages = [households, ("registry:persons", _("Persons"), "registry.view_person")]
    open_to = [{"url": reverse(address), "title": title} for address, title, right in pages if request.user.has_perm(right)]
    return {"pages": open_to} if open_to else None


def women(request: HttpRequest) -> Shown:
    """How many of those who collect for a household are women."""
    user: Any = request.user
    named = primary_recipients_on(timezone.localdate()).values("person")
    rows = Person.objects.visible_to(user, "registry.view_person").filter(pk__in=named)
    counts = dict(rows.order_by().values_list("sex").annotate(count=Count("pk")))
    total, found = sum(counts.values()), counts.get(Sex.FEMALE, 0)
    if not total:
        return None
    address = f"{reverse('registry:persons')}?collects=yes"
    facts = [Fact(_("Women"), found, f"{address}&sex={Sex.FEMALE}"), Fact(_("All recipients"), total, address)]
    share = _("%(share)s %% women") % {"share": text_of((found * 200 + total) // (total * 2))}
    return {"text": share, "facts": [fact.ready() for fact in facts]}
