"""The pages of this module."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink, whole_number
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.benefits import forms, previews, services
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.panels import definition_words
from coremis.modules.benefits.tables import RuleTable, status_of

State = RuleVersion.State


def rule_url(rule: BenefitRule) -> str:
    """The page of a rule."""
    return reverse("benefits:rule_detail", kwargs={"pk": rule.pk})


def version_url(version: RuleVersion) -> str:
    """The page of a version."""
    return reverse("benefits:version_detail", kwargs={"pk": version.pk})


add_rule = ActionLink(_("Add a benefit rule"), "benefits:save_rule", "benefits.save_rule", tone="primary")
rule_list = ListScreen(
    RuleTable, title=_("Benefit rules"), actions=[add_rule],
    empty=EmptyState(_("No benefit rules yet"), _("A rule says how much a beneficiary receives, part by part."), add_rule),
)  # fmt: skip


def has_no_draft(rule: BenefitRule) -> bool:
    """Whether a new version can be started."""
    return not rule.versions.filter(state=State.DRAFT).exists()


rule_detail = DetailScreen(
    BenefitRule, permission="benefits.view_benefitrule", title=str, subtitle=lambda rule: str(rule.programme),
    facts=lambda request, rule: [Fact(_("Code"), rule.code), Fact(_("Component"), rule.component)],
    actions=[
        ActionLink(_("Start a new version"), "benefits:start_version", "benefits.start_version", "primary", has_no_draft),
        ActionLink(_("Change"), "benefits:change_rule", "benefits.save_rule"),
    ],
    prepare=lambda rows: rows.select_related("programme"),
)  # fmt: skip


def is_draft(version: RuleVersion) -> bool:
    """Whether it can still be edited."""
    return version.state == State.DRAFT


def version_facts(request: HttpRequest, version: RuleVersion) -> Sequence[Fact]:
    """What it belongs to, and since when it is used."""
    return [
        Fact(_("Benefit rule"), str(version.rule), rule_url(version.rule)), Fact(_("Programme"), str(version.rule.programme)),
        Fact(_("In use since"), version.activated_at),
    ]  # fmt: skip


version_detail = DetailScreen(
    RuleVersion, permission="benefits.view_ruleversion",
    title=lambda version: _("%(rule)s, version %(number)s") % {"rule": version.rule, "number": version.version_number},
    subtitle=lambda version: str(version.rule.programme), status=status_of, facts=version_facts,
    actions=[
        ActionLink(_("Put into use"), "benefits:activate_version", "benefits.activate_version", "primary", is_draft),
        ActionLink(_("Add a part"), "benefits:save_part", "benefits.save_part", show=is_draft),
        ActionLink(_("Change the limits"), "benefits:save_limits", "benefits.save_limits", show=is_draft),
        ActionLink(_("Add an example"), "benefits:save_example", "benefits.save_example", show=is_draft),
    ],
    prepare=lambda rows: rows.select_related("rule__programme"), timeline=Timeline(pieces={"definition": definition_words}),
)  # fmt: skip

save_rule = ActionScreen(
    services.save_rule, form=forms.NewRuleForm, title=_("Add a benefit rule"), done=rule_url,
    back=lambda target: reverse("benefits:rule_list"),
)  # fmt: skip
change_rule = ActionScreen(
    services.save_rule, form=forms.RuleForm, target=(BenefitRule, "pk"), title=_("Change a benefit rule"), done=rule_url, back=rule_url,
    initial=lambda request, rule: {"names": rule.names},
    inputs=lambda cleaned, rule: {"rule": rule, "programme": rule.programme, "code": rule.code, "component": rule.component, **cleaned},
)  # fmt: skip
start_version = ActionScreen(services.start_version, target=(BenefitRule, "pk"), done=version_url, back=rule_url)


def on_version(action: Any, form: Any = ActionForm, **options: Any) -> ActionScreen:
    """The page of an action on one version."""
    options.setdefault("inputs", lambda cleaned, version: {"version": version, **cleaned})
    return ActionScreen(action, form=form, target=(RuleVersion, "pk"), done=version_url, back=version_url, **options)


def _part_now(request: HttpRequest, version: Any) -> Mapping[str, Any]:
    asked = request.GET.get("part", "")
    found = next((part for part in version.definition.get("parts", []) if part["code"] == asked), None)
    return forms.part_shown(found, version.rule.programme.currency) if found else {"kind": "FLAT"}


def _example_now(request: HttpRequest, version: Any) -> Mapping[str, Any]:
    examples, place = version.definition.get("examples", []), whole_number(request.GET.get("place", ""))
    if place is None or place >= len(examples):
        return {}
    return forms.example_shown(examples[place], place, version.rule.programme.currency)


class PartScreen(ActionScreen):
    """An action page whose form makes one input out of its fields."""

    def inputs_of(self, attempt: Any) -> dict[str, Any]:
        """The part, example or limits as the form has read them."""
        form, version = attempt.form, attempt.target
        if isinstance(form, forms.PartForm):
            return {"version": version, "part": form.part, "replaces": form.cleaned_data.get("replaces", "")}
        if isinstance(form, forms.ExampleForm):
            cleaned = form.cleaned_data
            return {
                "version": version, "name": cleaned["name"], "facts": form.facts, "expected": form.expected, "place": cleaned.get("place"),
            }  # fmt: skip
        return {"version": version, "limits": dict(form.cleaned_data)}


def edits(action: Any, form: Any, initial: Any) -> ActionScreen:
    """The page that edits a piece of a draft."""
    return PartScreen(action, form=form, target=(RuleVersion, "pk"), initial=initial, done=version_url, back=version_url)


save_part = edits(services.save_part, forms.PartForm, _part_now)
save_limits = edits(
    services.save_limits, forms.LimitsForm,
    lambda request, version: forms.limits_shown(version.definition, version.rule.programme.currency),
)  # fmt: skip
save_example = edits(services.save_example, forms.ExampleForm, _example_now)
remove_part = on_version(
    services.remove_part, forms.CodeForm, initial=lambda request, version: {"code": request.GET.get("code", "")}, danger=True
)
move_part = on_version(services.move_part, forms.CodeForm, initial=lambda request, version: {"code": request.GET.get("code", "")})
remove_example = on_version(
    services.remove_example, forms.PlaceForm, initial=lambda request, version: {"place": request.GET.get("place", "")}, danger=True
)  # fmt: skip


activate_version = on_version(
    services.activate_version, forms.NoteForm, preview=previews.activation)  # fmt: skip
