"""Taking village lists, recording meetings, and keeping what the community said on the page of a village."""

import io
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.config.environment import band_on_paper
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.pdf import write_papers
from coremis.kernel.files.storage import Content, attach, files_of, store
from coremis.kernel.files.writing import write_xlsx
from coremis.modules.targeting.models import Kind, StageEntry, StageRun
from coremis.modules.validation import answers
from coremis.modules.validation.answers import Answer
from coremis.modules.validation.models import Meeting, VillageList
from coremis.modules.validation.paper import VillagePart, parts_of, records_of, village_paper, villages_sheet
from coremis.modules.validation.queries import is_open, read_out

MOST_LISTED = 10_000
NOTED = ("run", "area", "paper", "number", "copy", "digest", "code", "listed", "taken_by", "taken_at")
PAGE_STARTS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # what a scan or photo begins with


@action(_("Take a village list"), within=("area",))
def take_village_list(
    *, run: StageRun, area: Area, paper: VillageList.Paper = VillageList.Paper.PDF, language: str = "", actor: Actor
) -> Attachment:  # fmt: skip
    """The lists of all villages of a place, for their meetings: to print, or as a workbook to fill in. Each taking is noted."""
    run = _fresh(run)
    if run.stage.kind != Kind.VALIDATION or run.state not in (StageRun.State.OPEN, StageRun.State.DONE):
        raise Refusal(_("Only the list of a community validation can be taken. Carry that stage out first."))
    entries = list(read_out(run, area)[: MOST_LISTED + 1])
    if not entries:
        raise Refusal(_("Nobody of this place is on the list. Choose another place."))
    if len(entries) > MOST_LISTED:
        raise Refusal(_("More than %(most)s are on the lists of this place. Choose a smaller one."), most=MOST_LISTED)
    with translation.override(language or translation.get_language() or "en"):
        parts = parts_of(run, entries)
        records = records_of(parts, paper, actor.pk)
        copy_into(VillageList, NOTED, [[_noted(record, name) for name in NOTED] for record in records])
        target = _written(area, list(zip(parts, records, strict=True)), paper)
    name = f"{run.stage.campaign.code}-{area.code}-{now('village-list')}.{paper.value.lower()}"
    return store(target, name, user=actor, permission=take_village_list.name)


def _written(area: Area, taken: list[tuple[VillagePart, VillageList]], paper: VillageList.Paper) -> io.BytesIO:
    target = io.BytesIO()
    if paper == VillageList.Paper.XLSX:
        write_xlsx(target, [villages_sheet(area, taken)])
    else:
        papers = (village_paper(part, record) for part, record in taken)
        write_papers(target, papers, title=now("Village list"), language=translation.get_language() or "en", band=band_on_paper())
    return target


@action(_("Record a meeting"), within=("area",))
def record_meeting(
    *, run: StageRun, area: Area, held_on: date, facilitator: str, women: int, men: int, young: int | None = None,
    with_disability: int | None = None, quorum_reached: bool | None = None, committee: str = "", minutes: str = "",
    list_number: int | None = None, actor: Actor,
) -> Meeting:  # fmt: skip
    """Keep when and with whom a village looked at its list; recorded again, it is corrected. Refused once the validation is closed."""
    run = _opened(run)
    if not StageEntry.objects.filter(run=run, area=area).exists():
        raise Invalid(_("This village is not on the list."), {"area": [_("Nobody of this place is on the list. Choose a village.")]})
    if held_on > timezone.localdate():
        raise Invalid(_("The meeting has not been held yet."), {"held_on": [_("This day lies in the future.")]})
    for name, count in (("young", young), ("with_disability", with_disability)):
        if count is not None and count > women + men:
            raise Invalid(_("More than everybody cannot have come."), {name: [_("This is more than all who came.")]})
    meeting = Meeting.objects.select_for_update().filter(run=run, area=area).first() or Meeting(run=run, area=area)
    meeting.held_on, meeting.facilitator, meeting.women, meeting.men = held_on, facilitator.strip(), women, men
    meeting.young, meeting.with_disability, meeting.quorum_reached = young, with_disability, quorum_reached
    meeting.committee, meeting.minutes, meeting.list_number = committee.strip(), minutes.strip(), list_number
    meeting.save()
    return meeting


@action(_("Attach a page of the minutes"))
def attach_minutes(*, meeting: Meeting, name: str, sha256: str, size: int, actor: Actor) -> Attachment:
    """Keep the scan or photo of signed minutes: PDF, JPEG or PNG. The same page is kept once."""
    content = Content(sha256, size)
    with content.path.open("rb") as scan:
        if not scan.read(8).startswith(PAGE_STARTS):
            raise Refusal(_("This is no scanned page. Attach a PDF, JPEG or PNG file."))
    return files_of(meeting).filter(sha256=sha256).first() or attach(content, name, owner=meeting)


@action(_("Record the answers of a village"), within=("area",))
def record_answers(*, run: StageRun, area: Area, said: dict[str, Any], actor: Actor) -> StageRun:
    """What the community said about the entries of a village: ``said`` holds verdict, reason and note by the entry's id.

    Nothing is kept where one of them cannot be taken; the refusal names each. What says the same as before changes nothing.
    With ``seen``, what was said when the page was shown: what was not touched there is left alone, an answer chosen away is
    taken back, and one that somebody else recorded meanwhile is not overwritten unseen.
    """
    run = _opened(run)
    entries = {entry.pk: entry for entry in _entries(run, area, said)}
    errors, new = {}, {}
    for key, entry in entries.items():
        answer, seen = _answer(said[str(key)]), _seen(said[str(key)])
        if seen == answers.mark(answer):
            continue
        if problem := answers.problem_of(entry, answer):
            errors[str(key)] = [problem[1]]
        elif seen and (meanwhile := answers.said_meanwhile(entry, answer, seen)):
            errors[str(key)] = [meanwhile]
        elif not answers.same(answers.kept(entry), answer) if seen else answers.changed(entry, answer):
            new[key] = (entry, answer)
    if errors:
        raise Invalid(_("Some answers cannot be kept. Correct what is marked."), errors)
    answers.write(new, answers.reasons_before(entry for entry, _answer in new.values()))
    return run


def _entries(run: StageRun, area: Area, said: dict[str, Any]) -> list[StageEntry]:
    keys = [int(key) for key in said if key.isascii() and key.isdigit() and len(key) < 19]
    rows = StageEntry.objects.select_for_update(of=("self",)).select_related("run")
    return list(rows.filter(run=run, pk__in=keys, area__in=below([area.pk])))


def _answer(given: Any) -> Answer:
    texts = given if isinstance(given, dict) else {}
    return Answer(*(str(texts.get(name) or "").strip() for name in ("verdict", "reason", "note")))


def _seen(given: Any) -> str:
    return str(given.get("seen") or "") if isinstance(given, dict) else ""


def _noted(record: VillageList, name: str) -> Any:
    return getattr(record, f"{name}_id" if name in ("run", "area", "taken_by") else name)


def _fresh(run: StageRun) -> StageRun:
    found: StageRun = StageRun.objects.select_related("stage__campaign__programme").get(pk=run.pk)
    return found


def _opened(run: StageRun) -> StageRun:
    StageRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    run = _fresh(run)
    if not is_open(run):
        raise Refusal(_("This list is not open any more. Look at the newest one."))
    return run
