"""How much a variable is used: bounded counts of what is stored in the reader's places, and what names it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.base.text import label
from coremis.kernel.expressions.definite import Unmet
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.module.contributions import contributions
from coremis.modules.registry.checking import family_of
from coremis.modules.registry.definition import uses_name
from coremis.modules.registry.holders import VariableUse, holder_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import is_not_applicable
from coremis.modules.registry.sight import usable

COUNTED = 10_000
MOST_USES = 50
Kind = VariableDefinition.Kind


def holding(variable: VariableDefinition, user: Any) -> Any:
    """The records in the reader's places that hold a value; ``held`` is the value."""
    holder = holder_of(variable.subject)
    if holder is None:
        return VariableDefinition.objects.none()
    rows: Any = holder.model.objects.visible_to(user, holder.permission)
    return rows.alias(held=Variable(variable.code, variable.kind.lower())).exclude(held=None)


def lacking(variable: VariableDefinition, user: Any) -> Any:
    """The records in the reader's places that hold no value, and do not say that it does not apply."""
    holder = holder_of(variable.subject)
    if holder is None:
        return VariableDefinition.objects.none()
    rows: Any = holder.model.objects.visible_to(user, holder.permission)
    return rows.alias(held=Variable(variable.code, variable.kind.lower())).filter(Unmet(is_not_applicable(variable.code)), held=None)


def counted(rows: Any) -> str:
    """How many there are, at most “10,000+”: counting stops there."""
    found = rows.order_by().values("pk")[: COUNTED + 1].count()
    return number_format(min(found, COUNTED), use_l10n=True, force_grouping=True) + ("+" if found > COUNTED else "")


def choice_counts(variable: VariableDefinition, user: Any) -> list[tuple[str, str, str]]:
    """Code, name and number of each choice among the first records that hold one; nothing about values the reader may not see."""
    if variable.kind != Kind.CHOICE or not usable(user, [variable]):
        return []
    rows = holding(variable, user).order_by().values("pk")[:COUNTED]
    holder: Any = holder_of(variable.subject)
    among = holder.model._base_manager.filter(pk__in=rows).annotate(held=Variable(variable.code, "choice"))
    found = dict(among.order_by().values_list("held").annotate(found=Count("pk")))
    return [
        (
            str(one["code"]),
            label(one.get("names"), get_language() or "en"),
            number_format(found.get(str(one["code"]), 0), use_l10n=True, force_grouping=True),
        )
        for one in variable.choices
    ]


def uses_of(variable: VariableDefinition, user: Any) -> list[tuple[str, str]]:
    """Words and address of every saved formula, condition and mapping that names it, as far as the reader may see it."""
    found = list(_rules_with(variable))
    for use in contributions(VariableUse):
        found += use.find(variable, user)
    return found[:MOST_USES]


def _rules_with(variable: VariableDefinition) -> Sequence[tuple[str, str]]:
    others = VariableDefinition.objects.filter(subject__in=family_of(variable.subject)).exclude(validation="").exclude(pk=variable.pk)
    return [
        (_("The rule of “%(name)s”") % {"name": other}, reverse("registry:variable", kwargs={"pk": other.pk}))
        for other in others
        if uses_name(other.validation, variable.code, variable.kind)
    ]
