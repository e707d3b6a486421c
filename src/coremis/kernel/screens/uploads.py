"""How much may be sent in one request: what is too much is refused before any of it is written to the disk."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from coremis.kernel.access.models import User
from coremis.kernel.screens.security import is_signed_in


class TooLarge(RequestDataTooBig):
    """More than this person may send; the text is a sentence for people."""


class LimitedUpload(FileUploadHandler):
    """Stands before the handlers that keep files. A stranger sends no more than a form holds, except to set up an installation.

    Others may send up to twice the limit of a file: a little too much is better said on the page of the form.
    """

    def handle_raw_input(
        self, input_data: Any, meta: dict[str, str], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        """Refuse by the length that was announced; nothing beyond it is read."""
        request = self.request or HttpRequest()
        if content_length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return
        if not is_signed_in(request) and User.objects.exists():
            raise RequestDataTooBig("Files are sent by people who are signed in.")
        if content_length > 2 * (settings.COREMIS_MAX_UPLOAD_MB << 20):
            most = settings.COREMIS_MAX_UPLOAD_MB
            raise TooLarge(_("This file is larger than %(most)s MB. Send it in parts, or as .xlsx.") % {"most": most})

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the content to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
