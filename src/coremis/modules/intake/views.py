"""The pages of imports: the list, sending, matching columns, the result, submitting, cancelling, the rows."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.exchange.applying import apply_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import cancel_batch, create_batch, read_file
from coremis.kernel.jobs.models import UNFINISHED
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink, Text, fetch_or_404, wants_part
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.intake import queries
from coremis.modules.intake.choices import choices_of
from coremis.modules.intake.forms import MatchColumnsForm, SendFileForm
from coremis.modules.intake.imports import OPEN_FILES, PERSONS
from coremis.modules.intake.previews import asked_effect, open_reason
from coremis.modules.intake.tables import SEE, BatchTable, RowTable, column_title, status_of

State = Batch.State
HIDDEN = frozenset({"headers", "mapping", "options", "corrections", "problem_counts", "warning_counts", "sha256", "job_id", "import_kind"})
SEND = ActionLink(_("New import"), "intake:create_batch", create_batch.name, tone="primary")


def to_batch(batch: Batch) -> str:
    """The page of an import."""
    return reverse("intake:batch", args=[batch.pk])


batches = ListScreen(
    BatchTable,
    title=_("Imports"),
    lead=_("Files of persons on their way into the register."),
    actions=[SEND],
    empty=EmptyState(
        _("No imports yet"),
        _("Send a table of persons. It is checked row by row, and nothing is taken in before a second person agrees."),
        ActionLink(_("Send the first file"), "intake:create_batch", create_batch.name),
    ),
)


def own_place(request: HttpRequest, target: Any) -> Mapping[str, Any]:
    """Somebody with one place need not choose it."""
    places = request.user.places_for(create_batch.name)  # type: ignore[union-attr]
    roots = list(places.roots)
    return {"area": Area.objects.filter(pk=roots[0]).first()} if len(roots) == 1 else {}


create_batch_page = ActionScreen(
    create_batch,
    form=SendFileForm,
    title=_("New import"),
    lead=_("Send a file of persons. On the next page you say what its columns bring."),
    inputs=lambda cleaned, target: {"kind": PERSONS.name, "area": cleaned["area"], **read_file(cleaned["file"].file, cleaned["file"].name)},
    initial=own_place,
    done=lambda batch: reverse("intake:check_batch", args=[batch.pk]),
    back=lambda target: reverse("intake:batches"),
    said=lambda batch: str(_("The file has arrived. Say what its columns bring.")),
    button=_("Send the file"),
)
check_batch_page = ActionScreen(
    check_batch,
    form=MatchColumnsForm,
    target=(Batch, "pk"),
    title=_("What the columns bring"),
    lead=lambda batch: batch.name,
    inputs=lambda cleaned, batch: {"batch": batch, "mapping": cleaned["mapping"], "options": cleaned["options"]},
    done=to_batch,
    back=to_batch,
    said=lambda batch: str(_("The rows are being checked.")),
    button=_("Check the rows"),
    template="intake/check_batch.html",
)
apply_batch_page = ActionScreen(
    apply_batch,
    target=(Batch, "pk"),
    title=_("Take in the good rows"),
    lead=lambda batch: batch.name,
    preview=asked_effect,
    done=to_batch,
    back=to_batch,
)
cancel_batch_page = ActionScreen(
    cancel_batch,
    target=(Batch, "pk"),
    title=_("Cancel the import"),
    lead=_("Nothing of it is taken in. The same file can be sent again."),
    done=to_batch,
    back=to_batch,
    danger=True,
)
rows = ListScreen(
    RowTable,
    title=lambda batch: _("Rows of %(file)s") % {"file": batch.name},
    owner=Owner(Batch, SEE, through="batch"),
)


class BatchScreen(DetailScreen):
    """The page of an import; it renews itself while work goes on."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """While work goes on, the page asks for its progress alone; when it has ended, for the whole page."""
        if not wants_part(request) or request.GET.get("part") != "progress":
            return super().respond(request, **kwargs)
        found = fetch_or_404(Batch, request.user, SEE, kwargs["pk"])
        response = render(request, "intake/_progress.html", progress_of(found))
        if not progress_of(found)["running"]:
            response["HX-Refresh"] = "true"
        return response

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Progress, counts, problems with examples, files."""
        opens = request.user.has_perm(OPEN_FILES)
        return {
            **super().tab_context(request, record),
            **progress_of(record),
            "batch": record,
            "cards": [(words, text_of(figure)) for words, figure in cards_of(record)],
            "problems": told_words(record, queries.problems_of(record)),
            "warnings": told_words(record, queries.warnings_of(record)),
            "source_file": record.source_file if opens else None,
            "rejected_file": record.rejected_file if opens else None,
        }


def progress_of(batch: Batch) -> dict[str, Any]:
    """The work in hand, and whether it goes on."""
    job = batch.job
    running = job is not None and job.state in UNFINISHED and batch.state in (State.CHECKING, State.APPLYING)
    return {"job": job, "running": running}


def cards_of(batch: Batch) -> list[tuple[Text, int]]:
    """The figures that say how the import stands."""
    if batch.state in (State.NEW, State.CHECKING):
        return []
    if batch.state == State.CHECKED:
        effect = queries.effect_of(batch)
        middle = [
            (_("new persons"), effect.new_persons), (_("new households"), effect.new_households),
            (_("persons with changes"), effect.changed_persons),
        ]  # fmt: skip
    else:
        middle = [(_("taken in"), batch.applied_count)]
    return [(_("rows"), batch.row_count), *middle, (_("nothing to change"), batch.unchanged_count), (_("to correct"), batch.bad_count)]


def told_words(batch: Batch, found: list[queries.Told]) -> list[dict[str, Any]]:
    """Reasons as the template prints them."""
    return [
        {"column": column_title(batch, told.column), "reason": open_reason(told.reason), "rows": told.rows, "examples": told.examples}
        for told in found
    ]


def attention(request: HttpRequest, batch: Batch) -> list[Attention]:
    """What to do next."""
    if batch.waiting_request:
        return [Attention("info", _("This import waits for a second person."), batch_request(batch), _("Open the request"))]
    if batch.state == State.NEW and batch.job and batch.job.problem:
        return [Attention("bad", batch.job.problem_text)]
    if batch.state == State.NEW:
        return [Attention("info", _("Say what the columns bring; then the rows are checked."))]
    if batch.state == State.CHECKED and batch.good_count and batch.unchanged_count == batch.good_count:
        return [Attention("info", _("The register holds every good row already. There is nothing to take in."))]
    if batch.state == State.CANCELLED and batch.applied_count:
        sentence = _("This import was stopped half way. Send the same file again: what was taken in is not done twice.")
        return [Attention("warn", sentence)]
    return []


def batch_request(batch: Batch) -> str:
    """The page of the request about an import."""
    asked = batch.waiting_request
    return reverse("administration:request", args=[asked.pk]) if asked else ""


def submittable(batch: Batch) -> bool:
    """Checked, with something to take in, and not waiting yet."""
    return batch.state == State.CHECKED and batch.good_count > batch.unchanged_count and batch.waiting_request is None


def open_now(batch: Batch) -> bool:
    """Whether it may be matched, checked or cancelled."""
    return batch.state in (State.NEW, State.CHECKED) and batch.waiting_request is None


batch = BatchScreen(
    Batch,
    permission=SEE,
    title=lambda batch: batch.name,
    subtitle=lambda batch: f"{batch.kind_title}, {batch.area.name}",
    status=status_of,
    facts=lambda request, batch: [
        Fact(_("Sent by"), batch.sent_by),
        Fact(_("Sent on"), batch.sent_at),
        Fact(_("Name of the list"), choices_of(batch).source),
        Fact(_("Taken in on"), batch.applied_at),
    ],
    attention=attention,
    actions=[
        ActionLink(_("Take in the good rows"), "intake:apply_batch", apply_batch.name, tone="primary", show=submittable),
        ActionLink(_("Match the columns"), "intake:check_batch", check_batch.name, show=open_now),
        ActionLink(_("Rows"), "intake:rows", SEE, show=lambda batch: batch.row_count > 0),
        ActionLink(_("Cancel the import"), "intake:cancel_batch", cancel_batch.name, tone="danger", show=open_now),
    ],
    prepare=lambda rows: rows.select_related("area", "sent_by"),
    timeline=Timeline(hidden=HIDDEN),
    template="intake/batch.html",
)
