"""What this module adds."""

from coremis.kernel.module.contributions import Contribution
from coremis.modules.geography.imports import KINDS

contributions: list[Contribution] = [*KINDS]
