"""Declaring a setting, and reading its value."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.config.models import StoredSetting
from coremis.kernel.module.contributions import Contribution, contributions


@dataclass(frozen=True)
class Setting(Contribution):
    """One value that an administrator may set; ``name`` is ``<module>.<word>``. With ``once`` it stays as it was first stored.

    What is a yes or no, a number or a text at first stays one; a number lies between ``least`` and ``most``.
    """

    name: str
    title: Any
    help: Any
    default: Any = None
    once: bool = False
    least: int = 0
    most: int = 10**6

    def check(self, value: Any) -> None:
        """Refuse what cannot be its value."""
        kind = type(self.default)
        if kind in (bool, int, str) and type(value) is not kind:
            raise Refusal(_("“%(title)s” cannot have this value."), title=self.title)
        if kind is int and not self.least <= value <= self.most:
            raise Refusal(_("“%(title)s”: a number from %(least)s to %(most)s."), title=self.title, least=self.least, most=self.most)


def declared(name: str) -> Setting:
    """The declaration of a setting; an undeclared name is a mistake in the code."""
    for setting in contributions(Setting):
        if setting.name == name:
            return setting
    raise Refusal(_("There is no setting called %(name)s."), name=name)


def setting(name: str) -> Any:
    """The stored value, else the declared default."""
    stored = StoredSetting.objects.filter(name=name).first()
    return stored.value if stored else declared(name).default
