"""Changing a setting."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.config.models import StoredSetting
from coremis.kernel.config.settings import declared


@action(_("Change a setting"), approvable=True)
def change_settings(*, values: dict[str, Any], actor: Actor) -> int:
    """Store new values by setting name; returns how many were given."""
    for name, value in values.items():
        known = declared(name)
        known.check(value)
        stored = StoredSetting.objects.filter(name=known.name).first() or StoredSetting(name=known.name)
        if known.once and stored.pk and stored.value != value:
            raise Refusal(_("“%(title)s” cannot change any more: what is stored already depends on it."), title=known.title)
        stored.value = value
        stored.save()
    return len(values)
