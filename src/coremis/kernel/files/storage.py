"""Where the contents of files lie: under the media root, by SHA-256, written whole or not at all."""

import hashlib
import mimetypes
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment

PIECE = 1 << 20
LONGEST_NAME = 200


@dataclass(frozen=True)
class Content:
    """What lies in the store."""

    sha256: str
    size: int

    @property
    def path(self) -> Path:
        """Where it lies; made from the digest only, never from a name."""
        return path_of(self.sha256)


def path_of(sha256: str) -> Path:
    """The place of a content in the store."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("Not a SHA-256.")
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def keep(file: BinaryIO, most_bytes: int | None = None) -> Content:
    """Write a content into the store and return what it is; the same content is kept once. Too large a file is refused.

    Nothing refers to it yet: ``store`` does both, inside an action.
    """
    incoming = Path(settings.MEDIA_ROOT) / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    waiting = incoming / uuid4().hex
    try:
        content = _write(file, waiting, most_bytes if most_bytes is not None else settings.COREMIS_MAX_UPLOAD_MB << 20)
        _put_in_place(waiting, content)
    finally:
        waiting.unlink(missing_ok=True)
    return content


def _write(file: BinaryIO, waiting: Path, most_bytes: int) -> Content:
    digest, size = hashlib.sha256(), 0
    with open(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        for piece in _pieces(file):
            size += len(piece)
            if size > most_bytes:
                raise Refusal(_("This file is larger than %(most)s MB. Send it in parts, or as .xlsx."), most=most_bytes >> 20)
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return Content(digest.hexdigest(), size)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    yield from iter(partial(file.read, PIECE), b"")


def _put_in_place(waiting: Path, content: Content) -> None:
    place = content.path
    if place.exists() and place.stat().st_size == content.size:
        return
    place.parent.mkdir(exist_ok=True)
    os.replace(waiting, place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def store(
    file: BinaryIO, name: str, *, owner: Record | None = None, user: Any = None, permission: str = "", most_bytes: int | None = None
) -> Attachment:
    """Keep a file and note whose it is; call it inside an action.

    It belongs to a record (``owner``: whoever may see that may open the file), or is made for one ``user``, who may open it
    as long as they hold ``permission`` (a list taken home).
    """
    content = keep(file, most_bytes)
    return attach(content, name, owner=owner, user=user, permission=permission)


def attach(content: Content, name: str, *, owner: Record | None = None, user: Any = None, permission: str = "") -> Attachment:
    """Note whose a kept content is; the second half of ``store``, for files that were kept before the action began."""
    shown = shown_name(name)
    attachment = Attachment(
        sha256=content.sha256,
        size=content.size,
        content_type=mimetypes.guess_type(shown)[0] or "application/octet-stream",
        name=shown,
        owner_kind=owner._meta.label_lower if owner else "",
        owner_id=owner.pk if owner else None,
        user_id=user.pk if user else None,
        permission=permission,
    )
    attachment.save()
    return attachment


def shown_name(name: str) -> str:
    """The last part of a file name without signs that cannot be shown; its end is kept when it is too long."""
    plain = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", re.split(r"[/\\]", name)[-1]).strip()
    return plain[-LONGEST_NAME:] or str(_("file"))


def open_attachment(attachment: Attachment) -> BinaryIO:
    """The content, opened for reading; a sentence where it is no longer in the store."""
    path = path_of(attachment.sha256)
    if not path.is_file():
        raise Refusal(_("The content of “%(name)s” is missing. Ask your administrator to restore the files."), name=attachment.name)
    return path.open("rb")


def files_of(owner: Record) -> "Any":
    """The files that belong to a record, oldest first."""
    return Attachment.objects.filter(owner_kind=owner._meta.label_lower, owner_id=owner.pk).order_by("pk")
