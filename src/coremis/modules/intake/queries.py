"""What an import would do, and what is wrong with it, for pages and previews."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.undoing import events_of
from coremis.kernel.jobs.messages import rendered
from coremis.modules.intake.choices import choices_of
from coremis.modules.intake.columns import code_of
from coremis.modules.intake.references import references_to
from coremis.modules.registry.models import Household, Person, VariableDefinition

State = BatchRow.State
LOOKED_AT, EXAMPLES, PLACES = 400, 5, 30


@dataclass(frozen=True)
class Effect:
    """What an import would do: persons and households by what happens to them, and good rows by place."""

    new_persons: int
    changed_persons: int
    unchanged: int
    to_correct: int
    new_households: int
    known_households: int
    places: Sequence[tuple[str, int]]

    @property
    def writes(self) -> int:
        """The rows that would change the register."""
        return self.new_persons + self.changed_persons


def effect_of(batch: Batch) -> Effect:
    """Five statements, whatever the size of the import."""
    rows = BatchRow.objects.filter(batch=batch)
    good = rows.filter(state__in=[State.GOOD, State.APPLIED])
    counts: Any = rows.aggregate(
        new=Count("pk", filter=Q(state=State.GOOD, target_id=None)),
        changed=Count("pk", filter=Q(state=State.GOOD) & ~Q(target_id=None)),
        unchanged=Count("pk", filter=Q(state=State.UNCHANGED)),
        bad=Count("pk", filter=Q(state=State.BAD)),
        households=Count("group_key", filter=Q(state=State.GOOD), distinct=True),
    )
    keys = good.values("group_key")
    known = Household.objects.filter(source=choices_of(batch).source, external_id__in=keys).count()
    by_place = good.exclude(area_id=None).values_list("area_id").annotate(found=Count("pk")).order_by("-found")[:PLACES]
    names = dict(Area.objects.filter(pk__in=[area for area, _count in by_place]).values_list("pk", "name"))
    return Effect(
        counts["new"], counts["changed"], counts["unchanged"], counts["bad"], max(counts["households"] - known, 0), known,
        [(names.get(area, ""), found) for area, found in by_place],
    )  # fmt: skip


@dataclass(frozen=True)
class UndoEffect:
    """What taking an import back is about; ``changed`` and ``used`` are the records that are known to stand in its way."""

    rows: int
    households: int
    persons: int
    changed: int
    used: list[tuple[str, int]]


def undo_of(batch: Batch) -> UndoEffect:
    """A statement for each kind of thing that may depend on it, whatever its size."""
    events = events_of(batch)
    made, changed, used = {}, 0, []
    for model in (Household, Person):
        mine: Any = model.objects.filter(batch_id=batch.pk, created_event_id__in=events)
        made[model] = mine.count()
        changed += mine.exclude(event_id__in=events).count()
        for other, field in references_to(model):
            if found := other._base_manager.filter(**{f"{field}__in": mine.values("pk")}).count():
                used.append((str(other._meta.verbose_name_plural), found))
    return UndoEffect(batch.applied_count + batch.kept_count, made[Household], made[Person], changed, used)


def left_out_of(batch: Batch) -> list[tuple[str, str, int]]:
    """Column, reason and number of the rows that stay behind; each row counts once, under its first reason."""
    rows = BatchRow.objects.filter(batch=batch, state=State.BAD).values_list("problems", flat=True)
    first = (next(problem for problem in problems if "warning" not in problem) for problems in rows.iterator() if problems)
    found = Counter((problem["column"], problem["message"]) for problem in first)
    return [(column, message, number) for (column, message), number in found.most_common()]


@dataclass
class Told:
    """One reason with the column it concerns, the number of rows, and some of them."""

    column: str
    reason: str
    rows: int
    examples: list[tuple[int, str, str]]


def problems_of(batch: Batch) -> list[Told]:
    """What must be corrected, most frequent first, with examples (row, value, reason in full)."""
    return _grouped(batch, batch.problem_counts, warning=False)


def warnings_of(batch: Batch) -> list[Told]:
    """What people should look at."""
    return _grouped(batch, batch.warning_counts, warning=True)


def _grouped(batch: Batch, counts: list[list[Any]], warning: bool) -> list[Told]:
    if not counts:
        return []
    found = {(column, message): Told(column, message, number, []) for column, message, number in counts}
    rows = BatchRow.objects.filter(batch=batch).exclude(problems=[]).order_by("number")
    for number, problems in (rows if warning else rows.filter(state=State.BAD)).values_list("number", "problems")[:LOOKED_AT]:
        for problem in problems:
            told = found.get((problem["column"], problem["message"]))
            if told and ("warning" in problem) == warning and len(told.examples) < EXAMPLES:
                told.examples.append((number, problem["value"], rendered(problem["message"], problem["params"])))
    return list(found.values())


def imports_with(variable: VariableDefinition, user: Any) -> list[tuple[str, str]]:
    """The imports whose columns bring a variable, the latest first: words and address."""
    found = Batch.objects.visible_to(user, "exchange.view_batch").filter(mapping__has_key=code_of(variable)).order_by("-pk")[:PLACES]
    return [(_("Import: %(name)s") % {"name": batch.name}, reverse("intake:batch", args=[batch.pk])) for batch in found]
