"""What this module adds."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.actions.action import Action
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard, Panel, Tab
from coremis.kernel.screens.menu import ENROL, MenuItem
from coremis.kernel.screens.timeline import HistoryGuard
from coremis.modules.programmes import cards, panels, people, previews
from coremis.modules.programmes.conditions import conditions_with
from coremis.modules.programmes.datasets import DATASETS
from coremis.modules.programmes.facts import facts
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme
from coremis.modules.programmes.services import (
    change_programme,
    change_status,
    change_status_matching,
    change_status_of_chosen,
    enrol_matching,
    enrol_one,
    promote_waiting,
    take_off_waiting_list,
    undo_last_change,
    undo_status_change,
)  # fmt: skip
from coremis.modules.programmes.tables import programmes_of
from coremis.modules.registry.models import Household, Person, VariableDefinition
from coremis.modules.registry.queries import DataHolder, VariableUse, history_reader
from coremis.modules.registry.services.hooks import AfterMove, BeforeMerge, BeforeWithdrawal, OnPastDay

SEES = ("programmes.view_programme", "programmes.view_enrolment", "programmes.view_groupchange", "programmes.view_waitingplace")
DECIDES = (
    "programmes.create_programme", "programmes.change_programme", "programmes.store_criteria",
    "programmes.enrol_one", "programmes.enrol_matching",
    "programmes.change_status", "programmes.change_status_matching", "programmes.change_status_of_chosen",
    "programmes.undo_last_change", "programmes.undo_status_change",
    "programmes.change_enrolment", "programmes.reveal_enrolment",
    "programmes.put_on_waiting_list", "programmes.put_chosen_on_waiting_list",
    "programmes.take_off_waiting_list", "programmes.promote_waiting",
)  # fmt: skip
LOCAL = (
    "programmes.change_status", "programmes.change_status_of_chosen", "programmes.put_on_waiting_list",
    "programmes.put_chosen_on_waiting_list", "programmes.change_enrolment",
)  # fmt: skip


def with_approval(action: Action[Any], preview: Callable[..., Any], subject: Callable[..., Any] | None = None) -> list[Contribution]:
    """An action that one approver must agree to, shown to that person as it was shown to the one who asked."""
    return [Approvable(action, preview=preview, subject=subject), RoutePreset(action, ("approver",))]


contributions: list[Contribution] = [
    *facts,
    *DATASETS,
    MenuItem(_("Programmes"), "programmes:programme_list", group=ENROL, order=10),
    MenuItem(_("Potential"), "programmes:potential_list", group=ENROL, order=21),
    MenuItem(_("Active"), "programmes:active_list", group=ENROL, order=22),
    MenuItem(_("Suspended"), "programmes:suspended_list", group=ENROL, order=23),
    MenuItem(_("Waiting lists"), "programmes:waiting_list", group=ENROL, order=26),
    MenuItem(_("Graduated"), "programmes:graduated_list", group=ENROL, order=24),
    MenuItem(_("Exited"), "programmes:exited_list", group=ENROL, order=25),
    Panel(Programme, _("Beneficiaries"), panels.beneficiaries, "programmes.view_enrolment", order=10),
    Panel(Programme, _("Usual criteria"), panels.criteria, "programmes.view_programme", order=15),
    Panel(Programme, _("Those who left, by reason"), panels.exits, "programmes.view_enrolment", order=20),
    Tab(Programme, "groups", _("Group changes"), order=10),
    Panel(Programme, _("Latest group changes"), panels.group_changes, "programmes.view_groupchange", tab="groups"),
    Panel(GroupChange, _("Some of those enrolled"), panels.concerned, "programmes.view_enrolment"),
    Tab(Household, "programmes", _("Programmes"), order=50),
    Tab(Person, "programmes", _("Programmes"), order=50),
    Panel(Household, _("Programmes"), panels.of_household, "programmes.view_enrolment", tab="programmes"),
    Panel(Person, _("Programmes"), panels.of_person, "programmes.view_enrolment", tab="programmes"),
    *[BeforeMerge(kind, people.both_enrolled, people.follow) for kind in (Household, Person)],
    *[AfterMove(kind, people.follow_home) for kind in (Household, Person)],
    *[BeforeWithdrawal(kind, people.enrolled) for kind in (Household, Person)],
    *[OnPastDay(kind, _("Programmes"), people.on_day, "programmes.view_enrolment") for kind in (Household, Person)],
    *cards.FIGURES,
    HomeCard(_("Programmes"), cards.pipeline, "programmes.view_enrolment", seats={"manager": 10}, wide=True, kept=True),
    DataHolder((VariableDefinition.Subject.ENROLMENT,), Enrolment, "programmes.view_enrolment", programmes_of, "programme"),
    HistoryGuard(Enrolment, lambda user, page: history_reader(user, page, (VariableDefinition.Subject.ENROLMENT,))),
    VariableUse(conditions_with),
    Panel(Enrolment, _("Further facts"), panels.enrolment_facts, "programmes.view_enrolment", order=20),
    *with_approval(change_programme, previews.changed_programme),
    *with_approval(enrol_matching, previews.group_enrolment),
    *with_approval(change_status_matching, previews.group_status),
    *with_approval(change_status_of_chosen, previews.chosen_status),
    *with_approval(undo_status_change, previews.group_undoing),
    *with_approval(enrol_one, previews.one_enrolment, subject=lambda inputs: inputs.get("household") or inputs["person"]),
    *with_approval(change_status, previews.one_status),
    *with_approval(undo_last_change, previews.one_undoing),
    *with_approval(promote_waiting, previews.promotion),
    *with_approval(take_off_waiting_list, previews.taking_off),
    SeatPermissions("manager", (*SEES, *DECIDES)),
    SeatPermissions("commune", (*SEES, *LOCAL)),
    SeatPermissions("data", (*SEES, "programmes.enrol_one", "programmes.change_enrolment", "programmes.reveal_enrolment")),
    SeatPermissions("verifier", SEES),
    SeatPermissions("approver", SEES),
    SeatPermissions("auditor", (*SEES, "programmes.reveal_enrolment")),
    SeatPermissions("payments", SEES),
    SeatPermissions("accountant", SEES),
]
