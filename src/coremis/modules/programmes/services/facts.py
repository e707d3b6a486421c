"""The further facts of one enrolment, and looking behind their masks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.modules.programmes.models import Enrolment
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import REVEALING
from coremis.modules.registry.services import checked_data, note_revealed

OF_ENROLMENTS = (VariableDefinition.Subject.ENROLMENT,)


@action(_("Change the facts of a beneficiary"))
def change_enrolment(*, enrolment: Enrolment, data: dict[str, Any], actor: Actor) -> Enrolment:
    """Change the variables that are given; what is not given stays. Those of other programmes are refused."""
    enrolment.data = checked_data(OF_ENROLMENTS, data, enrolment.data, pk=enrolment.pk, programme=enrolment.programme_id)
    enrolment.save()
    return enrolment


@action(_("Reveal what is masked"))
def reveal_enrolment(*, enrolment: Enrolment, reason: str, actor: Actor) -> Enrolment:
    """Show this reader the masked facts of one enrolment for some minutes."""
    note_revealed(enrolment, reason, actor, (), OF_ENROLMENTS, enrolment.programme_id)
    return enrolment


REVEALING.add(reveal_enrolment.name)
