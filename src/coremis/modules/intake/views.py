"""The pages of imports: the list, sending, matching columns, the result, submitting, cancelling, the rows."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.areas.models import Area
from coremis.kernel.exchange.applying import apply_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.correcting import check_again, correct_rows, replace_text, undo_correction
from coremis.kernel.exchange.models import Batch, Correction, SavedMapping
from coremis.kernel.exchange.saved import retire_mapping
from coremis.kernel.exchange.services import cancel_batch, create_batch, read_file
from coremis.kernel.exchange.undoing import undo_batch, undoable
from coremis.kernel.jobs.models import UNFINISHED
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink, Text, fetch_or_404, wants_part, whole_number
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.intake import queries
from coremis.modules.intake.choices import choices_of
from coremis.modules.intake.correcting import CorrectRowsForm, ReplaceTextForm, after_correcting, asked_page, asked_text, problem_address
from coremis.modules.intake.forms import USE_SAVED, MatchColumnsForm, SendFileForm
from coremis.modules.intake.imports import OPEN_FILES, PERSONS
from coremis.modules.intake.previews import asked_effect, asked_undo, brings_people, changes_words, mapped_words, open_reason
from coremis.modules.intake.tables import (
    SEE,
    BatchTable,
    CorrectionTable,
    RowTable,
    SavedMappingTable,
    column_title,
    share_of,
    status_of,
)

State = Batch.State
HIDDEN = frozenset({
    "headers", "mapping", "options", "corrections", "replacements", "problem_counts", "warning_counts", "change_counts", "sha256", "job_id",
    "apply_job_id", "kept_file_id", "import_kind", "mapping_version", "needs_check",
})  # fmt: skip
SEND = ActionLink(_("New import"), "intake:create_batch", create_batch.name, tone="primary")


def to_batch(batch: Batch) -> str:
    """The page of an import."""
    return reverse("intake:batch", args=[batch.pk])


batches = ListScreen(
    BatchTable,
    title=_("Imports"),
    lead=_("Files on their way into the system."),
    actions=[SEND, ActionLink(_("Empty table to fill in"), "intake:template", create_batch.name)],
    empty=EmptyState(
        _("No imports yet"),
        _("Send a table of persons. It is checked row by row, and nothing is taken in before a second person agrees."),
        ActionLink(_("Send the first file"), "intake:create_batch", create_batch.name),
    ),
)


def own_place(request: HttpRequest, target: Any) -> Mapping[str, Any]:
    """Somebody with one place need not choose it; a page of another module says what its file brings."""
    places = request.user.places_for(create_batch.name)  # type: ignore[union-attr]
    roots = list(places.roots)
    area = {"area": Area.objects.filter(pk=roots[0]).first()} if len(roots) == 1 else {}
    return {**area, "kind": request.GET.get("kind", "")}


def chosen_mapping(request: HttpRequest, batch: Any) -> Mapping[str, Any]:
    """The saved mapping that was asked for in the address."""
    number = whole_number(request.GET.get("mapping", ""))
    found = SavedMapping.objects.visible_to(request.user, USE_SAVED)
    return {"saved": found.filter(pk=number, import_kind=batch.import_kind).first()} if number else {}


create_batch_page = ActionScreen(
    create_batch,
    form=SendFileForm,
    title=_("New import"),
    lead=_("Send a file. On the next page you say what its columns bring."),
    inputs=lambda cleaned, target: {
        "kind": cleaned.get("kind") or PERSONS.name,
        "area": cleaned["area"],
        **read_file(cleaned["file"].file, cleaned["file"].name),
    },
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
    inputs=lambda cleaned, batch: {
        "batch": batch,
        **{name: cleaned[name] for name in ("mapping", "options", "saved_mapping", "save_as", "shared")},
    },
    initial=chosen_mapping,
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
undo_batch_page = ActionScreen(
    undo_batch,
    target=(Batch, "pk"),
    title=_("Take the import back"),
    lead=_("What it brought is taken back where nothing depends on it. The history keeps both."),
    preview=asked_undo,
    done=to_batch,
    back=to_batch,
    danger=True,
)
correct_rows_page = ActionScreen(
    correct_rows,
    form=CorrectRowsForm,
    target=(Batch, "pk"),
    title=_("Correct rows"),
    lead=lambda batch: batch.name,
    initial=asked_page,
    inputs=lambda cleaned, batch: {"batch": batch, "corrections": cleaned["corrections"], "check": cleaned["check"]},
    done=after_correcting,
    back=to_batch,
    said=lambda batch: str(_("The corrections are kept.") if batch.needs_check else _("The rows are being checked.")),
    button=_("Save and check again"),
    template="intake/correct_rows.html",
)
replace_text_page = ActionScreen(
    replace_text,
    form=ReplaceTextForm,
    target=(Batch, "pk"),
    title=_("Replace a value in all rows"),
    lead=lambda batch: batch.name,
    initial=asked_text,
    inputs=lambda cleaned, batch: {"batch": batch, **{name: cleaned[name] for name in ("column", "before", "after", "check")}},
    done=after_correcting,
    back=to_batch,
    said=lambda batch: str(_("The value is replaced.")),
    button=_("Replace it"),
    template="intake/replace_text.html",
)
check_again_page = ActionScreen(
    check_again,
    target=(Batch, "pk"),
    title=_("Check again"),
    lead=_("Every row is understood anew, with the corrections made since."),
    done=to_batch,
    back=to_batch,
    said=lambda batch: str(_("The rows are being checked.")),
)
corrections = ListScreen(
    CorrectionTable,
    title=lambda batch: _("Corrections of %(file)s") % {"file": batch.name},
    lead=_("What was put in place of what the file says. The file itself stays as it was sent."),
    owner=Owner(Batch, SEE, through="batch"),
    empty=EmptyState(_("No corrections yet"), _("Rows are corrected on the page of the import.")),
)
undo_correction_page = ActionScreen(
    undo_correction,
    target=(Correction, "pk"),
    title=_("Undo a correction"),
    lead=lambda correction: f"{correction.before or '–'} → {correction.after or '–'}",
    done=lambda batch: reverse("intake:corrections", args=[batch.pk]),
    back=lambda correction: reverse("intake:corrections", args=[correction.batch_id]),
    said=lambda batch: str(_("The correction is undone. Check the import again when you are ready.")),
)
saved_mappings = ListScreen(
    SavedMappingTable,
    title=_("Saved mappings"),
    lead=_("Which column of a file brings what. They are proposed when a file with the same titles comes again."),
    empty=EmptyState(_("No saved mappings yet"), _("Give a mapping a name on the page on which columns are matched.")),
)
retire_mapping_page = ActionScreen(
    retire_mapping,
    target=(SavedMapping, "pk"),
    title=_("Put a saved mapping out of use"),
    lead=lambda saved: saved.name,
    done=lambda saved: reverse("intake:saved_mappings"),
    back=lambda saved: reverse("intake:saved_mappings"),
    danger=True,
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
            "kept_file": record.kept_file if opens else None,
            "changes": changes_words(record),
            "mapped": [(words, ", ".join(titles)) for words, titles in mapped_words(record)],
            "correctable": open_now(record) and record.state == State.CHECKED and request.user.has_perm(correct_rows.name),
        }


def progress_of(batch: Batch) -> dict[str, Any]:
    """The work in hand, and whether it goes on."""
    job = batch.job
    running = job is not None and job.state in UNFINISHED and batch.state in (State.CHECKING, State.APPLYING, State.UNDOING)
    return {"job": job, "running": running}


def cards_of(batch: Batch) -> list[tuple[Text, int]]:
    """The figures that say how the import stands."""
    if batch.state in (State.NEW, State.CHECKING):
        return []
    if batch.state == State.CHECKED:
        effect = queries.effect_of(batch)
        people = [(_("new persons"), effect.new_persons), (_("new households"), effect.new_households)]
        middle = [*(people if brings_people(batch) else [(_("new"), effect.new_persons)]), (_("with changes"), effect.changed_persons)]
    else:
        middle = [(_("taken in"), batch.applied_count)]
    if batch.undone_count or batch.kept_count:
        middle += [(_("taken back"), batch.undone_count), (_("cannot be taken back"), batch.kept_count)]
    return [(_("rows"), batch.row_count), *middle, (_("nothing to change"), batch.unchanged_count), (_("to correct"), batch.bad_count)]


def told_words(batch: Batch, found: list[queries.Told]) -> list[dict[str, Any]]:
    """Reasons as the template prints them."""
    return [
        {
            "column": column_title(batch, told.column),
            "reason": open_reason(told.reason),
            "rows": told.rows,
            "examples": told.examples,
            "code": told.column if told.column in batch.mapping else "",
            "address": problem_address(told.column, told.reason),
        }
        for told in found
    ]


def attention(request: HttpRequest, batch: Batch) -> list[Attention]:
    """What to do next."""
    if batch.waiting_request:
        return [Attention("info", _("This import waits for a second person."), batch_request(batch, request.user), _("Open the request"))]
    if batch.state == State.NEW and batch.job and batch.job.problem:
        return [Attention("bad", batch.job.problem_text)]
    if batch.state == State.NEW:
        return [Attention("info", _("Say what the columns bring; then the rows are checked."))]
    if batch.state == State.CHECKED and batch.needs_check:
        sentence = _("Rows were corrected since the last check. Check the import again before it is taken in.")
        return [Attention("warn", sentence, reverse("intake:check_again", args=[batch.pk]), _("Check again"))]
    if batch.state == State.UNDONE and batch.kept_count:
        return [Attention("warn", _("Some rows could not be taken back. Download them with the reasons."))]
    if batch.state == State.CHECKED and batch.good_count and batch.unchanged_count == batch.good_count:
        return [Attention("info", _("The register holds every good row already. There is nothing to take in."))]
    if batch.state == State.CANCELLED and batch.applied_count:
        sentence = _("This import was stopped half way. Send the same file again: what was taken in is not done twice.")
        return [Attention("warn", sentence)]
    return []


def with_rows_to_correct(batch: Batch) -> bool:
    """Whether rows may be corrected in the page."""
    return open_now(batch) and batch.state == State.CHECKED and batch.bad_count > 0


def saved_words(batch: Batch) -> str:
    """The name of the saved mapping that was used, with its version then."""
    if batch.saved_mapping is None:
        return ""
    return str(_("%(name)s, version %(version)s") % {"name": batch.saved_mapping.name, "version": batch.mapping_version})


def share_words(batch: Batch) -> str:
    """How many rows could not be used, and their share of all."""
    if not batch.row_count:
        return ""
    return f"{text_of(batch.bad_count)} ({share_of(batch)})"


def batch_request(batch: Batch, reader: Any) -> str:
    """The page of the request about an import, for whoever may open it: the maker, those who decide, and those who see requests."""
    asked = batch.waiting_request
    if asked is None:
        return ""
    mine = asked.maker_id == reader.pk or reader.may("approvals.view_request", [asked.area_id])
    return reverse("administration:request", args=[asked.pk]) if mine or waiting_for(reader).filter(pk=asked.pk).exists() else ""


def submittable(batch: Batch) -> bool:
    """Checked, with something to take in, and not waiting yet."""
    ready = batch.state == State.CHECKED and not batch.needs_check and batch.good_count > batch.unchanged_count
    return ready and batch.waiting_request is None


def can_be_taken_back(batch: Batch) -> bool:
    """Whether it may be asked to take the import back."""
    return undoable(batch) and batch.waiting_request is None


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
        *([Fact(_("Name of the list"), choices_of(batch).source)] if brings_people(batch) else []),
        Fact(_("Saved mapping"), saved_words(batch)),
        Fact(_("Rows to correct"), share_words(batch)),
        Fact(_("Taken in on"), batch.applied_at),
        *([Fact(_("Taken back on"), batch.undone_at)] if batch.undone_at else []),
    ],
    attention=attention,
    actions=[
        ActionLink(_("Take in the good rows"), "intake:apply_batch", apply_batch.name, tone="primary", show=submittable),
        ActionLink(_("Match the columns"), "intake:check_batch", check_batch.name, show=open_now),
        ActionLink(_("Correct rows"), "intake:correct_rows", correct_rows.name, show=with_rows_to_correct),
        ActionLink(
            _("Corrections"), "intake:corrections", SEE, tone="quiet", show=lambda batch: bool(batch.corrections or batch.replacements)
        ),
        ActionLink(_("Rows"), "intake:rows", SEE, show=lambda batch: batch.row_count > 0),
        ActionLink(_("Cancel the import"), "intake:cancel_batch", cancel_batch.name, tone="danger", show=open_now),
        ActionLink(_("Take the import back"), "intake:undo_batch", undo_batch.name, tone="danger", show=can_be_taken_back),
    ],
    prepare=lambda rows: rows.select_related("area", "sent_by", "saved_mapping"),
    timeline=Timeline(hidden=HIDDEN),
    template="intake/batch.html",
)
