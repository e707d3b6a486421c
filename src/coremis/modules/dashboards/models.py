"""What was counted ahead, and the dashboards that people arrange."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile
from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import label


class Counting(models.Model):
    """One dataset as it was counted at one moment. No record: it repeats what other rows say, and the next one replaces it."""

    dataset = models.CharField(max_length=80, db_index=True)
    as_of = models.DateTimeField()
    dimensions = models.JSONField(help_text="The codes of the dimensions, in the order of the columns of its rows.")
    measures = models.JSONField(help_text="The codes of the measures, in the order of the columns of its rows.")


class Tally(models.Model):
    """How many, and how much, in one place for one combination of the dimensions; as many columns as a dataset may have."""

    counting = models.ForeignKey(Counting, on_delete=models.CASCADE, related_name="rows", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    key0 = models.CharField(max_length=60, db_default="")
    key1 = models.CharField(max_length=60, db_default="")
    key2 = models.CharField(max_length=60, db_default="")
    key3 = models.CharField(max_length=60, db_default="")
    key4 = models.CharField(max_length=60, db_default="")
    key5 = models.CharField(max_length=60, db_default="")
    key6 = models.CharField(max_length=60, db_default="")
    key7 = models.CharField(max_length=60, db_default="")
    value0 = models.BigIntegerField(db_default=0)
    value1 = models.BigIntegerField(db_default=0)
    value2 = models.BigIntegerField(db_default=0)
    value3 = models.BigIntegerField(db_default=0)
    value4 = models.BigIntegerField(db_default=0)
    value5 = models.BigIntegerField(db_default=0)
    value6 = models.BigIntegerField(db_default=0)
    value7 = models.BigIntegerField(db_default=0)
    value8 = models.BigIntegerField(db_default=0)
    value9 = models.BigIntegerField(db_default=0)
    value10 = models.BigIntegerField(db_default=0)
    value11 = models.BigIntegerField(db_default=0)

    class Meta:
        indexes = [models.Index(fields=["counting", "area"])]


class Dashboard(Record):
    """Figures arranged by somebody: for everybody with a profile, or by one person for themselves.

    ``widgets`` is a list of what ``arranging.Placed`` reads, in the order of the page.
    """

    area_path = None

    names = models.JSONField(_("name"), help_text=_("One text per language."))
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("access profile")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("user"))
    copy_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies", verbose_name=_("copy of"))
    widgets = models.JSONField(_("figures"), default=list)
    replaces_ready = models.BooleanField(default=False, help_text="Stands in the place of the ready dashboard of its user.")
    is_shown = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        constraints = [models.CheckConstraint(condition=Q(profile=None) ^ Q(user=None), name="dashboard_of_a_profile_or_a_person")]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")

    def stands_for(self) -> bool:
        """Whether it takes the place of another one, so that it comes before those made besides."""
        return bool(self.profile_id or self.copy_of_id or self.replaces_ready)
