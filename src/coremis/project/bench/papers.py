"""The payee lists of a whole payroll, beside pages that are drawn by hand."""

import hashlib
import tempfile

from django.db import connection

from coremis.kernel.files.pdf import LANDSCAPE, MM, Document
from coremis.modules.payments.models import Payroll
from coremis.modules.payments.services import take_payee_list
from coremis.project.bench.thread import Bench
from coremis.project.demo.seats import work_off

ROWS_ON_A_PAGE = 11
COLUMNS = (10, 25, 50, 40, 30, 48)  # mm
READ = (
    "SELECT number, household_number, payee_name, payee_number, alternate_name, document_kind, amount_minor, area_name "
    "FROM payments_payrollline WHERE payroll_id = %s ORDER BY area_name, area_id, payee_search, id"
)


def measure_papers(bench: Bench, payroll: Payroll) -> None:
    """All lists as one job: planned, written in parts of 10,000 payments, and joined."""

    def take() -> None:
        take_payee_list(payroll=payroll, language="en", actor=bench.people[5])
        work_off()

    bench.measure("payee lists", lambda _event: papers_floor(payroll.pk), take)


def papers_floor(payroll_id: int) -> None:
    """The same rows in the same order, drawn at fixed places on as many pages with lines and QR codes, compressed and digested.

    Nothing is measured, wrapped, summed, spelled or translated, no typeface is cut to what is used, no page has a heading.
    """
    digest = hashlib.sha256()
    with connection.chunked_cursor() as cursor, tempfile.TemporaryFile() as target:
        cursor.execute(READ, [payroll_id])
        document = Document(target, title="floor")
        number = 0
        while rows := cursor.fetchmany(ROWS_ON_A_PAGE):
            number = draw(document, rows, number)
        document.close()
        target.seek(0)
        while piece := target.read(1 << 20):
            digest.update(piece)


def draw(document: Document, rows: "list[tuple[object, ...]]", number: int) -> int:
    """One page; returns the number of its last row."""
    page, y = document.page(LANDSCAPE), 40 * MM
    page.qr(LANDSCAPE[0] - 31 * MM, 9 * MM, 21 * MM, f"ABCDEFGHJK-{number}")
    for payment, household, name, person, other, paper, amount, place in rows:
        number += 1
        left = 10 * MM
        cells = (
            (number, ""),
            (payment, household),
            (name, person),
            (other, place),
            (paper, ""),
            (amount, "amount in words of Bench francs"),
        )
        for width, (main, below) in zip(COLUMNS, cells, strict=True):
            page.text(left, y + 4 * MM, main)
            page.text(left, y + 8 * MM, below, 6.5)
            left += width * MM
        y += 11 * MM
        page.line(10 * MM, y, 287 * MM, y)
    left = 10 * MM
    for width in COLUMNS:
        page.line(left, 40 * MM, left, y)
        left += width * MM
    return number
