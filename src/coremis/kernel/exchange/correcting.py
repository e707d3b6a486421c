"""Correcting rows in the page: cell by cell, or one wrong text wherever it stands in a column; each noted, each to be undone.

The file stays as it was sent. Corrections may be collected; the rows are understood anew when the import is checked again.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.checking import require_open, start_check
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.models import Batch, BatchRow, Correction
from coremis.kernel.exchange.staging import texts_of

LONGEST = 400
MOST_AT_ONCE = 2_000
CHECKED = Batch.State.CHECKED


@action(_("Correct rows of an import"))
def correct_rows(*, batch: Batch, corrections: dict[str, Any], check: bool = True, actor: Actor) -> Batch:
    """Texts in place of what the file says, by row number and column code; with ``check``, every row is then checked anew."""
    require_open(batch, CHECKED)
    open_codes = correctable(batch)
    known = {str(number) for number in BatchRow.objects.filter(batch=batch, number__in=list(corrections)).values_list("number", flat=True)}
    for number, texts in corrections.items():
        if str(number) not in known or any(code not in open_codes for code in texts) or len(corrections) > MOST_AT_ONCE:
            raise Refusal(_("Row %(row)s cannot be corrected so. Open the import again."), row=number)
    before = texts_of(batch, [int(number) for number in corrections])
    new: list[tuple[int | None, str, str, str]] = []
    for number, texts in corrections.items():
        for code, text in texts.items():
            plain, now = str(text)[:LONGEST], before[int(number)][code]
            if plain != now:
                new.append((int(number), code, now[:LONGEST], plain))
                batch.corrections.setdefault(str(number), {})[code] = plain
    note(batch, new, actor)
    return settle(batch, check)


@action(_("Replace a text in all rows of an import"))
def replace_text(*, batch: Batch, column: str, before: str, after: str, check: bool = True, actor: Actor) -> Batch:
    """One wrong text of one column is read as another one, in every row where the file has it. A blank one clears it."""
    require_open(batch, CHECKED)
    if column not in correctable(batch) or not before.strip():
        raise Refusal(_("Choose the column and the text to replace."))
    if len(before) > LONGEST or len(after) > LONGEST:
        raise Refusal(_("The text is longer than %(most)s signs. Shorten it."), most=LONGEST)
    batch.replacements.setdefault(column, {})[before] = after.strip()
    note(batch, [(None, column, before, after.strip())], actor)
    return settle(batch, check)


@action(_("Undo a correction"))
def undo_correction(*, correction: Correction, check: bool = False, actor: Actor) -> Batch:
    """What the file says, or an earlier correction of the same cell, holds again. Only before the import is taken in."""
    batch = Batch.objects.get(pk=correction.batch_id)
    require_open(batch, CHECKED)
    if correction.undone:
        raise Refusal(_("This correction is undone already."))
    correction.undone = True
    correction.save()
    same = Correction.objects.filter(batch=batch, row=correction.row, column=correction.column, undone=False)
    if correction.row is None:
        earlier = same.filter(before=correction.before).last()
        put(batch.replacements, correction.column, correction.before, earlier)
    else:
        put(batch.corrections, str(correction.row), correction.column, same.last())
    return settle(batch, check)


@action(_("Check an import again"))
def check_again(*, batch: Batch, actor: Actor) -> Batch:
    """Every row is understood anew, with the corrections made since."""
    require_open(batch, CHECKED)
    start_check(batch)
    return batch


def correctable(batch: Batch) -> list[str]:
    """The columns that may be corrected here: those the file brings, but secret ones."""
    columns = find_kind(batch.import_kind).all_columns()
    return [code for code in columns if code in batch.mapping and not columns[code].secret]


def put(held: dict[str, Any], first: str, second: str, earlier: Correction | None) -> None:
    """Put an earlier correction back in its place, or take the place away."""
    inner = held.setdefault(first, {})
    if earlier is None:
        inner.pop(second, None)
    else:
        inner[second] = earlier.after
    if not inner:
        del held[first]


def note(batch: Batch, new: list[tuple[int | None, str, str, str]], actor: Actor) -> None:
    """Write down who put what in place of what."""
    columns = ("batch", "row", "column", "before", "after", "made_by", "made_at", "undone")
    if new:
        stamp: Any = Correction._meta.get_field("made_at").pre_save(Correction(), True)
        copy_into(Correction, columns, [(batch.pk, *told, actor.pk, stamp, False) for told in new])


def settle(batch: Batch, check: bool) -> Batch:
    """Check again, or note that it must be."""
    if check:
        start_check(batch)
    else:
        batch.needs_check = True
        batch.save()
    return batch
