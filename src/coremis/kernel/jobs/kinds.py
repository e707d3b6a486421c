"""Kinds of work: a step function, and what is done before, after and instead."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import autodiscover_modules

from coremis.kernel.jobs.messages import Sentence
from coremis.kernel.jobs.work import Work

Step = Callable[[Work], bool]
Moment = Callable[[Work], None]


class JobKind:
    """One kind of work, made by ``@job_kind``; its name ``<app label>.<function>`` is stored with each job."""

    def __init__(
        self, step: Step, *, title: Sentence, retries: int, formerly: tuple[str, ...], report: Mapping[str, Sentence] | None = None
    ) -> None:
        self.step = step
        self.title = title
        self.retries = retries
        self.formerly = formerly
        self.report = report or {}
        self.on_begin: Moment | None = None
        self.on_finish: Moment | None = None
        self.on_abandon: Step | None = None

    def __repr__(self) -> str:
        return f"<JobKind {self.step.__module__}.{self.step.__name__}>"

    @cached_property
    def name(self) -> str:
        """The stored name; worked out late, because an app's label is known only when the apps are loaded."""
        return f"{app_label(self.step.__module__)}.{self.step.__name__}"

    def begin(self, function: Moment) -> Moment:
        """Decorator: run once, in a transaction of its own before the first step; may set ``work.total``."""
        self.on_begin = function
        return function

    def finish(self, function: Moment) -> Moment:
        """Decorator: run in the transaction of the last step and of the change to done; may fill ``work.report``."""
        self.on_finish = function
        return function

    def abandon(self, function: Step) -> Step:
        """Decorator: after a cancel or a final failure, removes what was prepared; one range a call, true while there is more."""
        self.on_abandon = function
        return function


DECLARED: list[JobKind] = []


def job_kind(
    *, title: Sentence, retries: int = 4, formerly: tuple[str, ...] = (), report: Mapping[str, Sentence] | None = None
) -> Callable[[Step], JobKind]:
    """Make a step function a kind of work. The step does one chunk, and returns true while there is more to do.

    ``title`` is for people and may use the job's ``title_params``; ``retries`` counts the further tries of one chunk;
    ``formerly`` lists the names under which jobs of earlier releases were stored; ``report`` names the figures of the final
    report for people, where they are not among the usual ones.
    """

    def declare(step: Step) -> JobKind:
        kind = JobKind(step, title=title, retries=retries, formerly=formerly, report=report)
        DECLARED.append(kind)
        return kind

    return declare


def app_label(module: str) -> str:
    """The label of the app that a module belongs to: the folder under ``kernel`` or ``modules``, else what Django knows."""
    parts = module.split(".")
    if parts[:2] in (["coremis", "kernel"], ["coremis", "modules"]):
        return parts[2]
    config = apps.get_containing_app_config(module)
    if config is None:
        raise ImproperlyConfigured(f"The job functions in {module} belong to no installed app. Move them into an app's jobs.py.")
    return config.label


@cache
def load_kinds() -> None:
    """Import ``jobs.py`` of every installed app, once; the apps must be loaded."""
    autodiscover_modules("jobs")


def kinds() -> dict[str, JobKind]:
    """Every kind by its name and its former names; two kinds of one name are refused."""
    load_kinds()
    found: dict[str, JobKind] = {}
    for kind in DECLARED:
        for name in (kind.name, *kind.formerly):
            if found.setdefault(name, kind) is not kind:
                raise ImproperlyConfigured(f"Two kinds of job are named “{name}”. Rename one function or correct formerly=.")
    return found


def find_kind(name: str) -> JobKind | None:
    """The kind of a stored name, or None when no app that is on has it."""
    return kinds().get(name)
