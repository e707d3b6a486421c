"""Which kept filters ask for a variable of the data dictionary."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.modules.filters.queries import usable_filters
from coremis.modules.filters.tree import conditions_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import fact_key, holder_of

LOOKED_AT = 500


def filters_with(variable: VariableDefinition, user: Any) -> list[tuple[str, str]]:
    """The filters in use that name a variable, of those that the reader may use, the latest first: words and address."""
    holder = holder_of(variable.subject)
    if holder is None or not user.has_perm("filters.view_savedfilter"):
        return []
    key = fact_key(holder.model, variable.code)
    kept = usable_filters(user, ["household", "person", "enrolment"]).order_by("-pk")[:LOOKED_AT]
    named = [one for one in kept if one.condition and any(part["fact"] == key for part in conditions_of(one.condition["where"]))]
    return [(_("Filter: %(name)s") % {"name": one.name}, reverse("filters:saved_filter_detail", args=[one.pk])) for one in named]
