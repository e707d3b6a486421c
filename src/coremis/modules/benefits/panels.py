"""What this module shows on the pages of its records and of programmes."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.columns import money_text, text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.benefits.definition import LIMITS
from coremis.modules.benefits.examples import facts_on, tried
from coremis.modules.benefits.formulas import reckon
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.names import EXPLAINED, member_names, unit_names
from coremis.modules.benefits.queries import is_household, rule_of
from coremis.modules.benefits.tables import RuleTable, VersionTable
from coremis.modules.benefits.working import kind_words, names_of_parts, part_words, share_text, working
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household

Shown = dict[str, Any] | None


def versions(request: HttpRequest, rule: BenefitRule) -> Shown:
    """The versions of a rule, newest first."""
    rows = VersionTable.visible(request.user).filter(rule=rule).order_by("-version_number")
    return {"table": small_table(VersionTable, list(rows), request.user)}


def of_programme(request: HttpRequest, programme: Programme) -> Shown:
    """The rules of a programme."""
    rows = list(RuleTable.prepare(RuleTable.visible(request.user).filter(programme=programme)))
    links = [{"url": reverse("benefits:rule_list"), "title": _("Benefit rules")}]
    if not rows:
        return {"text": _("No benefit rules yet."), "links": links}
    return {"table": small_table(RuleTable, rows, request.user, omit=["programme"]), "links": links}


def may_edit(request: HttpRequest, version: RuleVersion) -> bool:
    """Whether the reader may change this version."""
    return bool(version.state == RuleVersion.State.DRAFT and request.user.has_perm("benefits.save_part"))


def parts(request: HttpRequest, version: RuleVersion) -> Shown:
    """The parts in the order of computation, with the ways to change them."""
    currency, names, kinds = version.rule.programme.currency, names_of_parts(version.definition), kind_words()
    rows = [
        {
            "name": names[part["code"]], "code": part["code"], "kind": kinds.get(part["kind"], part["kind"]),
            "words": part_words(part, currency), "condition": part.get("condition", ""),
            "counting": part.get("counting", True), "first": not place,
        }
        for place, part in enumerate(version.definition.get("parts", []))
    ]  # fmt: skip
    return {"parts": rows, "version": version, "may_edit": may_edit(request, version)}


def limit_words(stored: dict[str, Any], currency: str) -> dict[str, Any]:
    """Caps, bounds and coin, by their titles."""
    titles = {
        "cap": _("Largest amount of a payment"), "cap_cycle": _("Largest sum in a cycle"), "cap_total": _("Largest sum for a beneficiary"),
        "max_payments": _("Largest number of payments"), "minimum": _("Smallest payable amount"), "maximum": _("Hold payments above"),
        "coin": _("Smallest coin"),
    }  # fmt: skip
    given = {name: stored[name] for name in (*LIMITS, "coin") if stored.get(name) is not None}
    rows = {titles[name]: value if name == "max_payments" else Money(value, currency) for name, value in given.items()}
    if stored.get("takes_backlog"):
        rows[_("Pay what earlier payments left")] = _("Yes")
    if stored.get("recovery_share"):
        rows[_("Keep back for what was overpaid, percent")] = share_text(stored["recovery_share"])
    return rows


def definition_words(definition: dict[str, Any], version: RuleVersion) -> dict[str, str]:
    """Parts, limits and examples in words, by their titles, for the history."""
    currency, names = version.rule.programme.currency, names_of_parts(definition)
    told = {names[part["code"]]: described(part, currency) for part in definition.get("parts", [])}
    told |= {title: text_of(value) for title, value in limit_words(definition, currency).items()}
    for example in definition.get("examples", []):
        told[_("Example: %(name)s") % {"name": example["name"]}] = expected_words(example, names, currency)
    return told


def described(part: dict[str, Any], currency: str) -> str:
    """What a part gives, and to whom."""
    return " · ".join(text for text in (part_words(part, currency), part.get("condition", "")) if text)


def expected_words(example: dict[str, Any], names: dict[str, str], currency: str) -> str:
    """What an example is said to give, part by part."""
    said = [f"{names.get(code, code)} {money_text(Money(amount, currency))}" for code, amount in example.get("expected", {}).items()]
    return ", ".join(said) or _("nothing")


def limits(request: HttpRequest, version: RuleVersion) -> Shown:
    """Caps, bounds and coin."""
    rows = [Fact(title, value).ready() for title, value in limit_words(version.definition, version.rule.programme.currency).items()]
    links = []
    if may_edit(request, version):
        links.append({"url": reverse("benefits:save_limits", args=[version.pk]), "title": _("Change the limits")})
    return {"facts": rows, "links": links} if rows else {"text": _("No limits."), "links": links}


def examples(request: HttpRequest, version: RuleVersion) -> Shown:
    """Every example with what the rule gives it, part by part."""
    currency, names = version.rule.programme.currency, names_of_parts(version.definition)
    rows = []
    for place, example in enumerate(version.definition.get("examples", [])):
        row: dict[str, Any] = {"name": example["name"], "place": place, "fits": False, "lines": [], "expected": ""}
        try:
            trial = tried(version, example)
            row["fits"], row["lines"] = trial.fits, working(trial.rule, trial.result, version.definition, currency)
        except Refusal as problem:
            row["problem"] = str(problem)
        row["expected"] = expected_words(example, names, currency)
        rows.append(row)
    return {"examples": rows, "version": version, "may_edit": may_edit(request, version)}


def try_it(request: HttpRequest, version: RuleVersion) -> Shown:
    """What a real household of the reader's places would receive today; earlier payments left aside."""
    if not is_household(version):
        return None
    text = request.GET.get("household", "")[:20]
    shown: dict[str, Any] = {"asked": text, "lines": [], "problem": ""}
    if text:
        try:
            shown |= _tried_on(request, version, text)
        except Refusal as problem:
            shown["problem"] = str(problem)
    return shown


def _tried_on(request: Any, version: RuleVersion, text: str) -> dict[str, Any]:
    number = read_number(text)
    household = Household.objects.visible_to(request.user, "registry.view_household").filter(number=number or -1).first()
    if household is None:
        return {"problem": _("No household in your places has this number.")}
    rule, facts = rule_of(version), facts_on(household)
    lines = working(rule, reckon(rule, facts), version.definition, version.rule.programme.currency)
    return {
        "lines": lines,
        "about": _("%(household)s, members now: %(count)s") % {"household": household, "count": text_of(len(facts.members))},
    }


def explained(known: Iterable[str]) -> list[dict[str, str]]:
    """Names with what they mean."""
    return [Fact(name, EXPLAINED.get(name, _("from the data dictionary"))).ready() for name in sorted(known)]


def names(request: HttpRequest, version: RuleVersion) -> Shown:
    """What conditions and formulas may name."""
    unit = version.rule.programme.unit
    return {"unit": explained(unit_names(unit)), "members": explained(member_names(unit))}
