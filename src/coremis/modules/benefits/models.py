"""Benefit rules and their versions."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.base.text import label
from coremis.modules.programmes.models import Programme


class BenefitRule(Record):
    """How the amount of one component of a programme is found; its versions hold the rule itself."""

    area_path = None

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="benefit_rules", verbose_name=_("programme"))
    code = models.SlugField(_("code"), max_length=20)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    component = models.CharField(max_length=20, default="base", help_text="What is paid once in a cycle under this name.")

    class Meta:
        verbose_name = _("benefit rule")
        verbose_name_plural = _("benefit rules")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="benefit_rule_once")]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class RuleVersion(Record):
    """One version of a benefit rule: a draft until it is activated, never changed afterwards."""

    area_path = None

    class State(models.TextChoices):
        """Whether it may be used."""

        DRAFT = "DRAFT", _("draft")
        ACTIVE = "ACTIVE", _("in use")
        RETIRED = "RETIRED", _("replaced")

    rule = models.ForeignKey(BenefitRule, on_delete=models.PROTECT, related_name="versions", verbose_name=_("benefit rule"))
    version_number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("status"), max_length=7, choices=State.choices, default=State.DRAFT)
    definition = models.JSONField(default=dict, help_text="Parts in order, caps, coin; see benefits/definition.py.")
    activated_at = models.DateTimeField(_("in use since"), null=True)

    class Meta:
        verbose_name = _("version of a benefit rule")
        verbose_name_plural = _("versions of benefit rules")
        constraints = [
            models.UniqueConstraint(fields=["rule", "version_number"], name="rule_version_once"),
            models.UniqueConstraint(fields=["rule"], condition=models.Q(state="ACTIVE"), name="one_active_version"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.version_number}"
