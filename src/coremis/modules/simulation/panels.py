"""What the page of a simulation shows. Every figure says its convention (rulebook 2.2.7)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table
from coremis.modules.registry.models import Sex
from coremis.modules.simulation.formulas import LEAST_DISPARITY, Accuracy, Count, disparity
from coremis.modules.simulation.models import Comparison, Simulation, State
from coremis.modules.simulation.queries import (
    AREA,
    DISABILITY,
    HEAD,
    all_seen,
    counts_of,
    decimal,
    edge,
    knows_poor,
    named_facts,
    percent,
    table_of,
    tells_poor,
    total_of,
)

Shown = dict[str, Any] | None


def result(request: HttpRequest, simulation: Simulation) -> Shown:
    """How many would be selected, and what it would cost."""
    if simulation.state != State.DONE:
        return {"text": _("The figures appear when the computing is done.")}
    count = total_of(simulation)
    facts = [
        Fact(_("Households with a score"), count.households),
        Fact(_("Could not be assessed, so not counted here"), simulation.run.not_assessed),
        Fact(_("Would be selected"), count.chosen),
        Fact(_("Selected, of all with a score"), percent(count.rate)),
    ]
    return {"facts": [fact.ready() for fact in [*facts, *budget(simulation, count)]]}


def budget(simulation: Simulation, count: Count) -> list[Fact]:
    """What a payment, and a year, would cost; nothing where no amount was given."""
    if not simulation.amount_minor:
        return []
    once = Money(simulation.amount_minor * count.chosen, simulation.currency)
    facts = [Fact(_("Cost of one payment"), once)]
    if simulation.payments:
        facts.append(Fact(_("Cost of a year"), Money(once.amount_minor * simulation.payments, simulation.currency)))
    return facts


def accuracy(request: HttpRequest, simulation: Simulation) -> Shown:
    """The measures under both conventions, each named."""
    if simulation.state != State.DONE:
        return None
    if not all_seen(request.user, named_facts(simulation)):
        return {"text": _("Who is poor was told by facts that you may not see.")}
    if not knows_poor(simulation):
        return {"text": _("Nobody said who is poor, so no accuracy can be shown. Simulate again with a condition or a table by score.")}
    count = total_of(simulation)
    found = count.accuracy
    known, estimated = _("Known for %(known)s of %(all)s households."), _("Estimated from the score, for %(known)s of %(all)s households.")
    text = (known if simulation.poor else estimated) % {"known": text_of(count.known), "all": text_of(count.households)}
    return {"text": text, "rates": rates(found), "shares": shares(found)}


def rates(found: Accuracy) -> dict[str, Any]:
    """Rates with the poor or the selected as their whole."""
    rows = [
        (_("Coverage of the poor"), percent(found.coverage), _("poor selected, of all poor")),
        (_("Undercoverage (exclusion error)"), percent(found.undercoverage), _("poor missed, of all poor")),
        (_("Leakage (inclusion error)"), percent(found.leakage), _("selected but not poor, of all selected")),
        (_("Hit rate"), percent(found.hit_rate), _("rightly selected or rightly left, of all")),
        (_("BPAC"), _maybe(found.bpac), _("poor selected less the gap of the two errors, for 100 poor")),
        (_("Incidence"), _maybe(found.incidence, 2), _("poor selected for each other household selected")),
    ]
    return _three(_("Measure"), _("Rate"), rows)


def shares(found: Accuracy) -> dict[str, Any]:
    """The four fields as parts of all households."""
    words = [
        (_("Inclusion"), _("poor and selected")), (_("Undercoverage"), _("poor and missed")),
        (_("Leakage"), _("selected but not poor")), (_("Exclusion"), _("not poor and not selected")),
    ]  # fmt: skip
    parts: Iterable[float | None] = found.shares or (None,) * 4
    rows = [(name, percent(part), said) for (name, said), part in zip(words, parts, strict=True)]
    return _three(_("Field"), _("Share of all households"), rows)


def cutoffs(request: HttpRequest, simulation: Simulation) -> Shown:
    """What other cut-offs would do, in shares of all households."""
    rows = table_of(simulation)
    if simulation.state != State.DONE or not rows:
        return None
    known = tells_poor(request.user, simulation)
    titles = [_("Up to") if simulation.run.formula_version.lower_is_poorer else _("From"), _("Selected")]
    if known:
        titles += [_("Inclusion"), _("Undercoverage"), _("Leakage"), _("Exclusion"), _("Hit rate"), _("BPAC")]
        titles += [_("Poor among the selected"), _("Poor reached")]
    else:
        rows = bands_by_households(simulation)
    shown = [[(cell, "") for cell in _cutoff_cells(score, found, known)] for score, found in rows]
    text = _("Shares of all households; the last two are rates of the selected and of the poor.") if known else ""
    return {"text": text, "table": figure_table([(title, "number") for title in titles], shown)}


def bands_by_households(simulation: Simulation) -> list[tuple[float, Accuracy]]:
    """The same table where nobody said who is poor: only how many would be selected."""
    chosen, rows, whole = 0.0, [], sum(row[1] for row in simulation.results["bands"])
    for score, households, _known, _poor in simulation.results["bands"]:
        chosen += households
        rows.append((score, Accuracy(0, 0, chosen, whole - chosen)))
    return rows


def _cutoff_cells(score: float, found: Accuracy, known: bool) -> list[str | None]:
    whole = found.households
    cells = [edge(score), percent(found.chosen / whole if whole else None)]
    if not known:
        return cells
    measures = (percent(found.hit_rate), _maybe(found.bpac), percent(found.poor_among_chosen), percent(found.coverage))
    return [*cells, *(percent(part) for part in found.shares or ()), *measures]


def by_place(request: HttpRequest, simulation: Simulation) -> Shown:
    """Who would be selected in each area of the level below; places of one name are told apart by their codes."""
    counts = counts_of(simulation, lambda row: row[AREA])
    places = {area.pk: area for area in Area.objects.filter(pk__in=[key for key in counts if key])}
    alike = Counter(area.search_name for area in places.values())
    words = {key: f"{area} ({area.code})" if alike[area.search_name] > 1 else str(area) for key, area in places.items()}
    order = sorted(counts, key=lambda key: (key not in places, places[key].search_name if key in places else "", words.get(key, "")))
    return _grouped(request, simulation, _("Place"), [(words.get(key, _("elsewhere")), counts[key]) for key in order])


def by_head(request: HttpRequest, simulation: Simulation) -> Shown:
    """Women and men as heads; women are compared with men."""
    counts = counts_of(simulation, lambda row: row[HEAD] or Sex.UNKNOWN)
    rows = [(str(Sex(key).label), count) for key, count in sorted(counts.items()) if key in Sex.values]
    return _grouped(request, simulation, _("Head of household"), rows, disparity_of(counts, Sex.FEMALE, Sex.MALE))


def by_disability(request: HttpRequest, simulation: Simulation) -> Shown:
    """Households with and without a member who has a disability."""
    if not simulation.disability or not all_seen(request.user, [simulation.disability]):
        return None
    counts = counts_of(simulation, lambda row: row[DISABILITY])
    words = {1: _("a member has a disability"), 0: _("no member has one, or it is not recorded")}
    rows = [(words[key], counts[key]) for key in (1, 0) if key in counts]
    return _grouped(request, simulation, _("Disability"), rows, disparity_of(counts, 1, 0))


def disparity_of(counts: dict[Any, Count], group: Any, reference: Any) -> float | None:
    """The selection rate of the group beside that of the reference."""
    return disparity(counts[group].rate, counts[reference].rate) if group in counts and reference in counts else None


def _grouped(request: HttpRequest, simulation: Simulation, title: str, rows: list[tuple[str, Count]], beside: float | None = None) -> Shown:
    if simulation.state != State.DONE:
        return None
    known = tells_poor(request.user, simulation)
    heads: list[tuple[Any, str]] = [(title, "text")]
    names = [_("Households"), _("Selected"), _("Selected, of all")]
    names += [_("Poor"), _("Coverage of the poor"), _("Leakage"), _("Hit rate")] if known else []
    names += [_("Cost of one payment")] if simulation.amount_minor else []
    heads += [(name, "number") for name in names]
    shown = [[(cell, "") for cell in [name, *_group_cells(simulation, count, known)]] for name, count in rows]
    return {"table": figure_table(heads, shown), "text": _disparity_words(beside)}


def _group_cells(simulation: Simulation, count: Count, known: bool) -> list[Any]:
    found = count.accuracy
    cells: list[Any] = [count.households, count.chosen, percent(count.rate)]
    if known:
        cells += [decimal(count.poor, 0), percent(found.coverage), percent(found.leakage), percent(found.hit_rate)]
    if simulation.amount_minor:
        cells.append(Money(simulation.amount_minor * count.chosen, simulation.currency))
    return cells


def _disparity_words(beside: float | None) -> str:
    if beside is None:
        return ""
    said = _("The first group is selected %(ratio)s times as often as the second.") % {"ratio": decimal(beside, 2)}
    look = _("Below 0.8 it needs a look.")
    return f"{said} {look}" if beside < LEAST_DISPARITY else said


def both(request: HttpRequest, comparison: Comparison) -> Shown:
    """Whom both, or only one of them, would select."""
    if comparison.state != State.DONE:
        return {"text": _("The figures appear when the computing is done.")}
    words = {
        (1, 1): _("by both"), (1, 0): _("only by the first"), (0, 1): _("only by the second"), (0, 0): _("by neither"),
    }  # fmt: skip
    told = tells_poor(request.user, comparison.first)
    found = {(a, b): (households, known * told, poor) for a, b, households, known, poor in comparison.results["overlap"]}
    whole = sum(row[0] for row in found.values())
    rows = []
    for key, said in words.items():
        households, known, poor = found.get(key, (0, 0, 0))
        share = percent(households / whole if whole else None)
        rows.append([(said, ""), (households, ""), (share, ""), (decimal(poor, 0) if known else None, "")])
    heads = [(_("Selected"), "text"), (_("Households"), "number"), (_("Of all"), "number"), (_("Poor among them"), "number")]
    return {"table": figure_table(heads, rows)}


def side_by_side(request: HttpRequest, comparison: Comparison) -> Shown:
    """The main measures of both."""
    if comparison.state != State.DONE:
        return None
    pair = (comparison.first, comparison.second)
    counts = [total_of(one) for one in pair]
    found = [count.accuracy if tells_poor(request.user, one) else None for one, count in zip(pair, counts, strict=True)]
    rows: list[list[Any]] = [
        [_("Scoring"), *(str(one.run) for one in pair)],
        [_("Who would be selected"), *(one.get_rule_display() for one in pair)],
        [_("Households with a score"), *(count.households for count in counts)],
        [_("Would be selected"), *(count.chosen for count in counts)],
        [_("Coverage of the poor"), *(percent(one.coverage) if one else None for one in found)],
        [_("Leakage (inclusion error)"), *(percent(one.leakage) if one else None for one in found)],
        [_("Hit rate"), *(percent(one.hit_rate) if one else None for one in found)],
        [_("BPAC"), *(_maybe(one.bpac) if one else None for one in found)],
    ]
    links = [(str(one), reverse("simulation:simulation_detail", kwargs={"pk": one.pk})) for one in pair]
    heads = [(_("Measure"), "text"), (_("First"), "number"), (_("Second"), "number")]
    return {"table": figure_table(heads, [[(_("Title"), ""), *links], *([(cell, "") for cell in row] for row in rows)])}


def _maybe(value: float | None, decimals: int = 1) -> str | None:
    return None if value is None else decimal(value, decimals)


def _three(first: str, second: str, rows: list[tuple[str, str | None, str]]) -> dict[str, Any]:
    heads = [(first, "text"), (second, "number"), (_("What it says"), "text")]
    return figure_table(heads, [[(cell, "") for cell in row] for row in rows])
