"""The pages of formulas, their versions, and everything that changes a draft."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink, Screen, whole_number
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.scoring import forms, previews, services
from coremis.modules.scoring.definition import problems_of
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.tables import FormulaTable, status_of
from coremis.modules.scoring.transfer import as_file
from coremis.modules.scoring.versions import names_of
from coremis.modules.scoring.wording import direction_words, kind_words, rounding_words
from coremis.modules.scoring.words_of_versions import definition_words

State = FormulaVersion.State
SHOWN_PROBLEMS = 3


def formula_url(formula: ScoreFormula) -> str:
    """The page of a formula."""
    return reverse("scoring:formula_detail", kwargs={"pk": formula.pk})


def version_url(version: FormulaVersion) -> str:
    """The page of a version."""
    return reverse("scoring:version_detail", kwargs={"pk": version.pk})


def scoring_url(version: FormulaVersion) -> str:
    """The page that starts a run with a version."""
    return f"{reverse('scoring:score_households')}?version={version.pk}"


def list_url(_anything: Any) -> str:
    """The list of formulas."""
    return reverse("scoring:formula_list")


add_formula = ActionLink(_("Add a formula"), "scoring:save_formula", "scoring.save_formula", tone="primary")
from_file = ActionLink(_("Load formulas from a file"), "scoring:load_formulas", "scoring.load_formulas")
formula_list = ListScreen(
    FormulaTable, title=_("Formulas"), actions=[add_formula, from_file],
    empty=EmptyState(_("No formulas yet"), _("A formula gives every household a score, term by term."), add_formula),
)  # fmt: skip


def has_no_draft(formula: ScoreFormula) -> bool:
    """Whether a new version can be started."""
    return not formula.versions.filter(state=State.DRAFT).exists()


formula_detail = DetailScreen(
    ScoreFormula, permission="scoring.view_scoreformula", title=str, subtitle=lambda formula: formula.code,
    facts=lambda request, formula: [Fact(_("Code"), formula.code), Fact(_("Source"), formula.source or None)],
    actions=[
        ActionLink(_("Start a new version"), "scoring:start_version", "scoring.start_version", "primary", has_no_draft),
        ActionLink(_("Change"), "scoring:change_formula", "scoring.save_formula"),
    ],
)  # fmt: skip


def is_draft(version: FormulaVersion) -> bool:
    """Whether it can still be edited."""
    return version.state == State.DRAFT


def is_active(version: FormulaVersion) -> bool:
    """Whether it can score households."""
    return version.state == State.ACTIVE


def sources_text(version: FormulaVersion, sign: str, between: str) -> str:
    """The sources of figures of places as one text."""
    return between.join(f"{kind}{sign}{source}" for kind, source in (version.definition.get("sources") or {}).items())


def version_facts(request: HttpRequest, version: FormulaVersion) -> Sequence[Fact]:
    """What holds for the whole formula."""
    given = version.definition
    days = " – ".join(text for text in (given.get("valid_from"), given.get("valid_until")) if text)
    return [
        Fact(_("Formula"), str(version.formula), formula_url(version.formula)), Fact(_("Sort of formula"), kind_words(given)),
        Fact(_("Direction"), direction_words(version.lower_is_poorer)), Fact(_("Rounding"), rounding_words(given)),
        Fact(_("Survey, year and currency"), given.get("survey") or None), Fact(_("Valid"), days or None),
        Fact(_("Sources of figures of places"), sources_text(version, ": ", ", ") or None),
        Fact(_("In use since"), version.activated_at), Fact(_("Source"), version.formula.source or None),
    ]  # fmt: skip


def version_attention(request: HttpRequest, version: FormulaVersion) -> Sequence[Attention]:
    """What keeps a draft from being used; where it is much, a panel lists it."""
    if version.state != State.DRAFT:
        return []
    names = names_of(version)
    problems = problems_of(version.definition, names.unit, names.member)
    if len(problems) <= SHOWN_PROBLEMS:
        return [Attention("warn", problem) for problem in problems]
    words = gettext("This draft cannot be used yet. See what is still to be done: %(count)s.")
    return [Attention("warn", words % {"count": text_of(len(problems))})]


version_detail = DetailScreen(
    FormulaVersion, permission="scoring.view_formulaversion",
    title=lambda version: _("%(formula)s, version %(number)s") % {"formula": version.formula, "number": version.version_number},
    subtitle=lambda version: version.formula.code, status=status_of, facts=version_facts, attention=version_attention,
    actions=[
        ActionLink(_("Put into use"), "scoring:activate_version", "scoring.activate_version", "primary", is_draft),
        ActionLink(_("Add a term"), "scoring:save_term", "scoring.save_term", show=is_draft),
        ActionLink(_("Change the settings"), "scoring:save_settings", "scoring.save_settings", show=is_draft),
        ActionLink(_("Add an example"), "scoring:save_example", "scoring.save_example", show=is_draft),
        ActionLink(_("Score households"), scoring_url, "scoring.score_households", show=is_active),
        ActionLink(_("Take home as a file"), "scoring:version_file", "scoring.view_formulaversion"),
    ],
    prepare=lambda rows: rows.select_related("formula"), timeline=Timeline(pieces={"definition": definition_words}),
)  # fmt: skip


class VersionFile(Screen):
    """A version as a file that another installation loads."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The file."""
        user: Any = request.user
        rows = FormulaVersion.objects.visible_to(user, str(self.permission)).select_related("formula")
        version = get_object_or_404(rows, pk=kwargs["pk"])
        content = json.dumps(as_file(version), ensure_ascii=False, indent=2)
        response = HttpResponse(content, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{slugify(version.formula.code)}-{version.version_number}.json"'
        return response


version_file = VersionFile(permission="scoring.view_formulaversion", title="")

save_formula = ActionScreen(services.save_formula, form=forms.NewFormulaForm, title=_("Add a formula"), done=formula_url, back=list_url)
change_formula = ActionScreen(
    services.save_formula, form=forms.FormulaForm, target=(ScoreFormula, "pk"), title=_("Change a formula"), done=formula_url,
    back=formula_url, initial=lambda request, formula: {"names": formula.names, "source": formula.source},
    inputs=lambda cleaned, formula: {"formula": formula, "code": formula.code, **cleaned},
)  # fmt: skip
start_version = ActionScreen(services.start_version, target=(ScoreFormula, "pk"), done=version_url, back=formula_url)


def _said(versions: list[FormulaVersion]) -> str:
    remarks = sum(len(version.definition.get("remarks", [])) for version in versions)
    words = ngettext("%(count)s formula was read into a draft.", "%(count)s formulas were read into drafts.", len(versions))
    more = gettext("Remarks to look at: %(count)s.") % {"count": text_of(remarks)}
    return f"{words % {'count': text_of(len(versions))}} {more}"


load_formulas = ActionScreen(
    services.load_formulas, form=forms.LoadForm, done=list_url, back=list_url, said=_said,
    inputs=lambda cleaned, target: {"entries": cleaned["file"]},
    lead=_("Each formula of the file becomes a draft. What is not understood is said on the page of the draft."),
)  # fmt: skip


def on_version(action: Any, form: Any = ActionForm, **options: Any) -> ActionScreen:
    """The page of an action on one version."""
    options.setdefault("inputs", lambda cleaned, version: {"version": version, **cleaned})
    return ActionScreen(action, form=form, target=(FormulaVersion, "pk"), done=version_url, back=version_url, **options)


class EntryScreen(ActionScreen):
    """The page that adds a piece to a draft or changes one; ``part`` is the list it stands in, ``takes`` the input it becomes."""

    def __init__(self, action: Any, form: type[forms.EntryForm], part: str, takes: str, **options: Any) -> None:
        super().__init__(action, form=form, target=(FormulaVersion, "pk"), initial=self.now, done=version_url, back=version_url, **options)
        self.entry_form, self.part, self.takes = form, part, takes

    def now(self, request: HttpRequest, version: Any) -> Mapping[str, Any]:
        """The piece as it is stored, named in the address by its code or, where it has none, by its place."""
        asked = request.GET.get("code", "")
        for place, entry in enumerate(version.definition.get(self.part, [])):
            key = str(entry.get("code", place))
            if asked and key == asked:
                return {**self.entry_form.shown(entry, version), "replaces": key}
        return {}

    def inputs_of(self, attempt: Any) -> dict[str, Any]:
        """The piece as the form has read it."""
        form, replaces = attempt.form, attempt.form.cleaned_data.get("replaces", "")
        if isinstance(form, forms.ExampleForm):
            told = {"name": form.cleaned_data["name"], "facts": form.facts, "expected": form.expected()}
        else:
            told = {self.takes: form.entry()}
        by_place = {"place": whole_number(replaces)}
        return {"version": attempt.target, **told, **(by_place if "place" in self.action.parameters else {"replaces": replaces})}


save_stratum = EntryScreen(services.save_stratum, forms.StratumForm, "strata", "stratum")
save_member_fact = EntryScreen(services.save_member_fact, forms.MemberFactForm, "member_facts", "fact")
save_fact = EntryScreen(services.save_fact, forms.FactForm, "facts", "fact")
save_term = EntryScreen(services.save_term, forms.TermForm, "terms", "term")
save_category = EntryScreen(services.save_category, forms.CategoryForm, "categories", "category")
save_cutoff = EntryScreen(services.save_cutoff, forms.CutoffForm, "cutoffs", "cutoff")
save_example = EntryScreen(services.save_example, forms.ExampleForm, "examples", "example")


def _settings_now(request: HttpRequest, version: Any) -> Mapping[str, Any]:
    return {**{name: version.definition.get(name) for name in services.SETTINGS}, "sources": sources_text(version, " = ", "\n")}


class SettingsScreen(ActionScreen):
    """The page of what holds for the whole formula."""

    def inputs_of(self, attempt: Any) -> dict[str, Any]:
        """The settings as the form has read them."""
        return {"version": attempt.target, "settings": attempt.form.entry()}


save_settings = SettingsScreen(
    services.save_settings,
    form=forms.SettingsForm,
    target=(FormulaVersion, "pk"),
    initial=_settings_now,
    done=version_url,
    back=version_url,
)


def _which(request: HttpRequest, version: Any) -> Mapping[str, Any]:
    return {name: request.GET.get(name, "")[:60] for name in ("part", "code")}


remove_entry = on_version(services.remove_entry, forms.WhichForm, initial=_which, danger=True)
move_entry = on_version(services.move_entry, forms.WhichForm, initial=_which)
activate_version = on_version(services.activate_version, forms.NoteForm, preview=previews.activation)
