"""Where the pages lead to each other."""

from typing import Any

from django.urls import reverse

from coremis.modules.payments.models import Payroll, PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.states import FileKind, FileState


def payroll_url(payroll: Payroll) -> str:
    """The page of a payroll."""
    return reverse("payments:payroll_detail", kwargs={"pk": payroll.pk})


def line_url(line: PayrollLine) -> str:
    """The page of a payment."""
    return reverse("payments:line_detail", kwargs={"pk": line.pk})


def file_url(file: ResultFile) -> str:
    """The page of a file of results; of a list that is still typed, where it is typed."""
    if file.kind_of == FileKind.SHEET and file.state == FileState.NEW:
        return reverse("payments:send_sheet", kwargs={"pk": file.pk})
    return reverse("payments:result_file_detail", kwargs={"pk": file.pk})


def row_url(row: ResultRow) -> str:
    """The page of one row of a file."""
    return reverse("payments:result_row_detail", kwargs={"pk": row.pk})


def download_url(attachment: Any) -> str:
    """Where a file can be taken; the work page while it is still being made."""
    if attachment is None:
        return reverse("screens:home")
    return reverse("files:download_attachment", kwargs={"attachment_id": attachment.pk})
