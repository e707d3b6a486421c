"""Which benefit rules name a variable of the data dictionary."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.modules.benefits.models import RuleVersion
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import uses_name

LOOKED_AT = 200
Subject = VariableDefinition.Subject
ABOUT_UNIT = ("condition", "formula")


def rules_with(variable: VariableDefinition, user: Any) -> list[tuple[str, str]]:
    """The versions of rules, in use or being written, of which a formula names a variable: words and address."""
    seen = RuleVersion.objects.visible_to(user, "benefits.view_ruleversion").exclude(state=RuleVersion.State.RETIRED)
    rows = seen.select_related("rule__programme").order_by("-pk")[:LOOKED_AT]
    return [
        (
            _("Benefit rule: %(version)s, %(programme)s") % {"version": row, "programme": row.rule.programme},
            reverse("benefits:version_detail", args=[row.pk]),
        )
        for row in rows
        if any(uses_name(text, variable.code, variable.kind) for text in formulas_about(row, variable.subject))
    ]


def formulas_about(version: RuleVersion, subject: str) -> Iterator[str]:
    """The formulas of a version that may name variables of this subject: those of single members name persons."""
    of_persons = version.rule.programme.unit == Programme.Unit.PERSON
    for part in version.definition.get("parts", []):
        if isinstance(part, Mapping):
            if subject == Subject.PERSON and not of_persons:
                yield str(part.get("member") or "")
            if (subject == Subject.PERSON) == of_persons:
                yield from (str(part[name]) for name in ABOUT_UNIT if isinstance(part.get(name), str))
