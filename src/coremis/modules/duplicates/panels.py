"""What this module shows on the page of a person and of a group."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.duplicates.models import DuplicateGroup, DuplicateMember, DuplicateVerdict, Likeness, Verdict
from coremis.modules.duplicates.queries import alike
from coremis.modules.duplicates.tables import GroupTable, MemberTable
from coremis.modules.registry.models import Person

SHOWN = 10


def may_be_twice(request: HttpRequest, person: Person) -> Shown:
    """Who is alike this person, now and by what, on both sides; what was decided about it."""
    user: Any = request.user
    found = {likeness: list(others.order_by("pk")[: SHOWN + 1]) for likeness, others in alike(person).items()}
    others = [one.pk for people in found.values() for one in people]
    seen = set(Person.objects.visible_to(user, "registry.view_person").filter(pk__in=[0, *others]).values_list("pk", flat=True))
    groups = list(GroupTable.visible(user).filter(members__person=person, members__until=None).prefetch_related(None).distinct())
    if not others:
        return None
    facts = [fact for likeness, people in found.items() for fact in likeness_facts(likeness, people, seen)]
    links = [{"url": reverse("duplicates:group", kwargs={"pk": group.pk}), "title": group_words(group)} for group in groups]
    return {"facts": [fact.ready() for fact in facts], "links": links}


def likeness_facts(likeness: str, people: list[Person], seen: set[int]) -> list[Fact]:
    """Those whom the reader may see by name, and that there are others."""
    title = Likeness(likeness).label.capitalize()
    named = [one for one in people[:SHOWN] if one.pk in seen]
    facts = [Fact(title, f"{one.full_name} ({one.number_text})", reverse("registry:person", kwargs={"pk": one.pk})) for one in named]
    if len(people) > len(named):
        facts.append(Fact(title, _("and others, outside your places or too many to list")))
    return facts


def group_words(group: DuplicateGroup) -> str:
    """“Same document: to look at”."""
    return f"{group.get_likeness_display().capitalize()}: {group.get_state_display()}"


def people(request: HttpRequest, group: DuplicateGroup) -> Shown:
    """The people of a group whom the reader may see, side by side."""
    user: Any = request.user
    rows = DuplicateMember.objects.visible_to(user, "registry.view_person").filter(group=group, until=None)
    found = list(rows.select_related("person__area").prefetch_related("person__memberships__household").order_by("pk"))
    shown: dict[str, Any] = {"table": small_table(MemberTable, found, user)}
    if hidden := group.member_count - len(found):
        shown["text"] = _("%(count)s more outside your places.") % {"count": hidden}
    return shown


def verdicts(request: HttpRequest, group: DuplicateGroup) -> Shown:
    """What was decided before, the latest first."""
    rows = DuplicateVerdict.objects.filter(group=group).select_related("decided_by").order_by("-pk")[:SHOWN]
    facts = [Fact(f"{text_of(said.decided_at)} · {said.decided_by or ''}", verdict_words(said)) for said in rows]
    return {"facts": [fact.ready() for fact in facts]} if facts else {"text": _("Nobody has decided yet.")}


def verdict_words(said: DuplicateVerdict) -> str:
    """“Different people (3): two brothers”."""
    words = f"{said.get_verdict_display().capitalize()} ({len(said.person_ids)})"
    return f"{words}: {said.note}" if said.note else words


def open_groups(request: HttpRequest) -> Shown:
    """How many groups wait for somebody to look at them."""
    count = GroupTable.visible(request.user).filter(state=DuplicateGroup.State.OPEN).order_by().values("pk").distinct().count()
    if not count:
        return None
    return {"figure": text_of(count), "label": _("to look at"), "href": f"{reverse('duplicates:groups')}?state=OPEN"}


def overridden(request: HttpRequest) -> Shown:
    """How many groups somebody called different people: flags that were set aside."""
    given = DuplicateVerdict.objects.filter(verdict=Verdict.DIFFERENT).values("group")
    count = DuplicateGroup.objects.visible_to(request.user, "duplicates.view_duplicategroup").filter(pk__in=given).count()  # type: ignore[arg-type]
    address = f"{reverse('duplicates:groups')}?verdict={Verdict.DIFFERENT}"
    return {"figure": text_of(count), "label": _("called different people"), "href": address}
