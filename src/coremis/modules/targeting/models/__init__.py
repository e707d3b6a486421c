"""Campaigns, their stages and what each stage decided, quotas and appeals."""

from coremis.modules.targeting.models.appeals import Appeal
from coremis.modules.targeting.models.campaigns import OPEN_CAMPAIGNS, UNDER_WAY, Campaign, CampaignArea, CampaignChange
from coremis.modules.targeting.models.entries import TO_ANSWER, ListedUnit, Outcome, Placed, Quota, StageEntry, TieFacts, Verdict
from coremis.modules.targeting.models.reasons import ADDITION, APPEAL, BEYOND_BY_APPEAL, MOVED_UP, PLACE_BY_APPEAL, Rejection
from coremis.modules.targeting.models.stages import CURRENT, Kind, Stage, StageRun

__all__ = [
    "ADDITION", "APPEAL", "BEYOND_BY_APPEAL", "CURRENT", "MOVED_UP", "OPEN_CAMPAIGNS", "PLACE_BY_APPEAL", "TO_ANSWER", "UNDER_WAY",
    "Appeal", "Campaign", "CampaignArea", "CampaignChange", "Kind", "ListedUnit", "Outcome", "Placed", "Quota", "Rejection", "Stage",
    "StageEntry", "StageRun", "TieFacts", "Verdict",
]  # fmt: skip
