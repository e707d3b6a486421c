"""Under which name the register knows a list that comes again: from its keys and its people, not from the name of its file."""

from collections import Counter
from collections.abc import Sequence

from coremis.kernel.areas.queries import below
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.values import shown
from coremis.kernel.files.cells import Cell
from coremis.modules.registry.models import Household, Membership

MOST_KEYS, ENOUGH = 200, 0.5  # keys that are looked up; share of the known ones whose people must be the same, too
NAMES = ("given_names", "surname", "full_name")


def known_list(batch: Batch, rows: Sequence[Sequence[Cell]]) -> str:
    """The list of the register from which most of these households came; "" where none is alike. Two statements.

    A key alone proves nothing, since many lists count from one: at least half of the households must have somebody of the same
    name as the file, and they must lie in the place of the import.
    """
    given = named_by_key(batch, rows)
    if not given:
        return ""
    inside = Household.objects.filter(external_id__in=list(given), area__in=below([batch.area_id])).exclude(source="")
    known = {key: (source, code) for key, source, code in inside.values_list("pk", "source", "external_id")}
    members = Membership.objects.filter(household__in=known).values_list("household", "person__search_name")
    alike = {known[home] for home, name in members if set(name.split()) in given[known[home][1]]}
    found, all_of = Counter(source for source, _key in alike), Counter(source for source, _key in known.values())
    source, count = next(iter(found.most_common(1)), ("", 0))
    return source if count and count >= ENOUGH * all_of[source] else ""


def named_by_key(batch: Batch, rows: Sequence[Sequence[Cell]]) -> dict[str, list[set[str]]]:
    """The names of the people in a sample of the file, each as its folded words, by household key."""
    places = {code: [batch.headers.index(title) for title in titles] for code, titles in batch.mapping.items()}
    if "household_key" not in places:
        return {}
    found: dict[str, list[set[str]]] = {}
    for row in rows:
        said = {code: " ".join(shown(row[at]) for at in columns if at < len(row)).strip() for code, columns in places.items()}
        key, name = said["household_key"], " ".join(said.get(column, "") for column in NAMES)
        if key and name.strip() and (key in found or len(found) < MOST_KEYS):
            found.setdefault(key, []).append(set(fold(name).split()))
    return found
