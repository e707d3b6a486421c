"""What the pages of runs, scores and households show."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.tables import figure_table
from coremis.modules.geography.queries import figures_on
from coremis.modules.registry.models import Household
from coremis.modules.scoring.models import Score, ScoreRun
from coremis.modules.scoring.queries import category_names, counts_below, hidden_from, missing_names
from coremis.modules.scoring.versions import wording_of
from coremis.modules.scoring.wording import figure
from coremis.modules.scoring.working import working

Shown = dict[str, Any] | None
HOUSEHOLDS = "households"
MOST_PLACES, MOST_SHOWN, MOST_MISSING = 200, 10, 15
WIDTH, HEIGHT = 640, 160
UNASSESSED = ""


def by_category(request: HttpRequest, run: ScoreRun) -> Shown:
    """How many households fell into each category, in how many percent, each leading to its list."""
    if run.state != ScoreRun.State.DONE:
        return None
    names = category_names(run.formula_version)
    counted = _counts(run, [run.area_id], request.user).get(run.area_id, {})
    total = sum(counted.values())
    rows = [[(name, list_of(run, f"category={code}")), *_share(counted.get(code, 0), total)] for code, name in names.items()]
    if not names:
        rows = [[(_("Scored"), list_of(run)), *_share(sum(count for code, count in counted.items() if code is not None), total)]]
    rows.append([(_("Could not be assessed"), list_of(run, "unassessed=yes")), *_share(counted.get(None, 0), total)])
    return {"table": figure_table([(_("Category"), ""), (_("Households"), "number"), ("%", "number")], rows)}


def by_place(request: HttpRequest, run: ScoreRun) -> Shown:
    """The places below the run's own: households by category, and how many of the households there are registered at all."""
    if run.state != ScoreRun.State.DONE:
        return None
    places = list(Area.objects.filter(parent=run.area).order_by("name")[:MOST_PLACES]) or [run.area]
    keys = [place.pk for place in places]
    counted, there, registered = (
        _counts(run, keys, request.user),
        _households_there(keys, run.day),
        _registered(keys, run.day, request.user),
    )
    names = category_names(run.formula_version) or {"": _("Scored")}
    heads = [(_("Place"), ""), *((name, "number") for name in names.values()), (_("Could not be assessed"), "number")]
    heads += [(_("Registered households"), "number"), (_("Households there"), "number"), (_("Registered, %"), "number")]
    rows = []
    for place in places:
        found, known = counted.get(place.pk, {}), there.get(place.pk)
        if not found and place.pk not in registered:
            continue
        numbers = [found.get(code, 0) for code in (*names, None)]
        percent = figure(round(100 * registered.get(place.pk, 0) / known, 1)) if known else "–"
        rows.append([
            (place.name, list_of(run, f"area={place.pk}")), *((number, "") for number in numbers), (registered.get(place.pk, 0), ""),
            (figure(known) if known is not None else "–", ""), (percent, ""),
        ])  # fmt: skip
    note = _("Who is not registered cannot be scored: compare the results of places only where their registration is alike.")
    return {"table": figure_table(heads, rows), "text": note} if rows else None


def _counts(run: ScoreRun, places: Sequence[int], user: Any) -> dict[int, dict[str | None, int]]:
    """For each place: households by category, with None for those that could not be assessed."""
    found: dict[int, dict[str | None, int]] = {}
    for row in counts_below(run, Area.objects.filter(pk__in=places), user):
        key = row["outcome"] if row["was_assessed"] else None
        held = found.setdefault(row["place"], {})
        held[key] = held.get(key, 0) + row["found"]
    return found


def _households_there(places: Sequence[int], day: date) -> dict[int, float]:
    """How many households live in each place, by its own figure, else by those of the places right below, where all have one."""
    figures = figures_on(HOUSEHOLDS, day)
    own: dict[int, float] = dict(figures.filter(area__in=places).values_list("area", "value"))
    below = Area.objects.filter(parent__in=places, valid_until=None).order_by().values_list("parent").annotate(found=Count("pk"))
    summed = (
        figures.filter(area__parent__in=places).order_by().values_list("area__parent").annotate(found=Sum("value"), how_many=Count("pk"))
    )
    wanted = dict(below)
    return {**{place: total for place, total, count in summed if wanted.get(place) == count}, **own}


def _registered(places: Sequence[int], day: date, user: Any) -> dict[int, int]:
    """How many households are registered in each place and all below it."""
    tree = AreaTree.objects.filter(ancestor__in=places).values("descendant")
    rows = Household.objects.visible_to(user, "registry.view_household").filter(area__in=tree, registered_on__lte=day)
    grouped = rows.exclude(ended_on__lte=day).order_by().values_list("area__ancestors_of__ancestor").annotate(found=Count("pk"))
    return dict(grouped.filter(area__ancestors_of__ancestor__in=places))


def _share(count: int, total: int) -> list[tuple[Any, str]]:
    return [(count, ""), (figure(round(100 * count / total, 1)) if total else "–", "")]


def list_of(run: ScoreRun, query: str = "") -> str:
    """The list of scores behind a number."""
    address = reverse("scoring:score_list", kwargs={"pk": run.pk})
    return f"{address}?{query}" if query else address


def spread(request: HttpRequest, run: ScoreRun) -> Shown:
    """How the scores are spread, as bars with the table behind."""
    given = run.results.get("distribution") or {}
    if run.state != ScoreRun.State.DONE or not given:
        return None
    start, width, counts = given["start"], given["width"], given["counts"]
    most, step = max(counts), WIDTH / len(counts)
    heights = [round(HEIGHT * count / most) for count in counts]
    bars = [
        {
            "x": round(place * step + 1), "width": max(1, round(step - 2)), "height": height, "y": HEIGHT - height,
            "title": f"{_span(start, width, place)}: {text_of(counts[place])}",
        }
        for place, height in enumerate(heights)
    ]  # fmt: skip
    rows = [[(_span(start, width, place), ""), (count, "")] for place, count in enumerate(counts)]
    table = figure_table([(_("Score"), "number"), (_("Households"), "number")], rows)
    ends = {"first": figure(round(start, 6)), "last": figure(round(start + width * len(counts), 6))}
    return {"bars": bars, "table": table, "box": f"0 0 {WIDTH} {HEIGHT}", **ends}


def _span(start: float, width: float, place: int) -> str:
    return f"{figure(round(start + width * place, 6))} – {figure(round(start + width * (place + 1), 6))}"


def missing(request: HttpRequest, run: ScoreRun) -> Shown:
    """What was missing where households could not be assessed; one household may lack several."""
    given: dict[str, int] = run.results.get("missing") or {}
    if not given:
        return None
    codes = list(given)[:MOST_MISSING]
    rows = [[(words, ""), (given[code], "")] for code, words in zip(codes, missing_names(run.formula_version, codes), strict=True)]
    return {"table": figure_table([(_("Missing"), ""), (_("Households"), "number")], rows)}


def explained(request: HttpRequest, score: Score) -> Shown:
    """The working of a score, term by term."""
    return {"working": working(score, hidden_from(request.user, score.household))}


def of_household(request: HttpRequest, household: Household) -> Shown:
    """The newest scores of a household, each leading to its working."""
    rows = Score.objects.visible_to(request.user, "scoring.view_score").filter(household=household)
    scores = list(rows.select_related("run__formula_version__formula").order_by("-run__day", "-pk")[:MOST_SHOWN])
    if not scores:
        return None
    heads = [(_("Formula"), ""), (_("As of"), ""), (_("Score"), "number"), (_("Category"), "")]
    return {"table": figure_table(heads, [_score_cells(score) for score in scores])}


def _score_cells(score: Score) -> list[tuple[Any, str]]:
    say, address = wording_of(score.run.formula_version), reverse("scoring:score_detail", kwargs={"pk": score.pk})
    category = say.entry("categories", score.category) if score.category else "–"
    said = category if score.value is not None else _("could not be assessed")
    return [(str(score.run.formula_version), address), (score.run.day, ""), (figure(score.value) or "–", ""), (said, "")]
