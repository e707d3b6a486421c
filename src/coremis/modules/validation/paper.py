"""The village list: read out in public, so it holds names, ranks and outcomes, and neither scores nor documents nor phones."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area
from coremis.kernel.files.pdf import Field, Heading, Paper, PaperColumn, Row, Signature
from coremis.kernel.files.writing import NUMBER, Sheet, SheetColumn
from coremis.kernel.screens.columns import text_of
from coremis.modules.targeting.models import TO_ANSWER, Outcome, Rejection, StageEntry, StageRun, Verdict
from coremis.modules.targeting.queries import reason_words
from coremis.modules.validation.models import VillageList
from coremis.modules.validation.queries import unit_name, unit_number

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


@dataclass(frozen=True)
class VillagePart:
    """The list of one village, in the order in which it is read out."""

    run: StageRun
    area: Area
    entries: Sequence[StageEntry]

    @property
    def digest(self) -> str:
        """Changes with whoever is on the list, in which order and with which outcome."""
        said = "\n".join(f"{entry.household_id or entry.person_id} {entry.outcome} {entry.rank} {entry.reason}" for entry in self.entries)
        return hashlib.sha256(said.encode()).hexdigest()


def parts_of(run: StageRun, entries: Sequence[StageEntry]) -> list[VillagePart]:
    """One part for each village of entries that come village by village."""
    found: dict[int, list[StageEntry]] = {}
    for entry in entries:
        found.setdefault(entry.area_id, []).append(entry)
    return [VillagePart(run, rows[0].area, rows) for rows in found.values()]


def records_of(parts: Sequence[VillagePart], paper: str, user_id: int | None) -> list[VillageList]:
    """The lists as they will be noted: the same content is the next copy, other content the next version. Two queries."""
    if not parts:
        return []
    mine = VillageList.objects.filter(run=parts[0].run, paper=paper, area__in=[part.area.pk for part in parts])
    newest = mine.order_by().values("area").annotate(last=Max("pk")).values("last")
    before = {row.area_id: row for row in mine.filter(pk__in=newest)}
    return [_record(part, paper, user_id, before.get(part.area.pk)) for part in parts]


def _record(part: VillagePart, paper: str, user_id: int | None, before: VillageList | None) -> VillageList:
    same = before is not None and before.digest == part.digest
    return VillageList(
        run=part.run, area=part.area, paper=paper, digest=part.digest, number=before.number + (not same) if before else 1,
        copy=before.copy + 1 if before and same else 0, code=new_code(), listed=len(part.entries), taken_by_id=user_id,
        taken_at=timezone.now(),
    )  # fmt: skip


def new_code() -> str:
    """A word that says nothing, for the pages and the rows of a workbook."""
    return "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))


def village_paper(part: VillagePart, record: VillageList) -> Paper:
    """The list of a village for its meeting: all outcomes, with boxes for what the community says, attendance and signatures."""
    campaign = part.run.stage.campaign
    return Paper(
        title=_("Village list"), subtitle=f"{part.area} · {campaign}",
        marks=[
            _("Copy %(number)s") % {"number": record.copy} if record.copy else _("Original"),
            _("Version %(number)s") % {"number": record.number},
        ],
        fields=[
            Field(_("Programme"), str(campaign.programme)), Field(_("Place"), str(part.area)),
            Field(_("Reference date"), text_of(campaign.reference_day)), Field(_("On the list"), text_of(len(part.entries))),
            Field(_("Day of the meeting"), "…………………………"), Field(_("Women present"), "………"), Field(_("Men present"), "………"),
            Field(_("Young people among them"), "………"), Field(_("People with a disability among them"), "………"),
        ],
        columns=_columns(), rows=_rows(part), notes=_notes(), signatures=_signatures(),
        footer=f"{campaign.code} · {part.area} · {record.code}", bookmark=str(part.area), code=lambda page: f"{record.code}-{page}",
        row_height=8,
    )  # fmt: skip


def _columns() -> list[PaperColumn]:
    return [
        PaperColumn(_("Rank"), 12, "right", bold=True, size=9), PaperColumn(_("Number"), 28, size=7),
        PaperColumn(_("Name"), 68, bold=True, size=9), PaperColumn(_("Why"), 58),
        PaperColumn(_("Confirmed"), 20), PaperColumn(_("Rejected: reason"), 30), PaperColumn(_("Remarks"), 60),
    ]  # fmt: skip


def _rows(part: VillagePart) -> Iterator[Heading | Row]:
    outcome, counts = "", _counts(part)
    for entry in part.entries:
        if entry.outcome != outcome:
            outcome = entry.outcome
            yield Heading(f"{Outcome(outcome).label} ({text_of(counts[outcome])})")
        boxes = ["☐", "☐"] if outcome in TO_ANSWER else ["", ""]
        yield Row([text_of(entry.rank), unit_number(entry), unit_name(entry), reason_words(entry), *boxes, ""])
    yield Heading(_("Proposed in addition: who is missing?"))
    for _blank in range(3):
        yield Row(["", "", "", "", "", "", ""])


def _counts(part: VillagePart) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in part.entries:
        found[entry.outcome] = found.get(entry.outcome, 0) + 1
    return found


def _notes() -> list[str]:
    reasons = " · ".join(f"{at} {one.label}" for at, one in enumerate(Rejection, start=1))
    return [
        _("Read out the whole list: who is selected, who waits, and who is not selected. Everybody may object."),
        _("Reasons of a rejection: %(reasons)s") % {"reasons": reasons},
        _("Whoever is proposed in addition is assessed first; nobody comes straight on the list."),
    ]


def _signatures() -> list[Signature]:
    people = [_("Facilitator"), *(_("Committee member %(number)s") % {"number": number} for number in (1, 2, 3))]
    return [Signature(who, [_("Name"), _("Signature or thumbprint"), _("Date")]) for who in people]


def villages_sheet(place: Area, taken: Sequence[tuple[VillagePart, VillageList]]) -> Sheet:
    """The same as a sheet to fill in: everything but the last three columns is protected, and compared when it comes back.

    All villages stand in one sheet, each row with its list and place: a workbook is brought back whole, and of several sheets
    only one would be read.
    """
    answers = [str(Verdict(value).label) for value in Verdict.values]
    columns = [
        SheetColumn(_("List")), SheetColumn(_("Number")), SheetColumn(_("Name"), width=30), SheetColumn(_("Place"), width=22),
        SheetColumn(_("Outcome"), width=20), SheetColumn(_("Rank"), NUMBER), SheetColumn(_("Why"), width=30),
        SheetColumn(_("Answer"), width=24, editable=True, choices=answers),
        SheetColumn(_("Reason of the rejection"), width=28, editable=True, choices=[str(one.label) for one in Rejection]),
        SheetColumn(_("Note"), width=40, editable=True),
    ]  # fmt: skip
    return Sheet(str(place), columns, (_cells(entry, record) for part, record in taken for entry in part.entries))


def _cells(entry: StageEntry, record: VillageList) -> list[Any]:
    verdict = str(Verdict(entry.verdict).label) if entry.verdict else ""
    rejected = entry.verdict == Verdict.REJECTED and entry.reason in Rejection.values
    return [
        record.code, unit_number(entry), unit_name(entry), str(entry.area), str(Outcome(entry.outcome).label), entry.rank,
        "" if rejected else reason_words(entry), verdict, str(Rejection(entry.reason).label) if rejected else "", entry.note,
    ]  # fmt: skip
