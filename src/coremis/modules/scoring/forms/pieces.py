"""The forms of strata, facts, categories, limits and examples."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.forms import AreaField, DateInput, LabelField
from coremis.modules.registry.queries import member_text, read_member, read_pair, value_text
from coremis.modules.scoring.examples import example_names
from coremis.modules.scoring.forms.entries import EntryForm, area
from coremis.modules.scoring.formulas import How
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.versions import names_of
from coremis.modules.scoring.wording import Wording, how_words

Definition = Mapping[str, Any]


class StratumForm(EntryForm):
    """An equation for some of the households."""

    stored = ("code", "names", "condition", "constant")
    names = LabelField(label=_("Name"))
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Small letters, figures and _, such as “rural”."))
    condition = forms.CharField(
        label=_("Which households"), required=False, max_length=2000, widget=area(2),
        help_text=_("A condition, such as: area_urban = 0. Empty: all that no stratum above has taken."),
    )  # fmt: skip
    constant = forms.DecimalField(
        label=_("Constant"), initial=0, localize=True, help_text=_("The number that the sum begins with; 0 in point cards.")
    )
    rows: ClassVar[Sequence[Sequence[str]]] = (("names",), ("code", "constant"), ("condition",))

    def entry(self) -> dict[str, Any]:
        """The constant stays as it was typed."""
        return {**super().entry(), "constant": str(self.cleaned_data["constant"])}


class MemberFactForm(EntryForm):
    """Something taken from the members of a household."""

    stored = ("code", "names", "how", "condition", "formula", "leaves_out_unknown")
    names = LabelField(label=_("Name"))
    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Formulas use it by this name, such as “members_15_64”."))
    how = forms.ChoiceField(label=_("What is taken"))
    condition = forms.CharField(label=_("Which members"), required=False, max_length=2000, widget=area(2))
    formula = forms.CharField(
        label=_("Value of a member"), required=False, max_length=2000, widget=area(2),
        help_text=_("Only for a sum, smallest or largest: what is added up or compared, such as: grade."),
    )  # fmt: skip
    leaves_out_unknown = forms.BooleanField(
        label=_("Leave out members of whom it is not known"), required=False,
        help_text=_("Otherwise one member without an age makes the whole fact missing."),
    )  # fmt: skip
    rows: ClassVar[Sequence[Sequence[str]]] = (("names",), ("code", "how"), ("condition",), ("formula",), ("leaves_out_unknown",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].choices = list(how_words().items())  # type: ignore[attr-defined]
        example = gettext("Such as: age between 15 and 64. Empty: every living member.")
        self.fields["condition"].help_text = f"{example} {self.names_help(of_members=True)}"

    def entry(self) -> dict[str, Any]:
        """Without a value for a plain number of members."""
        found = super().entry()
        return {name: value for name, value in found.items() if name != "formula" or found.get("how") != How.COUNT}


class FactForm(EntryForm):
    """A value computed from others."""

    stored = ("code", "names", "formula")
    names = LabelField(label=_("Name"))
    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Formulas use it by this name, such as “rooms_per_person”."))
    formula = forms.CharField(label=_("Formula"), max_length=4000, widget=area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["formula"].help_text = gettext("Such as: rooms / max(size, 1).") + " " + self.names_help()


class CategoryForm(EntryForm):
    """A group of households by their score."""

    stored = ("code", "names")
    names = LabelField(label=_("Name"))
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Programmes and lists name the category by it, such as “poor”."))


class CutoffForm(EntryForm):
    """Up to which score a category reaches."""

    category = forms.ChoiceField(label=_("Category"))
    limit = forms.DecimalField(
        label=_("Limit"), localize=True, help_text=_("The score up to which, with it, a household belongs to the category.")
    )
    place = AreaField(
        label=_("Only in"), required=False, permission="scoring.save_cutoff", help_text=_("Empty: everywhere. A nearer place wins.")
    )
    stratum = forms.ChoiceField(label=_("Only in the stratum"), required=False)
    valid_from = forms.DateField(label=_("From"), required=False, widget=DateInput())
    valid_until = forms.DateField(label=_("Until"), required=False, widget=DateInput())
    rows: ClassVar[Sequence[Sequence[str]]] = (("category", "limit"), ("place", "stratum"), ("valid_from", "valid_until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say = Wording(self.target.definition, names_of(self.target))
        codes = [one["code"] for one in self.target.definition.get("categories", [])][:-1]
        self.fields["category"].choices = [(code, say.entry("categories", code)) for code in codes]  # type: ignore[attr-defined]
        self.fields["stratum"].choices = [("", "–"), *self.strata()]  # type: ignore[attr-defined]

    def entry(self) -> dict[str, Any]:
        """Days as texts, the place as its id."""
        given = self.cleaned_data
        found = {"category": given["category"], "limit": str(given["limit"])}
        found |= {"area_id": given["place"].pk, "area_name": given["place"].name} if given["place"] else {}
        found |= {"stratum": given["stratum"]} if given["stratum"] else {}
        return found | {name: given[name].isoformat() for name in ("valid_from", "valid_until") if given[name]}

    @classmethod
    def shown(cls, entry: Definition, version: FormulaVersion) -> dict[str, Any]:
        """The place by its id."""
        return {**entry, "place": entry.get("area_id")}


class ExampleForm(EntryForm):
    """A described household, and what it must score."""

    name = forms.CharField(label=_("Name of the example"), max_length=120)
    members = forms.CharField(
        label=_("Members, one line each"), required=False, widget=area(5),
        help_text=_("Age, sex and relation to the head, and other facts: “34 female head”, “8 child”, “12 grade=5”."),
    )  # fmt: skip
    values = forms.CharField(label=_("Facts, one line each"), required=False, widget=area(6))
    score = forms.DecimalField(label=_("Expected score"), required=False, help_text=_("Empty: the household cannot be assessed."))
    category = forms.ChoiceField(label=_("Expected category"), required=False)
    stratum = forms.ChoiceField(label=_("Expected stratum"), required=False)
    rows: ClassVar[Sequence[Sequence[str]]] = (("name",), ("members",), ("values",), ("score", "category", "stratum"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say, definition = Wording(self.target.definition, names_of(self.target)), self.target.definition
        categories = [(one["code"], say.entry("categories", one["code"])) for one in definition.get("categories", [])]
        self.fields["category"].choices = [("", "–"), *categories]  # type: ignore[attr-defined]
        self.fields["stratum"].choices = [("", "–"), *self.strata()]  # type: ignore[attr-defined]
        names = ", ".join(sorted(example_names(self.target, names_of(self.target))))
        self.fields["values"].help_text = gettext("Such as: rooms = 2. Names: %(names)s") % {"names": names}

    def clean(self) -> dict[str, Any]:
        """The facts as they are stored."""
        cleaned: dict[str, Any] = super().clean() or {}
        names = names_of(self.target)
        self.facts: dict[str, Any] = {"members": [], "values": {}}
        for part in ("members", "values"):
            lines = [line for line in str(cleaned.get(part) or "").splitlines() if line.strip()]
            try:
                if part == "members":
                    self.facts["members"] = [read_member(line, names.member) for line in lines]
                else:
                    self.facts["values"] = dict(read_pair(line, example_names(self.target, names)) for line in lines)
            except Refusal as problem:
                self.add_error(part, str(problem))
        return cleaned

    def expected(self) -> dict[str, Any]:
        """What must come out."""
        score = self.cleaned_data["score"]
        return {"value": None if score is None else str(score), **{name: self.cleaned_data[name] for name in ("category", "stratum")}}

    @classmethod
    def shown(cls, entry: Definition, version: FormulaVersion) -> dict[str, Any]:
        """The facts as lines."""
        members = "\n".join(member_text(member) for member in entry["facts"].get("members", []))
        values = "\n".join(f"{name} = {value_text(value)}" for name, value in entry["facts"].get("values", {}).items() if value is not None)
        expected = entry.get("expected") or {}
        return {**expected, "name": entry["name"], "members": members, "values": values, "score": expected.get("value")}
