"""Looking for people who are alike: a few set-based statements over the whole register, for each likeness."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from, update_from
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.system import system
from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.work import Work
from coremis.modules.duplicates.models import DuplicateGroup, DuplicateMember, Likeness
from coremis.modules.duplicates.queries import living_members, marked, shared_marks

State = DuplicateGroup.State


@action(_("Keep the possible duplicates that were found"))
def keep_findings(*, likeness: Likeness, actor: Actor) -> None:
    """Write down who is alike in one thing, as the nightly search does."""
    write_findings(likeness)


@job_kind(title=_("Look for possible duplicates"))
def search(work: Work) -> bool:
    """One likeness at a time, at most seven statements each, as the system: likeness knows no borders."""
    place = work.cursor.get("place", 0)
    keep_findings(likeness=Likeness(Likeness.values[place]), actor=system(keep_findings.name))
    work.cursor["place"] = work.done = place + 1
    return bool(place + 1 < len(Likeness))


@action(_("Look for possible duplicates"))
def look_for_duplicates(*, actor: Actor) -> None:
    """Order a search through the whole register; it also runs every night."""
    enqueue(search, {}, actor_id=actor.pk, cause_id=required().event.pk, unique_key="duplicates.search", total=len(Likeness))


def write_findings(likeness: str) -> None:
    """New groups, new members, ended likenesses, and the state of each group. A decided group asks again only when somebody joins."""
    today, event = timezone.localdate(), required().event.pk
    groups = DuplicateGroup.objects.filter(likeness=likeness)
    new = shared_marks(likeness).annotate(
        new_likeness=Value(str(likeness)), new_mark=F("mark"), new_found_on=Value(today), new_member_count=F("found"),
        new_state=Value(State.GONE.value),
    )  # fmt: skip
    insert_from(DuplicateGroup, new, ("likeness", "mark", "found_on", "member_count", "state"), skip_existing=True)
    of_mark = groups.filter(mark=OuterRef("mark")).values("pk")[:1]
    members = marked(likeness).filter(mark__in=shared_marks(likeness).values("mark")).annotate(
        new_group=Subquery(of_mark), new_person=F("who"), new_since=Value(today)
    )  # fmt: skip
    insert_from(DuplicateMember, members.order_by(), ("group", "person", "since"), skip_existing=True)
    ended = DuplicateMember.objects.filter(group__likeness=likeness, until=None).annotate(held=F("group__mark"))
    update_from(ended.filter(~Exists(_still(likeness))), until=today)
    update_from(
        groups.annotate(now=Coalesce(living_members(), 0)).exclude(member_count=F("now")), member_count=Coalesce(living_members(), 0)
    )
    update_from(groups.exclude(state=State.GONE).filter(member_count__lt=2), state=State.GONE.value)
    joined = DuplicateMember.objects.filter(group=OuterRef("pk"), created_event_id=event)
    again = Q(state=State.DECIDED) & Exists(joined) | Q(state=State.GONE)
    update_from(groups.filter(again, member_count__gte=2), state=State.OPEN.value)


def _still(likeness: str) -> Any:
    return marked(likeness).filter(who=OuterRef("person"), mark=OuterRef("held"))
