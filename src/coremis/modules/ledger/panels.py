"""The card on the home page of those who watch over the money."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.modules.ledger.queries import last_proof
from coremis.modules.ledger.tables import proof_status


def proof_card(request: HttpRequest) -> dict[str, Any]:
    """Whether the balances held in the last night; loud where they did not."""
    proof = last_proof()
    if proof is None:
        return {"text": _("The balances have not been proved yet.")}
    href = reverse("ledger:proof_detail", kwargs={"pk": proof.pk})
    rows = [(_("Proved on"), text_of(proof.proved_at)), (_("Movements"), text_of(proof.movement_count))]
    return {
        "figure": str(proof_status(proof)),
        "label": _("Differences: %(count)s") % {"count": len(proof.differences)},
        "href": href,
        "rows": rows,
    }
