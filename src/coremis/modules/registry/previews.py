"""What will happen, said before it happens."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from coremis.kernel.access.encryption import keyed_hash
from coremis.kernel.base.text import fold
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS, checked_data
from coremis.modules.registry.models import ChangeCause, Document, Household, Membership, Person, Recipient, Relationship
from coremis.modules.registry.services.fields import Errors, refuse_if, set_person_fields
from coremis.modules.registry.services.households import PRIMARY, NewMember, read_registration
from coremis.modules.registry.services.living import members_now
from coremis.modules.registry.services.members import relation_asked
from coremis.modules.registry.services.papers import KeptPaper
from coremis.modules.registry.sight import Sight
from coremis.modules.registry.words import birth_words, phone_words, variable_differences, variable_facts

Inputs = dict[str, Any]
SHOWN_TWINS = 5


def registration(inputs: Inputs, actor: Any) -> Preview:
    """Who is registered, who leads and collects, and who looks as if they were registered already."""
    household, people = read_registration(**inputs)
    heads = [member.person.full_name for member in people if member.relationship == Relationship.HEAD]
    collecting = [member.person.full_name for member in people if member.collects == PRIMARY]
    facts = [
        (_("Place"), household.area.name),
        (_("Head of household"), ", ".join(heads)),
        (_("Primary recipient"), ", ".join(collecting) or _("nobody yet, so nobody can be paid")),
        *_numbered(people),
        *[(fact.label, fact.value) for fact in variable_facts(household.data, *OF_HOUSEHOLDS, sight=Sight(actor, household)) if fact.value],
    ]
    twins = _looks_known(people, actor, household)
    facts += [(_("Perhaps registered already"), twin) for twin in twins]
    return Preview(facts=facts, button=_("Register %(count)s persons") % {"count": len(people)} if len(people) > 1 else "")


def leaving(inputs: Inputs, actor: Any) -> Preview:
    """Who leaves, who follows as head, and whether somebody must be named to collect."""
    membership: Membership = inputs["membership"]
    person, household = membership.person, membership.household
    facts = [(_("Leaves"), person.full_name), (_("Household"), household.number_text)]
    return _with_consequences(facts, household, person, inputs, dies=False)


def death(inputs: Inputs, actor: Any) -> Preview:
    """Who died, who follows as head, and whether the recipient must be changed."""
    person: Person = inputs["person"]
    lived = Membership.objects.filter(person=person, left_on=None).select_related("household").first()
    facts = [(_("Died"), f"{person.full_name}, {birth_words(person)}".rstrip(", ")), (_("Died on"), text_of(inputs["died_on"]))]
    if lived is None:
        return Preview(facts=facts)
    facts.append((_("Household"), lived.household.number_text))
    return _with_consequences(facts, lived.household, person, inputs, dies=True)


def head_change(inputs: Inputs, actor: Any) -> Preview:
    """Every relation before and after."""
    household, head = inputs["household"], inputs["head"]
    asked = {int(key): value for key, value in (inputs.get("relationships") or {}).items()}
    changes = []
    for member in members_now(household):
        after = Relationship.HEAD if member.person_id == head.pk else Relationship(relation_asked(member, asked))
        if after != member.relationship:
            changes.append((member.person.full_name, member.get_relationship_display(), after.label))
    return Preview(facts=[(_("Household"), str(household))], changes=changes)


def recipient_change(inputs: Inputs, actor: Any) -> Preview:
    """Who collected and who will, and why; the same for those who decide."""
    household, person = inputs["household"], inputs["person"]
    now = Recipient.objects.filter(household=household, rank=0, valid_until=None).select_related("person").first()
    facts = [
        (_("Household"), str(household)),
        (_("Place"), household.area.name),
        (_("New recipient born"), birth_words(person) or _("not known")),
    ]
    if inputs.get("cause"):
        facts.append((_("Cause"), ChangeCause(inputs["cause"]).label))
    if inputs.get("reason"):
        facts.append((_("Explanation"), inputs["reason"]))
    if inputs.get("paper"):
        paper = inputs["paper"]
        facts.append(
            (
                _("Document"),
                paper.name if isinstance(paper, KeptPaper) else _("%(about)s (see “Documents” of the household)") % {"about": paper},
            )
        )
    return Preview(facts=facts, changes=[(_("Primary recipient"), now.person.full_name if now else "", person.full_name)])


def household_change(inputs: Inputs, actor: Any) -> Preview:
    """What differs, in words; moving takes everybody along."""
    household: Household = inputs["household"]
    area, address = inputs.get("area"), inputs.get("address")
    changes = []
    if area and area.pk != household.area_id:
        changes += [(_("Place"), household.area.name, area.name), (_("Members who move along"), "", str(household.size))]
    if address is not None and address != household.address:
        changes.append((_("Address or landmark"), household.address, address))
    after = checked_data(OF_HOUSEHOLDS, inputs.get("data") or {}, household.data, pk=household.pk)
    return _changed([*changes, *variable_differences(household.data, after, *OF_HOUSEHOLDS, sight=Sight(actor, household))])


def person_change(inputs: Inputs, actor: Any) -> Preview:
    """What differs, in words."""
    before: Person = inputs["person"]
    after = copy(before)
    errors: Errors = {}
    set_person_fields(after, {name: value for name, value in inputs.items() if name != "person"}, errors)
    refuse_if(errors)
    if inputs.get("birth_unknown") and not inputs.get("birth"):
        after.birth_date = None
    sight = Sight(actor, before)
    shown: dict[str, Callable[[Person], Any]] = {
        _("Given names"): lambda person: person.given_names,
        _("Surname"): lambda person: person.surname,
        _("Sex"): lambda person: person.get_sex_display(),
        _("Born"): birth_words,
    }
    changes = [(label, show(before), show(after)) for label, show in shown.items() if show(before) != show(after)]
    if (before.phone, before.phone_owner) != (after.phone, after.phone_owner):
        changes.append((_("Phone"), phone_words(before, sight), phone_words(after, sight)))
    if inputs.get("area") and inputs["area"].pk != before.area_id:
        changes.append((_("Place"), before.area.name, inputs["area"].name))
    return _changed([*changes, *variable_differences(before.data, after.data, *OF_PERSONS, sight=sight)])


def _changed(changes: list[Any]) -> Preview:
    return Preview(changes=changes, problem="" if changes else _("Nothing is different yet. Change something, or leave the page."))


def _numbered(people: list[NewMember]) -> list[tuple[str, str]]:
    return [(_("Member %(number)s") % {"number": place}, _member_words(member)) for place, member in enumerate(people, start=1)]


def _member_words(member: NewMember) -> str:
    words = [member.person.full_name, str(Relationship(member.relationship).label), birth_words(member.person)]
    return ", ".join(word for word in words if word)


def _looks_known(people: list[NewMember], actor: Any, household: Household) -> list[str]:
    """Persons the reader may see with the same document, or of the same name and birth date."""
    same = Q(pk__in=[])
    for member in people:
        hashes = [keyed_hash(fields["number"]) for fields in member.documents if fields]
        same |= Q(pk__in=Document.objects.filter(number_hash__in=hashes, ended_on=None).values("person"))
        if member.person.birth_date:
            same |= Q(search_name=fold(member.person.full_name), birth_date=member.person.birth_date)
    found = Person.objects.visible_to(actor, "registry.view_person").filter(same).select_related("area")[:SHOWN_TWINS]
    return [f"{person.full_name}, {person.number_text}, {person.area.name}" for person in found]


def _with_consequences(facts: list[Any], household: Household, person: Person, inputs: Inputs, dies: bool) -> Preview:
    new_head, follows = inputs.get("new_head"), inputs.get("new_recipient")
    members = members_now(household)
    remaining = [member for member in members if member.person_id != person.pk]
    was_head = any(member.person_id == person.pk and member.relationship == Relationship.HEAD for member in members)
    facts = [*facts, (_("Members who remain"), len(remaining))]
    if was_head and remaining:
        facts.append((_("New head of household"), new_head.full_name if new_head else "–"))
    if Recipient.objects.filter(household=household, person=person, rank=0, valid_until=None).exists():
        ends = _("ends; a change must be asked for")
        facts.append((_("Primary recipient"), _("stays named until a change is approved; nobody is paid") if dies else ends))
        asked = _("%(name)s, once others agree") % {"name": follows.full_name} if follows else _("nobody yet, so nobody can be paid")
        facts.append((_("New primary recipient"), asked))
    problem = _("Choose the new head of household first.") if was_head and remaining and not new_head else ""
    return Preview(facts=facts, problem=problem)
