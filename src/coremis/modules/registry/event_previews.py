"""What a birth, a move, a parting or a merge will change, said before it happens."""

from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS
from coremis.modules.registry.models import Household, HouseholdMove, Membership, Person, Recipient, Relationship, VariableDefinition
from coremis.modules.registry.previews import Inputs
from coremis.modules.registry.rules import missing_name
from coremis.modules.registry.services.living import members_now
from coremis.modules.registry.services.members import relation_asked
from coremis.modules.registry.services.merging import conflicts_of, filled_of, reasons_against
from coremis.modules.registry.services.succession import is_primary
from coremis.modules.registry.services.unmerging import merged_since, reasons_against_undoing
from coremis.modules.registry.sight import Sight
from coremis.modules.registry.words import birth_words, seen_words, variable_name


def birth(inputs: Inputs, actor: Any) -> Preview:
    """Who is born into which household."""
    household: Household = inputs["household"]
    name = f"{inputs['given_names']} {inputs['surname']}".strip()
    facts = [(_("Household"), str(household)), (_("Newborn"), name), (_("Born on"), text_of(inputs["born_on"]))]
    problem = missing_name(name) or ""
    return Preview(facts=facts, changes=[(_("Members"), household.size, household.size + 1)], problem=problem)


def person_move(inputs: Inputs, actor: Any) -> Preview:
    """Both households before and after, and who follows."""
    membership: Membership = inputs["membership"]
    household, target, person = membership.household, inputs.get("target"), membership.person
    changes = [(household.number_text, _members(household.size), _members(household.size - 1))]
    if target:
        changes.append((target.number_text, _members(target.size), _members(target.size + 1)))
    else:
        changes.append((_("New household"), "", _members(1)))
    facts = [
        (_("Person"), person.full_name),
        (_("Leaves"), str(household)),
        (_("Arrives in"), str(target) if target else _("a household of their own")),
    ]
    facts += successors(household, person, inputs)
    led = membership.relationship == Relationship.HEAD and household.size > 1 and not inputs.get("new_head")
    return Preview(facts=facts, changes=changes, problem=_("Choose the new head of household first.") if led else "")


def successors(household: Household, person: Person, inputs: Inputs) -> list[tuple[Any, Any]]:
    """Who follows as head and as recipient, where that is asked."""
    found: list[tuple[Any, Any]] = []
    if inputs.get("new_head"):
        found.append((_("New head of household"), inputs["new_head"].full_name))
    if is_primary(household, person):
        follows = inputs.get("new_recipient")
        words = _("%(name)s, once others agree") % {"name": follows.full_name} if follows else _("nobody yet, so nobody can be paid")
        found.append((_("New primary recipient"), words))
    return found


def split(inputs: Inputs, actor: Any) -> Preview:
    """Who stays and who leaves; programmes and payments stay with the recipient."""
    household: Household = inputs["household"]
    going = {person.pk for person in inputs["leaving"]}
    members = members_now(household)
    head: Person = inputs["head"]
    asked = {int(key): value for key, value in (inputs.get("relationships") or {}).items() if int(key) in going and int(key) != head.pk}
    leaves = [member for member in members if member.person_id in going]
    relations = [
        (
            member.person.full_name,
            _("head of household") if member.person_id == head.pk else Relationship(relation_asked(member, asked)).label,
        )
        for member in leaves
    ]
    stays = [member for member in members if member.person_id not in going]
    recipient = inputs.get("recipient")
    facts = [
        (_("Stay in %(number)s") % {"number": household.number_text}, ", ".join(member.person.full_name for member in stays)),
        *[(_("Leaves: %(name)s") % {"name": name}, words) for name, words in relations],
        *([(_("New head of household"), inputs["new_head"].full_name)] if inputs.get("new_head") else []),
        (_("Primary recipient of the new household"), recipient.full_name if recipient else "–"),
        (_("Programmes and payments"), _("stay with %(number)s; the new household must be assessed") % {"number": household.number_text}),
    ]
    led = any(member.relationship == Relationship.HEAD for member in leaves) and not inputs.get("new_head")
    changes = [(household.number_text, _members(len(members)), _members(len(stays))), (_("New household"), "", _members(len(leaves)))]
    return Preview(facts=facts, changes=changes, problem=_("Choose the new head of household first.") if led and stays else "")


def merge(inputs: Inputs, actor: Any) -> Preview:
    """What stays, what is filled in, what is given up; and why it cannot be, where other modules say so."""
    survivor, other = inputs["survivor"], inputs["other"]
    problems = reasons_against(survivor, other)
    facts = [
        (_("Stays in use"), _words(survivor)),
        (_("Is retired and leads there"), _words(other)),
        *([(_("Reason"), inputs["reason"])] if inputs.get("reason") else []),
        *_filled(survivor, other, Sight(actor, other)),
        *_conflicts(survivor, other, Sight(actor, other)),
        (_("Payments"), _("stay as they were paid")),
    ]
    changes = [(_("Members"), survivor.size, survivor.size + other.size)] if isinstance(survivor, Household) else []
    return Preview(facts=facts, changes=changes, problem=" ".join(problems))


def unmerging(inputs: Inputs, actor: Any) -> Preview:
    """Which two records are in use again, and what forbids it."""
    other = inputs["other"]
    facts = [
        (_("In use again"), _words(other)),
        *([(_("Goes back to what it held before"), _words(other.merged_into))] if other.merged_into else []),
        (_("Merged on"), merged_since(other)), (_("Reason"), inputs.get("reason", "")), (_("Payments"), _("stay as they were paid")),
    ]  # fmt: skip
    return Preview(facts=facts, problem=" ".join(reasons_against_undoing(other)))


def _filled(survivor: Any, other: Any, sight: Sight) -> list[tuple[str, str]]:
    shape = _("Filled in: %(what)s")
    told = [(name, value) for name, value in filled_of(survivor, other) if not _hidden(other, name, sight)]
    return [(shape % {"what": _called(survivor, name)}, _shown(other, name, value, sight)) for name, value in told]


def _conflicts(survivor: Any, other: Any, sight: Sight) -> list[tuple[str, str]]:
    shape, words = _("Differs: %(what)s"), _("%(mine)s stays, %(theirs)s is only in the history")
    return [
        (
            shape % {"what": _called(survivor, name)},
            words % {"mine": _shown(survivor, name, mine, sight), "theirs": _shown(other, name, theirs, sight)},
        )
        for name, mine, theirs in conflicts_of(survivor, other)
        if not _hidden(other, name, sight)
    ]


def proposal(inputs: Inputs, actor: Any) -> Preview:
    """Where the household lives and where it would live."""
    from_place = inputs["household"].area
    to_place = type(from_place).objects.get(pk=inputs["to_area_id"])
    problem = _("Choose another place, where the household goes to live.") if from_place == to_place else ""
    facts = [(_("Household"), str(inputs["household"])), (_("Reason"), inputs["reason"])]
    changes = [(_("Place"), from_place.name, to_place.name), (_("Members who move along"), "", str(inputs["household"].size))]
    return Preview(facts=facts, changes=changes, problem=problem)


def arrival(inputs: Inputs, actor: Any) -> Preview:
    """The household as those see it who take it in."""
    move = HouseholdMove.objects.select_related("household", "from_area", "to_area").get(pk=inputs["move"].pk)
    household = move.household
    recipient = Recipient.objects.filter(household=household, rank=0, valid_until=None).select_related("person").first()
    facts = [
        (_("Household"), str(household)),
        (_("Proposed by"), f"{move.proposed_name}, {text_of(move.proposed_on)}"),
        (_("Reason"), move.reason),
        *([(_("Address or landmark"), move.address)] if move.address else []),
        *[(member.get_relationship_display().capitalize(), _member(member)) for member in members_now(household)],
        (_("Primary recipient"), recipient.person.full_name if recipient else _("nobody yet, so nobody can be paid")),
    ]
    return Preview(facts=facts, changes=[(_("Place"), move.from_area.name, move.to_area.name)])


def _member(member: Membership) -> str:
    return ", ".join(word for word in (member.person.full_name, birth_words(member.person)) if word)


def _members(count: int) -> str:
    return _("%(count)s members") % {"count": count}


def _words(record: Any) -> str:
    if isinstance(record, Household):
        return f"{record}, {record.area.name}"
    return ", ".join(word for word in (record.number_text, record.full_name, birth_words(record), record.area.name) if word)


def _called(record: Any, name: str) -> str:
    return variable_name(name.removeprefix("data.")) if name.startswith("data.") else str(record._meta.get_field(name).verbose_name)


def _variable(record: Any, name: str) -> VariableDefinition | None:
    subjects = OF_HOUSEHOLDS if isinstance(record, Household) else OF_PERSONS
    code = name.removeprefix("data.")
    return VariableDefinition.objects.filter(subject__in=subjects, code=code).first() if code != name else None


def _hidden(record: Any, name: str, sight: Sight) -> bool:
    found = _variable(record, name)
    return found is not None and not sight.shows(found)


def _shown(record: Any, name: str, value: Any, sight: Sight) -> str:
    if name == "phone":
        return sight.phone(str(value))
    if (found := _variable(record, name)) is not None:
        return seen_words(found, value, sight)
    display = getattr(record, f"get_{name}_display", None)
    return str(display()) if display else text_of(value)
