"""Taking a file home: by its number, through the right to see its owner."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from coremis.kernel.actions.events import new_event
from coremis.kernel.actions.models import Change
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import open_attachment

READING = "files.download_attachment"
UNNAMED = "application/octet-stream"
# What a browser is told a file is; the name was given by whoever sent it, and a page could load a script or style by its address.
NAMED = {
    "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip", "image/jpeg", "image/png",
    "text/csv", "text/plain",
}  # fmt: skip


@require_GET
@login_required
def download_attachment(request: HttpRequest, attachment_id: int) -> FileResponse:
    """The file as a download, never shown inside the browser and never kept by it; the history notes who took it."""
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user, "files.view_attachment"), pk=attachment_id)
    try:
        content = open_attachment(attachment)
    except Refusal as refusal:
        raise Http404(str(refusal)) from refusal
    note_reading(attachment, request)
    kind = attachment.content_type if attachment.content_type in NAMED else UNNAMED
    response = FileResponse(content, as_attachment=True, filename=attachment.name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def note_reading(attachment: Attachment, request: HttpRequest) -> None:
    """Reading personal data in bulk is an entry in the history, like a change."""
    with transaction.atomic():
        event = new_event(READING, request.user)
        Change.objects.create(event=event, kind=Change.INPUTS, record_id=event.pk, before={"attachment": attachment.pk})
