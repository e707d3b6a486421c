"""Files of places on their way in: sent, their columns matched and checked, and taken in once a second person agrees."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.applying import apply_batch, check_right, require_ready
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.mapping import guess_mapping
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import cancel_batch, create_batch
from coremis.modules.geography.imports import NAMES, UNITS
from coremis.modules.geography.tree.columns import levels_in, match_tree


@action(_("Send a file of places"), covers=(create_batch, check_batch))
def send_places(
    *, kind: str, area: Area, name: str, sha256: str, size: int, headers: list[str], options: dict[str, Any], actor: Actor
) -> Batch:
    """Take a file of units, figures or former codes; where its columns are understood, its rows are checked at once."""
    if kind not in NAMES:
        raise Refusal(_("Choose what the file brings."))
    batch = create_batch(kind=kind, area=area, name=name, sha256=sha256, size=size, headers=headers, options=options, actor=actor)
    mapping = guessed(kind, headers)
    if understood(kind, mapping):
        check_batch(batch=batch, mapping=mapping, options=options, actor=actor)
    return batch


@action(_("Match the columns of a file of places"), covers=(check_batch,))
def match_places(*, batch: Batch, mapping: dict[str, Any], actor: Actor) -> Batch:
    """Say which title brings which column; then every row is checked anew."""
    _own(batch)
    if not understood(batch.import_kind, mapping):
        raise Refusal(_("Say which column brings the code: one for each unit, or one for each level."))
    return check_batch(batch=batch, mapping=mapping, options=batch.options, actor=actor)


@action(_("Take in a file of places"), approvable=True, covers=(apply_batch,))
def take_in_places(*, batch: Batch, actor: Actor) -> Batch:
    """The good rows become what they say; the refused ones stay behind with their reasons."""
    _own(batch)
    return apply_batch(batch=batch, actor=actor)


@action(_("Give a file of places up"), covers=(cancel_batch,))
def give_up_places(*, batch: Batch, actor: Actor) -> Batch:
    """Nothing of it is taken in; the same file can be sent again."""
    _own(batch)
    return cancel_batch(batch=batch, actor=actor)


def guessed(kind: str, headers: list[str]) -> dict[str, list[str]]:
    """Which title brings what, as far as it is recognised."""
    return match_tree(headers) if kind == UNITS.name else guess_mapping(find_kind(kind).all_columns().values(), headers)


def understood(kind: str, mapping: dict[str, Any]) -> bool:
    """Whether the columns suffice: a tree needs a code for each unit, or one for each level."""
    given = {code for code, titles in mapping.items() if titles}
    if kind == UNITS.name:
        levels = levels_in(given)
        return ("code" in given) != bool(levels) and all(f"code_{number}" in given for number in levels)
    return all(column.code in given for column in find_kind(kind).all_columns().values() if column.required)


def require_ready_for(batch: Batch, actor: Any) -> None:
    """Refuse before asking what could not be taken in."""
    check_right(find_kind(batch.import_kind), batch, actor)
    require_ready(batch)


def _own(batch: Batch) -> None:
    if batch.import_kind not in NAMES:
        raise Refusal(_("This file brings no places."))
