"""The form of a term, and tables of answers as lines that people type."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import sanitize_separators
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import LabelField
from coremis.modules.scoring.forms.entries import EntryForm, area
from coremis.modules.scoring.formulas import Missing
from coremis.modules.scoring.models import FormulaVersion

SEPARATOR, OTHERS, ABSENT = ";", "*", "-"
Definition = Mapping[str, Any]


class TermForm(EntryForm):
    """One term; a table of answers where its value is no number, or counts in steps."""

    stored = ("code", "names", "formula", "only_where", "missing")
    names = LabelField(label=_("Name"))
    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Small letters, figures and _."))
    formula = forms.CharField(label=_("Value"), max_length=4000, widget=area(2))
    kind = forms.ChoiceField(
        label=_("Weight"),
        choices=[("NUMBER", _("one weight times the value; yes counts 1, no counts 0")), ("TABLE", _("a weight for each answer"))],
    )  # fmt: skip
    table = forms.CharField(label=_("Weights of the answers"), required=False, max_length=20_000, widget=area(8))
    only_where = forms.CharField(
        label=_("Applies only where"), required=False, max_length=2000, widget=area(2),
        help_text=_("A condition. Elsewhere the term adds nothing, and nothing counts as missing. Empty: everywhere."),
    )  # fmt: skip
    missing = forms.ChoiceField(
        label=_("If the value is missing"),
        choices=[
            (Missing.REFUSE.value, _("the household cannot be assessed")), (Missing.VALUE.value, _("take a stated value")),
            (Missing.SKIP.value, _("the term adds nothing")),
        ],
    )  # fmt: skip
    stand_in = forms.CharField(
        label=_("Stated value"), required=False, max_length=60, help_text=_("A number, yes, no, or the code of an answer. Zero is a value.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        strata = self.strata()
        for code, name in strata:
            self.fields[f"weight_{code}"] = forms.DecimalField(
                label=gettext("Weight: %(stratum)s") % {"stratum": name}, required=False, localize=True,
                help_text=gettext("Empty: not in this stratum."),
            )  # fmt: skip
        self.fields["formula"].help_text = gettext("A name or a formula, such as: head_age.") + " " + self.names_help()
        weights = f" {SEPARATOR} ".join(name for _code, name in strata)
        lines = gettext("One line each: answers = weights (%(strata)s). Such as: 1-3 = 31, or: tin, iron = 3.") % {"strata": weights}
        self.fields["table"].help_text = lines + " " + gettext("All other answers: * = 0. Not in a stratum: -")
        self.rows = (  # type: ignore[misc]
            ("names",), ("code",), ("formula",), ("kind",), tuple(f"weight_{code}" for code, _name in strata), ("table",), ("only_where",),
            ("missing", "stand_in"),
        )  # fmt: skip

    def clean_table(self) -> list[dict[str, Any]]:
        """The lines of the table."""
        lines = [line for line in str(self.cleaned_data.get("table") or "").splitlines() if line.strip()]
        return [read_line(line, [code for code, _name in self.strata()]) for line in lines]

    def entry(self) -> dict[str, Any]:
        """With the weights, or the table."""
        found = {**super().entry(), "kind": self.cleaned_data["kind"]}
        if found["kind"] == "TABLE":
            found["rows"] = self.cleaned_data["table"]
        else:
            weights = {code: self.cleaned_data[f"weight_{code}"] for code, _name in self.strata()}
            found["weights"] = {code: str(weight) for code, weight in weights.items() if weight is not None}
        if found["missing"] == Missing.VALUE:
            found["stand_in"] = typed_value(self.cleaned_data["stand_in"])
        return found

    @classmethod
    def shown(cls, entry: Definition, version: FormulaVersion) -> dict[str, Any]:
        """The weights each in its field, the table as lines."""
        codes = [one["code"] for one in version.definition.get("strata", [])]
        weights = {f"weight_{code}": weight for code, weight in (entry.get("weights") or {}).items()}
        given = entry.get("stand_in")
        stand_in = ("yes" if given else "no") if isinstance(given, bool) else given
        return {**entry, **weights, "table": "\n".join(line_of(row, codes) for row in entry.get("rows", [])), "stand_in": stand_in}


def read_line(line: str, strata: Sequence[str]) -> dict[str, Any]:
    """“1-3 = 31 ; 28” as a line of a table, with a weight for each stratum, its decimals as the reader writes them."""
    answers, sign, weights = line.rpartition("=")
    given = [sanitize_separators(weight.strip()) for weight in weights.split(SEPARATOR)]
    if not sign or not answers.strip() or len(given) != len(strata):
        sentence = _("“%(line)s” is not understood. Write the answers, =, and a weight for each of the %(count)s strata, with ; between.")
        raise forms.ValidationError(sentence % {"line": line[:40], "count": len(strata)})
    found = {stratum: weight for stratum, weight in zip(strata, given, strict=True) if weight != ABSENT}
    if answers.strip() == OTHERS:
        return {"other": True, "weights": found}
    return {"match": [answer.strip() for answer in answers.split(",") if answer.strip()], "weights": found}


def line_of(row: Definition, strata: Sequence[str]) -> str:
    """A line of a table as it can be typed again."""
    weights = f" {SEPARATOR} ".join(str(row.get("weights", {}).get(stratum, ABSENT)) for stratum in strata)
    return f"{OTHERS if row.get('other') else ', '.join(row.get('match', []))} = {weights}"


def typed_value(text: str) -> Any:
    """A value as people type it: a number, yes or no, else a text; nothing for nothing."""
    given, written = text.strip(), sanitize_separators(text.strip())
    if re.fullmatch(r"-?\d+(\.\d+)?", written):
        number = Decimal(written)
        return int(number) if number == number.to_integral_value() else float(number)
    return {"yes": True, "no": False, "": None}.get(given.lower(), given)
