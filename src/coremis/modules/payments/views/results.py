"""Files of results: bring, match columns, look at what the check found, confirm."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.models import Job
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import money_text, text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.payments import previews, services
from coremis.modules.payments.forms import CheckResultsForm, ConfirmResultsForm, ReasonForm, UploadResultsForm
from coremis.modules.payments.models import Payroll, ResultFile, ResultRow
from coremis.modules.payments.states import BLOCKING_PROBLEMS, FileKind, FileState, LineState
from coremis.modules.payments.tables import ResultFileTable, ResultRowTable, result_of
from coremis.modules.payments.views.addresses import download_url, file_url, payroll_url, row_url
from coremis.modules.payments.words import file_status

result_file_list = ListScreen(
    ResultFileTable, title=_("Results of payment"), lead=_("Files from providers and payment points."),
    actions=[ActionLink(_("Incidents"), "payments:incident_list", "payments.view_incident")],
    empty=EmptyState(_("No results yet"), _("Open a payroll that is in payment, and bring its results there.")),
)  # fmt: skip


def file_facts(request: HttpRequest, file: ResultFile) -> Sequence[Fact]:
    """What the check found, by result and by problem."""
    found = [
        Fact(previews.LABELS[code], f"{text_of(count)} · {money_text(Money(amount, file.payroll.currency))}")
        for code, (count, amount) in sorted(file.counts.items())
    ]
    return [
        Fact(_("Payroll"), file.payroll.number_text, payroll_url(file.payroll)), Fact(_("Kind"), file.get_kind_of_display()),
        *([Fact(_("Provider"), str(file.provider))] if file.provider else []), Fact(_("Sent by"), str(file.sent_by or "")),
        Fact(_("Sent on"), file.sent_at), Fact(_("Rows"), file.row_count), Fact(_("Good rows"), file.good_count),
        Fact(_("Rows not applied"), file.bad_count), Fact(_("Payments not in the file"), file.missing_count), *found,
    ]  # fmt: skip


def file_attention(request: HttpRequest, file: ResultFile) -> Sequence[Attention]:
    """Work under way or failed, and what to do next."""
    job = Job.objects.filter(params__file=file.pk).order_by("-pk").first() if file.state != FileState.DISCARDED else None
    if file.state in (FileState.CHECKING, FileState.APPLYING):
        return [Attention("info", _("The file is being worked on. Reload the page to see more."))]
    if job is not None and job.problem and file.state in (FileState.NEW, FileState.CHECKED):
        return [Attention("warn", job.problem_text)]
    if to_be_matched(file):
        return [Attention("info", _("Say which column brings what; then the rows are checked."))]
    return []


def shown_in(*states: FileState) -> Any:
    """Shows a button only in these states."""
    return lambda file: file.state in states


def to_be_matched(file: ResultFile) -> bool:
    """A file whose columns are not matched yet."""
    return file.state == FileState.NEW and file.kind_of == FileKind.FILE


def being_typed(file: ResultFile) -> bool:
    """A signed list that is not sent yet."""
    return file.state == FileState.NEW and file.kind_of == FileKind.SHEET


result_file_detail = DetailScreen(
    ResultFile, permission="payments.view_resultfile", title=lambda file: file.name, status=file_status, facts=file_facts,
    subtitle=lambda file: file.payroll.number_text, attention=file_attention,
    actions=[
        ActionLink(_("Match columns and check"), "payments:check_results", "payments.check_results", "primary", to_be_matched),
        ActionLink(_("Go on typing"), "payments:send_sheet", "payments.send_sheet", "primary", being_typed),
        ActionLink(_("Confirm results"), "payments:confirm_results", "payments.confirm_results", "primary", shown_in(FileState.CHECKED)),
        ActionLink(_("All rows"), "payments:result_rows", "payments.view_resultrow", show=shown_in(FileState.CHECKED, FileState.APPLIED)),
        ActionLink(
            _("Rows to correct"), "payments:take_rejected_rows", "payments.take_rejected_rows", show=lambda file: file.bad_count > 0
        ),
        ActionLink(
            _("Set aside"), "payments:discard_results", "payments.discard_results", "danger", shown_in(FileState.NEW, FileState.CHECKED)
        ),
    ],
    prepare=lambda rows: rows.select_related("payroll", "sent_by", "provider"),
    timeline=Timeline(
        hidden=frozenset({"sha256", "headers", "mapping", "counts", "draft", "scope", "missing_as_unpaid", "job_id", "posting_id"})
    ),
)  # fmt: skip

result_rows = ListScreen(
    ResultRowTable, title=lambda file: file.name, lead=lambda file: file.payroll.number_text,
    owner=Owner(ResultFile, "payments.view_resultfile", "file", prepare=lambda rows: rows.select_related("payroll")),
)  # fmt: skip


def row_facts(request: HttpRequest, row: ResultRow) -> Sequence[Fact]:
    """What the file says, beside what was due."""
    return [
        Fact(_("File"), row.file.name, file_url(row.file)), Fact(_("Payment number"), row.reference),
        Fact(_("Payee"), row.line.payee_name if row.line else None), Fact(_("Due"), row.line.amount if row.line else None),
        Fact(_("In the file"), row.amount), Fact(_("Receipt"), row.receipt), Fact(_("Paid on"), row.paid_on),
        Fact(_("Proof"), row.get_proof_display()), Fact(_("Collected by"), row.get_collected_by_display()),
        Fact(_("Effect"), row.get_effect_display()), Fact(_("Reason"), row.get_unpaid_reason_display()),
        Fact(_("Explanation"), row.resolution),
    ]  # fmt: skip


def may_be_written_off(row: ResultRow) -> bool:
    """An unknown payment, or one that was too high, in a file that was applied."""
    open_row = not row.resolution and row.file.state == FileState.APPLIED
    return open_row and (row.outcome == LineState.OVERPAID or row.problem in BLOCKING_PROBLEMS)


result_row_detail = DetailScreen(
    ResultRow, permission="payments.view_resultrow", title=lambda row: _("Row %(number)s") % {"number": row.position},
    subtitle=lambda row: row.file.name, status=result_of, facts=row_facts,
    actions=[ActionLink(_("Write off"), "payments:write_off", "payments.write_off", "danger", may_be_written_off)],
    prepare=lambda rows: rows.select_related("file", "line"), timeline=Timeline(hidden=frozenset({"line", "area", "was"})),
)  # fmt: skip


def _kept(cleaned: dict[str, Any], payroll: Any) -> dict[str, Any]:
    file, name = cleaned["file"].file, cleaned["file"].name
    open_table(file, name)  # what is no table is refused before anything of it is kept
    content = keep(file)
    return {"payroll": payroll, "name": name, "sha256": content.sha256, "size": content.size, "provider": cleaned.get("provider")}


upload_results = ActionScreen(
    services.upload_results, form=UploadResultsForm, target=(Payroll, "pk"), inputs=_kept, done=file_url, back=payroll_url
)


def _mapped(cleaned: dict[str, Any], file: Any) -> dict[str, Any]:
    save_as = cleaned.pop("save_as", "")
    return {"file": file, "mapping": {code: [title] for code, title in cleaned.items() if title}, "save_as": save_as}


check_results = ActionScreen(
    services.check_results, form=CheckResultsForm, target=(ResultFile, "pk"), inputs=_mapped, done=file_url, back=file_url,
    lead=_("Which column of the file brings what? The guesses come from the titles."), button=_("Check the rows"),
)  # fmt: skip
confirm_results = ActionScreen(
    services.confirm_results, form=ConfirmResultsForm, target=(ResultFile, "pk"), preview=previews.confirmation, done=file_url,
    inputs=lambda cleaned, file: {"file": file, **cleaned}, back=file_url,
)  # fmt: skip
discard_results = ActionScreen(
    services.discard_results, form=ReasonForm, target=(ResultFile, "pk"), done=file_url, back=file_url, danger=True
)
take_rejected_rows = ActionScreen(services.take_rejected_rows, target=(ResultFile, "pk"), done=download_url, back=file_url)
write_off = ActionScreen(
    services.write_off, form=ReasonForm, target=(ResultRow, "pk"), preview=previews.writing_off, done=row_url, back=row_url, danger=True,
    inputs=lambda cleaned, row: {"row": row, **cleaned},
)  # fmt: skip
