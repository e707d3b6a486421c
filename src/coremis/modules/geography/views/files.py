"""The pages of files of places: the list, sending, matching columns, what they would do, and taking them in."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.queries import country
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import read_file
from coremis.kernel.files.models import Attachment
from coremis.kernel.jobs.models import UNFINISHED
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink, fetch_or_404, wants_part
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.geography import previews
from coremis.modules.geography.forms import MatchForm, SendForm
from coremis.modules.geography.imports import KINDS, NAMES, UNITS
from coremis.modules.geography.services.files import give_up_places, match_places, send_places, take_in_places
from coremis.modules.geography.tables import FileTable, RowTable, status_of

State = Batch.State
SEE = send_places.name
HIDDEN = frozenset({
    "headers", "mapping", "options", "corrections", "replacements", "problem_counts", "warning_counts", "change_counts", "sha256", "job_id",
    "apply_job_id", "kept_file_id", "import_kind", "mapping_version", "needs_check",
})  # fmt: skip


def to_file(batch: Batch) -> str:
    """The page of a file."""
    return reverse("geography:file", args=[batch.pk])


def fetch_file(user: Any, key: Any, permission: str = SEE) -> Batch | None:
    """A file of places that the reader may see; never one of people."""
    rows: Any = Batch.objects.visible_to(user, permission).filter(import_kind__in=NAMES)
    return rows.select_related("area", "sent_by").filter(pk=key).first()  # type: ignore[no-any-return]


def file_link(title: Any, name: str, permission: str, **more: Any) -> ActionLink:
    """A button of this module."""
    return ActionLink(title, f"geography:{name}", permission, **more)


files = ListScreen(
    FileTable,
    title=_("Files of places"),
    lead=_("Trees of units, figures and former codes. Each row is checked, and a second person agrees before it is taken in."),
    actions=[
        file_link(_("Send a file"), "send", SEE, tone="primary"),
        file_link(_("The tree as a list"), "units", "areas.view_area"),
    ],
    empty=EmptyState(
        _("No files yet"), _("Send the units of the country as a table: one row for each unit, with the code of the unit above."),
        file_link(_("Send a file"), "send", SEE),
    ),
)  # fmt: skip


ARRIVED, TO_MATCH = _("The file has arrived. Its rows are being checked."), _("The file has arrived. Say what its columns bring.")


def first_choices(request: HttpRequest, target: Any) -> Mapping[str, Any]:
    """The whole country, and the kind that a page asked for."""
    asked = request.GET.get("kind", "")
    return {"area": country(), "kind": asked if asked in NAMES else UNITS.name}


send_page = ActionScreen(
    send_places,
    form=SendForm,
    title=_("Send a file of places"),
    lead=_("The columns are recognised, every row is checked, and you see what would change before anybody agrees to it."),
    inputs=lambda cleaned, target: {
        "kind": cleaned["kind"], "area": cleaned["area"], **read_file(cleaned["file"].file, cleaned["file"].name),
    },
    initial=first_choices,
    done=lambda batch: to_file(batch) if batch.state != State.NEW else reverse("geography:match", args=[batch.pk]),
    back=lambda target: reverse("geography:files"),
    said=lambda batch: str(ARRIVED if batch.state != State.NEW else TO_MATCH),
    button=_("Send the file"),
)  # fmt: skip
match_page = ActionScreen(
    match_places,
    form=MatchForm,
    target=(Batch, "pk"),
    fetch=fetch_file,
    title=_("What the columns bring"),
    lead=lambda batch: batch.name,
    inputs=lambda cleaned, batch: {"batch": batch, "mapping": cleaned["mapping"]},
    done=to_file,
    back=to_file,
    said=lambda batch: str(_("The rows are being checked.")),
    button=_("Check the rows"),
)
take_in_page = ActionScreen(
    take_in_places,
    target=(Batch, "pk"),
    fetch=fetch_file,
    title=_("Take in a file of places"),
    lead=lambda batch: batch.name,
    preview=previews.asked_file,
    done=to_file,
    back=to_file,
)
give_up_page = ActionScreen(
    give_up_places,
    target=(Batch, "pk"),
    fetch=fetch_file,
    lead=_("Nothing of it is taken in. The same file can be sent again."),
    done=to_file,
    back=to_file,
    danger=True,
)
rows = ListScreen(
    RowTable,
    title=lambda batch: _("Rows of %(file)s") % {"file": batch.name},
    owner=Owner(Batch, SEE, through="batch", prepare=lambda found: found.filter(import_kind__in=NAMES)),
)


class FileScreen(DetailScreen):
    """The page of a file; it renews itself while work goes on."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """While work goes on, the page asks for its progress alone; when it has ended, for the whole page."""
        if not wants_part(request) or request.GET.get("part") != "progress":
            return super().respond(request, **kwargs)
        found = fetch_or_404(Batch, request.user, SEE, kwargs["pk"], fetch=fetch_file)
        response = render(request, "geography/_progress.html", progress_of(found))
        if not progress_of(found)["running"]:
            response["HX-Refresh"] = "true"
        return response

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Progress, counts, reasons, changes, files."""
        titles = {code: str(column.title) for code, column in next(k for k in KINDS if k.name == record.import_kind).all_columns().items()}
        files = {file.pk: file for file in (record.source_file, record.rejected_file) if file}
        opens = Attachment.objects.visible_to(request.user, "files.view_attachment").in_bulk(files)  # as the download asks
        return {
            **super().tab_context(request, record),
            **progress_of(record),
            "cards": cards_of(record),
            "reasons": [(words, text_of(count)) for words, count in previews.reasons_of(record)],
            "examples": record.rows.filter(state=BatchRow.State.BAD).order_by("number")[:20],
            "changes": previews.change_lines(record),
            "mapped": [(titles.get(code, code), ", ".join(given)) for code, given in record.mapping.items()],
            "source_file": opens.get(record.source_file.pk),
            "rejected_file": opens.get(record.rejected_file.pk) if record.rejected_file else None,
        }


def progress_of(batch: Batch) -> dict[str, Any]:
    """The work in hand, and whether it goes on."""
    job = batch.job
    running = job is not None and job.state in UNFINISHED and batch.state in (State.CHECKING, State.APPLYING)
    return {"job": job, "running": running}


def cards_of(batch: Batch) -> list[tuple[Any, str, str]]:
    """(words, figure, list of these rows)."""
    if batch.state in (State.NEW, State.CHECKING):
        return []
    listed, found = reverse("geography:rows", args=[batch.pk]), previews.counts_of(batch)
    middle = [(_("new"), found["new"], "?state=GOOD&new=yes"), (_("changed"), found["changed"], "?state=GOOD&new=no")]
    if batch.state != State.CHECKED:
        middle = [(_("taken in"), batch.applied_count, "?state=APPLIED")]
    shown = [
        (_("rows"), batch.row_count, "?clear=1"), *middle, (_("unchanged"), found["unchanged"], "?state=UNCHANGED"),
        (_("refused"), found["refused"], "?state=BAD"),
    ]  # fmt: skip
    return [(words, text_of(figure), listed + query) for words, figure, query in shown]


def open_now(batch: Batch) -> bool:
    """Whether it may be matched anew or given up."""
    return batch.state in (State.NEW, State.CHECKED) and batch.waiting_request is None


def submittable(batch: Batch) -> bool:
    """Checked, with something to take in, and not waiting yet."""
    return batch.state == State.CHECKED and batch.good_count > batch.unchanged_count and batch.waiting_request is None


def attention(request: HttpRequest, batch: Batch) -> list[Attention]:
    """What to do next."""
    if (asked := batch.waiting_request) is not None:
        address = reverse("administration:request", args=[asked.pk])
        return [Attention("info", _("This file waits for a second person."), address, _("Open the request"))]
    if batch.state == State.NEW and batch.job and batch.job.problem:
        return [Attention("bad", batch.job.problem_text)]
    if batch.state == State.NEW:
        return [Attention("warn", _("Not all columns were recognised. Say what they bring; then the rows are checked."))]
    if batch.state == State.CHECKED and batch.row_count and batch.unchanged_count == batch.row_count:
        return [Attention("good", _("Everything in this file is so already. There is nothing to take in."))]
    return []


file = FileScreen(
    Batch,
    permission=SEE,
    fetch=fetch_file,
    title=lambda batch: batch.name,
    subtitle=lambda batch: f"{batch.kind_title}, {batch.area.name}",
    status=status_of,
    facts=lambda request, batch: [
        Fact(_("Sent by"), batch.sent_by), Fact(_("Sent on"), batch.sent_at), Fact(_("Taken in on"), batch.applied_at),
    ],
    attention=attention,
    actions=[
        file_link(_("Take in the good rows"), "take_in", take_in_places.name, tone="primary", show=submittable),
        file_link(_("Match the columns"), "match", match_places.name, show=open_now),
        file_link(_("Rows"), "rows", SEE, show=lambda batch: batch.row_count > 0),
        file_link(_("Give the file up"), "give_up", give_up_places.name, tone="danger", show=open_now),
    ],
    timeline=Timeline(hidden=HIDDEN),
    template="geography/file.html",
)  # fmt: skip
