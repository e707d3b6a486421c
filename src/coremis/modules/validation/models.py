"""Meetings at which a community looked at a targeting list, and the lists that were taken for them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.modules.targeting.models import StageRun


class VillageList(Record):
    """The list of one village as somebody took it: the same content is a copy, other content a new version."""

    area_path = "area"

    class Paper(models.TextChoices):
        """In which shape."""

        PDF = "PDF", _("PDF to print")
        XLSX = "XLSX", _("Excel workbook to fill in")

    run = models.ForeignKey(StageRun, on_delete=models.PROTECT, related_name="village_lists", db_index=False, verbose_name=_("list"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    paper = models.CharField(_("file"), max_length=4, choices=Paper.choices)
    number = models.PositiveSmallIntegerField(_("version"))
    copy = models.PositiveSmallIntegerField(_("copy"), default=0)
    digest = models.CharField(max_length=64)
    code = models.CharField(_("code of the list"), max_length=10, unique=True)
    listed = models.PositiveIntegerField(_("on the list"))
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken by"))
    taken_at = models.DateTimeField(_("taken on"))

    class Meta:
        verbose_name = _("village list")
        verbose_name_plural = _("village lists")
        constraints = [models.UniqueConstraint(fields=["run", "area", "paper", "number", "copy"], name="village_list_once")]

    def __str__(self) -> str:
        return f"{self.area} {self.number}"


class Meeting(Record):
    """The public meeting of one village about one list (rulebook 2.4)."""

    area_path = "area"

    run = models.ForeignKey(StageRun, on_delete=models.PROTECT, related_name="meetings", db_index=False, verbose_name=_("list"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    held_on = models.DateField(_("held on"))
    facilitator = models.CharField(_("facilitator"), max_length=120)
    women = models.PositiveIntegerField(_("women present"))
    men = models.PositiveIntegerField(_("men present"))
    young = models.PositiveIntegerField(_("young people among them"), null=True, blank=True)
    with_disability = models.PositiveIntegerField(_("people with a disability among them"), null=True, blank=True)
    quorum_reached = models.BooleanField(_("quorum reached"), null=True, help_text=_("Whether enough people came for the rule."))
    committee = models.TextField(_("committee members"), blank=True, help_text=_("One name on each line."))
    minutes = models.TextField(_("minutes"), blank=True)
    list_number = models.PositiveSmallIntegerField(_("version of the list shown"), null=True, blank=True)

    class Meta:
        verbose_name = _("meeting of a community")
        verbose_name_plural = _("meetings of communities")
        constraints = [
            models.UniqueConstraint(fields=["run", "area"], name="meeting_once_a_village"),
            models.CheckConstraint(condition=Q(young=None) | Q(young__lte=F("women") + F("men")), name="meeting_young_among_them"),
            models.CheckConstraint(
                condition=Q(with_disability=None) | Q(with_disability__lte=F("women") + F("men")), name="meeting_disability_among_them"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.held_on}"

    @property
    def present(self) -> int:
        """Everybody who came."""
        return self.women + self.men
