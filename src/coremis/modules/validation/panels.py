"""What this module shows on the page of a list and of an outcome."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table
from coremis.modules.targeting.models import Kind, StageEntry, StageRun
from coremis.modules.validation.models import Meeting
from coremis.modules.validation.queries import Village, is_open, villages_of

Shown = dict[str, Any] | None
MOST_SHOWN = 500


def village_url(run: StageRun, area_id: int) -> str:
    """The page of one village of a list."""
    return reverse("validation:village", kwargs={"pk": run.pk, "area": area_id})


def villages(request: HttpRequest, run: StageRun) -> Shown:
    """How far each village is; each leads to its page."""
    if run.stage.kind != Kind.VALIDATION:
        return None
    found = villages_of(run, request.user)
    heads = [(_("Village"), "text"), (_("Meeting"), "date"), (_("On the list"), "number"), (_("Selected"), "number")]
    heads += [(_("Waiting"), "number"), (_("Answers"), "number")]
    title = _("Take the village lists") if is_open(run) else _("Print the village lists")
    take = {"url": reverse("validation:take_village_list", kwargs={"pk": run.pk}), "title": title}
    links = [take] if request.user.has_perm("validation.take_village_list") else []
    rows = [_village_row(run, one) for one in found[:MOST_SHOWN]]
    held, said = sum(one.meeting is not None for one in found), sum(one.answered for one in found)
    text = _("%(held)s of %(villages)s villages have met; %(said)s of %(asked)s households and persons have an answer.") % {
        "held": text_of(held), "villages": text_of(len(found)), "said": text_of(said),
        "asked": text_of(sum(one.selected + one.waiting for one in found)),
    }  # fmt: skip
    return {"text": text, "table": figure_table(heads, rows), "links": links}


def _village_row(run: StageRun, one: Village) -> list[tuple[Any, str]]:
    answers = f"{text_of(one.answered)} / {text_of(one.selected + one.waiting)}"
    cells: list[Any] = [one.meeting.held_on if one.meeting else None, one.listed, one.selected, one.waiting, answers]
    return [(one.name, village_url(run, one.area_id)), *((cell, "") for cell in cells)]


def meeting_facts(meeting: Meeting | None) -> list[dict[str, str]]:
    """What is known of a meeting, for the page of the village."""
    if meeting is None:
        return []
    facts = [
        Fact(_("Held on"), meeting.held_on), Fact(_("Facilitator"), meeting.facilitator), Fact(_("Present"), meeting.present),
        Fact(_("Women present"), meeting.women), Fact(_("Men present"), meeting.men), Fact(_("Young people among them"), meeting.young),
        Fact(_("People with a disability among them"), meeting.with_disability), Fact(_("Quorum reached"), meeting.quorum_reached),
        Fact(_("Version of the list shown"), meeting.list_number), Fact(_("Committee members"), meeting.committee or None),
        Fact(_("Minutes"), meeting.minutes or None),
    ]  # fmt: skip
    return [fact.ready() for fact in facts if fact.value is not None]


def of_entry(request: HttpRequest, entry: StageEntry) -> Shown:
    """The meeting that looked at this outcome, and the way to the village."""
    run = entry.run
    if run.stage.kind != Kind.VALIDATION:
        return None
    user: Any = request.user
    meeting = Meeting.objects.visible_to(user, "validation.view_meeting").filter(run=run, area=entry.area_id).first()
    links = [{"url": village_url(run, entry.area_id), "title": _("The list of the village")}]
    if meeting is None:
        return {"text": _("The village has not met yet.") if is_open(run) else _("No meeting was recorded."), "links": links}
    return {"facts": meeting_facts(meeting)[:3], "links": links}
