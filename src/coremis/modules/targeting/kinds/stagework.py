"""What all kinds of stages share: how a list is read from the stage before and written anew, a chunk at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.targeting.models import Campaign, Outcome, StageEntry, StageRun

COLUMNS = (
    "run", "household", "person", "area", "score", "value", "category", "ties", "rank", "outcome", "reason", "note", "verdict",
    "waits_until", "came_by", "fits",
)  # fmt: skip
Settings = dict[str, Any]
WRONG = _("The stage cannot be set like this. Correct what is marked.")


def nothing(*_anything: Any) -> None:
    """Where a kind has nothing of its own to do."""


def said_nothing(_settings: Settings, _campaign: Campaign) -> list[str]:
    """Where a kind has nothing to say about its settings."""
    return []


def wrong(**sentences: Any) -> Invalid:
    """A refusal that marks what was set wrongly."""
    return Invalid(WRONG, {name: [sentence] for name, sentence in sentences.items()})


def only_known(settings: Mapping[str, Any], *names: str) -> Settings:
    """The settings of these names; whatever else was sent is refused (pitfall M6: nothing else arrives from outside)."""
    unknown = set(settings) - set(names)
    if unknown:
        raise wrong(**{name: _("This is not a setting of this stage.") for name in unknown})
    return dict(settings)


def read_before(run: StageRun) -> "QuerySet[StageEntry]":
    """The list of the stage before."""
    rows: QuerySet[StageEntry] = StageEntry.objects.filter(run=run.source_id)
    return rows


def still_in() -> Q:
    """Those of the list before about whom nothing was decided yet."""
    return Q(outcome=Outcome.IN)


def plan_by_list(work: Work, run: StageRun) -> None:
    """The key ranges of the list before."""
    ranges.plan(work, entries=read_before(run))


def pass_on(work: Work, run: StageRun, values: Mapping[str, Any], prepare: Callable[[Any], Any] = lambda rows: rows) -> bool:
    """The next key range of the list before, with these columns changed; ``prepare`` adds the joins they need. One statement."""
    due = ranges.current(work)
    if due is None:
        return False
    write(run, prepare(due.of(read_before(run))), values)
    return ranges.advance(work)


def write(run: StageRun, rows: "QuerySet[Any]", values: Mapping[str, Any]) -> int:
    """These entries of the list before as entries of the run, with some columns changed. One statement."""
    changed = {f"new_{name}": value for name, value in {"run": Value(run.pk), **values}.items()}
    return insert_from(StageEntry, rows.annotate(**changed).order_by("pk"), COLUMNS)


def decided(cases: list[When], column: str) -> Case:
    """For those still in, the first case that fits; for all others what was decided before."""
    return Case(When(~still_in(), then=F(column)), *cases, default=F(column), output_field=CharField())


def text(value: str) -> Value:
    """A constant text column."""
    return Value(value, output_field=CharField())


def a_day(value: Any) -> Cast:
    """A constant date column; None for no date. PostgreSQL takes it for a text where nothing says otherwise."""
    return Cast(Value(value, output_field=DateField()), DateField())


@dataclass(frozen=True)
class StageWork:
    """One kind of stage. ``check(settings, campaign, actor)`` gives the settings as they are stored, or an Invalid.

    ``freeze(run, actor)`` runs when the stage is started: it completes the run's copy of the settings and refuses what cannot
    be carried out. ``plan(work, run)`` fixes the key ranges, ``chunk(work, run)`` writes the next entries and says
    whether there is more, ``finish(run)`` runs with the last one. ``opens`` says that people decide on the list afterwards.
    ``words(settings, campaign)`` says in words what the stage is set to do.
    """

    check: Callable[[Settings, Campaign, Any], Settings]
    chunk: Callable[[Work, StageRun], bool]
    freeze: Callable[[StageRun, Any], None] = nothing
    plan: Callable[[Work, StageRun], None] = plan_by_list
    finish: Callable[[StageRun], None] = nothing
    opens: bool = False
    words: Callable[[Settings, Campaign], list[str]] = said_nothing
