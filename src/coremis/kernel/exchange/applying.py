"""Taking an import in: asked for by one person, agreed to by another, done in chunks, each once."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.approvals.services import Outcome, submit
from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.exchange.checking import count_rows
from coremis.kernel.exchange.kinds import ImportKind, find_kind
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.reports import keep_rejected_rows
from coremis.kernel.exchange.rows import APPLIED, GOOD, StagedRow, context_of, next_groups, save_rows
from coremis.kernel.jobs.work import Work

State = Batch.State


def submit_batch(batch: Batch, *, actor: User, note: str = "", key: str | None = None) -> Outcome:
    """Ask that the good rows are taken in; whoever asks needs the right to do the same by hand. Called by screens."""
    check_right(find_kind(batch.import_kind), batch, actor)
    require_ready(batch)
    return submit(apply_batch, {"batch": batch, "note": note}, actor=actor, note=note, key=key)


@action(_("Take in the good rows of an import"), approvable=True)
def apply_batch(*, batch: Batch, note: str = "", actor: Actor) -> Batch:
    """The good rows become what they say; the others stay behind, with their reasons, and can be taken home."""
    check_right(find_kind(batch.import_kind), batch, actor)
    require_ready(batch)
    batch.state = State.APPLYING
    batch.job_id = apply_rows.start(
        {"batch": batch.pk}, unique_key=f"exchange.batch:{batch.pk}", total=batch.good_count,
        title_params={"name": batch.name}, area_ids=[batch.area_id],
    ).pk  # fmt: skip
    batch.save()
    return batch


def check_right(kind: ImportKind, batch: Batch, actor: Any) -> None:
    """Refuse somebody who could not do by hand, in the same place, what the file would do."""
    if not actor.has_perm(kind.permission):
        raise NotPermitted(_("You may not bring files of this kind: %(title)s."), title=kind.title)
    if not actor.may(kind.permission, [batch.area_id]):
        raise OutsidePlaces(_("This is outside the places where you may bring such files."))


def require_ready(batch: Batch) -> None:
    """Only a checked import with good rows can be taken in."""
    if batch.state != State.CHECKED:
        raise Refusal(_("This cannot be done now: the import is %(state)s."), state=batch.get_state_display())
    if batch.needs_check:
        raise Refusal(_("Rows were corrected since the last check. Check the import again first."))
    if not batch.good_count:
        raise Refusal(_("No row can be taken in. Correct the rows first."))


@steps_of(apply_batch, title=_("Take in the import %(name)s"))
def apply_rows(work: Work) -> bool:
    """One chunk of whole groups: the kind writes what they say, and each row remembers what became of it."""
    context = context_of(Batch.objects.select_related("area").get(pk=work.params["batch"]))
    found = next_groups(context.batch, context.kind, work.cursor, states=[GOOD])
    if not found:
        return False
    context.kind.apply(found, context)
    settle(found)
    save_rows(found)
    work.done += len(found)
    work.cursor = {"group": found[-1].group_key}
    return True


def settle(found: list[StagedRow]) -> None:
    """What the kind neither refused nor found unchanged has been taken in."""
    for row in found:
        if row.state == GOOD:
            row.state = APPLIED


@apply_rows.finish
def end_apply(work: Work) -> None:
    """The counts from the rows themselves, and the report."""
    batch = Batch.objects.get(pk=work.params["batch"])
    before = batch.bad_count
    count_rows(batch)
    batch.state, batch.applied_at = State.APPLIED, timezone.now()
    batch.save()
    if batch.bad_count != before:
        keep_rejected_rows(batch)
    work.report = {"applied": batch.applied_count, "unchanged": batch.unchanged_count, "bad": batch.bad_count}


@apply_rows.abandon
def stop_apply(work: Work) -> bool:
    """Stopped before the end: what was taken in stays and is counted; the rest can be sent again, which changes nothing twice."""
    batch = Batch.objects.get(pk=work.params["batch"])
    count_rows(batch)
    batch.state = State.CANCELLED
    batch.save()
    return False
