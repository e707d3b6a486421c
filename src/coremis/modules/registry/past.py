"""“On a past day”: a household and a person as they were, from dated rows and from the changes kept since."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from coremis.kernel.actions.past import as_of, end_of
from coremis.kernel.areas.models import Area
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS
from coremis.modules.registry.models import Household, Membership, Person, Recipient, Relationship
from coremis.modules.registry.queries import members_on
from coremis.modules.registry.services.hooks import OnPastDay
from coremis.modules.registry.sight import Sight
from coremis.modules.registry.words import born, phone_words, variable_facts

Boxes = list[dict[str, Any]]


def household_then(request: HttpRequest, household: Household) -> Shown:
    """Place, facts, members and recipients of a household on a day, and what other modules know of that day."""
    return _then(request, household, _household_boxes)


def person_then(request: HttpRequest, person: Person) -> Shown:
    """Names, facts, household and roles of a person on a day."""
    return _then(request, person, _person_boxes)


def asked_day(request: HttpRequest) -> tuple[date | None, str]:
    """The day in the address, and a sentence where it is none."""
    text = request.GET.get("on", "")
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and day is None:
        return None, _("This is not a date. Choose a day.")
    if day and day > timezone.localdate():
        return None, _("This day has not come yet. Choose a past day.")
    return day, ""


def _then(request: HttpRequest, record: Any, boxes: Any) -> Shown:
    day, problem = asked_day(request)
    shown: dict[str, Any] = {"day": day.isoformat() if day else "", "problem": problem, "today": timezone.localdate().isoformat()}
    if day is None:
        return shown
    before = as_of([record], end_of(day)).get(record.pk)
    if before is None:
        return {**shown, "problem": _("This record was made later, on %(day)s.") % {"day": text_of(record.registered_on)}}
    mine = sorted((item for item in contributions(OnPastDay) if item.on is type(record)), key=lambda item: item.order)
    others = [(item, item.show(request, record, day)) for item in mine if request.user.has_perm(item.permission)]
    more = [{"title": str(item.title), **panel} for item, panel in others if panel is not None]
    return {**shown, "words": text_of(day), "boxes": [*boxes(request, before, day), *more], "erased": getattr(before, "erased", False)}


def _household_boxes(request: HttpRequest, household: Household, day: date) -> Boxes:
    user: Any = request.user
    lived = Membership.objects.visible_to(user, "registry.view_membership") & members_on(day)
    members: list[Any] = list(lived.filter(household=household).order_by("pk"))
    named = Recipient.objects.visible_to(user, "registry.view_recipient").filter(household=household) & Recipient.on(day)
    recipients: list[Any] = list(named.order_by("rank", "pk"))
    people = _people(user, {row.person_id for row in [*members, *recipients]}, day)
    members.sort(key=lambda row: row.relationship != Relationship.HEAD)
    told = [Fact(_name(people, row.person_id), _about(people, row)) for row in members]
    roles = [Fact(_name(people, row.person_id), _("alternate recipient") if row.rank else _("primary recipient")) for row in recipients]
    facts = [
        Fact(_("Place"), _place(household.area_id)),
        Fact(_("Address or landmark"), household.address or None),
        Fact(_("Members"), len(members)),
    ]
    return [
        _box(_("Household"), facts),
        _box(_("Members"), told),
        _box(_("Who may collect"), roles),
        _box(_("Dwelling and facts"), variable_facts(household.data, *OF_HOUSEHOLDS, sight=Sight(user, household))),
    ]


def _person_boxes(request: HttpRequest, person: Person, day: date) -> Boxes:
    user: Any = request.user
    lived = Membership.objects.visible_to(user, "registry.view_membership") & members_on(day)
    homes = lived.filter(person=person.pk).select_related("household")
    named = Recipient.objects.visible_to(user, "registry.view_recipient").filter(person=person.pk) & Recipient.on(day)
    facts = [
        Fact(_("Given names"), person.given_names or None),
        Fact(_("Surname"), person.surname or None),
        Fact(_("Sex"), person.get_sex_display()),
        Fact(_("Born"), born(person)),
        Fact(_("Phone"), phone_words(person, Sight(user, person)) or None),
        Fact(_("Place"), _place(person.area_id)),
    ]
    homes_told = [Fact(row.household.number_text, row.get_relationship_display()) for row in homes]
    roles = [
        Fact(row.household.number_text, _("alternate recipient") if row.rank else _("primary recipient"))
        for row in named.select_related("household")
    ]
    return [
        _box(_("Person"), facts),
        _box(_("Household"), homes_told),
        _box(_("Collects for"), roles),
        _box(_("Further facts"), variable_facts(person.data, *OF_PERSONS, sight=Sight(user, person))),
    ]


def _people(user: Any, keys: set[int], day: date) -> dict[int, Person]:
    """These persons as they were, of those whom the reader may see today."""
    seen: Any = Person.everything
    return as_of(seen.visible_to(user, "registry.view_person").filter(Q(pk__in=keys)), end_of(day))


def _name(people: dict[int, Person], key: int) -> str:
    return people[key].full_name if key in people else _("(not shown to you)")


def _about(people: dict[int, Person], row: Membership) -> str:
    words = [str(row.get_relationship_display())]
    if row.person_id in people:
        words.append(text_of(born(people[row.person_id])))
    return ", ".join(word for word in words if word)


def _place(area_id: int) -> str:
    return Area.objects.get(pk=area_id).name


def _box(title: str, facts: Sequence[Fact]) -> dict[str, Any]:
    ready = [fact.ready() for fact in facts]
    return {"title": title, "facts": ready} if ready else {"title": title, "text": "–"}
