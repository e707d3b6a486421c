"""Counting anew on demand."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.jobs.queue import enqueue
from coremis.modules.dashboards.jobs import count_figures

ONCE = "dashboards.count_figures"


@action(_("Count the figures of the dashboards anew"))
def refresh_figures(*, actor: Actor) -> None:
    """Order one counting; while it waits or runs, asking again changes nothing."""
    enqueue(count_figures, {}, actor_id=actor.pk, cause_id=required().event.pk, unique_key=ONCE)
