"""Who collects after the recipient died or left: asked for in the same step (HH-12), decided by others like every such change."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.approvals.services import submit
from coremis.kernel.base.refusal import Invalid
from coremis.modules.registry.models import ChangeCause, Household, Paper, Person, Recipient
from coremis.modules.registry.services.papers import check_paper
from coremis.modules.registry.services.recipients import change_recipient


def is_primary(household: Household | None, person: Person) -> bool:
    """Whether somebody is the primary recipient of a household now."""
    return household is not None and Recipient.objects.filter(household=household, person=person, rank=0, valid_until=None).exists()


def ask_successor(
    household: Household, collected: bool, successor: Person | None, paper: Paper | None, cause: ChangeCause, reason: str, actor: Any
) -> None:
    """Where the primary recipient is gone and somebody was chosen to follow: ask those who decide. The caller has stored the rest."""
    if successor is None:
        return
    if not collected:
        sentence = _("The primary recipient stays. Leave this empty.")
        raise Invalid(sentence, {"new_recipient": [sentence]})
    check_paper(paper, household)
    fresh = Household.objects.select_related("area").get(pk=household.pk)
    asked = {"household": fresh, "person": successor, "cause": cause, "reason": reason, "paper": paper}
    submit(change_recipient, asked, actor=actor)
