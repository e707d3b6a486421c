"""The list of the data dictionary."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import BooleanFilter, ChoiceFilter, TextFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.registry.models import VariableDefinition

SEE = "registry.view_variabledefinition"


def variable_url(variable: VariableDefinition) -> str:
    """The page of a variable."""
    return reverse("registry:variable", kwargs={"pk": variable.pk})


def flags_of(variable: VariableDefinition) -> str:
    """What is special about it, in words."""
    words = {
        now("required"): variable.required, now("may not apply"): variable.may_not_apply,
        now("different for everybody"): variable.unique, now("has a rule"): bool(variable.validation),
        now("can be filtered"): variable.filterable, now("masked"): variable.masked, now("sensitive"): variable.sensitive,
    }  # fmt: skip
    return ", ".join(word for word, holds in words.items() if holds)


def state_of(variable: VariableDefinition) -> Status:
    """Whether it is in use."""
    return Status("good", _("in use")) if variable.is_active else Status("off", _("out of use"))


class VariableTable(Table):
    """All variables, those out of use too."""

    model = VariableDefinition
    permission = SEE
    columns = (
        Column("name", _("Name"), str),
        Column("code", _("Code"), kind="code", sort="code"),
        Column("subject", _("Describes"), lambda row: row.get_subject_display(), sort="subject"),
        Column("kind", _("Type"), lambda row: row.get_kind_display()),
        Column("flags", _("Properties"), flags_of),
        Column("position", _("Order"), kind="number", sort="position"),
        Column("valid_from", _("Asked from"), kind="date"),
        Column("valid_until", _("Asked until"), kind="date"),
        Column("state", _("Status"), state_of, kind="status"),
    )
    filters = (
        ChoiceFilter("subject", _("Describes"), choices=VariableDefinition.Subject.choices),
        ChoiceFilter("kind", _("Type"), choices=VariableDefinition.Kind.choices),
        BooleanFilter("used", _("In use"), on="is_active"),
        TextFilter("code", _("Code"), beginning=True),
    )
    default_sort = "subject"
    export_name = "data-dictionary"

    @staticmethod
    def row_link(row: Any) -> str:
        """The variable's own page."""
        return variable_url(row)
