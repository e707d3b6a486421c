"""Long actions: the action's own effect is a job, and the job's chunks write on the action's behalf."""

from collections.abc import Callable
from typing import Any

from coremis.kernel.actions import context
from coremis.kernel.actions.action import Action
from coremis.kernel.actions.events import new_event
from coremis.kernel.actions.system import System
from coremis.kernel.jobs.kinds import JobKind, job_kind
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.work import Work

Step = Callable[[Work], Any]


class LongWork:
    """The job kind of one long action; each of its transactions has an event of its own, caused by the action's."""

    def __init__(self, kind: JobKind, action: Action[Any]) -> None:
        self.kind = kind
        self.action = action

    def start(self, params: dict[str, Any], **options: Any) -> Job:
        """Called inside the action: order the work with the actor's present places; written with the action's event."""
        writing = context.required()
        places = writing.actor.places_for(writing.permission)
        rights = {"everywhere": places.everywhere, "roots": sorted(places.roots), "approved": writing.approved}
        return enqueue(
            self.kind, {**params, "rights": rights}, actor_id=writing.actor.pk, cause_id=writing.event.pk,
            **{"area_ids": sorted(places.roots), **options},
        )  # fmt: skip

    def begin(self, step: Step) -> Step:
        """Decorator: runs once, before the first chunk."""
        self.kind.begin(self._inside(step))
        return step

    def finish(self, step: Step) -> Step:
        """Decorator: runs with the change to done."""
        self.kind.finish(self._inside(step))
        return step

    def abandon(self, step: Step) -> Step:
        """Decorator: takes away in chunks what was prepared, after a cancel or a final failure; returns whether more is left."""
        self.kind.abandon(self._inside(step))
        return step

    def _inside(self, step: Step) -> Step:
        def inside(work: Work) -> Any:
            rights = work.params["rights"]
            actor = System(frozenset({self.action.name}), rights["everywhere"], frozenset(rights["roots"]))
            with context.coming_from(context.Source(job_id=work.job_id, cause_id=work.cause_id)):
                event = new_event(self.action.name, actor, cause_id=work.cause_id)
                writing = context.Writing(self.action, actor, self.action.name, event, None, rights["approved"])
                with context.writing_as(writing):
                    result = step(work)
                writing.check_several()
                return result

        inside.__name__, inside.__module__ = step.__name__, step.__module__
        return inside


def steps_of(action: Action[Any], *, title: Any, **options: Any) -> Callable[[Step], LongWork]:
    """Declare the chunk function of a long action: ``step(work) -> bool`` (True: more to do), one transaction each."""

    def declare(step: Step) -> LongWork:
        work = LongWork.__new__(LongWork)
        LongWork.__init__(work, kind=None, action=action)  # type: ignore[arg-type]
        work.kind = job_kind(title=title, **options)(work._inside(step))
        return work

    return declare
