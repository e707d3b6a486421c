"""What this module adds."""

from coremis.kernel.module.contributions import Contribution

contributions: list[Contribution] = []
