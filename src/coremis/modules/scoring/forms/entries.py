"""What the forms of all pieces of a draft have in common."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext

from coremis.kernel.screens.forms import ActionForm
from coremis.modules.scoring.definition import declared_names
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.versions import names_of
from coremis.modules.scoring.wording import Wording

Definition = Mapping[str, Any]


def area(rows: int) -> forms.Textarea:
    """A box for formulas."""
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})


class EntryForm(ActionForm):
    """A piece of a draft; ``entry()`` is what is stored of it, ``shown`` what the form begins with."""

    stored: ClassVar[Sequence[str]] = ()
    replaces = forms.CharField(required=False, widget=forms.HiddenInput)

    def entry(self) -> dict[str, Any]:
        """The piece as it is stored."""
        return {name: self.cleaned_data[name] for name in self.stored if self.cleaned_data.get(name) not in (None, "", {})}

    @classmethod
    def shown(cls, entry: Definition, version: FormulaVersion) -> dict[str, Any]:
        """A stored piece as the fields show it."""
        return dict(entry)

    def strata(self) -> list[tuple[str, str]]:
        """The strata of the formula: code and name."""
        say = Wording(self.target.definition, names_of(self.target))
        return [(one["code"], say.entry("strata", one["code"])) for one in self.target.definition.get("strata", [])]

    def names_help(self, *, of_members: bool = False) -> str:
        """The names that may be used, as a sentence."""
        names = names_of(self.target)
        known = names.member if of_members else declared_names(self.target.definition, names.unit, names.member)
        return gettext("Names: %(names)s") % {"names": ", ".join(sorted(known))}
