"""Incidents: the list, one of them, disputing a payment, and deciding."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import money_text
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.payments import previews, services
from coremis.modules.payments.forms import ExplanationForm, SettleIncidentForm
from coremis.modules.payments.incident_tables import IncidentTable
from coremis.modules.payments.models import Incident, PayrollLine
from coremis.modules.payments.states import ENDS, IncidentEnd
from coremis.modules.payments.views.addresses import line_url, payroll_url, row_url
from coremis.modules.payments.words import status_of


def incident_url(incident: Incident) -> str:
    """The page of an incident."""
    return reverse("payments:incident_detail", kwargs={"pk": incident.pk})


incident_list = ListScreen(
    IncidentTable, title=_("Incidents"), lead=_("Money that went where it should not. An open incident keeps its payroll from closing."),
    empty=EmptyState(_("No incidents"), _("What is paid twice, paid too much, unknown or disputed is listed here.")),
)  # fmt: skip


def incident_facts(request: HttpRequest, incident: Incident) -> Sequence[Fact]:
    """What it is about, and what was decided."""
    line, other, row = incident.line, incident.other, incident.row
    return [
        Fact(_("Payroll"), incident.payroll.number_text, payroll_url(incident.payroll)),
        Fact(_("Payment"), f"{line.number_text} · {line.payee_name}" if line else None, line_url(line) if line else ""),
        Fact(_("The other payment"), f"{other.number_text} · {other.payee_name}" if other else None, line_url(other) if other else ""),
        Fact(_("Row"), f"{row.file.name} · {row.position}" if row else None, row_url(row) if row else ""),
        Fact(_("Amount"), incident.amount), Fact(_("Opened on"), incident.opened_at),
        Fact(_("Decided"), incident.get_end_display()), Fact(_("Decided by"), str(incident.settled_by or "")),
        Fact(_("Explanation"), incident.explanation),
    ]  # fmt: skip


def may_be_settled(incident: Incident) -> bool:
    """Whether something is left to decide."""
    return (incident.kind_of, incident.state) in ENDS


incident_detail = DetailScreen(
    Incident, permission="payments.view_incident", title=lambda incident: incident.get_kind_of_display().capitalize(), status=status_of,
    subtitle=lambda incident: incident.line.number_text if incident.line else incident.payroll.number_text, facts=incident_facts,
    actions=[ActionLink(_("Decide"), "payments:settle_incident", "payments.settle_incident", "primary", may_be_settled)],
    prepare=lambda rows: rows.select_related("payroll", "line", "other", "row__file", "settled_by"),
    timeline=Timeline(hidden=frozenset({"row", "to_recover_minor", "settled_minor"})),
)  # fmt: skip


def which_incident(incident: Incident) -> str:
    """Which incident is decided: its kind, its payment and payee, its payroll and its amount."""
    line = f"{incident.line.number_text} {incident.line.payee_name}" if incident.line else ""
    told = [incident.get_kind_of_display().capitalize(), line, incident.payroll.number_text, money_text(incident.amount)]
    return " · ".join(str(word) for word in told if word)


settle_incident = ActionScreen(
    services.settle_incident, lead=which_incident, form=SettleIncidentForm, target=(Incident, "pk"), preview=previews.settling,
    done=incident_url,
    back=incident_url, inputs=lambda cleaned, incident: {"incident": incident, **cleaned, "end": IncidentEnd(cleaned["end"])},
)  # fmt: skip
dispute_payment = ActionScreen(
    services.dispute_payment, form=ExplanationForm, target=(PayrollLine, "pk"), done=incident_url, back=line_url,
    lead=_("The payment keeps counting as paid until somebody has found out."), danger=True,
)  # fmt: skip
