"""The final report of long work, in words for people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.config.country import own_currency
from coremis.kernel.files.models import Attachment
from coremis.kernel.jobs.kinds import find_kind
from coremis.kernel.jobs.models import Job
from coremis.kernel.screens.details import Fact

USUAL: dict[str, Any] = {
    "rows": _("Rows"), "good": _("Good rows"), "bad": _("Rows to correct"), "missing": _("Missing rows"), "applied": _("Rows taken in"),
    "unchanged": _("Rows already known"), "rows_applied": _("Rows taken in"), "rows_left": _("Rows left out"), "lines": _("Lines"),
    "left_out": _("Left out"), "total_minor": _("Amount"), "differences": _("Differences"), "concerned": _("Concerned"),
}  # fmt: skip


def report_facts(job: Job) -> list[dict[str, str]]:
    """The figures of a report with their names, ready for the template; what has no name for people is not shown."""
    kind = find_kind(job.kind)
    names = {**USUAL, **(kind.report if kind else {})}
    shown = [(names[key], _value(key, value)) for key, value in job.report.items() if key in names]
    return [Fact(name, value).ready() for name, value in shown if not isinstance(value, Mapping | list)]


def file_of(job: Job, reader: Any) -> Attachment | None:
    """The file that the work made, where the reader may take it home."""
    number = job.report.get("attachment")
    if not number:
        return None
    return Attachment.objects.visible_to(reader, "files.view_attachment").filter(pk=number).first()


def _value(key: str, value: Any) -> Any:
    if key.endswith("_minor") and isinstance(value, int):
        return Money(value, own_currency())
    return sum(value.values()) if isinstance(value, Mapping) and all(isinstance(item, int) for item in value.values()) else value
