"""The actions of this module: the only code that writes programmes and enrolments."""

from coremis.modules.programmes.services.chosen import MOST as MOST_CHOSEN
from coremis.modules.programmes.services.chosen import change_status_of_chosen, put_chosen_on_waiting_list
from coremis.modules.programmes.services.costs import (
    CostOfPayments,
    Costs,
    MeansOfProgramme,
    PaymentPlan,
    costs_of,
    funds_of,
    plan_of,
)
from coremis.modules.programmes.services.criteria import store_criteria
from coremis.modules.programmes.services.enrolling import enrol_matching, enrol_one
from coremis.modules.programmes.services.facts import change_enrolment, reveal_enrolment
from coremis.modules.programmes.services.figures import ProgrammeFigure
from coremis.modules.programmes.services.programmes import change_programme, create_programme
from coremis.modules.programmes.services.statuses import change_status, change_status_matching
from coremis.modules.programmes.services.undoing import UndoObstacle, undo_last_change, undo_status_change
from coremis.modules.programmes.services.waiting import promote_waiting, put_on_waiting_list, take_off_waiting_list

__all__ = [
    "MOST_CHOSEN", "CostOfPayments", "Costs", "MeansOfProgramme", "PaymentPlan", "ProgrammeFigure", "UndoObstacle", "change_enrolment",
    "change_programme", "change_status", "change_status_matching", "change_status_of_chosen", "costs_of", "create_programme",
    "enrol_matching", "enrol_one", "funds_of", "plan_of", "promote_waiting", "put_chosen_on_waiting_list", "put_on_waiting_list",
    "reveal_enrolment", "store_criteria", "take_off_waiting_list", "undo_last_change", "undo_status_change",
]  # fmt: skip
