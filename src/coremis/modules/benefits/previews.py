"""What putting a version into use means, for those who ask and those who decide."""

from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.columns import money_text, text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.benefits.examples import tried
from coremis.modules.benefits.models import RuleVersion
from coremis.modules.benefits.queries import active_version
from coremis.modules.benefits.services import check_ready
from coremis.modules.benefits.working import names_of_parts, part_words


def activation(inputs: dict[str, Any], actor: Any) -> Preview:
    """The parts in words, each example with its result, and which version is replaced."""
    version: RuleVersion = inputs["version"]
    try:
        check_ready(version)
    except Refusal as problem:
        return Preview(problem=str(problem))
    currency, names = version.rule.programme.currency, names_of_parts(version.definition)
    before = active_version(version.rule)
    parts = [
        (names[part["code"]], " · ".join(text for text in (part_words(part, currency), part.get("condition", "")) if text))
        for part in version.definition.get("parts", [])
    ]
    amounts = [(_("Example: %(name)s") % {"name": one["name"]}, _paid(version, one)) for one in version.definition.get("examples", [])]
    return Preview(
        facts=[(_("Programme"), str(version.rule.programme)), (_("Benefit rule"), str(version.rule)), *parts, *amounts],
        count=1, changes=[(_("Version in use"), before.version_number if before else "–", version.version_number)],
        button=_("Put version %(number)s into use") % {"number": text_of(version.version_number)},
    )  # fmt: skip


def _paid(version: RuleVersion, example: dict[str, Any]) -> str:
    result = tried(version, example).result
    return money_text(Money(result.amount, version.rule.programme.currency))
