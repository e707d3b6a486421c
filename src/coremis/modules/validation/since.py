"""What was recorded since a list was taken, or since its file was sent: a file that comes back never undoes it unseen."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from coremis.kernel.actions.models import Record
from coremis.kernel.actions.past import as_of
from coremis.modules.targeting.models import StageEntry
from coremis.modules.validation import answers
from coremis.modules.validation.answers import Answer
from coremis.modules.validation.models import VillageList

R = TypeVar("R", bound=Record)
Pair = tuple[VillageList, StageEntry]


def overtaken(said: Iterable[tuple[VillageList, StageEntry, Answer]], sent_at: datetime) -> set[int]:
    """The entries, by id, whose answer in a file is older than the one kept now.

    That is so where the file says no more than the list said when it was taken, or where another answer came after the file.
    """
    new = [(one, entry, answer) for one, entry, answer in said if entry.version > 1 and answers.changed(entry, answer)]
    if not new:
        return set()
    taken = when_taken((one, entry) for one, entry, _answer in new)
    sent = as_of([entry for _one, entry, _answer in new], sent_at)
    return {entry.pk for one, entry, answer in new if _is_old(entry, answer, taken.get((one.pk, entry.pk)), sent.get(entry.pk))}


def _is_old(entry: StageEntry, answer: Answer, taken: StageEntry | None, sent: StageEntry | None) -> bool:
    untouched = taken is not None and answers.same(answers.kept(taken), answer)
    return untouched or (sent is not None and not answers.same(answers.kept(sent), answers.kept(entry)))


def former_names(pairs: Iterable[Pair]) -> Mapping[tuple[int, int], str]:
    """The names as the lists say them, by list and entry, where the register has another name now."""
    pairs = list(pairs)
    found = when_taken((one, entry.who) for one, entry in pairs)
    names = {}
    for one, entry in pairs:
        who: Any = found.get((one.pk, entry.who.pk))
        if who is not None:
            names[one.pk, entry.pk] = who.head_name if entry.household_id else who.full_name
    return names


def when_taken(rows: Iterable[tuple[VillageList, R]]) -> dict[tuple[int, int], R]:
    """Copies of these rows as they were when each list was taken, by list and row: two statements for each taking."""
    takings: dict[int, list[tuple[VillageList, R]]] = {}
    for one, row in rows:
        takings.setdefault(one.created_event_id, []).append((one, row))
    found = {}
    for pairs in takings.values():
        then = as_of([row for _one, row in pairs], min(one.taken_at for one, _row in pairs))
        found.update({(one.pk, row.pk): then[row.pk] for one, row in pairs if row.pk in then})
    return found
