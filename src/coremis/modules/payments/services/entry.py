"""Typing a signed list: a draft that is saved as it grows, its scanned pages, and sending it to be confirmed by somebody else."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import DAY, parse_partial_date
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import Content, attach, files_of
from coremis.modules.payments.models import Payroll, PayrollLine, ResultFile
from coremis.modules.payments.services.checking import start_check
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.services.uploads import require_file
from coremis.modules.payments.sheets import amount_in, is_on_sheet, listed, sheet_lines, totals_of, typed
from coremis.modules.payments.states import Collector, FileKind, FileState, PayrollState, UnpaidReason
from coremis.modules.points.models import PaymentPoint

MOST_LINES = 800
SHEET_FIELDS = ("receipt", "paid_on", "paper_count", "paper_total", "first", "last", "page_ends")
LINE_FIELDS = ("reason", "amount", "by", "receipt")
LONGEST, LONGEST_PAGES = 60, 400
MOST_NAMED = 10
# What a scanned page begins with: nothing else is kept.
PAGE_STARTS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
NOT_YOURS = _("Somebody else types this list. Start a list of your own.")


@action(_("Type a signed list"))
def start_sheet(*, payroll: Payroll, point: PaymentPoint | None = None, area: Area | None = None, actor: Actor) -> ResultFile:
    """Begin, or go on with, the signed list of a payment point or place. One draft for each person and list.

    What was sent back is taken up again as it was typed.
    """
    fresh = locked(payroll)
    require_state(fresh, PayrollState.RELEASED)
    points = list(listed(fresh, point, area).values_list("point_id", flat=True))
    count = len(points)
    if not count:
        raise Refusal(_("Nobody is paid here in this payroll. Choose another point or place."))
    if len(set(points)) > 1:
        raise Refusal(_("These lines are paid at several payment points. Choose one of them."))
    if count > MOST_LINES:
        raise Refusal(_("This list has %(count)s lines. Choose a smaller place, or bring a file."), count=count)
    scope = f"point:{point.pk}" if point else f"area:{area.pk}" if area else "all"
    mine = ResultFile.objects.filter(payroll=fresh, scope=scope, sent_by=actor.pk, kind_of=FileKind.SHEET)
    found = mine.filter(state=FileState.NEW).first()
    if found is not None:
        return found
    before = mine.filter(state=FileState.DISCARDED).order_by("-pk").first()
    later = before is not None and mine.filter(pk__gt=before.pk).exists()
    file = ResultFile(
        payroll=fresh, kind_of=FileKind.SHEET, name=str(point or area or fresh.number_text)[:200], sent_by_id=actor.pk, scope=scope,
        point=point, place=area, draft=before.draft if before and not later else {},
    )  # fmt: skip
    file.save()
    for page in files_of(before) if before and not later else ():
        attach(Content(page.sha256, page.size), page.name, owner=file)
    return file


@action(_("Save a signed list"))
def save_sheet(*, file: ResultFile, draft: dict[str, Any], actor: Actor) -> ResultFile:
    """Keep what was typed so far; nothing is judged yet, and nothing is lost."""
    fresh = _draft_of(file, actor)
    clean = cleaned(draft, {str(line.pk) for _number, line in sheet_lines(fresh)})
    if clean != fresh.draft:
        fresh.draft = clean
        fresh.save()
    return fresh


@action(_("Attach a signed page"))
def attach_page(*, file: ResultFile, name: str, sha256: str, size: int, actor: Actor) -> Attachment:
    """Keep the scan of a signed page: PDF, JPEG or PNG. The same page is kept once."""
    fresh = _draft_of(file, actor)
    content = Content(sha256, size)
    with content.path.open("rb") as scan:
        head = scan.read(8)
    if not head.startswith(PAGE_STARTS):
        raise Refusal(_("This is no scanned page. Attach a PDF, JPEG or PNG file."))
    known = files_of(fresh).filter(sha256=sha256).first()
    return known or attach(content, name, owner=fresh)


@action(_("Send a signed list"))
def send_sheet(*, file: ResultFile, draft: dict[str, Any], actor: Actor) -> ResultFile:
    """Take what was typed as final and check it; another person confirms it. Refused where a line is not complete."""
    fresh = _draft_of(file, actor)
    lines = sheet_lines(fresh)
    fresh.draft = cleaned(draft, {str(line.pk) for _number, line in lines})
    errors = faults_of(fresh, lines)
    if errors:
        raise Invalid(_("The list is not complete. Correct what is marked."), errors)
    return start_check(fresh)


def cleaned(draft: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """Only what belongs in a draft, as short texts; lines that say nothing are left out."""
    lines = {}
    for key, said in dict(draft.get("lines") or {}).items():
        if key in known and isinstance(said, dict):
            kept: dict[str, Any] = {name: str(said[name])[:LONGEST].strip() for name in LINE_FIELDS if str(said.get(name) or "").strip()}
            if said.get("paid") is False:
                kept["paid"] = False
            if kept:
                lines[key] = kept
    longest = {"page_ends": LONGEST_PAGES}
    sheet = {name: str(draft[name])[: longest.get(name, LONGEST)].strip() for name in SHEET_FIELDS if str(draft.get(name) or "").strip()}
    return {**sheet, "lines": lines}


def faults_of(file: ResultFile, lines: list[tuple[int, PayrollLine]]) -> dict[str, list[Any]]:
    """What keeps a list from being sent, by field; those of lines under the line's id."""
    errors: dict[str, list[Any]] = {}
    on_sheet = [(number, line) for number, line in lines if is_on_sheet(file, number, line)]
    for number, line in on_sheet:
        if problem := fault_of(file, line):
            errors[str(line.pk)] = [_("Line %(number)s: %(problem)s") % {"number": number, "problem": problem}]
    if unproved := without_proof(file, on_sheet):
        numbers = ", ".join(str(number) for number in unproved[:MOST_NAMED]) + (" …" if len(unproved) > MOST_NAMED else "")
        errors["receipt"] = [_("Paid without proof: %(numbers)s. Give a receipt, or attach the signed page.") % {"numbers": numbers}]
    if not on_sheet:
        errors["first"] = [_("None of these lines waits for a result.")]
    if not _is_day(file.draft.get("paid_on", "")):
        errors["paid_on"] = [_("Give the day of payment. It must not lie ahead.")]
    if totals_of(file, lines).agrees() is not True:
        errors["paper_total"] = [_("Type the totals of the paper. They must be the same as what was typed.")]
    return errors


def fault_of(file: ResultFile, line: PayrollLine) -> Any:
    """What is wrong with one line, or nothing."""
    said = typed(file, line)
    if not said.get("paid", True):
        return "" if said.get("reason") in UnpaidReason.values else _("choose the reason.")
    if said.get("by") and said["by"] not in Collector.values:
        return _("choose who collected the money.")
    if said.get("amount") and not amount_in(said["amount"], file):
        return _("the amount is not understood.")
    return ""


def without_proof(file: ResultFile, lines: list[tuple[int, PayrollLine]]) -> list[int]:
    """The numbers of the lines that were paid without a receipt and without a signed page (REC-04)."""
    if file.draft.get("receipt") or files_of(file).exists():
        return []
    return [number for number, line in lines if typed(file, line).get("paid", True) and not typed(file, line).get("receipt")]


def _is_day(text: str) -> bool:
    try:
        day = parse_partial_date(text)
    except Refusal:
        return False
    return day.precision == DAY and day.day <= timezone.localdate()


def _draft_of(file: ResultFile, actor: Any) -> ResultFile:
    fresh = ResultFile.objects.select_for_update(of=("self",)).select_related("payroll").get(pk=file.pk)
    if fresh.kind_of != FileKind.SHEET or (actor.pk is not None and fresh.sent_by_id != actor.pk):
        raise NotPermitted(NOT_YOURS)
    require_file(fresh, FileState.NEW)
    return fresh
