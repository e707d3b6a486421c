"""Formulas in words: names, answers, weights, limits and rounding, as people read them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.base.formula import Kind
from coremis.kernel.base.text import label
from coremis.kernel.screens.columns import text_of
from coremis.modules.registry.models import Sex
from coremis.modules.scoring.formulas import OWN_CODES, SCORE, STRATUM, How, Missing, Rounding
from coremis.modules.scoring.loading import EACH_CODE, EXAMPLE, KEPT, NO_DIRECTION, NOT_READ, NOT_USED, PLACED_BY
from coremis.modules.scoring.models import HIGHER
from coremis.modules.scoring.names import EXPLAINED, HEAD, Names, labels_now

Definition = Mapping[str, Any]
FINEST, WIDE = Decimal("0.000001"), Context(prec=60)  # a weight times a value may have more digits than the usual 28


def figure(number: Any) -> str:
    """A number with as many decimals as it has, at most six, in the reader's way."""
    if number is None:
        return ""
    exact = Decimal(str(number)).quantize(FINEST, context=WIDE).normalize(WIDE)
    places = max(0, -int(exact.as_tuple().exponent))
    return formats.number_format(exact, decimal_pos=places, use_l10n=True, force_grouping=True)


class Wording:
    """What is said for everything that a definition names; with the labels kept with it, once it is in use."""

    def __init__(self, definition: Definition, names: Names, used: Sequence[str] = ()) -> None:
        self.definition, self.language = definition, get_language() or "en"
        kept = (definition.get("names_known") or {}).get("labels")
        self.labels: Mapping[str, Any] = kept if kept is not None else labels_now(set(used), names)
        lists = [*definition.get("member_facts", []), *definition.get("facts", [])]
        self.declared = {one.get("code"): one.get("names") for one in lists}

    def name(self, name: str) -> str:
        """A fact, whoever it is about."""
        if self.declared.get(name):
            return label(self.declared[name], self.language)
        if name in self.labels:
            said = label(self.labels[name].get("names"), self.language)
            return _("%(fact)s of the head") % {"fact": said} if name.startswith(HEAD) else said
        said = str(EXPLAINED.get(name, name)).split(" (")[0]
        return said[:1].upper() + said[1:] if name in EXPLAINED else said

    def value(self, name: str, value: Any) -> str:
        """A value as people read it; a dash where it is missing."""
        if value is None:
            return _("missing")
        about = self.labels.get(name, {})
        if isinstance(value, str):
            return self.answer(name, value)
        if isinstance(value, bool | date):
            return text_of(value)
        return f"{figure(value)} {about.get('unit', '')}".strip()

    def answer(self, name: str, code: str) -> str:
        """An answer to the question behind a name."""
        if name in ("head_sex", "sex") and code in Sex.values:
            return str(Sex(code).label)
        return label((self.labels.get(name, {}).get("choices") or {}).get(code), self.language) or code

    def entry(self, part: str, code: str) -> str:
        """The name of a stratum, term or category."""
        found = next((one for one in self.definition.get(part, []) if one.get("code") == code), None)
        return label(found.get("names"), self.language) or code if found else code

    def missing(self, code: str) -> str:
        """Why a household could not be assessed: the name of a fact, or of a term whose answer stands in no line of its table."""
        if code in OWN_CODES:
            return own_words()[code]
        is_fact = code in self.labels or code in EXPLAINED or code in self.declared
        return self.name(code) if is_fact else self.entry("terms", code)


def own_words() -> dict[str, str]:
    """What the computation itself may lack."""
    return {SCORE: _("the score is too large to be used"), STRATUM: _("no stratum fits")}


def direction_words(lower_is_poorer: bool) -> str:
    """What a low score means."""
    return _("A low score means a poor household.") if lower_is_poorer else _("A high score means a poor household.")


def rounding_words(definition: Definition) -> str:
    """What becomes of the sum."""
    scale, decimals = str(definition.get("scale") or "1"), int(definition.get("decimals") or 0)
    said = _("times %(factor)s, ") % {"factor": figure(scale)} if float(scale) != 1 else ""
    words = {
        Rounding.NONE: _("to six decimals"), Rounding.ROUND: _("rounded to %(count)s decimals") % {"count": decimals},
        Rounding.TRUNCATE: _("cut off after %(count)s decimals") % {"count": decimals},
    }  # fmt: skip
    return said + words[Rounding(definition.get("rounding") or "NONE")]


def missing_words(term: Definition) -> str:
    """What a term does without a value."""
    words = {
        Missing.REFUSE: _("cannot be assessed"), Missing.SKIP: _("the term adds nothing"),
        Missing.VALUE: _("%(value)s stands in for it") % {"value": text_of(term.get("stand_in"))},
    }  # fmt: skip
    return words[Missing(term.get("missing") or "REFUSE")]


def how_words() -> dict[str, str]:
    """What can be taken from the members."""
    return {
        How.COUNT: _("number of members"), How.SUM: _("sum over members"), How.SMALLEST: _("smallest of members"),
        How.LARGEST: _("largest of members"),
    }  # fmt: skip


def match_words(row: Definition) -> str:
    """The answers of a line of a table."""
    return _("all other answers") if row.get("other") else ", ".join(str(match) for match in row.get("match", []))


def kind_words(definition: Definition) -> str:
    """What sort of formula it is."""
    return _("Point card") if definition.get("kind") == "POINTS" else _("Linear score")


def limit_sign(definition: Definition) -> str:
    """How a limit is read."""
    return "≥" if definition.get("direction") == HIGHER else "≤"


def kinds_words() -> dict[str, str]:
    """The kinds of values."""
    return {Kind.NUMBER: _("number"), Kind.BOOLEAN: _("yes or no"), Kind.TEXT: _("text"), Kind.CHOICE: _("choice"), Kind.DATE: _("date")}


def remark_words(what: str, about: str) -> str:
    """Something that a loaded formula leaves to be looked at."""
    words = {
        NOT_READ: _("This was not understood and is not used: %(about)s."),
        NOT_USED: _("This stands in the file and has no effect on the score: %(about)s."),
        EXAMPLE: _("This example of the file needs your hand, because it is not written by names: %(about)s."),
        PLACED_BY: _("The file does not say which households belong to “%(about)s”. Check the condition of this stratum."),
        EACH_CODE: _("“%(about)s” was read as one yes-or-no question for each of its codes."),
        NO_DIRECTION: _("The file does not say what a low score means (%(about)s). Check the direction."),
        KEPT: _("“%(about)s” is kept with this version for comparisons; it has no effect on the score."),
    }  # fmt: skip
    return words.get(what, "%(about)s") % {"about": about}
