"""Sending a file, and giving an import up."""

from typing import Any, BinaryIO

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.applying import check_right
from coremis.kernel.exchange.checking import require_open
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.mapping import guess_mapping
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.recognising import as_options, recognise, sample_of
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import Content, attach, keep, shown_name

State = Batch.State


def send_file(file: BinaryIO, name: str, *, kind: str, area: Area, actor: User, key: str | None = None) -> Batch:
    """Take a file that somebody sends: refused at once with a sentence if it is no table, else kept, its columns guessed."""
    return create_batch(kind=kind, area=area, actor=actor, key=key, **read_file(file, name))


def read_file(file: BinaryIO, name: str) -> dict[str, Any]:
    """What ``create_batch`` must know about a file that is kept now; refused with a sentence where it is no table."""
    table = open_table(file, name)
    content = keep(file)
    options = {"sheet": table.sheet, "encoding": table.encoding, "separator": table.separator, "header_row": table.header_row}
    options |= {"day_first": True, "decimal_comma": table.separator == ";"}
    options |= as_options(recognise(table.headers, sample_of(table), {}, None))
    return {"name": name, "sha256": content.sha256, "size": content.size, "headers": table.headers, "options": options}


@action(_("Send a file to import"))
def create_batch(
    *, kind: str, area: Area, name: str, sha256: str, size: int, headers: list[str], options: dict[str, Any], actor: Actor
) -> Batch:
    """A new import for one place, made by ``send_file``. The same file is taken once, under whatever name it is sent."""
    declared = find_kind(kind)
    batch = Batch(import_kind=kind, area=area, name=shown_name(name), sha256=sha256, headers=headers, options=options, sent_by_id=actor.pk)
    check_right(declared, batch, actor)
    refuse_same_file(kind, sha256)
    batch.mapping = guess_mapping(declared.all_columns().values(), headers)
    batch.save()
    attach(Content(sha256, size), name, owner=batch, permission=declared.file_permission)
    return batch


def refuse_same_file(kind: str, sha256: str) -> None:
    """Say what became of the same file when it was sent before, whatever its name (pitfall D2)."""
    earlier = Batch.objects.filter(import_kind=kind, sha256=sha256).exclude(state__in=[State.CANCELLED, State.UNDONE]).first()
    if earlier is None:
        return
    day: dict[str, Any] = {"date": date_format((earlier.applied_at or earlier.sent_at), "SHORT_DATE_FORMAT")}
    if earlier.state == State.APPLIED:
        raise Refusal(_("This file was already imported on %(date)s: there is nothing to do."), **day)
    raise Refusal(_("This file was already sent on %(date)s. Go on with that import, or cancel it first."), **day)


@action(_("Cancel an import"))
def cancel_batch(*, batch: Batch, actor: Actor) -> Batch:
    """Give an import up before it is taken in; the same file can then be sent again."""
    require_open(batch, State.NEW, State.CHECKED)
    batch.state = State.CANCELLED
    batch.save()
    return batch
