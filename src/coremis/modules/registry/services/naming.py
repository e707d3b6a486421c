"""Former names: kept beside the name wherever a name changes, so that search finds people by either."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.modules.registry.models import Person

MOST_NAMES = 20


def with_former(known: str, *names: str, present: str) -> dict[str, str]:
    """The two fields that hold former names, once ``names`` are no longer in use; the newest first, each once."""
    lines = [*names, *known.split("\n")]
    kept: dict[str, str] = {}
    for line in lines:
        if line.strip() and fold(line) != fold(present):
            kept.setdefault(fold(line), line.strip())
    chosen = list(kept.values())[:MOST_NAMES]
    return {"former_names": "\n".join(chosen), "search_former": "\n".join(fold(line) for line in chosen)}


def keep_former_name(person: Person, before: str) -> None:
    """Note on a person that is about to be saved what it was called before."""
    if before == person.full_name:
        return
    for name, value in with_former(person.former_names, before, present=person.full_name).items():
        setattr(person, name, value)


def refuse_withdrawn(record: Person) -> None:
    """A record that was merged or withdrawn is not changed any more."""
    if record.retired_on:
        raise Refusal(_("This record was merged or withdrawn. Use the record that is in use."))
