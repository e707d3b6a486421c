"""What each action will do, said before it is done: for the person who asks and for those who decide."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.actions.models import Change
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.filters.queries import words
from coremis.modules.programmes.models import ENDED, Enrolment, GroupChange, Programme, Status
from coremis.modules.programmes.queries import Choice, free_places, gone, takes_place
from coremis.modules.programmes.reasons import NEW
from coremis.modules.programmes.services.chosen import not_waiting, one_programme, with_status
from coremis.modules.programmes.services.groups import choose
from coremis.modules.programmes.services.places import check_there
from coremis.modules.programmes.services.restoring import enrolled_again, moved_away, obstacles
from coremis.modules.programmes.services.statuses import not_by_hand
from coremis.modules.programmes.services.undoing import unchanged_since, undoable, when
from coremis.modules.programmes.services.waiting import check_promotion, next_in_line
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import Sight, variable_differences
from coremis.modules.registry.services import checked_data

Inputs = dict[str, Any]
SHOWN = 20  # those named one by one


def one_enrolment(inputs: Inputs, actor: Any) -> Preview:
    """Enrolling one household or person."""
    who = inputs.get("household") or inputs["person"]
    facts = [(_("Who"), who), (_("Programme"), inputs["programme"]), (_("Reason"), inputs["reason"].label)]
    facts += _places_left(inputs["programme"], takes_place(NEW, inputs["status"]))
    return Preview(facts=facts, changes=[(_("Status"), None, inputs["status"].label)], button=_("Enrol"))


def changed_facts(inputs: dict[str, Any], actor: Any) -> Preview:
    """What differs, in words, as far as the reader may see it."""
    enrolment: Enrolment = inputs["enrolment"]
    subjects, programme = (VariableDefinition.Subject.ENROLMENT,), enrolment.programme_id
    after = checked_data(subjects, inputs["data"], enrolment.data, pk=enrolment.pk, programme=programme)
    changes = variable_differences(enrolment.data, after, *subjects, sight=Sight(actor, enrolment), programme=programme)
    return Preview(changes=changes, problem="" if changes else _("Nothing is different yet. Change something, or leave the page."))


def one_status(inputs: Inputs, actor: Any) -> Preview:
    """Changing one status."""
    enrolment: Enrolment = inputs["enrolment"]
    if inputs["status"] == Status.ACTIVE:
        check_there(enrolment)
    facts = [(_("Who"), enrolment.who), (_("Programme"), enrolment.programme), (_("Reason"), inputs["reason"].label)]
    facts += _places_left(enrolment.programme, takes_place(enrolment.status, inputs["status"]))
    return Preview(
        facts=facts, changes=[(_("Status"), enrolment.get_status_display(), inputs["status"].label)], button=_("Change the status")
    )


def one_undoing(inputs: Inputs, actor: Any) -> Preview:
    """Undoing the last change of one status."""
    enrolment: Enrolment = inputs["enrolment"]
    change = Change.objects.filter(kind=Enrolment.kind(), record_id=enrolment.pk, event_id=enrolment.event_id).first()
    before = (change.before or {}).get("status") if change else None
    if before is None:
        return Preview(problem=_("The last thing that happened here was no change of status, so there is nothing to undo."))
    if enrolment.status in ENDED and before not in ENDED:
        check_there(enrolment)
    facts = [(_("Who"), enrolment.who), (_("Programme"), enrolment.programme)]
    return Preview(
        facts=facts, changes=[(_("Status"), enrolment.get_status_display(), Status(before).label)], button=_("Undo the last change")
    )


def group_enrolment(inputs: Inputs, actor: Any) -> Preview:
    """Enrolling all who match: how many fit, are in already, are in another programme, find no place."""
    programme: Programme = inputs["programme"]
    choice = choose(programme, inputs["areas"], inputs.get("condition", ""), inputs.get("filter"), actor=actor)
    fitting, new, elsewhere = choice.units().count(), choice.not_yet_in().count(), choice.elsewhere().count()
    takes = takes_place(NEW, inputs["status"])
    over = _over(programme, new, takes)
    facts = [
        *_chosen(inputs, choice), (_("New status"), inputs["status"].label), (_("Reason"), inputs["reason"].label),
        (_("Fit the condition"), fitting),
        *_places_left(programme, takes), (_("In another programme too"), elsewhere),
    ]  # fmt: skip
    late = _("no place left: on the waiting list") if inputs.get("overflow") else _("no place left, the lowest numbers come first")
    left_out = _left_out((_("already in this programme"), fitting - new), (late, over))
    return Preview(facts=facts, count=new - over, left_out=left_out, button=_enrol_words(programme, new - over))


def promotion(inputs: Inputs, actor: Any) -> Preview:
    """Moving up: who is next, in which order, and how many go on waiting."""
    programme: Programme = inputs["programme"]
    chosen = check_promotion(programme, inputs["areas"], inputs["count"])
    line = next_in_line(programme, inputs["areas"])
    waiting = line.count()
    first = line.select_related("enrolment__household", "enrolment__person", "area")[: min(len(chosen), SHOWN)]
    facts = [(_("Places"), ", ".join(area.name for area in inputs["areas"])), (_("Waiting"), waiting), *_places_left(programme, True)]
    facts += [(f"{place.area.name}, {place.rank}", place.enrolment) for place in first]
    if len(chosen) > SHOWN:
        facts.append(("…", _("and %(count)s more") % {"count": text_of(len(chosen) - SHOWN)}))
    left_out = _left_out((_("no place left"), max(0, min(inputs["count"], waiting) - len(chosen))))
    words = ngettext("Move up %(n)s beneficiary", "Move up %(n)s beneficiaries", len(chosen)) % {"n": text_of(len(chosen))}
    changes = [(_("Status"), Status.POTENTIAL.label, Status.ACTIVE.label)]
    return Preview(facts=facts, count=len(chosen), left_out=left_out, changes=changes, button=words)


def taking_off(inputs: Inputs, actor: Any) -> Preview:
    """Taking one off the waiting list."""
    enrolment: Enrolment = inputs["enrolment"]
    place = enrolment.waiting_places.filter(removed_on=None).first()
    if place is None:
        return Preview(problem=_("This one is not on a waiting list."))
    facts = [(_("Who"), enrolment.who), (_("Programme"), enrolment.programme), (_("Why"), inputs.get("note", ""))]
    return Preview(facts=facts, changes=[(_("Rank"), place.rank, None)], button=_("Take off the waiting list"))


def group_status(inputs: Inputs, actor: Any) -> Preview:
    """Changing the status of all who match."""
    programme: Programme = inputs["programme"]
    old, new = inputs["from_status"], inputs["to_status"]
    choice = choose(programme, inputs["areas"], inputs.get("condition", ""), inputs.get("filter"), actor=actor)
    fitting = choice.enrolled(old).count()
    there = choice.enrolled(old, new).count()
    count = not_by_hand(choice.enrolled(old, new), inputs.get("also_set_by_hand", False)).count()
    takes = takes_place(old, new)
    over = _over(programme, count, takes)
    facts = [
        *_chosen(inputs, choice),
        (_("Reason"), inputs["reason"].label),
        (_("Fit the condition"), fitting),
        *_places_left(programme, takes),
    ]
    left_out = _left_out(
        (_("nobody is there any more"), fitting - there),
        (_("decided one by one"), there - count),
        (_("no place left, the lowest numbers come first"), over),
    )
    button = _change_words(new, count - over)
    return Preview(facts=facts, count=count - over, left_out=left_out, changes=[(_("Status"), old.label, new.label)], button=button)


def chosen_status(inputs: Inputs, actor: Any) -> Preview:
    """Changing the status of those who were ticked: who has another status is left out."""
    enrolments, old, new = inputs["enrolments"], inputs["from_status"], inputs["to_status"]
    programme = one_programme(enrolments)
    same, count = with_status(enrolments, old).count(), with_status(enrolments, old, new).count()
    takes = takes_place(old, new)
    facts = [(_("Programme"), programme), (_("Chosen"), len(enrolments)), (_("Reason"), inputs["reason"].label)]
    facts += _places_left(programme, takes)
    left_out = _left_out((_("have another status"), len(enrolments) - same), (_("nobody is there any more"), same - count))
    problem = _("Too few places are left for all of them. Choose fewer.") if _over(programme, count, takes) else ""
    changes, button = [(_("Status"), old.label, new.label)], _change_words(new, count)
    return Preview(facts=facts, count=count, left_out=left_out, changes=changes, button=button, problem=problem)


def chosen_waiting(inputs: Inputs, actor: Any) -> Preview:
    """Putting those who were ticked on the waiting lists of their villages."""
    enrolments = inputs["enrolments"]
    programme, count = one_programme(enrolments), not_waiting(enrolments).count()
    facts = [(_("Programme"), programme), (_("Chosen"), len(enrolments)), (_("Waits until"), inputs.get("until"))]
    left_out = _left_out((_("wait already, or are not potential"), len(enrolments) - count))
    words = ngettext("Put %(n)s beneficiary on the waiting list", "Put %(n)s beneficiaries on the waiting list", count)
    return Preview(facts=facts, count=count, left_out=left_out, button=words % {"n": text_of(count)})


def group_undoing(inputs: Inputs, actor: Any) -> Preview:
    """Undoing a group change: how many go back, and who cannot."""
    group: GroupChange = inputs["group"]
    since, enrolled = when(group), group.what == GroupChange.What.ENROL
    same = unchanged_since(group)
    left_out = [(sentence, same.filter(pk__in=ids).count()) for sentence, ids in obstacles(same, since)]
    may = undoable(group).count()
    left_out.append((_("changed since"), max(0, group.count - same.count())))
    left_out.append(
        (
            _("enrolled again by now"),
            same.filter(enrolled_again(group.programme.unit)).count() if group.to_status in ENDED else 0,
        )
    )
    ended = group.to_status in ENDED
    left_out.append((_("nobody is there any more"), same.filter(gone(group.programme.unit)).count() if ended else 0))
    away = same.filter(moved_away(group.programme.unit, group.area_ids)).count() if ended else 0
    left_out.append((_("moved to another place, undo them one by one"), away))
    back = Status.EXITED if enrolled else Status(group.from_status)
    over = _over(group.programme, may, takes_place(group.to_status, back))
    left_out.append((_("no place left, the lowest numbers come first"), over))
    facts = [(_("Programme"), group.programme), (_("What"), group.get_what_display()), (_("Carried out on"), timezone.localtime(since))]
    button = ngettext("Undo for %(n)s beneficiary", "Undo for %(n)s beneficiaries", may - over) % {"n": text_of(may - over)}
    changes = [(_("Status"), group.get_to_status_display(), back.label)]
    return Preview(facts=facts, count=may - over, left_out=_left_out(*left_out), changes=changes, button=button)


def changed_programme(inputs: Inputs, actor: Any) -> Preview:
    """Changing a programme: before and after."""
    programme: Programme = inputs["programme"]
    pairs = [
        (field, getattr(programme, field), inputs.get(field)) for field in ("starts_on", "ends_on", "max_beneficiaries", "description")
    ]
    changes = [
        (getattr(Programme._meta.get_field(field), "verbose_name", field), old, new)
        for field, old, new in pairs
        if (old or None) != (new or None)
    ]
    renamed = [
        (f"{_('Name')} ({code})", programme.names.get(code), inputs["names"].get(code))
        for code in sorted({*programme.names, *inputs["names"]})
    ]
    changes = [*(pair for pair in renamed if pair[1] != pair[2]), *changes]
    return Preview(facts=[(_("Programme"), programme)], changes=changes, problem="" if changes else _("Nothing would change."))


def _chosen(inputs: Inputs, choice: Choice) -> list[tuple[str, Any]]:
    places = ", ".join(area.name for area in inputs["areas"])
    return [
        (_("Programme"), inputs["programme"]),
        (_("Places"), places),
        *([(_("Filter"), words(choice.filter))] if choice.filter else []),
        *([] if choice.filter and not choice.condition else [(_("Condition"), choice.condition or _("none: everybody in these places"))]),
    ]


def _places_left(programme: Programme, takes: bool) -> list[tuple[str, Any]]:
    free = free_places(programme) if takes else None
    return [] if free is None else [(_("Places left"), free)]


def _over(programme: Programme, count: int, takes: bool) -> int:
    free = free_places(programme) if takes else None
    return 0 if free is None else max(0, count - free)


def _left_out(*rows: tuple[Any, int]) -> list[tuple[Any, int]]:
    return [(reason, number) for reason, number in rows if number]


def _enrol_words(programme: Programme, count: int) -> str:
    number = {"n": text_of(count)}
    if programme.unit == Programme.Unit.HOUSEHOLD:
        return ngettext("Enrol %(n)s household", "Enrol %(n)s households", count) % number
    return ngettext("Enrol %(n)s person", "Enrol %(n)s persons", count) % number


def _change_words(new: Status, count: int) -> str:
    words = {
        Status.ACTIVE: ngettext("Activate %(n)s beneficiary", "Activate %(n)s beneficiaries", count),
        Status.SUSPENDED: ngettext("Suspend %(n)s beneficiary", "Suspend %(n)s beneficiaries", count),
        Status.GRADUATED: ngettext("Graduate %(n)s beneficiary", "Graduate %(n)s beneficiaries", count),
        Status.EXITED: ngettext("Let %(n)s beneficiary exit", "Let %(n)s beneficiaries exit", count),
    }
    return words[new] % {"n": text_of(count)}
