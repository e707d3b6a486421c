"""What putting a version into use and starting a run mean, for those who ask and those who decide."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.registry.models import Household
from coremis.modules.scoring.examples import tried
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.queries import active_version
from coremis.modules.scoring.services import check_ready
from coremis.modules.scoring.services.runs import check_request, in_places, new_run, population
from coremis.modules.scoring.versions import wording_of
from coremis.modules.scoring.wording import direction_words, figure, rounding_words
from coremis.modules.scoring.words_of_versions import WORDS, title_of, titles

SHOWN = ("strata", "member_facts", "facts", "terms", "cutoffs")


def activation(inputs: dict[str, Any], actor: Any) -> Preview:
    """Every piece in words, each example with its result, and which version is replaced."""
    version: FormulaVersion = inputs["version"]
    try:
        check_ready(version)
    except Refusal as problem:
        return Preview(problem=str(problem))
    say, before = wording_of(version), active_version(version.formula)
    pieces = [
        (f"{titles()[part]}: {title_of(say, part, entry, place)}", WORDS[part](say, entry))
        for part in SHOWN
        for place, entry in enumerate(version.definition.get(part, []))
    ]
    examples = [(_("Example: %(name)s") % {"name": one["name"]}, _score(version, one)) for one in version.definition.get("examples", [])]
    whole = [(_("Direction"), direction_words(version.lower_is_poorer)), (_("Rounding"), rounding_words(version.definition))]
    return Preview(
        facts=[(_("Formula"), str(version.formula)), (_("Source"), version.formula.source), *whole, *pieces, *examples], count=1,
        changes=[(_("Version in use"), before.version_number if before else "–", version.version_number)],
        button=_("Put version %(number)s into use") % {"number": text_of(version.version_number)},
    )  # fmt: skip


def _score(version: FormulaVersion, example: dict[str, Any]) -> str:
    return figure(tried(version, example).result.value) or _("could not be assessed")


def scoring(inputs: dict[str, Any], actor: Any) -> Preview:
    """How many households would be scored, and how many of these places are left out; who cannot be assessed is known afterwards."""
    version, areas, day = inputs["version"], inputs["areas"], inputs["day"]
    condition, chosen = inputs.get("condition") or "", inputs.get("filter")
    check_request(version, areas, day, condition, chosen, actor)
    run = new_run(version, areas, day, condition, chosen)
    count, everybody = population(run).count(), Household.objects.filter(in_places(run)).count()
    limits = [(_("Only those"), run.filter_words), (_("Only where"), run.condition)]
    words = ngettext("Score %(count)s household", "Score %(count)s households", count) % {"count": text_of(count)}
    return Preview(
        facts=[
            (_("Formula"), str(version)), (_("As of"), day), (_("Chosen places"), ", ".join(area.name for area in areas)),
            *[(title, text) for title, text in limits if text],
        ],
        count=count, left_out=[(_("Registered later, dissolved, or not meant by the filter"), everybody - count)], button=words,
    )  # fmt: skip
