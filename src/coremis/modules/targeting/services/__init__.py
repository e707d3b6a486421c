"""The actions of this module: the only code that writes campaigns, their lists and their results."""

from coremis.modules.targeting.services.appeals import decide_appeal, open_appeal
from coremis.modules.targeting.services.campaigns import abandon_campaign, change_campaign, close_campaign, create_campaign
from coremis.modules.targeting.services.enrolment import enrol_selected, fill_places
from coremis.modules.targeting.services.places import give_place
from coremis.modules.targeting.services.quotas import compute_quotas, set_quotas
from coremis.modules.targeting.services.reallocation import reallocate_quotas
from coremis.modules.targeting.services.results import approve_results
from coremis.modules.targeting.services.reviews import approve_exits
from coremis.modules.targeting.services.running import recount, run_stage
from coremis.modules.targeting.services.stages import add_stage, bring_back_stage, move_stage, set_stage, skip_stage
from coremis.modules.targeting.services.verdicts import (
    close_appeals,
    close_validation,
    confirm_others,
    propose_addition,
    record_verdict,
)

__all__ = [
    "abandon_campaign", "add_stage", "approve_exits", "approve_results", "bring_back_stage", "change_campaign", "close_appeals",
    "close_campaign", "close_validation", "compute_quotas", "confirm_others", "create_campaign", "decide_appeal", "enrol_selected",
    "fill_places", "give_place", "move_stage", "open_appeal", "propose_addition", "reallocate_quotas", "record_verdict", "recount",
    "run_stage", "set_quotas", "set_stage", "skip_stage",
]  # fmt: skip
