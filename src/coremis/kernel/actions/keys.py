"""Idempotency keys: the same key with the same inputs gives the first result; with other inputs it is refused."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import ActionKey
from coremis.kernel.actions.parameters import store_one
from coremis.kernel.actions.values import digest, plain
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal


@dataclass(frozen=True)
class Earlier:
    """What the first run with this key returned."""

    stored: Any

    def result(self) -> Any:
        """The first result: a record freshly read, money, a list of these, or plain data."""
        return load_result(self.stored)


def store_result(value: Any) -> dict[str, Any]:
    """What an action returned, as plain data that says what it was; anything but records, money, lists and plain data is an error."""
    if isinstance(value, (list, tuple)):
        return {"list": [store_result(item) for item in value]}
    if isinstance(value, (models.Model, Money)):
        return {"record" if isinstance(value, models.Model) else "money": store_one(value)}
    return {"plain": plain(value)}


def load_result(stored: dict[str, Any] | None) -> Any:
    """What ``store_result`` was given."""
    ((kind, value),) = (stored or {"plain": None}).items()
    if kind == "list":
        return [load_result(item) for item in value]
    if kind == "record":
        return apps.get_model(value["kind"])._base_manager.get(pk=value["id"])
    return Money(**value) if kind == "money" else value


def claim(action: str, actor: Any, key: str, stored: dict[str, Any]) -> Earlier | None:
    """Take the key for this transaction; None when it was free. A plain insert would poison PostgreSQL's transaction."""
    inputs, key = digest(plain(_without_versions(stored))), _short(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO actions_actionkey (actor_id, action, key, digest) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (actor_id, action, key) DO NOTHING",
            [actor.pk or 0, action, key, inputs],
        )
        if cursor.rowcount == 1:
            return None
    taken = ActionKey.objects.get(actor_id=actor.pk or 0, action=action, key=key)
    if taken.digest != inputs:
        raise Refusal(_("This was already sent with other values. Open the page again before sending it."))
    return Earlier(taken.result)


def remember(action: str, actor: Any, key: str, result: Any) -> None:
    """Keep the result for whoever comes with the same key."""
    ActionKey.objects.filter(actor_id=actor.pk or 0, action=action, key=_short(key)).update(result=store_result(result))


def _short(key: str) -> str:
    return key if len(key) <= 100 else digest(key)


def _without_versions(stored: Any) -> Any:
    if isinstance(stored, dict):
        left_out = {"version"} if stored.keys() == {"kind", "id", "version"} else set()
        return {name: _without_versions(value) for name, value in stored.items() if name not in left_out}
    if isinstance(stored, list):
        return [_without_versions(item) for item in stored]
    return stored
