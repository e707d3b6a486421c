"""What this module adds."""

from coremis.kernel.actions.jobs import SEALING
from coremis.kernel.module.contributions import Contribution

contributions: list[Contribution] = [SEALING]
