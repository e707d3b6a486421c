"""Targeting campaigns, the places they reach, and the group changes that carried their result out."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import label
from coremis.modules.programmes.models import GroupChange, Programme

STATES = ("DRAFT", "RUNNING", "APPROVED", "CLOSED", "ABANDONED")


class Campaign(Record):
    """One round of finding whom a programme helps: an order of stages over the households or persons of some places.

    It is seen where any of its places is assigned to the reader, and acted on where all of them are.
    """

    areas_path = "places__area"

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "DRAFT", _("being prepared")
        RUNNING = "RUNNING", _("under way")
        APPROVED = "APPROVED", _("result approved")
        CLOSED = "CLOSED", _("closed")
        ABANDONED = "ABANDONED", _("abandoned")

    class Purpose(models.TextChoices):
        """What its result is used for."""

        SELECTION = "SELECTION", _("find new beneficiaries")
        REVIEW = "REVIEW", _("assess present beneficiaries again")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("programme"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    purpose = models.CharField(_("purpose"), max_length=9, choices=Purpose.choices, default=Purpose.SELECTION)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"), help_text="What holds all chosen places."
    )
    area_ids = models.JSONField(default=list, help_text="The places that were chosen.")
    day = models.DateField(_("reference date"), help_text=_("Ages, memberships and figures are taken as of this day."))
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.DRAFT)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("targeting campaign")
        verbose_name_plural = _("targeting campaigns")
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="campaign_known_state")]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")

    @property
    def is_open(self) -> bool:
        """Whether its stages may still be arranged and run."""
        return self.state in OPEN_CAMPAIGNS

    @property
    def reference_day(self) -> date:
        """The reference date as a date, also before the row was read back."""
        return self.day if isinstance(self.day, date) else date.fromisoformat(str(self.day))


OPEN_CAMPAIGNS = (Campaign.State.DRAFT, Campaign.State.RUNNING)
UNDER_WAY = (*OPEN_CAMPAIGNS, Campaign.State.APPROVED)


class CampaignArea(Record):
    """A place that a campaign reaches: those chosen, and all below them when it was made."""

    area_path = "area"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="places", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))

    class Meta:
        verbose_name = _("place of a campaign")
        verbose_name_plural = _("places of campaigns")
        constraints = [models.UniqueConstraint(fields=["campaign", "area"], name="campaign_place_once")]


class CampaignChange(Record):
    """What a campaign changed among the beneficiaries of its programme: a group change, with what it was for."""

    areas_path = "campaign__places__area"

    class What(models.TextChoices):
        """What was carried out."""

        RESULT = "RESULT", _("result taken over")
        ENROLMENT = "ENROLMENT", _("enrolment of the selected")
        PLACES = "PLACES", _("free places filled")
        EXITS = "EXITS", _("exits after assessment")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="changes", verbose_name=_("targeting campaign"))
    group = models.OneToOneField(GroupChange, on_delete=models.PROTECT, related_name="campaign_change", verbose_name=_("group change"))
    what = models.CharField(_("what"), max_length=9, choices=What.choices)

    class Meta:
        verbose_name = _("change by a campaign")
        verbose_name_plural = _("changes by campaigns")
