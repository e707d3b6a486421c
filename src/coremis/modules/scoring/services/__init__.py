"""What can change formulas, and what scores households."""

from coremis.modules.scoring.services.drafts import (
    SETTINGS,
    activate_version,
    check_ready,
    move_entry,
    remove_entry,
    save_category,
    save_cutoff,
    save_example,
    save_fact,
    save_formula,
    save_member_fact,
    save_settings,
    save_stratum,
    save_term,
    start_version,
)  # fmt: skip
from coremis.modules.scoring.services.loading import load_formulas
from coremis.modules.scoring.services.runs import score_households
from coremis.modules.scoring.sources import HouseholdSource

__all__ = [
    "SETTINGS", "HouseholdSource", "activate_version", "check_ready", "load_formulas", "move_entry", "remove_entry", "save_category",
    "save_cutoff", "save_example", "save_fact", "save_formula", "save_member_fact", "save_settings", "save_stratum", "save_term",
    "score_households", "start_version",
]  # fmt: skip
