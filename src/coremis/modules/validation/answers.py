"""What a community said, checked and written for many at once: from the page of a village and from a file."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import update_from
from coremis.kernel.jobs.messages import Sentence
from coremis.modules.targeting.models import TO_ANSWER, Rejection, StageEntry, Verdict
from coremis.modules.targeting.services.verdicts import reason_again

LONGEST_NOTE = 300


class Answer(NamedTuple):
    """What was said about one entry; "" for nothing."""

    verdict: str
    reason: str = ""
    note: str = ""


def problem_of(entry: StageEntry, answer: Answer) -> tuple[str, Sentence] | None:
    """The field and sentence that say why an answer cannot be taken; None where it can (the rules of ``record_verdict``)."""
    if not answer.verdict:
        if answer.reason:
            return "verdict", _("A reason needs an answer beside it.")
        return ("verdict", _("A note needs an answer beside it.")) if answer.note.strip() not in ("", entry.note) else None
    if answer.verdict not in Verdict.values:
        return "verdict", _("This answer is not known. Choose one of the list.")
    if answer.verdict == Verdict.ADDITION and entry.outcome in TO_ANSWER:
        return "verdict", _("Who is selected or waits cannot be proposed. Confirm or reject instead.")
    if answer.verdict == Verdict.REJECTED:
        if answer.reason not in Rejection.values:
            return "reason", _("Choose the reason of the rejection.")
        if answer.reason == Rejection.OTHER and not answer.note.strip():
            return "note", _("Say the reason in the note.")
    elif answer.reason:
        return "reason", _("Only a rejection has a reason.")
    return None


def kept(entry: StageEntry) -> Answer:
    """What is kept about an entry."""
    return Answer(entry.verdict, entry.reason if entry.verdict == Verdict.REJECTED else "", entry.note)


def changed(entry: StageEntry, answer: Answer) -> bool:
    """Whether an answer says something else than what is kept; nothing said never takes an answer back."""
    return bool(answer.verdict) and not same(kept(entry), answer)


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same."""
    return (*one[:2], _stored(one.note)) == (*other[:2], _stored(other.note))


def mark(answer: Answer) -> str:
    """A short word for what an answer says, so that a page knows later what it showed."""
    return hashlib.sha256("\n".join((*answer[:2], _stored(answer.note))).encode()).hexdigest()[:12]


def said_meanwhile(entry: StageEntry, answer: Answer, seen: str) -> Sentence | None:
    """Why an answer is not taken from a page that showed ``seen``, where somebody else has recorded another one since."""
    if mark(kept(entry)) == seen or same(kept(entry), answer):
        return None
    return _("Meanwhile somebody else recorded “%(answer)s”. Save again to record yours instead.") % {"answer": kept_word(entry)}


def kept_word(entry: StageEntry) -> str:
    """The answer that is kept, in words."""
    return str(Verdict(entry.verdict).label if entry.verdict else _("no answer"))


def _stored(note: str) -> str:
    return note.strip()[:LONGEST_NOTE]


def write(said: Mapping[int, tuple[StageEntry, Answer]], reasons_before: Mapping[int, str]) -> int:
    """Inside an action: keep the answers of these entries, by their ids. At most six statements, however many they are.

    ``reasons_before`` are the reasons of the list before the validation: who was rejected by mistake gets that one back.
    """
    if not said:
        return 0
    rows = StageEntry.objects.filter(pk__in=list(said))
    reasons = {key: answer.reason or reasons_before.get(key, "") for key, (_entry, answer) in said.items()}
    values = {
        "verdict": _by_value({key: answer.verdict for key, (_entry, answer) in said.items()}, F("verdict")),
        "reason": _by_value(reasons, F("reason")),
        "note": _by_value({key: _stored(answer.note) for key, (_entry, answer) in said.items()}, F("note")),
    }
    return update_from(rows, **values)


def reasons_before(entries: Iterable[StageEntry]) -> dict[int, str]:
    """The reasons that these entries have where they are not rejected, by their ids: one statement."""
    entries = list(entries)
    if not entries:
        return {}
    unit = "household_id" if entries[0].household_id else "person_id"
    sources = {entry.run.source_id for entry in entries}
    rows = StageEntry.objects.filter(run__in=sources, **{f"{unit}__in": [getattr(entry, unit) for entry in entries]})
    before = {(run, who): reason for run, who, reason in rows.values_list("run_id", unit, "reason")}
    return {entry.pk: reason_again(entry, before.get((entry.run.source_id, getattr(entry, unit)))) for entry in entries}


def _by_value(values: Mapping[int, str], default: Any) -> Any:
    """One WHEN for each different text, however many rows have it."""
    grouped: dict[str, list[int]] = {}
    for key, text in values.items():
        grouped.setdefault(text, []).append(key)
    return Case(*(When(pk__in=keys, then=Value(text)) for text, keys in grouped.items()), default=default)
