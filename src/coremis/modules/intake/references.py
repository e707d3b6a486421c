"""What else names households and persons: beneficiaries, payments, and whatever other modules keep."""

from typing import Any

from django.db.models import F, Value

from coremis.kernel.actions.models import Record
from coremis.modules.registry.models import Document, Membership, Recipient

OWN = (Membership, Recipient, Document)


def references_to(model: type[Record]) -> list[tuple[Any, str]]:
    """The classes of other records that refer to this one, each with the name of its field.

    Not what belongs to the household itself, not what the system finds anew (``derived = True`` on its class), and not what
    is no table but a named part of a statement.
    """
    relations: Any = model._meta.related_objects
    return [
        (relation.related_model, relation.field.name)
        for relation in relations
        if relation.related_model not in OWN
        and not getattr(relation.related_model, "derived", False)
        and relation.related_model._meta.managed
        and relation.field.concrete
        and not relation.field.many_to_many
    ]


def referred(model: type[Record], ids: list[int]) -> dict[tuple[str, int], str]:
    """What names these records, by record: one statement."""
    if not ids:
        return {}
    asked, names = [], {}
    for other, field in references_to(model):
        names[other._meta.label_lower] = str(other._meta.verbose_name)
        rows = other._base_manager.filter(**{f"{field}__in": ids}).order_by()
        asked.append(rows.annotate(who=F(field), what=Value(other._meta.label_lower)).values_list("who", "what"))
    if not asked:
        return {}
    found = asked[0].union(*asked[1:]) if len(asked) > 1 else asked[0].distinct()
    return {(model.kind(), pk): names[kind] for pk, kind in found}
