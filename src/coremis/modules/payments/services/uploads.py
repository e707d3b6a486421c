"""Taking in a file of results, and setting it aside."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.exchange.mapping import guess_mapping
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import Content, attach
from coremis.modules.payments.models import Payroll, PayrollLine, ResultFile
from coremis.modules.payments.reading import COLUMNS
from coremis.modules.payments.services.steps import require_state
from coremis.modules.payments.states import FileState, PayrollState
from coremis.modules.points.models import Provider


@action(_("Bring results of payment"))
def upload_results(
    *, payroll: Payroll, name: str, sha256: str, size: int, provider: Provider | None = None, actor: Actor
) -> ResultFile:  # fmt: skip
    """Take in a file that lies in the store, for a payroll that was sent. The same content is taken once only, whatever its name.

    A file speaks of one payroll; rows of others are named, and can be taken home and brought where they belong. Late answers are
    taken for a closed payroll too.
    Where several providers pay, it must be said whose file it is: it then says nothing about the payments of the others.
    Its columns are guessed; somebody confirms them before the rows are checked.
    """
    require_state(payroll, PayrollState.RELEASED, PayrollState.CLOSED)
    check_provider(payroll, provider)
    earlier = ResultFile.objects.filter(sha256=sha256).exclude(state=FileState.DISCARDED).select_related("payroll").first()
    if earlier is not None:
        raise Refusal(
            _("This file was already brought for the payroll %(number)s, as “%(name)s”. Look there."),
            number=earlier.payroll.number_text, name=earlier.name,
        )  # fmt: skip
    content = Content(sha256, size)
    table = open_table(content.path, name)
    file = ResultFile(
        payroll=payroll, name=name[-200:], sha256=sha256, provider=provider, sent_by_id=actor.pk, headers=table.headers,
        mapping=guess_mapping(COLUMNS, table.headers),
    )  # fmt: skip
    file.save()
    attach(content, name, owner=file)
    return file


def check_provider(payroll: Payroll, provider: Provider | None) -> None:
    """Refuse a file without a provider where several pay, and a provider that pays nothing here."""
    paying = set(PayrollLine.objects.filter(payroll=payroll).order_by().values_list("provider", flat=True).distinct())
    if provider is None and len(paying) > 1:
        sentence = _("Several providers pay in this payroll. Say whose file this is.")
        raise Invalid(sentence, {"provider": [sentence]})
    if provider is not None and provider.pk not in paying:
        sentence = _("No payment of this payroll goes through this provider.")
        raise Invalid(sentence, {"provider": [sentence]})


@action(_("Set a file of results aside"))
def discard_results(*, file: ResultFile, reason: str, actor: Actor) -> ResultFile:
    """Use nothing of a file that was not applied; it is kept, and the same content may be brought again."""
    if not reason.strip():
        raise Invalid(_("The reason is missing."), {"reason": [_("Give the reason.")]})
    fresh = ResultFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    require_file(fresh, FileState.NEW, FileState.CHECKED)
    fresh.state = FileState.DISCARDED
    fresh.save()
    return fresh


def require_file(file: ResultFile, *allowed: FileState) -> None:
    """Refuse, naming the state, where it is none of these."""
    if file.state not in allowed:
        raise Refusal(
            _("The file “%(name)s” is now “%(state)s”, so this cannot be done. Reload the page."),
            name=file.name, state=file.get_state_display(),
        )  # fmt: skip
