"""Figures and outlines of places, and which former code went where: what a country counts and draws."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import label


class FigureKind(Record):
    """What is counted or estimated for a place: population, households, poverty rate."""

    area_path = None

    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("Formulas and lists name the figure by it."))
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    unit = models.CharField(_("unit"), max_length=30, blank=True, help_text=_("For example persons, households or %."))
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0, help_text=_("How many decimals are shown."))

    class Meta:
        verbose_name = _("kind of figure")
        verbose_name_plural = _("kinds of figures")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(decimals__lte=6), name="figure_decimals_small")]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class AreaFigure(Record):
    """One figure of one place for one year, as one source gives it."""

    area_path = "area"

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="figures", verbose_name=_("place"))
    kind = models.ForeignKey(FigureKind, on_delete=models.PROTECT, related_name="figures", verbose_name=_("figure"))  # type: ignore[assignment]
    value = models.FloatField(_("value"))
    year = models.PositiveSmallIntegerField(_("year"), help_text=_("The year that the figure describes."))
    source = models.CharField(_("source"), max_length=120, blank=True, help_text=_("For example the census or survey it comes from."))
    valid_from = models.DateField(_("valid from"), help_text=_("The first day on which it is used."))
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The last day on which it is used."))

    class Meta:
        verbose_name = _("figure of a place")
        verbose_name_plural = _("figures of places")
        constraints = [
            models.UniqueConstraint(fields=["area", "kind", "year", "source"], name="area_figure_once"),
            models.CheckConstraint(condition=Q(year__gte=1900, year__lte=2200), name="area_figure_year"),
            models.CheckConstraint(condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="area_figure_dates"),
        ]
        indexes = [models.Index(fields=["kind", "area", "year"])]

    def __str__(self) -> str:
        return f"{self.kind}, {self.year}"


class AreaShape(Record):
    """The outline of a place in degrees (WGS84), repaired and simplified: rings are closed, outer ones run counter-clockwise."""

    area_path = "area"

    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="shape", verbose_name=_("place"))
    geometry = models.JSONField(_("outline"), help_text="Coordinates of a MultiPolygon: polygons of rings of [longitude, latitude].")
    bbox = models.JSONField(help_text="[west, south, east, north] in degrees.")
    centroid = models.JSONField(help_text="[longitude, latitude] of the middle of its largest part.")
    source = models.CharField(_("source"), max_length=120, blank=True, help_text=_("Where the outline comes from."))

    class Meta:
        verbose_name = _("outline of a place")
        verbose_name_plural = _("outlines of places")

    def __str__(self) -> str:
        return str(self.area)


class OutlinePart(models.Model):
    """Where a usable outline stands in a file that is being loaded. No record: it is gone when the work is done.

    ``start`` and ``end`` are bytes of the file; the box, in degrees, tells which outlines may touch.
    """

    job_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    start = models.BigIntegerField()
    end = models.BigIntegerField()
    points = models.PositiveIntegerField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job_id", "number"], name="outline_part_once"),
            models.UniqueConstraint(fields=["job_id", "area"], name="outline_part_of_a_place_once"),
        ]


class CodeLink(Record):
    """Where what a code stood for went: to one place or, in shares, to several. The crosswalk consists of these."""

    area_path = "area"

    class Why(models.TextChoices):
        RENAME = "RENAME", _("Renamed")
        MOVE = "MOVE", _("Moved")
        MERGE = "MERGE", _("Merged")
        SPLIT = "SPLIT", _("Split")
        LIST = "LIST", _("From a list")

    former_code = models.CharField(_("former code"), max_length=40, db_index=True)
    former_name = models.CharField(_("former name"), max_length=120, blank=True)
    former_area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("former place"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="code_links", verbose_name=_("place now"))
    share = models.FloatField(_("share"), default=1, help_text=_("How much of the former place lies in this one, between 0 and 1."))
    why = models.CharField(_("why"), max_length=10, choices=Why.choices)
    valid_from = models.DateField(_("since"), help_text=_("The first day of the new code."))
    source = models.CharField(_("source"), max_length=120, blank=True, help_text=_("The law, decree or list that says so."))

    class Meta:
        verbose_name = _("former code")
        verbose_name_plural = _("former codes")
        constraints = [
            models.UniqueConstraint(fields=["former_code", "area", "valid_from"], name="code_link_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="code_link_share"),
        ]

    def __str__(self) -> str:
        return f"{self.former_code} → {self.area}"


class AreaGroup(Record):
    """Places that belong together without being an administrative unit: a catchment, a hotspot, a phase. Groups may overlap."""

    areas_path = "places__area"

    code = models.SlugField(_("code"), max_length=40, unique=True)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    purpose = models.CharField(_("purpose"), max_length=120, blank=True, help_text=_("For example catchment, hotspot or phase."))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("group of places")
        verbose_name_plural = _("groups of places")
        ordering = ["code"]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class GroupPlace(Record):
    """A place, with all below it, that belongs to a group from a day until a day."""

    area_path = "area"

    group = models.ForeignKey(AreaGroup, on_delete=models.PROTECT, related_name="places", verbose_name=_("group"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="groups", verbose_name=_("place"))
    valid_from = models.DateField(_("since"))
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text="The last day on which it belonged to the group.")

    class Meta:
        verbose_name = _("place of a group")
        verbose_name_plural = _("places of groups")
        constraints = [models.UniqueConstraint(fields=["group", "area"], condition=Q(valid_until=None), name="group_place_once")]

    def __str__(self) -> str:
        return str(self.area)


def used_on(day: Any) -> Q:
    """What is valid on a day: a date, or an expression that gives one."""
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))
