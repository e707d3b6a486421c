"""What all long work about many beneficiaries has in common: the decision it carries out, and how it ends."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import common_ancestor
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.jobs.work import Work
from coremis.modules.filters.queries import checked, words
from coremis.modules.programmes.conditions import used_names
from coremis.modules.programmes.models import GroupChange, Programme, Reason, Status
from coremis.modules.programmes.queries import Choice


def choose(
    programme: Programme, areas: Sequence[Area], condition: str, filter: dict[str, Any] | None = None, *, actor: Any = None
) -> Choice:  # fmt: skip
    """Whom a group change concerns, as of today: for the preview and for the work itself (pitfall M2).

    No place chosen is refused, as is a condition or filter that is not understood, or asks for what the actor may not see
    (pitfalls M1, M18).
    """
    if not areas:
        sentence = _("Choose at least one place. Nothing chosen means nobody, not everybody.")
        raise Invalid(sentence, {"areas": [sentence]})
    ids = tuple(sorted(area.pk for area in areas))
    names, tree = used_names(condition, programme.unit, actor), checked(filter or {}, user=actor)
    return Choice(programme.pk, programme.unit, ids, condition, names, timezone.localdate(), tree)


def nobody() -> Invalid:
    """The refusal where a group change would concern nobody."""
    return Invalid(_("Nobody fits what you chose, so there is nothing to do. Choose other places or another condition."))


def new_group(what: GroupChange.What, choice: Choice, **fields: Any) -> GroupChange:
    """Write the decision down; it is carried out by a job."""
    group = GroupChange(
        what=what, programme_id=choice.programme_id, area_ids=list(choice.area_ids), condition=choice.condition, filter=choice.filter,
        filter_words=words(choice.filter) if choice.filter else "",
        area=common_ancestor(choice.area_ids), **fields,
    )  # fmt: skip
    group.save()
    return group


def params_of(group: GroupChange, choice: Choice, **more: Any) -> dict[str, Any]:
    """What the chunks need, fixed when the work is ordered: they read nothing but the rows they change."""
    return {
        "group": group.pk, "cause": group.created_event_id, "programme": choice.programme_id, "unit": choice.unit,
        "areas": list(choice.area_ids),
        "condition": choice.condition, "filter": choice.filter, "names": dict(choice.names), "day": choice.day.isoformat(),
        "from": group.from_status, "to": group.to_status, "reason": group.reason, "note": group.note, **more,
    }  # fmt: skip


def choice_of(params: dict[str, Any]) -> Choice:
    """The choice again from a job's parameters."""
    day = date.fromisoformat(params["day"])
    names, tree = params["names"], params.get("filter", {})
    return Choice(params["programme"], params["unit"], tuple(params["areas"]), params["condition"], names, day, tree)


def new_values(params: dict[str, Any]) -> dict[str, Any]:
    """What a beneficiary holds after a group change."""
    return {
        "status": Status(params["to"]), "status_since": date.fromisoformat(params["day"]), "status_reason": Reason(params["reason"]).value,
        "status_note": params["note"], "set_by_hand": False,
    }  # fmt: skip


def reopen(work: Work) -> None:
    """At the start: the decision is being carried out, also when work that had failed is tried again."""
    group = GroupChange.objects.get(pk=work.params["group"])
    group.state = GroupChange.State.PREPARING
    group.save()


def settle(work: Work, state: GroupChange.State) -> None:
    """Write how the decision ended, and with how many."""
    group = GroupChange.objects.get(pk=work.params["group"])
    group.state = state
    group.count = work.done if state == GroupChange.State.DONE else 0
    group.save()
    work.report.update({"changed": work.done, "left_out": max(0, (work.total or 0) - work.done)})
