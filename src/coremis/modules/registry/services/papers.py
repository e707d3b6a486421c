"""Papers that prove a change: a certificate, a judgment, a written request. Kept with the household, opened with the right to see them."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import Content, attach, keep, shown_name
from coremis.modules.registry.models import Household, Paper, Person
from coremis.modules.registry.rules import clean_text

MOST_BYTES = 10 << 20
KINDS = {b"%PDF-": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}


@dataclass(frozen=True)
class KeptPaper:
    """A file that lies in the store and belongs to nothing yet."""

    content: Content
    name: str


@action(_("Add a paper"))
def add_paper(*, household: Household, file: Secret[KeptPaper], about: str, person: Person | None = None, actor: Actor) -> Paper:
    """Keep a paper with a household, and say what it proves."""
    paper = Paper(household=household, person=person, about=clean_text(about) or str(_("supporting document")))
    paper.save()
    kept = file.reveal()
    attach(kept.content, kept.name, owner=paper)
    return paper


def keep_paper(file: BinaryIO, name: str) -> KeptPaper:
    """Keep what was sent, where it is a PDF or a picture; its name gets the ending of what it is."""
    file.seek(0)
    head = file.read(8)
    ending = next((ending for mark, ending in KINDS.items() if head.startswith(mark)), None)
    if ending is None:
        raise Refusal(_("This is neither a PDF nor a picture. Scan the paper, or take a photo of it."))
    if (size := getattr(file, "size", None)) and size > MOST_BYTES:
        raise Refusal(_("This file is larger than %(most)s MB. Take a smaller photo."), most=MOST_BYTES >> 20)
    return KeptPaper(keep(file, MOST_BYTES), PurePath(shown_name(name)).stem[:150] + ending)


def check_paper(paper: Any, household: Household) -> None:
    """A change for good needs a paper of this household."""
    if paper is None or paper.household_id != household.pk:
        raise Refusal(_("This needs a document that proves it. Attach a scan or a photo."))
