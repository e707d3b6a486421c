"""Papers of a payroll: payee lists per payment point, cash sheets, and the request for funds. Each taking is noted, with who took it."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.config.environment import band_on_paper
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.pdf import Paper, write_papers
from coremis.kernel.files.storage import Content, attach, keep, path_of, store
from coremis.kernel.files.writing import write_xlsx
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.work import Work
from coremis.modules.payments.models import Payroll, PayrollLine, TakenPaper
from coremis.modules.payments.paper.cash import cash_paper, denominations
from coremis.modules.payments.paper.contents import NOT_LISTED, Facts, Part, facts_of, lines_of, parts_of, planned_parts
from coremis.modules.payments.paper.payees import Taken, payee_paper, payee_sheet
from coremis.modules.payments.paper.taking import Order
from coremis.modules.payments.paper.words import InWords, speller
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.states import LIVE_PAYROLLS, PayrollState
from coremis.modules.points.models import PaymentPoint

AT_ONCE = 1_000  # payments that are written while somebody waits
IN_A_CHUNK = 3_000
IN_A_FILE = 10_000
MOST_BYTES = 4 << 30
NOTED = (
    "payroll", "point", "area", "paper", "part", "number", "copy", "digest", "code", "line_count", "total_minor", "pay_on", "taken_by",
    "taken_at",
)  # fmt: skip


class ListFormat(TextChoices):
    """In which shape a list is taken."""

    PDF = "PDF", gettext_lazy("PDF to print, all points in one file")
    ZIP = "ZIP", gettext_lazy("PDF to print, one file for each point")
    XLSX = "XLSX", gettext_lazy("Excel workbook")


@action(gettext_lazy("Take a payee list"))
def take_payee_list(
    *, payroll: Payroll, file_format: ListFormat = ListFormat.PDF, pay_on: date | None = None, cash_sheets: bool = False,
    language: str = "", actor: Actor,
) -> Attachment | None:  # fmt: skip
    """The lists of all payment points of a payroll, and of those without one; above 1,000 payments a job makes them (None)."""
    payroll = _ready(payroll)
    params: dict[str, Any] = {
        "payroll": payroll.pk, "format": file_format.value, "pay_on": pay_on.isoformat() if pay_on else "", "cash": cash_sheets,
        "language": spoken(language),
    }  # fmt: skip
    if PayrollLine.objects.filter(payroll=payroll).count() > AT_ONCE:
        write_payee_lists.start(params, title_params={"number": payroll.number_text}, total=payroll.line_count)
        return None
    with translation.override(params["language"]):
        planned = planned_parts(payroll)
        records = _order(payroll, file_format, pay_on, actor.pk).records(planned, _area_of(payroll))
        note(records)
        groups = _files([(part, record) for (part, _facts), record in zip(planned, records, strict=True)], file_format)
        values = _values(payroll, cash_sheets)
        files = [_written(payroll, group, file_format, values) for group in _taken(payroll, groups)]
        return _delivered(files, _name(payroll, None, file_format), actor)


@action(gettext_lazy("Take the payee list of a payment point"))
def take_point_list(
    *, point: PaymentPoint, payroll_number: int, file_format: ListFormat = ListFormat.PDF, pay_on: date | None = None,
    cash_sheets: bool = False, language: str = "", actor: Actor,
) -> Attachment:  # fmt: skip
    """The list of one point, for whoever has this right in all places whose people collect there."""
    payroll, parts = _of_point(point, payroll_number, take_point_list.name, actor)
    with translation.override(spoken(language)):
        facts = [(part, part.facts()) for part in parts]
        check_inside(facts, take_point_list.name, actor)
        records = _order(payroll, file_format, pay_on, actor.pk).records(facts, lambda _point: point.area)
        note(records)
        in_words = speller(payroll.currency, get_language())
        taken = [Taken(part, found, record, in_words) for (part, found), record in zip(facts, records, strict=True)]
        return _delivered(
            [_written(payroll, taken, file_format, _values(payroll, cash_sheets))],
            _name(payroll, point, file_format),
            actor,
            permission=take_point_list.name,
        )


@action(gettext_lazy("Take the cash sheet of a payment point"))
def take_cash_sheet(
    *, point: PaymentPoint, payroll_number: int, pay_on: date | None = None, language: str = "", actor: Actor
) -> Attachment:  # fmt: skip
    """The sheet for the cash of one point: what is needed by denomination, and room for what came, was paid and went back."""
    payroll, parts = _of_point(point, payroll_number, take_cash_sheet.name, actor)
    with translation.override(spoken(language)):
        facts = [(part, part.facts()) for part in parts]
        check_inside(facts, take_cash_sheet.name, actor)
        records = Order(payroll, TakenPaper.Paper.CASH, pay_on, actor.pk).records(facts, lambda _point: point.area)
        note(records)
        in_words, values = speller(payroll.currency, get_language()), denominations(payroll.currency)
        papers = [cash_paper(Taken(part, found, record, in_words), values) for (part, found), record in zip(facts, records, strict=True)]
        return store(
            printed(papers, _("Cash sheet")), f"{payroll.number_text}-{point.code}-cash.pdf", user=actor, permission=take_cash_sheet.name
        )


@steps_of(take_payee_list, title=gettext_lazy("Write the payee lists of %(number)s"), report={"pages_files": gettext_lazy("Files")})
def write_payee_lists(work: Work) -> bool:
    """The next files, about 3,000 payments of them. What was written is kept by its digest, and joined at the end."""
    payroll = Payroll.objects.select_related("cycle__programme", "fund").get(pk=work.params["payroll"])
    files, first, size = work.cursor["files"], work.cursor["at"], 0
    while work.cursor["at"] < len(files) and size < IN_A_CHUNK:
        size += sum(item["line_count"] for item in files[work.cursor["at"]])
        work.cursor["at"] += 1
    with translation.override(work.params["language"]):
        values = _values(payroll, work.params["cash"])
        for group in _taken(payroll, _planned(payroll, files[first : work.cursor["at"]])):
            name, content = _written(payroll, group, ListFormat(work.params["format"]), values)
            work.cursor["made"].append([name, content.sha256, content.size])
    work.done += size
    return bool(work.cursor["at"] < len(files))


@write_payee_lists.begin
def plan_payee_lists(work: Work) -> None:
    """Decide files, versions and copies, before the first page."""
    payroll = Payroll.objects.get(pk=work.params["payroll"])
    planned = planned_parts(payroll)
    file_format = ListFormat(work.params["format"])
    pay_on = date.fromisoformat(work.params["pay_on"]) if work.params["pay_on"] else None
    records = _order(payroll, file_format, pay_on, work.actor_id).records(planned, _area_of(payroll))
    groups = _files([(part, record) for (part, _facts), record in zip(planned, records, strict=True)], file_format)
    work.total = sum(record.line_count for record in records)
    work.cursor.update(at=0, made=[], files=[[_stored(part, record) for part, record in group] for group in groups])


@write_payee_lists.finish
def deliver_payee_lists(work: Work) -> None:
    """Note every paper that was taken, and give the file to who asked."""
    payroll = locked(work.params["payroll"])
    note([record for group in _planned(payroll, work.cursor["files"]) for _part, record in group])
    files = [(name, Content(sha256, size)) for name, sha256, size in work.cursor["made"]]
    user = User.objects.get(pk=work.actor_id or 0)
    attachment = _delivered(files, _name(payroll, None, ListFormat(work.params["format"])), user)
    work.report = {"attachment": attachment.pk, "pages_files": len(files)}
    work.cursor = {}


def note(records: Sequence[TakenPaper]) -> None:
    """Keep who took which version and copy: one statement."""
    rows = (tuple(getattr(record, attribute(name)) for name in NOTED) for record in records)
    copy_into(TakenPaper, NOTED, rows)


def printed(papers: Sequence[Paper] | Any, title: str) -> BinaryIO:
    """Papers as one PDF in memory, with the band of the environment on every page."""
    target = io.BytesIO()
    write_papers(target, papers, title=title, language=get_language() or "en", band=band_on_paper())
    return target


def spoken(language: str) -> str:
    """The language asked for, else the reader's."""
    return language or get_language() or "en"


def check_inside(facts: Sequence[tuple[Part, Facts]], permission: str, actor: Any) -> None:
    """Refuse a list on which people from outside the actor's places stand (pitfall S10)."""
    if not actor.places_for(permission).cover({area for _part, found in facts for area in found.areas}):
        raise OutsidePlaces(gettext_lazy("People from outside your places collect at this point. Ask somebody who may see all of them."))


def refuse_while_written(payroll: Payroll) -> None:
    """Refuse while a job is writing lists: versions and copies must not cross."""
    name = write_payee_lists.kind.name
    if Job.objects.filter(kind=name, params__payroll=payroll.pk, state__in=["WAITING", "RUNNING", "CANCELLING"]).exists():
        raise Refusal(gettext_lazy("The lists of this payroll are being written. Wait for them, or cancel that work under “Running work”."))


def _ready(payroll: Payroll) -> Payroll:
    payroll = locked(payroll)
    require_state(payroll, *(PayrollState(state) for state in LIVE_PAYROLLS))
    refuse_while_written(payroll)
    return payroll


def _of_point(point: PaymentPoint, number: int, permission: str, actor: Any) -> tuple[Payroll, list[Part]]:
    payroll = Payroll.objects.filter(number=number).first()
    parts = parts_of(_ready(payroll), [point]) if payroll else []
    if payroll is None or not parts:
        raise Refusal(gettext_lazy("Nobody is paid at this point in this payroll. Choose another payroll."))
    return parts[0].payroll, parts


def _order(payroll: Payroll, file_format: ListFormat, pay_on: date | None, user_id: int | None) -> Order:
    paper = TakenPaper.Paper.WORKBOOK if file_format == ListFormat.XLSX else TakenPaper.Paper.PAYEES
    return Order(payroll, paper, pay_on, user_id)


def _area_of(payroll: Payroll) -> Callable[[PaymentPoint | None], Area]:
    """A paper lies at its point; without one, or where the point lies outside the actor's places, at the payroll's first place."""
    writing = required()
    places: Any = writing.actor.places_for(writing.permission)
    first = payroll.places.select_related("area").order_by("pk")[0].area
    return lambda point: point.area if point is not None and places.cover([point.area_id]) else first


def _files(papers: list[tuple[Part, TakenPaper]], file_format: ListFormat) -> list[list[tuple[Part, TakenPaper]]]:
    """What goes into one file: each point for itself, or as many as one file holds."""
    groups: list[list[tuple[Part, TakenPaper]]] = []
    size = 0
    for part, record in papers:
        if file_format != ListFormat.ZIP and groups and size + record.line_count <= IN_A_FILE:
            groups[-1].append((part, record))
            size += record.line_count
        else:
            groups.append([(part, record)])
            size = record.line_count
    return groups


def _taken(payroll: Payroll, groups: "list[list[tuple[Part, TakenPaper]]]") -> "list[list[Taken]]":
    """What stands on these papers, file by file, read with one statement; refuses where a payment changed since they were planned."""
    papers = [paper for group in groups for paper in group]
    read = iter(lines_of(payroll, [part for part, _record in papers]))
    in_words = speller(payroll.currency, get_language())
    return [[_unchanged(part, record, in_words, next(read)) for part, record in group] for group in groups]


def _unchanged(part: Part, record: TakenPaper, in_words: InWords, lines: list[PayrollLine]) -> Taken:
    facts = facts_of(part, lines)
    if facts.digest == record.digest:
        return Taken(part, facts, record, in_words, [line for line in lines if line.state not in NOT_LISTED])
    facts = part.facts()  # a place that was renamed while the payroll was calculated stands under both names: ask for the numbers
    if facts.digest != record.digest:
        raise Refusal(gettext_lazy("The payroll changed while its lists were written. Ask for them again."))
    return Taken(part, facts, record, in_words)


def _written(payroll: Payroll, taken: Sequence[Taken], file_format: ListFormat, values: list[int] | None) -> tuple[str, Content]:
    """One file, kept; with the notes and coins of ``values`` each list has its cash sheet."""
    first = taken[0].part
    name = _name(payroll, first.point, ListFormat.XLSX if file_format == ListFormat.XLSX else ListFormat.PDF, first.number)
    if file_format == ListFormat.XLSX:
        target = io.BytesIO()
        write_xlsx(target, [payee_sheet(item) for item in taken])
    else:
        papers = (paper for item in taken for paper in [payee_paper(item), *([cash_paper(item, values)] if values is not None else [])])
        target = printed(papers, f"{_('Payee list')} {payroll.number_text}")  # type: ignore[assignment]
    return name, keep(target, MOST_BYTES)


def _values(payroll: Payroll, cash_sheets: bool) -> list[int] | None:
    return denominations(payroll.currency) if cash_sheets else None


def _name(payroll: Payroll, point: PaymentPoint | None, file_format: ListFormat, part: int = 1) -> str:
    parts = [payroll.number_text, point.code if point else "", "payees", str(part) if part > 1 else ""]
    return "-".join(part for part in parts if part) + f".{file_format.value.lower()}"


def _delivered(files: list[tuple[str, Content]], name: str, user: Any, permission: str = "") -> Attachment:
    """One file as it is, several in a ZIP."""
    permission = permission or take_payee_list.name
    if len(files) == 1:
        return attach(files[0][1], files[0][0], user=user, permission=permission)
    with tempfile.TemporaryFile() as target:  # thousands of pages are too much for the memory
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for at, (one, content) in enumerate(files, start=1):
                archive.writestr(zipfile.ZipInfo(f"{at:04d}-{one}", (1980, 1, 1, 0, 0, 0)), path_of(content.sha256).read_bytes())
        return store(target, name.rsplit(".", 1)[0] + ".zip", user=user, permission=permission, most_bytes=MOST_BYTES)


def attribute(name: str) -> str:
    """The attribute that holds a column: the key itself for a reference."""
    return f"{name}_id" if name in ("payroll", "point", "area", "taken_by") else name


def _stored(part: Part, record: TakenPaper) -> dict[str, Any]:
    """A planned paper as plain data for the job's position."""
    return {
        "first": part.first, "last": part.last, "areas": list(part.areas), "before": part.before,
        **{name: getattr(record, attribute(name)) for name in NOTED if name not in ("pay_on", "taken_at")},
        "pay_on": record.pay_on.isoformat() if record.pay_on else None, "taken_at": record.taken_at.isoformat(),
    }  # fmt: skip


def _planned(payroll: Payroll, files: list[list[dict[str, Any]]]) -> list[list[tuple[Part, TakenPaper]]]:
    """The planned papers of these files again. One query."""
    points = PaymentPoint.objects.select_related("area").in_bulk({item["point"] for stored in files for item in stored if item["point"]})
    return [[_planned_paper(payroll, points.get(item["point"] or 0), item) for item in stored] for stored in files]


def _planned_paper(payroll: Payroll, point: PaymentPoint | None, item: dict[str, Any]) -> tuple[Part, TakenPaper]:
    values = {attribute(name): item[name] for name in NOTED if name not in ("payroll", "point", "pay_on", "taken_at")}
    pay_on = date.fromisoformat(item["pay_on"]) if item["pay_on"] else None
    record = TakenPaper(**values, payroll=payroll, point=point, pay_on=pay_on, taken_at=datetime.fromisoformat(item["taken_at"]))
    return Part(payroll, point, item["part"], item["first"], item["last"], tuple(item["areas"]), item["before"]), record
