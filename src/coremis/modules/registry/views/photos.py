"""The picture of a photo, for those who may see it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from coremis.kernel.files.storage import path_of
from coremis.kernel.screens.screen import Screen, fetch_or_404
from coremis.modules.registry.models import Photo


class PhotoScreen(Screen):
    """The photo of this number, in full or with ``?size=small``; always a JPEG that was made here."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The content, never kept by anybody on the way."""
        photo: Photo = fetch_or_404(Photo, request.user, str(self.permission), kwargs["pk"])
        path = path_of(photo.small_sha256 if request.GET.get("size") == "small" else photo.sha256)
        if not path.is_file():
            raise Http404
        response = HttpResponse(path.read_bytes(), content_type="image/jpeg")  # at most 150 kB
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Disposition"] = "inline"
        response["Cache-Control"] = "private, no-store"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response


photo = PhotoScreen(permission="registry.view_photo", title="")
