"""Which version and which copy a paper is, decided before it is written."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils import timezone

from coremis.modules.payments.models import Payroll, TakenPaper
from coremis.modules.payments.paper.contents import Facts, Part

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


@dataclass(frozen=True)
class Order:
    """What somebody asked for."""

    payroll: Payroll
    paper: str
    pay_on: date | None
    user_id: int | None

    def records(self, parts: "Iterable[tuple[Part, Facts]]", area_of: Any) -> list[TakenPaper]:
        """The papers as they will be noted, not saved yet: same content, next copy; other content, next version. Two queries."""
        mine = TakenPaper.objects.filter(payroll=self.payroll, paper=self.paper)
        newest = mine.values("point_id", "part").annotate(last=Max("pk")).values("last")
        before = {(row.point_id, row.part): row for row in mine.filter(pk__in=newest)}
        return [
            self._record(part, facts, before.get((part.point.pk if part.point else None, part.number)), area_of) for part, facts in parts
        ]

    def _record(self, part: Part, facts: Facts, before: TakenPaper | None, area_of: Any) -> TakenPaper:
        same = before is not None and before.digest == facts.digest
        return TakenPaper(
            payroll=self.payroll, point=part.point, area=area_of(part.point), paper=self.paper, part=part.number, digest=facts.digest,
            number=before.number + (not same) if before else 1, copy=before.copy + 1 if before and same else 0, code=new_code(),
            line_count=facts.count, total_minor=facts.total_minor, pay_on=self.pay_on, taken_by_id=self.user_id, taken_at=timezone.now(),
        )  # fmt: skip


def new_code() -> str:
    """A word that says nothing, for the pages and their QR."""
    return "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
