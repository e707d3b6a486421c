"""The pages of this module: taking lists, recording meetings, and the page of a village where its answers are typed."""

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import files_of, keep
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.screen import Screen, fetch_or_404, see_other
from coremis.modules.targeting.models import TO_ANSWER, Rejection, StageEntry, StageRun, Verdict
from coremis.modules.targeting.queries import outcome_word, reason_words
from coremis.modules.targeting.services import confirm_others as confirm
from coremis.modules.validation import answers, forms, services
from coremis.modules.validation.models import Meeting
from coremis.modules.validation.panels import meeting_facts, village_url
from coremis.modules.validation.queries import SEES, is_open, read_out, unit_name, unit_number

MOST_TYPED = 800
LETTERS = {"verdict": "v", "reason": "r", "note": "n", "seen": "version-"}  # what begins with version is put back, and never compared


def with_campaign(rows: Any) -> Any:
    """What the pages need of a list."""
    return rows.select_related("stage__campaign__programme")


def run_url(run: StageRun) -> str:
    """The page of a list."""
    return reverse("targeting:run_detail", kwargs={"pk": run.pk})


def download_url(attachment: Attachment) -> str:
    """Where a file that was made is fetched."""
    return reverse("files:download_attachment", args=[attachment.pk])


def _asked_place(request: HttpRequest, run: Any) -> Mapping[str, Any]:
    text = request.GET.get("place", "")
    known = text.isascii() and text.isdigit() and len(text) < 19
    return {"area": Area.objects.filter(pk=int(text)).first()} if known else {}


def _meeting_now(request: HttpRequest, run: Any) -> Mapping[str, Any]:
    asked = _asked_place(request, run)
    user: Any = request.user
    rows = Meeting.objects.visible_to(user, "validation.view_meeting")
    meeting = rows.filter(run=run, area=asked.get("area")).first() if asked else None
    if meeting is None:
        return asked
    names = [name for name in forms.MeetingForm.base_fields if name != "area"]
    return {**asked, **{name: getattr(meeting, name) for name in names}}


take_village_list = ActionScreen(
    services.take_village_list, form=forms.ListForm, target=(StageRun, "pk"), done=download_url, back=run_url, initial=_asked_place,
    button=_("Take the list"), lead=_("The list holds names, ranks and outcomes; no scores, documents or phones."),
)  # fmt: skip
record_meeting = ActionScreen(
    services.record_meeting, form=forms.MeetingForm, target=(StageRun, "pk"), initial=_meeting_now, back=run_url,
    done=lambda meeting: village_url(meeting.run, meeting.area_id),
)  # fmt: skip


class ScanForm(ActionForm):
    """A scanned or photographed page."""

    page = django_forms.FileField(label=_("Scanned page (PDF, JPEG or PNG)"))


def _kept(cleaned: dict[str, Any], meeting: Any) -> dict[str, Any]:
    content = keep(cleaned["page"].file)
    return {"meeting": meeting, "name": cleaned["page"].name, "sha256": content.sha256, "size": content.size}


attach_minutes = ActionScreen(
    services.attach_minutes, form=ScanForm, target=(Meeting, "pk"), inputs=_kept,
    done=lambda page: village_url(*_village_of(page)), back=lambda meeting: village_url(meeting.run, meeting.area_id),
)  # fmt: skip


def _village_of(page: Attachment) -> tuple[StageRun, int]:
    meeting = Meeting.objects.select_related("run").get(pk=int(page.owner_id or 0))
    return meeting.run, meeting.area_id


class VillageScreen(Screen):
    """The list of one village, and what the community said about each; typed by keyboard, saved at once."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """GET shows the list; POST keeps all answers of the page, or none of them with the reason beside each."""
        run = fetch_or_404(StageRun, request.user, SEES, kwargs["pk"], prepare=with_campaign)
        area = Area.objects.filter(pk=kwargs["area"]).first()
        user: Any = request.user
        if area is None or not user.may(SEES, [area.pk]):
            raise Http404
        if request.method != "POST":
            return self.page(request, run, area, {})
        said = typed(request)
        try:
            services.record_answers(run=run, area=area, said=said, actor=request.user, key=request.POST.get("key", "")[:100] or None)
        except Refusal as problem:
            errors = {name: str(sentences[0]) for name, sentences in getattr(problem, "errors", {}).items()}
            return self.page(request, run, area, said, errors, str(problem), 422)
        if "others" in request.POST:
            return self.confirm(request, run, area)
        messages.success(request, now("Saved."))
        return see_other(village_url(run, area.pk))

    def confirm(self, request: HttpRequest, run: StageRun, area: Area) -> HttpResponse:
        """After the answers of the page were kept: confirm everybody else of the village, and go on with the next village."""
        try:
            confirm(run=run, area=area, actor=request.user)
            messages.success(request, now("Saved. All others are confirmed."))
        except Refusal as problem:
            messages.error(request, str(problem))
            return see_other(village_url(run, area.pk))
        return see_other(run_url(run))

    def page(
        self, request: HttpRequest, run: StageRun, area: Area, said: Mapping[str, Any], errors: Mapping[str, str] | None = None,
        problem: str = "", status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        """The list with the answers as kept, or as typed where they could not be kept."""
        user: Any = request.user
        entries = list(read_out(run, area)[: MOST_TYPED + 1])
        if not entries:
            raise Http404
        meeting = Meeting.objects.visible_to(user, "validation.view_meeting").filter(run=run, area=area).first()
        typing = is_open(run) and len(entries) <= MOST_TYPED and user.may(services.record_answers.name, [area.pk])
        context = {
            "title": str(area), "subtitle": f"{run.stage.campaign} · {run.stage}", "run": run, "area": area, "typing": typing,
            "rows": [row_of(entry, said, errors or {}) for entry in entries[:MOST_TYPED]], "problem": problem, "errors": errors,
            "too_long": len(entries) > MOST_TYPED, "meeting": meeting, "facts": meeting_facts(meeting), "reasons": Rejection.choices,
            "pages": list(files_of(meeting)) if meeting else [], "back": run_url(run),
            "may": {name: is_open(run) and user.may(action, [area.pk]) for name, action in BUTTONS.items()},
        }  # fmt: skip
        return render(request, "validation/village.html", context, status=status)


BUTTONS = {
    "take": services.take_village_list.name, "meet": services.record_meeting.name, "confirm": confirm.name,
    "propose": "targeting.propose_addition",
}  # fmt: skip


def typed(request: HttpRequest) -> dict[str, dict[str, str]]:
    """The answers of the page by the entry's id."""
    found = {}
    for name in request.POST:
        if name.startswith(LETTERS["verdict"]) and name[1:].isdigit():
            found[name[1:]] = {word: request.POST.get(letter + name[1:], "") for word, letter in LETTERS.items()}
    return found


def row_of(entry: StageEntry, said: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    """One line of the page."""
    key, kept = str(entry.pk), answers.kept(entry)
    decided = entry.outcome in TO_ANSWER or entry.verdict == Verdict.REJECTED
    choices = [Verdict.CONFIRMED, Verdict.REJECTED] if decided else [Verdict.ADDITION]
    if kept.verdict and kept.verdict not in choices:
        choices.append(Verdict(kept.verdict))
    return {
        "key": key, "entry": entry, "number": unit_number(entry), "name": unit_name(entry), "outcome": outcome_word(entry),
        "why": "" if entry.verdict == Verdict.REJECTED else reason_words(entry), "said": said.get(key, kept._asdict()),
        "seen": answers.mark(kept), "error": errors.get(key, ""), "choices": [(one.value, one.label) for one in choices],
        "decided": decided, "verdict": Verdict(kept.verdict).label if kept.verdict else "",
        "rejected_for": Rejection(kept.reason).label if kept.reason in Rejection.values else "",
    }  # fmt: skip


village = VillageScreen(permission=SEES, title=_("Village list"))
