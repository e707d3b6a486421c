"""Idempotency keys: the same key with the same inputs gives the first result; with other inputs it is refused."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import ActionKey
from coremis.kernel.actions.parameters import store_one
from coremis.kernel.actions.values import digest, plain
from coremis.kernel.base.refusal import Refusal


@dataclass(frozen=True)
class Earlier:
    """What the first run with this key returned."""

    stored: Any

    def result(self) -> Any:
        """The first result: a record freshly read, or plain data."""
        if isinstance(self.stored, dict) and set(self.stored) >= {"kind", "id"}:
            return apps.get_model(self.stored["kind"])._base_manager.get(pk=self.stored["id"])
        return self.stored


def claim(action: str, actor: Any, key: str, stored: dict[str, Any]) -> Earlier | None:
    """Take the key for this transaction; None when it was free. A plain insert would poison PostgreSQL's transaction."""
    inputs = digest(plain(_without_versions(stored)))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO actions_actionkey (actor_id, action, key, digest) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (actor_id, action, key) DO NOTHING",
            [actor.pk or 0, action, key[:100], inputs],
        )
        if cursor.rowcount == 1:
            return None
    taken = ActionKey.objects.get(actor_id=actor.pk or 0, action=action, key=key[:100])
    if taken.digest != inputs:
        raise Refusal(_("This was already sent with other values. Open the page again before sending it."))
    return Earlier(taken.result)


def remember(action: str, actor: Any, key: str, result: Any) -> None:
    """Keep the result for whoever comes with the same key."""
    stored = store_one(result)
    kept = plain(stored) if isinstance(result, (models.Model, int, str, list, dict, type(None))) else None
    ActionKey.objects.filter(actor_id=actor.pk or 0, action=action, key=key[:100]).update(result=kept)


def _without_versions(stored: Any) -> Any:
    if isinstance(stored, dict):
        return {name: _without_versions(value) for name, value in stored.items() if name != "version"}
    if isinstance(stored, list):
        return [_without_versions(item) for item in stored]
    return stored
