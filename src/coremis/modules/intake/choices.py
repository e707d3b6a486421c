"""What a person chooses for one import, beside how its file is written; kept with the import's options."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from coremis.kernel.exchange.models import Batch

REJECT, ACCEPT, HEAD, LOCAL, FILE = "reject", "accept", "head", "local", "file"
DEFAULT_SOURCE = "file"
NAMES = ("source", "ages_on", "without_head", "disagreement", "conflicts", "document_kind")


@dataclass(frozen=True)
class Choices:
    """``source`` is the list the keys belong to; ``ages_on`` the day on which ages were asked.

    ``without_head`` says what happens to a household without a head (reject or accept), ``disagreement`` to one whose members say
    different things about it (reject, or believe the head), ``conflicts`` which value wins where somebody corrected the register
    since the last import (local or file). ``document_kind`` is the kind of document where the file says none.
    """

    source: str
    ages_on: date
    without_head: str = REJECT
    disagreement: str = REJECT
    conflicts: str = LOCAL
    document_kind: str = ""


def list_name(file_name: str) -> str:
    """A name for the list that a file brings, from its own name without dates and numbers: “menages-kayanza”."""
    words = re.findall(r"[^\W\d_]+", file_name.rsplit(".", 1)[0])
    return slugify(" ".join(words))[:40].strip("-") or DEFAULT_SOURCE


def choices_of(batch: Batch) -> Choices:
    """The choices of an import, with what holds where nothing was chosen."""
    given: Mapping[str, Any] = batch.options
    day = given.get("ages_on")
    sent_on = timezone.localdate(batch.sent_at) if batch.sent_at else timezone.localdate()
    return Choices(
        source=str(given.get("source") or DEFAULT_SOURCE)[:40],
        ages_on=date.fromisoformat(day) if day else sent_on,
        without_head=given.get("without_head") or REJECT,
        disagreement=given.get("disagreement") or REJECT,
        conflicts=given.get("conflicts") or LOCAL,
        document_kind=given.get("document_kind") or "",
    )
