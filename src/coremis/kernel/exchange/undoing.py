"""Taking a whole import back: approved like the import, in chunks, with a reason for every row that must stay."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.models import Event
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.applying import check_right
from coremis.kernel.exchange.checking import count_rows
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.reports import keep_kept_rows
from coremis.kernel.exchange.rows import APPLIED, KEPT, StagedRow, context_of, next_groups, save_rows
from coremis.kernel.jobs.work import Work

State = Batch.State


@action(_("Take an import back"), approvable=True)
def undo_batch(*, batch: Batch, note: str = "", actor: Actor) -> Batch:
    """What it brought is taken back where nothing depends on it; the rest stays and is listed with the reasons."""
    check_right(find_kind(batch.import_kind), batch, actor)
    require_undoable(batch)
    batch.apply_job_id = batch.apply_job_id or batch.job_id
    batch.state = State.UNDOING
    batch.job_id = undo_rows.start(
        {"batch": batch.pk}, unique_key=f"exchange.batch:{batch.pk}", total=batch.applied_count + batch.kept_count,
        title_params={"name": batch.name}, area_ids=[batch.area_id],
    ).pk  # fmt: skip
    batch.save()
    return batch


def require_undoable(batch: Batch) -> None:
    """Only what was taken in, wholly or half, can be taken back."""
    if find_kind(batch.import_kind).undo is None:
        raise Refusal(_("Imports of this kind cannot be taken back."))
    if not undoable(batch):
        raise Refusal(_("Nothing of this import can be taken back now."))


def undoable(batch: Batch) -> bool:
    """Whether there is something to take back: also of an import that was stopped half way, or taken back in part."""
    return batch.state in (State.APPLIED, State.UNDONE, State.CANCELLED) and batch.applied_count + batch.kept_count > 0


def events_of(batch: Batch) -> frozenset[int]:
    """The events of the chunks that took it in."""
    job = batch.apply_job_id or batch.job_id
    return frozenset(Event.objects.filter(job_id=job).values_list("pk", flat=True)) if job else frozenset()


@steps_of(undo_batch, title=_("Take back the import %(name)s"))
def undo_rows(work: Work) -> bool:
    """One chunk of whole groups: the kind reverses what they wrote, and each row remembers what became of it."""
    context = context_of(Batch.objects.select_related("area").get(pk=work.params["batch"]))
    found = next_groups(context.batch, context.kind, work.cursor, states=[APPLIED, KEPT])
    if not found or context.kind.undo is None:
        return False
    for row in found:
        ready_again(row)
    context.kind.undo(found, context)
    save_rows(found)
    work.done += len(found)
    work.cursor = {"group": found[-1].group_key}
    return True


def ready_again(row: StagedRow) -> None:
    """Forget why it had to stay when it was tried before."""
    row.problems = [problem for problem in row.problems if "kept" not in problem]
    row.state = APPLIED


@undo_rows.finish
def end_undo(work: Work) -> None:
    """The counts from the rows themselves, and the file of those that stay."""
    batch = settled(work.params["batch"])
    file = keep_kept_rows(batch)
    batch.kept_file_id = file.pk if file else None
    batch.save()
    work.report = {"undone": batch.undone_count, "kept": batch.kept_count}


@undo_rows.abandon
def stop_undo(work: Work) -> bool:
    """Stopped before the end: what was taken back stays so; the rest can be taken back later."""
    settled(work.params["batch"])
    return False


def settled(pk: Any) -> Batch:
    """The import as it stands now. Where rows remain that were not tried, it counts as taken in half way."""
    batch = Batch.objects.get(pk=pk)
    count_rows(batch)
    batch.state, batch.undone_at = State.UNDONE, timezone.now()
    batch.save()
    return batch
