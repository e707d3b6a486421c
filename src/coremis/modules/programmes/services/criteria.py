"""The usual criteria of a programme: whom it gives a status, kept so that nobody writes them twice."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid
from coremis.modules.filters.queries import checked, words
from coremis.modules.programmes.conditions import used_names
from coremis.modules.programmes.models import DefaultCriteria, Programme, Status


@action(_("Store the usual criteria"))
def store_criteria(
    *, programme: Programme, status: Status, filter: dict[str, Any] | None = None, condition: str = "", actor: Actor
) -> DefaultCriteria:  # fmt: skip
    """Keep a filter and a condition for one status; group changes and campaigns of the programme start from them."""
    tree = checked(filter or {}, user=actor)
    used_names(condition, programme.unit, actor)
    if not tree and not condition.strip():
        sentence = _("Choose a filter or write a condition.")
        raise Invalid(sentence, {"filter": [sentence]})
    criteria = DefaultCriteria.objects.filter(programme=programme, status=status).first()
    criteria = criteria or DefaultCriteria(programme=programme, status=status)
    criteria.filter, criteria.filter_words, criteria.condition = tree, words(tree) if tree else "", condition.strip()
    criteria.save()
    return criteria
