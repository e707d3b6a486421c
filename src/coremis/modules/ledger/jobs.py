"""The nightly proof: what the balances say is what the movements say."""

from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.system import system
from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.messages import Sentence, message_key, plain_params
from coremis.kernel.jobs.work import Level, Work
from coremis.modules.ledger.models import Account, Movement, Posting, PostingTotal
from coremis.modules.ledger.queries import COUNTS, with_balance
from coremis.modules.ledger.services import store_proof

POSTINGS_A_CHUNK = 100
Key = tuple[int, int]


@job_kind(title=_("Prove the balances of the ledger"))
def prove_balances(work: Work) -> bool:
    """Compare the totals of the next posted postings with their movements."""
    postings = Posting.objects.filter(pk__gt=work.cursor.get("last", 0), state__in=COUNTS).order_by("pk")
    ids = list(postings.values_list("pk", flat=True)[:POSTINGS_A_CHUNK])
    if not ids:
        return False
    said, moved = totals_said(ids), totals_moved(ids)
    for key in sorted(set(said) | set(moved)):
        if said.get(key) != moved.get(key):
            posting, account = Posting.objects.get(pk=key[0]), Account.objects.get(pk=key[1])
            note(
                work,
                _("Posting %(posting)s: the total of “%(account)s” is not the sum of its movements."),
                posting=key[0],
                account=str(account),
            )
            work.log(_("Look at the posting “%(posting)s”."), Level.PROBLEM, posting=str(posting))
    work.cursor = {"last": ids[-1], "movements": work.cursor.get("movements", 0) + sum(found[2] for found in moved.values())}
    work.done += len(ids)
    return len(ids) == POSTINGS_A_CHUNK


@prove_balances.finish
def close_proof(work: Work) -> None:
    """All balances total zero in each currency, none is negative but those that may be; then store the result."""
    sums: dict[str, int] = {}
    accounts: list[Any] = list(with_balance(Account.objects.all()))
    for account in accounts:
        sums[account.currency] = sums.get(account.currency, 0) + account.balance_minor
        if account.balance_minor < 0 and account.station not in Account.SIGNED:
            note(work, _("The account “%(account)s” is below zero."), account=str(account))
    for currency, total in sorted(sums.items()):
        if total:
            note(work, _("The balances in %(currency)s do not add up to zero."), currency=currency)
    differences = work.report.pop("differences", [])
    counted = {"postings": work.done, "movements": work.cursor.get("movements", 0) // 2, "accounts": len(accounts)}
    store_proof(**counted, differences=differences, actor=system(store_proof.name))
    work.report = {**counted, "differences": len(differences)}


def note(work: Work, sentence: Sentence, /, **params: Any) -> None:
    """A difference goes into the proof and, loudly, into the job's log."""
    work.report.setdefault("differences", []).append({"message": message_key(sentence), "params": plain_params(params)})
    work.log(sentence, Level.PROBLEM, **params)


def totals_said(posting_ids: list[int]) -> dict[Key, tuple[int, int, int]]:
    """Received, given and number of movements, as the totals say."""
    rows = PostingTotal.objects.filter(posting_id__in=posting_ids).values_list(
        "posting_id", "account_id", "received_minor", "given_minor", "movement_count"
    )
    return {(posting, account): (received, given, count) for posting, account, received, given, count in rows}


def totals_moved(posting_ids: list[int]) -> dict[Key, tuple[int, int, int]]:
    """The same, summed from the movements themselves."""
    found: dict[Key, tuple[int, int, int]] = {}
    for place, side in enumerate(("to_account_id", "from_account_id")):
        rows = Movement.objects.filter(posting_id__in=posting_ids).order_by().values_list("posting_id", side)
        for posting, account, amount, count in rows.annotate(moved=Sum("amount_minor"), count=Count("pk")):
            received, given, number = found.get((posting, account), (0, 0, 0))
            added = (amount, 0) if place == 0 else (0, amount)
            found[posting, account] = (received + added[0], given + added[1], number + count)
    return found
