"""What can change formulas, and what scores households."""

from coremis.modules.scoring.services.runs import score_households

__all__ = ["score_households"]
