"""Where the pages lead to each other."""

from typing import Any

from django.urls import reverse

from coremis.modules.payments.models import Payroll, ResultFile, ResultRow


def payroll_url(payroll: Payroll) -> str:
    """The page of a payroll."""
    return reverse("payments:payroll_detail", kwargs={"pk": payroll.pk})


def file_url(file: ResultFile) -> str:
    """The page of a file of results."""
    return reverse("payments:result_file_detail", kwargs={"pk": file.pk})


def row_url(row: ResultRow) -> str:
    """The page of one row of a file."""
    return reverse("payments:result_row_detail", kwargs={"pk": row.pk})


def download_url(attachment: Any) -> str:
    """Where a file can be taken; the work page while it is still being made."""
    if attachment is None:
        return reverse("screens:home")
    return reverse("files:download_attachment", kwargs={"attachment_id": attachment.pk})
