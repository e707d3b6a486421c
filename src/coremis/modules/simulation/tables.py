"""The lists of this module."""

from typing import Any, ClassVar

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Event
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.tables import Table
from coremis.modules.simulation.models import Simulation, State
from coremis.modules.simulation.queries import percent, total_of

TONES = {State.PREPARING: "wait", State.DONE: "good", State.STOPPED: "off"}


def status_of(record: Any) -> Status:
    """How far the computing is, as words with a colour."""
    return Status(TONES[State(record.state)], record.get_state_display())


class SimulationTable(Table):
    """Simulations with their main figures side by side."""

    model = Simulation
    permission = "simulation.view_simulation"
    exact = True
    columns: ClassVar = [
        Column("title", _("Title"), sort="title"),
        Column("run", _("Scoring"), show=lambda row: str(row.run)),
        Column("rule", _("Who would be selected"), show=lambda row: row.get_rule_display()),
        Column("chosen", _("Selected"), show=lambda row: total_of(row).chosen if row.state == State.DONE else None, kind="number"),
        Column("coverage", _("Coverage of the poor"), show=lambda row: _rate(row, "coverage"), kind="number"),
        Column("leakage", _("Leakage"), show=lambda row: _rate(row, "leakage"), kind="number"),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("made", _("Made"), show=lambda row: row.made, kind="date", sort="created_event_id"),
    ]
    default_sort = "-made"
    export_name = "simulations"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        made = Event.objects.filter(pk=OuterRef("created_event_id")).values("recorded_at")
        return rows.select_related("run__formula_version__formula", "run__area").annotate(made=Subquery(made))

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("simulation:simulation_detail", kwargs={"pk": row.pk})


def _rate(row: Simulation, name: str) -> str | None:
    return percent(getattr(total_of(row).accuracy, name)) if row.state == State.DONE else None
