"""What a change of the tree, or a file of places, will do: for the person who asks and for those who decide."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.jobs.messages import rendered
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.geography.models import AreaShape
from coremis.modules.geography.services.files import require_ready_for
from coremis.modules.geography.services.moving import people_in
from coremis.modules.geography.services.reorganising import check_merge, check_split
from coremis.modules.geography.services.units import check_ending
from coremis.modules.geography.uses import counted_uses
from coremis.modules.registry.models import Household, Person

State = BatchRow.State


def counts_of(batch: Batch) -> dict[str, int]:
    """How many rows are new, changed, unchanged and refused; one query."""
    rows: Any = BatchRow.objects.filter(batch=batch)
    return dict(rows.aggregate(
        new=Count("pk", filter=Q(state=State.GOOD, target_id=None)),
        changed=Count("pk", filter=Q(state=State.GOOD) & ~Q(target_id=None)),
        unchanged=Count("pk", filter=Q(state=State.UNCHANGED)),
        refused=Count("pk", filter=Q(state=State.BAD)),
    ))  # fmt: skip


def change_lines(batch: Batch) -> list[tuple[str, int, list[list[str]]]]:
    """By column: its title, how many units change there, and examples (who, before, after)."""
    titles = {code: str(column.title) for code, column in find_kind(batch.import_kind).all_columns().items()}
    return [(titles.get(code, code), count, examples) for code, count, examples in batch.change_counts]


def reasons_of(batch: Batch) -> list[tuple[str, int]]:
    """Why rows are refused, with how many; the particular values are left open."""
    return [(_open(message), count) for _column, message, count in batch.problem_counts]


def _open(message: str) -> str:
    return re.sub(r"%\(\w+\)s\.?", "…", rendered(message, {})).replace("%%", "%")


def file_effect(inputs: dict[str, Any], actor: Any) -> Preview:
    """What taking a file in will do."""
    batch: Batch = inputs["batch"]
    found = counts_of(batch)
    facts = [
        (_("File"), batch.name), (_("What the file brings"), batch.kind_title), (_("Place"), batch.area.name),
        (_("Sent by"), batch.sent_by),
        (_("New"), found["new"]), (_("Changed"), found["changed"]), (_("Unchanged"), found["unchanged"]), (_("Refused"), found["refused"]),
    ]  # fmt: skip
    facts += [(_("Changes: %(column)s") % {"column": title}, count) for title, count, _examples in change_lines(batch)]
    changes = [(f"{title}: {who}", before, after) for title, _count, examples in change_lines(batch) for who, before, after in examples]
    count = found["new"] + found["changed"]
    button = ngettext("Take in %(n)s row", "Take in %(n)s rows", count) % {"n": text_of(count)}
    return Preview(facts=facts, count=count, left_out=reasons_of(batch), changes=changes, button=button)


def asked_file(inputs: dict[str, Any], actor: Any) -> Preview:
    """The same before it is asked for: refused where the file is not ready or the person lacks the right."""
    require_ready_for(inputs["batch"], actor)
    return file_effect(inputs, actor)


def renaming(inputs: dict[str, Any], actor: Any) -> Preview:
    """Before and after, and what lies there."""
    area: Area = inputs["area"]
    changes = [(_("Name"), area.name, inputs["name"]), (_("Code"), area.code, inputs["code"])]
    return Preview(facts=_days(inputs.get("on")) + _uses([area], inside=True), changes=changes)


def moving(inputs: dict[str, Any], actor: Any) -> Preview:
    """Before and after, and what comes along."""
    area: Area = inputs["area"]
    return Preview(
        facts=_days(inputs.get("on")) + _uses([area], inside=True), changes=[(_("Within"), area.parent, inputs["parent"])],
        problem="" if inputs["parent"].level.position == area.level.position - 1 else _("Choose a unit of the level just above."),
    )  # fmt: skip


def closing(inputs: dict[str, Any], actor: Any) -> Preview:
    """What stays behind in the closed unit."""
    area: Area = inputs["area"]
    facts = [(_("Last day"), inputs["until"]), *_uses([area])]
    return Preview(facts=facts, problem=_refused(check_ending, area, inputs["until"]))


def merging(inputs: dict[str, Any], actor: Any) -> Preview:
    """What becomes one, and everything that is concerned."""
    areas, into = inputs["areas"], inputs.get("into")
    ending = [area for area in areas if into is None or area.pk != into.pk]
    target = f"{into.name} ({into.code})" if into else f"{inputs.get('name')} ({inputs.get('code')})"
    facts = [
        (_("Units that close"), ", ".join(f"{area.name} ({area.code})" for area in ending)), (_("They become"), target),
        *_days(inputs["on"]), (_("Users get the same rights there"), _("yes") if inputs.get("carry_rights", True) else _("no")),
        *_uses(ending), *_outlines(ending),
    ]  # fmt: skip
    return Preview(facts=facts, problem=_refused(check_merge, areas, ending, into, inputs["on"]))


def splitting(inputs: dict[str, Any], actor: Any) -> Preview:
    """The parts, and everything that is concerned."""
    area, parts = inputs["area"], inputs["parts"]
    facts = [
        *_days(inputs["on"]),
        *((_("Part %(number)s") % {"number": number}, part_words(part)) for number, part in enumerate(parts, 1)),
        (_("The unit goes on, smaller"), _("yes") if inputs.get("goes_on") else _("no")),
        (_("Users get the same rights there"), _("yes") if inputs.get("carry_rights", True) else _("no")),
        *_uses([area]),
        *_outlines([area]),
    ]
    return Preview(facts=facts, problem=_refused(check_split, area, parts, inputs["on"], inputs.get("goes_on", False)))


def part_words(part: dict[str, Any]) -> str:
    """“Gitega North (GN), 40 %, units inside: 3”."""
    share, inside = f"{round(float(part['share']) * 100, 4):g}", len(part["inside"])
    words = _("%(name)s (%(code)s), %(share)s %%, units inside: %(count)s")
    return words % {"name": part["name"], "code": part["code"], "share": share, "count": inside}


def moving_people(inputs: dict[str, Any], actor: Any) -> Preview:
    """How many belong to another unit afterwards."""
    places = [area.pk for area in inputs["from_areas"]]
    households, persons = (people_in(model, places).count() for model in (Household, Person))
    facts = [
        (_("From"), ", ".join(area.name for area in inputs["from_areas"])), (_("To"), inputs["to"].name),
        (_("Households"), households), (_("Persons"), persons),
    ]  # fmt: skip
    button = ngettext("Move %(n)s person", "Move %(n)s persons", persons) % {"n": text_of(persons)}
    return Preview(facts=facts, count=households + persons, button=button)


def _days(on: Any) -> list[tuple[str, Any]]:
    return [(_("From which day"), on or _("today"))]


def _uses(areas: Sequence[Area], inside: bool = False) -> list[tuple[str, Any]]:
    return [(str(title), count) for title, count in counted_uses(areas, inside)]


def _outlines(areas: Sequence[Area]) -> list[tuple[str, Any]]:
    count = AreaShape.objects.filter(area__in=areas).count()
    return [(_("Outlines to load anew"), count)] if count else []


def _refused(check: Any, *about: Any) -> str:
    try:
        check(*about)
    except Refusal as problem:
        return str(problem)
    return ""
