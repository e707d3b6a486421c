"""Areas, their levels, every ancestor of every area, and former names and codes."""

from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.base.text import fold, label


class AreaLevel(Record):
    """One level of the tree, counted from 0 (the country)."""

    area_path = None

    position = models.PositiveSmallIntegerField(_("position"), unique=True)
    names = models.JSONField(_("name"), help_text=_("One text per language."))

    class Meta:
        verbose_name = _("administrative level")
        verbose_name_plural = _("administrative levels")
        ordering = ["position"]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class Area(Record):
    """An administrative unit. It keeps its identity when its name, code or parent changes."""

    area_path = "id"

    level = models.ForeignKey(AreaLevel, on_delete=models.PROTECT, related_name="areas", verbose_name=_("level"))
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("within"))
    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=40)
    search_name = models.CharField(max_length=120, editable=False, db_index=True)
    full_path = models.CharField(
        max_length=600, editable=False, help_text="Folded names from the top below the country, for matching imports."
    )
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("administrative unit")
        verbose_name_plural = _("administrative units")
        constraints = [models.UniqueConstraint(fields=["code"], condition=Q(valid_until=None), name="area_code_once")]
        indexes = [models.Index(fields=["full_path"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded name and path beside the name."""
        self.search_name = fold(self.name)
        above = self.parent.full_path if self.parent and self.parent.parent_id else ""
        self.full_path = f"{above}/{self.search_name}".lstrip("/")
        super().save(*args, **kwargs)

    def inserted(self) -> None:
        """Write its ancestors, itself included."""
        above = AreaTree.objects.filter(descendant_id=self.parent_id).values_list("ancestor_id", Value(self.pk), F("depth") + 1)
        rows = [AreaTree(ancestor_id=ancestor, descendant_id=own, depth=depth) for ancestor, own, depth in above]
        AreaTree.objects.bulk_create([AreaTree(ancestor_id=self.pk, descendant_id=self.pk, depth=0), *rows])


class AreaTree(models.Model):
    """Every ancestor of every area; each area is its own ancestor at depth 0."""

    ancestor = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    descendant = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="ancestors_of")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="area_tree_once")]


class FormerArea(Record):
    """What an area was called, or where it belonged, until a date."""

    area_path = "area"

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="former")
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=40, db_index=True)
    parent = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField()

    class Meta:
        verbose_name = _("former name or code")
        verbose_name_plural = _("former names and codes")
