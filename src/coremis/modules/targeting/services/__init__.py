"""The actions of this module: the only code that writes campaigns, their lists and their results."""

from coremis.modules.targeting.services.campaigns import abandon_campaign, change_campaign, close_campaign, create_campaign
from coremis.modules.targeting.services.running import run_stage
from coremis.modules.targeting.services.stages import add_stage, bring_back_stage, move_stage, set_stage, skip_stage

__all__ = [
    "abandon_campaign", "add_stage", "bring_back_stage", "change_campaign", "close_campaign", "create_campaign", "move_stage",
    "run_stage", "set_stage", "skip_stage",
]  # fmt: skip
