"""The actions of this module: the only code that writes groups and verdicts."""

from coremis.modules.duplicates.services.finding import keep_findings, look_for_duplicates
from coremis.modules.duplicates.services.verdicts import decide_duplicates

__all__ = ["decide_duplicates", "keep_findings", "look_for_duplicates"]
