"""The lists of this module."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.tables import Table
from coremis.modules.benefits.models import BenefitRule, RuleVersion

State = RuleVersion.State
TONES = {State.DRAFT: "wait", State.ACTIVE: "good", State.RETIRED: "off"}


def status_of(version: RuleVersion) -> Status:
    """The state of a version as words with a colour."""
    return Status(TONES[State(version.state)], version.get_state_display())


class RuleTable(Table):
    """Benefit rules with the number of the version in use."""

    model = BenefitRule
    permission = "benefits.view_benefitrule"
    exact = True
    columns: ClassVar = [
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), show=str),
        Column("programme", _("Programme"), show=lambda row: str(row.programme)),
        Column("component", _("Component"), kind="code"),
        Column("version", _("Version in use"), show=lambda row: _in_use(row)),
    ]
    default_sort = "code"
    export_name = "benefit-rules"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("programme").prefetch_related("versions")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("benefits:rule_detail", kwargs={"pk": row.pk})


def _in_use(rule: BenefitRule) -> int | None:
    return next((version.version_number for version in rule.versions.all() if version.state == State.ACTIVE), None)


class VersionTable(Table):
    """The versions of a rule."""

    model = RuleVersion
    permission = "benefits.view_ruleversion"
    exact = True
    columns: ClassVar = [
        Column("version_number", _("Version"), kind="number", sort="version_number"),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("activated_at", _("In use since"), kind="date"),
        Column("parts", _("Parts"), show=lambda row: len(row.definition.get("parts", [])), kind="number"),
    ]
    default_sort = "-version_number"
    export_name = "versions"

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("benefits:version_detail", kwargs={"pk": row.pk})
