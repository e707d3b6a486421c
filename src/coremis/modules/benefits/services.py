"""What can change a benefit rule. Drafts are edited; a version in use never changes, a new one replaces it (pitfall M17)."""

from collections.abc import Callable
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.benefits.definition import CODE, LIMITS, read_part, read_rule
from coremis.modules.benefits.examples import checked_facts, tried
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.names import member_names, unit_names
from coremis.modules.benefits.queries import decimals_for, is_household, rule_of
from coremis.modules.programmes.models import Programme

State = RuleVersion.State
WRONG = _("Some of what was entered cannot be used. Correct it below.")
MOST_EXAMPLES = 30


@action(_("Save a benefit rule"))
def save_rule(
    *, programme: Programme, code: str, names: dict[str, Any], component: str = "base", rule: BenefitRule | None = None, actor: Actor
) -> BenefitRule:
    """Create a rule with an empty draft, or change its name. The component is what is paid once in a cycle."""
    errors: dict[str, list[Any]] = {}
    if rule is None and BenefitRule.objects.filter(programme=programme, code=code).exists():
        errors["code"] = [_("Another rule of this programme has this code. Choose another one.")]
    if not CODE.fullmatch(component):
        errors["component"] = [_("Use small letters, figures and _, beginning with a letter.")]
    if errors:
        raise Invalid(WRONG, errors)
    found = rule or BenefitRule(programme=programme, code=code, component=component)
    found.names = names
    found.save()
    if rule is None:
        RuleVersion(rule=found, version_number=1, definition={"parts": [], "examples": []}).save()
    return found


@action(_("Start a new version"))
def start_version(*, rule: BenefitRule, actor: Actor) -> RuleVersion:
    """A draft that begins as a copy of the latest version. One draft at a time."""
    BenefitRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if rule.versions.filter(state=State.DRAFT).exists():
        raise Refusal(_("This rule has a draft already. Go on with that one."))
    last = rule.versions.order_by("-version_number").first()
    kept = {name: value for name, value in (last.definition if last else {}).items() if name != "names_known"}
    number = (rule.versions.aggregate(last=Max("version_number"))["last"] or 0) + 1
    draft = RuleVersion(rule=rule, version_number=number, definition=kept or {"parts": [], "examples": []})
    draft.save()
    return draft


@action(_("Save a part"))
def save_part(*, version: RuleVersion, part: dict[str, Any], replaces: str = "", actor: Actor) -> RuleVersion:
    """Add a part to a draft, or replace the one with the code ``replaces`` in its place. It is checked at once."""
    draft = held_draft(version)
    unit = draft.rule.programme.unit
    read_part(part, unit_names(unit), member_names(unit), is_household(draft))
    if not any(str(text).strip() for text in dict(part.get("names") or {}).values()):
        raise Invalid(WRONG, {"names": [_("Give the part a name.")]})
    parts = list(draft.definition.get("parts", []))
    taken = [one["code"] for one in parts if one["code"] != replaces]
    if part["code"] in taken:
        raise Invalid(WRONG, {"code": [_("Another part has this code. Choose another one.")]})
    if replaces:
        parts = [part if one["code"] == replaces else one for one in parts]
    else:
        parts.append(part)
    return _saved(draft, parts=parts)


@action(_("Take a part away"))
def remove_part(*, version: RuleVersion, code: str, actor: Actor) -> RuleVersion:
    """Take a part out of a draft."""
    draft = held_draft(version)
    parts = draft.definition.get("parts", [])
    _require_part(parts, code)
    return _saved(draft, parts=[one for one in parts if one["code"] != code])


@action(_("Move a part up"))
def move_part(*, version: RuleVersion, code: str, actor: Actor) -> RuleVersion:
    """Compute a part before the one above it."""
    draft = held_draft(version)
    parts = list(draft.definition.get("parts", []))
    place = _require_part(parts, code)
    if place:
        parts[place - 1], parts[place] = parts[place], parts[place - 1]
    return _saved(draft, parts=parts)


@action(_("Save the limits"))
def save_limits(*, version: RuleVersion, limits: dict[str, Any], actor: Actor) -> RuleVersion:
    """Caps, the smallest and largest amount, the coin, and what is taken over from earlier payments."""
    draft = held_draft(version)
    known = (*LIMITS, "coin", "takes_backlog", "recovery_share")
    given = {name: limits[name] for name in known if limits.get(name) is not None}
    probe = {**given, "parts": [{"code": "probe", "kind": "FLAT", "amount": 1}]}
    read_rule(probe, {}, {}, decimals_for(draft), household=True)
    return _saved(draft, **{**dict.fromkeys(known), **given})


@action(_("Save an example case"))
def save_example(
    *, version: RuleVersion, name: str, facts: dict[str, Any], expected: dict[str, Any], place: int | None = None, actor: Actor
) -> RuleVersion:
    """What a described household must receive, part by part. The rule is used only if every example comes out so."""
    draft = held_draft(version)
    examples = list(draft.definition.get("examples", []))
    example = {"name": name.strip()[:80], "facts": checked_facts(facts, draft.rule.programme.unit), "expected": _amounts(expected)}
    if place is not None and 0 <= place < len(examples):
        examples[place] = example
    elif len(examples) < MOST_EXAMPLES:
        examples.append(example)
    else:
        raise Refusal(_("A version has at most 30 examples. Take one away first."))
    return _saved(draft, examples=examples)


@action(_("Take an example case away"))
def remove_example(*, version: RuleVersion, place: int, actor: Actor) -> RuleVersion:
    """Take an example out of a draft."""
    draft = held_draft(version)
    examples = list(draft.definition.get("examples", []))
    if not 0 <= place < len(examples):
        raise Refusal(_("This example is not there any more. Reload the page."))
    return _saved(draft, examples=examples[:place] + examples[place + 1 :])


@action(_("Put a version into use"), approvable=True)
def activate_version(*, version: RuleVersion, note: str = "", actor: Actor) -> RuleVersion:
    """Use a draft from now on. It needs at least one example, and every example must come out as written. It is frozen with the
    meaning of all names; the version used so far is replaced. Payrolls keep the version they were made with."""
    BenefitRule.objects.select_for_update(of=("self",)).get(pk=version.rule_id)
    draft = held_draft(version)
    check_ready(draft)
    for before in draft.rule.versions.filter(state=State.ACTIVE):
        before.state = State.RETIRED
        before.save()
    unit = draft.rule.programme.unit
    draft.definition = {**draft.definition, "names_known": {"unit": unit_names(unit), "member": member_names(unit)}}
    draft.state, draft.activated_at = State.ACTIVE, timezone.now()
    draft.save()
    return draft


def check_ready(draft: RuleVersion) -> None:
    """Refuse a draft that cannot be read, has no example, or computes something else than an example says."""
    rule_of(draft)
    examples = draft.definition.get("examples", [])
    if not examples:
        raise Refusal(_("Add at least one example case, so that everybody can see what the rule does."))
    wrong = [str(example["name"]) for example in examples if not tried(draft, example).fits]
    if wrong:
        raise Refusal(_("These examples come out differently: %(names)s. Correct the rule or the example."), names=", ".join(wrong))


def held_draft(version: RuleVersion) -> RuleVersion:
    """The version as it is now, locked; refused where it is no draft any more."""
    found: RuleVersion = RuleVersion.objects.select_for_update(of=("self",)).select_related("rule__programme").get(pk=version.pk)
    if found.state != State.DRAFT:
        raise Refusal(_("This version is in use or replaced, so it stays as it is. Start a new version."))
    return found


def _saved(draft: RuleVersion, **changes: Any) -> RuleVersion:
    draft.definition = {**draft.definition, **changes}
    draft.save()
    return draft


def _require_part(parts: list[dict[str, Any]], code: str) -> int:
    places = [place for place, one in enumerate(parts) if one["code"] == code]
    if not places:
        raise Refusal(_("This part is not there any more. Reload the page."))
    return places[0]


def _amounts(expected: dict[str, Any]) -> dict[str, int]:
    whole: Callable[[Any], bool] = lambda value: isinstance(value, int) and not isinstance(value, bool)  # noqa: E731
    if not all(whole(value) for value in expected.values()):
        raise Refusal(_("The expected amounts must be amounts."))
    return {str(code)[:20]: value for code, value in expected.items() if value}
