"""Deciding whether people who are alike are one person."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.duplicates.models import DuplicateGroup, DuplicateVerdict, Verdict
from coremis.modules.duplicates.queries import now_in

NO_LONGER = _("These people are no longer alike, so there is nothing to decide.")


@action(_("Decide on possible duplicates"))
def decide_duplicates(*, group: DuplicateGroup, verdict: Verdict, note: str = "", actor: Actor) -> DuplicateVerdict:
    """Say whether the people of a group are different people or the same person. Nothing else happens (BEN-16).

    It is remembered: the group asks again only when somebody joins it. “The same person” needs a note; merging is a step of its own.
    """
    group = DuplicateGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if group.state == DuplicateGroup.State.GONE:
        raise Refusal(NO_LONGER)
    if verdict == Verdict.SAME and not note.strip():
        raise Invalid(_("Say in the note how you know."), {"note": [_("Say in the note how you know.")]})
    said = DuplicateVerdict(
        group=group, verdict=verdict, note=note.strip()[:300], decided_by_id=actor.pk,
        person_ids=sorted(now_in(group).values_list("person", flat=True)),
    )  # fmt: skip
    said.save()
    group.state = DuplicateGroup.State.DECIDED
    group.save()
    return said
