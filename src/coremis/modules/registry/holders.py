"""Where the values of variables lie: the classes with a ``data`` column, this module's own and those that others add."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from coremis.kernel.actions.models import Record
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.modules.registry.models import VariableDefinition


@dataclass(frozen=True)
class DataHolder(Contribution):
    """The class whose ``data`` holds the variables of these subjects.

    ``permission`` is the right to see its rows. ``programmes(user)`` are (id, name) of what a variable may be limited to, and
    ``programme`` is the path from a row to it.
    """

    subjects: tuple[str, ...]
    model: type[Record]
    permission: str
    programmes: Callable[[Any], Sequence[tuple[int, str]]] | None = None
    programme: str = ""


@dataclass(frozen=True)
class VariableUse(Contribution):
    """Where a module uses variables: ``find(codes, user)`` gives (words, address) of each saved formula or mapping that names one.

    ``code`` is the variable's, ``subject`` what it describes. Only what the reader may see is told.
    """

    find: Callable[[VariableDefinition, Any], Sequence[tuple[str, str]]]


def holders() -> list[DataHolder]:
    """Every holder of the modules that are on."""
    return list(contributions(DataHolder))


def holder_of(subject: str) -> DataHolder | None:
    """The holder of a subject's values; None where its module is off."""
    return next((holder for holder in holders() if subject in holder.subjects), None)


def holder_for(record: Any) -> DataHolder | None:
    """The holder that a record belongs to."""
    return next((holder for holder in holders() if isinstance(record, holder.model)), None)
