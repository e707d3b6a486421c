"""The pages of runs and scores."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.areas.models import Area
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink, whole_number
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.scoring import forms, previews, services
from coremis.modules.scoring.models import Score, ScoreRun
from coremis.modules.scoring.tables import RunTable, ScoreTable, run_status
from coremis.modules.scoring.versions import wording_of
from coremis.modules.scoring.views import version_url
from coremis.modules.scoring.wording import figure


def run_url(run: ScoreRun) -> str:
    """The page of a run."""
    return reverse("scoring:run_detail", kwargs={"pk": run.pk})


def with_formula(rows: Any) -> Any:
    """Runs with what their titles say."""
    return rows.select_related("formula_version__formula", "area")


start = ActionLink(_("Score households"), "scoring:score_households", "scoring.score_households", tone="primary")
run_list = ListScreen(
    RunTable, title=_("Scores"), actions=[start],
    empty=EmptyState(_("No scores yet"), _("A formula in use gives the households of chosen places their scores."), start),
)  # fmt: skip


def again_url(run: ScoreRun) -> str:
    """The page that starts the same run once more."""
    return f"{reverse('scoring:score_households')}?run={run.pk}"


def run_facts(request: HttpRequest, run: ScoreRun) -> Sequence[Fact]:
    """What was scored with what, as of when."""
    places = Area.objects.filter(pk__in=run.area_ids).order_by("name").values_list("name", flat=True)
    return [
        Fact(_("Formula"), str(run.formula_version), version_url(run.formula_version)), Fact(_("As of"), run.day),
        Fact(_("Places"), ", ".join(places)), Fact(_("Only those"), run.filter_words or None), Fact(_("Only where"), run.condition or None),
        Fact(_("Scored"), run.scored), Fact(_("Could not be assessed"), run.not_assessed), Fact(_("Note"), run.note or None),
    ]  # fmt: skip


def run_attention(request: HttpRequest, run: ScoreRun) -> Sequence[Attention]:
    """What is still under way, or was stopped."""
    if run.state == ScoreRun.State.PREPARING:
        return [Attention("info", _("The scores are being computed. They appear here all at once when the work is done."))]
    if run.state == ScoreRun.State.STOPPED:
        return [Attention("warn", _("This work was stopped, so there are no scores. Start it again if they are needed."))]
    return []


run_detail = DetailScreen(
    ScoreRun, permission="scoring.view_scorerun", title=lambda run: str(run.formula_version), subtitle=lambda run: run.area.name,
    status=run_status, facts=run_facts, attention=run_attention,
    actions=[
        ActionLink(
            _("List of scores"), "scoring:score_list", "scoring.view_score", "primary", show=lambda run: run.state == ScoreRun.State.DONE
        ),
        ActionLink(_("Score again"), again_url, "scoring.score_households"),
    ],
    prepare=with_formula, timeline=Timeline(hidden=frozenset({"results"})),
)  # fmt: skip

score_list = ListScreen(
    ScoreTable, title=lambda run: gettext("Scores: %(formula)s, %(place)s") % {"formula": run.formula_version, "place": run.area.name},
    owner=Owner(ScoreRun, "scoring.view_scorerun", through="run", prepare=with_formula),
    empty=EmptyState(_("No scores"), _("Scores appear here when the work is done.")),
)  # fmt: skip


def score_status(score: Score) -> Status:
    """The score with its category, or that there is none."""
    if score.value is None:
        return Status("stop", _("could not be assessed"))
    category = wording_of(score.run.formula_version).entry("categories", score.category) if score.category else ""
    return Status("info", f"{figure(score.value)} · {category}" if category else figure(score.value))


def score_facts(request: HttpRequest, score: Score) -> Sequence[Fact]:
    """Whose score it is, by which formula, as of when."""
    run, user = score.run, cast(User, request.user)
    opens = ScoreRun.objects.visible_to(user, "scoring.view_scorerun").filter(pk=run.pk).exists()
    return [
        Fact(_("Household"), str(score.household), reverse("registry:household", kwargs={"pk": score.household_id})),
        Fact(_("Place"), score.area.name), Fact(_("Formula"), str(run.formula_version), version_url(run.formula_version)),
        Fact(_("As of"), run.day), Fact(_("Scoring"), str(run), run_url(run) if opens else ""),
    ]  # fmt: skip


score_detail = DetailScreen(
    Score, permission="scoring.view_score", title=lambda score: str(score.household), subtitle=lambda score: str(score.run.formula_version),
    status=score_status, facts=score_facts,
    prepare=lambda rows: rows.select_related("household", "area", "run__formula_version__formula", "run__area"),
)  # fmt: skip


def _asked(request: HttpRequest, target: Any) -> Mapping[str, Any]:
    """What an earlier run was started with, or a version chosen elsewhere."""
    earlier = whole_number(request.GET.get("run", ""))
    run = ScoreRun.objects.visible_to(request.user, "scoring.view_scorerun").filter(pk=earlier or 0).first()  # type: ignore[arg-type]
    if run is not None:
        chosen: dict[str, Any] = {"version": run.formula_version_id, "areas": run.area_ids, "condition": run.condition}
        return chosen
    return {"version": whole_number(request.GET.get("version", ""))}


def _inputs(cleaned: dict[str, Any], target: Any) -> dict[str, Any]:
    chosen = cleaned.pop("filter", None)
    return {**cleaned, "filter": chosen.condition if chosen else None}


score_households = ActionScreen(
    services.score_households, form=forms.RunForm, preview=previews.scoring, done=run_url, inputs=_inputs,
    initial=_asked, back=lambda target: reverse("scoring:run_list"),
)  # fmt: skip
