"""The forms of this module."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money, figures, parse_amount
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.forms import ActionForm, LabelField, MoneyField, RecordField
from coremis.kernel.screens.screen import whole_number
from coremis.modules.benefits.definition import LIMITS, MOST_RECOVERED
from coremis.modules.benefits.formulas import PartKind
from coremis.modules.benefits.names import member_names, unit_names
from coremis.modules.benefits.working import kind_words, names_of_parts, share_text
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.queries import member_text, read_member, read_pair, value_text

ONE_EACH = ("cap", "cap_cycle", "cap_total", "minimum", "maximum", "coin")


class NewRuleForm(ActionForm):
    """A rule of a programme."""

    programme = RecordField(Programme, "programmes.view_programme", label=_("Programme"))
    code = forms.SlugField(label=_("Code"), max_length=20, help_text=_("Short and lasting, such as “base”."))
    names = LabelField(label=_("Name"))
    component = forms.CharField(
        label=_("Component"), max_length=20, initial="base",
        help_text=_("What is paid once in a cycle under this name. A second component, such as “school”, may be paid beside it."),
    )  # fmt: skip


class RuleForm(ActionForm):
    """What may change of a rule."""

    names = LabelField(label=_("Name"))


class PartForm(ActionForm):
    """One part; each kind needs some of the fields."""

    names = LabelField(label=_("Name"))
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Small letters, figures and _, such as “children”."))
    kind = forms.ChoiceField(label=_("How much"))
    amount = forms.CharField(label=_("Amount"), required=False, help_text=_("For each member who fits, or in all."))
    member = forms.CharField(label=_("Which members"), required=False, max_length=2000)
    most = forms.IntegerField(label=_("At most how many members"), required=False, min_value=0, max_value=99)
    steps = forms.CharField(
        label=_("Amounts by number of members"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One line each, such as “4: 25000”: from four members on, 25,000."),
    )  # fmt: skip
    formula = forms.CharField(label=_("Formula of the amount"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    share = forms.DecimalField(label=_("Percent of the parts before"), required=False, min_value=0, max_value=100, decimal_places=2)
    condition = forms.CharField(
        label=_("Only where"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A condition, such as: size > 4. Empty: always."),
    )  # fmt: skip
    counting = forms.BooleanField(label=_("Counts to the largest amount of a payment"), required=False, initial=True)
    replaces = forms.CharField(required=False, widget=forms.HiddenInput)
    rows: ClassVar[Sequence[Sequence[str]]] = (
        ("names",),
        ("code", "kind"),
        ("amount", "most", "share"),
        ("member",),
        ("steps",),
        ("formula",),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kind_words().items())  # type: ignore[attr-defined]
        programme = self.target.rule.programme
        self.currency = programme.currency
        self.fields["condition"].help_text = _("A condition, such as: size > 4. Empty: always. Names: %(names)s") % {
            "names": ", ".join(sorted(unit_names(programme.unit)))
        }
        self.fields["member"].help_text = _("Such as: age < 18. Empty: every member. Names: %(names)s") % {
            "names": ", ".join(sorted(member_names(programme.unit))) or "–"
        }

    def clean_amount(self) -> int | None:
        """Smallest units."""
        return _minor(self.cleaned_data.get("amount"), self.currency)

    def clean_share(self) -> int | None:
        """Hundredths of a percent."""
        share: Decimal | None = self.cleaned_data.get("share")
        return None if share is None else int(share * 100)

    def clean_steps(self) -> list[list[int]]:
        """The lines of the table."""
        found = []
        for line in str(self.cleaned_data.get("steps") or "").splitlines():
            size, colon, amount = line.partition(":")
            if line.strip():
                if not colon or (number := whole_number(size.strip())) is None:
                    raise forms.ValidationError(_("“%(line)s” is not understood. Write it as “4: 25000”.") % {"line": line[:40]})
                found.append([number, _minor(amount, self.currency) or 0])
        return found

    def clean(self) -> dict[str, Any]:
        """The part as it is stored."""
        cleaned: dict[str, Any] = super().clean() or {}
        taken = ("code", "names", "kind", "amount", "condition", "counting", *OF_KIND.get(cleaned.get("kind", ""), ()))
        self.part = {name: cleaned.get(name) for name in taken if cleaned.get(name) not in (None, "", [])}
        self.part["counting"] = cleaned.get("counting", False)
        return cleaned


OF_KIND = {
    PartKind.MEMBER: ("member", "most"), PartKind.SIZE: ("steps",), PartKind.FORMULA: ("formula",), PartKind.PERCENT: ("share",),
}  # fmt: skip


class NoteForm(ActionForm):
    """Nothing but a note."""

    note = forms.CharField(label=_("Note"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CodeForm(ActionForm):
    """Which part."""

    code = forms.CharField(widget=forms.HiddenInput)


class PlaceForm(ActionForm):
    """Which example."""

    place = forms.IntegerField(widget=forms.HiddenInput)


class LimitsForm(ActionForm):
    """Caps, bounds, coin, and what is taken over from earlier payments. An empty field is no limit."""

    cap = forms.CharField(label=_("Largest amount of a payment"), required=False, help_text=_("Of the parts that count to it."))
    cap_cycle = forms.CharField(label=_("Largest sum in a cycle"), required=False, help_text=_("Of all components of the programme."))
    cap_total = forms.CharField(
        label=_("Largest sum for a beneficiary"), required=False, help_text=_("Of all components of the programme.")
    )
    max_payments = forms.IntegerField(
        label=_("Largest number of payments"), required=False, min_value=0, help_text=_("Of the component that the rule is for."),
    )  # fmt: skip
    minimum = forms.CharField(label=_("Smallest payable amount"), required=False, help_text=_("Less is kept for the next payment."))
    maximum = forms.CharField(label=_("Hold payments above"), required=False, help_text=_("They wait until somebody decides."))
    coin = forms.CharField(label=_("Smallest coin"), required=False, help_text=_("Amounts are rounded down to it; the rest is kept."))
    takes_backlog = forms.BooleanField(label=_("Pay what earlier payments left"), required=False)
    recovery_share = forms.DecimalField(
        label=_("Keep back for what was overpaid, percent"), required=False, min_value=0, max_value=MOST_RECOVERED // 100, decimal_places=2,
        help_text=_("At most this share of each payment."),
    )  # fmt: skip
    rows: ClassVar[Sequence[Sequence[str]]] = (
        ("cap", "cap_cycle", "cap_total"), ("max_payments", "minimum", "maximum"), ("coin", "recovery_share"), ("takes_backlog",),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The limits as they are stored."""
        cleaned: dict[str, Any] = super().clean() or {}
        currency = self.target.rule.programme.currency
        for name in ONE_EACH:
            try:
                cleaned[name] = _minor(cleaned.get(name), currency)
            except forms.ValidationError as problem:
                self.add_error(name, problem)
        share = cleaned.get("recovery_share")
        cleaned["recovery_share"] = None if share is None else int(share * 100)
        return cleaned


def limits_shown(definition: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """What the form begins with."""
    shown = {name: definition.get(name) for name in (*LIMITS, "takes_backlog")}
    shown |= {name: _shown(definition.get(name), currency) for name in ONE_EACH}
    share = definition.get("recovery_share")
    return {**shown, "recovery_share": None if share is None else share_text(share)}


def part_shown(part: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """What the form of a part begins with."""
    steps = "\n".join(f"{size}: {_shown(amount, currency)}" for size, amount in part.get("steps", []))
    share = part.get("share")
    return {
        **part, "amount": _shown(part.get("amount"), currency), "steps": steps, "replaces": part.get("code", ""),
        "share": None if share is None else share_text(share),
    }  # fmt: skip


class ExampleForm(ActionForm):
    """A described household, and what it must receive."""

    name = forms.CharField(label=_("Name of the example"), max_length=80)
    members = forms.CharField(
        label=_("Members, one line each"), required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Age, sex and relation to the head, and other facts: “34 female head”, “8 child”, “12 grade=5”."),
    )  # fmt: skip
    values = forms.CharField(
        label=_("Facts, one line each"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Such as: rooms = 2"),
    )  # fmt: skip
    place = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.target.rule.programme
        own = names_of_parts(self.target.definition)
        codes = [*(part["code"] for part in self.target.definition.get("parts", [])), "cap"]
        for code in codes:
            title = gettext("Expected: %(part)s") % {"part": own[code]}
            field: forms.Field = MoneyField(currency=programme.currency, allow_zero=True, required=False, label=title)
            if code == "cap":
                field = forms.CharField(required=False, label=title, help_text=_("What the cap takes away, as a positive amount."))
            self.fields[f"part_{code}"] = field
        self.fields["values"].help_text = gettext("Such as: rooms = 2. Names: %(names)s") % {
            "names": ", ".join(sorted(unit_names(programme.unit)))
        }

    def clean(self) -> dict[str, Any]:
        """The example as it is stored."""
        cleaned: dict[str, Any] = super().clean() or {}
        unit, currency = self.target.rule.programme.unit, self.target.rule.programme.currency
        self.facts: dict[str, Any] = {"members": [], "values": {}}
        for name in ("members", "values"):
            try:
                lines = [line for line in str(cleaned.get(name) or "").splitlines() if line.strip()]
                if name == "members":
                    self.facts["members"] = [read_member(line, member_names(unit)) for line in lines]
                else:
                    self.facts["values"] = dict(read_pair(line, unit_names(unit)) for line in lines)
            except Refusal as problem:
                self.add_error(name, str(problem))
        amounts = {code.removeprefix("part_"): value for code, value in cleaned.items() if code.startswith("part_") and value}
        self.expected = {code: value.amount_minor for code, value in amounts.items() if isinstance(value, Money)}
        if "cap" in amounts:
            self.expected["cap"] = -abs(_minor(amounts["cap"], currency) or 0)
        return cleaned


def example_shown(example: Mapping[str, Any], place: int, currency: str) -> dict[str, Any]:
    """What the form of an example begins with."""
    members = [member_text(member) for member in example["facts"].get("members", [])]
    values = [f"{name} = {value_text(value)}" for name, value in example["facts"].get("values", {}).items()]
    amounts = {f"part_{code}": _shown(abs(amount), currency) for code, amount in example.get("expected", {}).items()}
    return {"name": example["name"], "members": "\n".join(members), "values": "\n".join(values), "place": place, **amounts}


def _minor(text: Any, currency: str) -> int | None:
    if text is None or not str(text).strip():
        return None
    try:
        amount = parse_amount(str(text), currency)
    except Refusal as problem:
        raise forms.ValidationError(str(problem)) from problem
    if amount < 0:
        raise forms.ValidationError(_("The amount must not be below zero."))
    return amount


def _shown(amount: int | None, currency: str) -> str:
    return "" if amount is None else figures(amount, currency, "", ".")
