"""Campaigns, their stages and what each stage decided, quotas and appeals."""

from coremis.modules.targeting.models.appeals import Appeal
from coremis.modules.targeting.models.campaigns import OPEN_CAMPAIGNS, UNDER_WAY, Campaign, CampaignArea, CampaignChange
from coremis.modules.targeting.models.entries import ListedUnit, Outcome, Quota, StageEntry, Verdict
from coremis.modules.targeting.models.reasons import ADDITION, APPEAL, MOVED_UP, Rejection
from coremis.modules.targeting.models.stages import CURRENT, Kind, Stage, StageRun

__all__ = [
    "ADDITION", "APPEAL", "CURRENT", "MOVED_UP", "OPEN_CAMPAIGNS", "UNDER_WAY", "Appeal", "Campaign", "CampaignArea", "CampaignChange",
    "Kind", "ListedUnit", "Outcome", "Quota", "Rejection", "Stage", "StageEntry", "StageRun", "Verdict",
]  # fmt: skip
