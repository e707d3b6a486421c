"""What can change formulas, and what scores households."""

from coremis.modules.scoring.services.runs import score_households
from coremis.modules.scoring.sources import HouseholdSource

__all__ = ["HouseholdSource", "score_households"]
