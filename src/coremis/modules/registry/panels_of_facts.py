"""The panel with the variables of a record, for this module's pages and for those of others."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.timeline import note_opening
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.sight import SENSITIVE, Sight
from coremis.modules.registry.words import variable_facts


def variables(request: HttpRequest, record: Any, subjects: Sequence[str], programme: int | None = None) -> Shown:
    """What the dictionary says about a record, as far as the reader may see it; showing sensitive facts is noted in the history."""
    sight = Sight(request.user, record)
    facts = variable_facts(dict(record.data), *subjects, sight=sight, programme=programme)
    if sight.may(SENSITIVE) and any(found.sensitive and found.code in record.data for found in variables_of(*subjects)):
        note_opening(record, request.user)
    return {"facts": [fact.ready() for fact in facts]} if facts else {"text": _("The data dictionary has no variable for this yet.")}
