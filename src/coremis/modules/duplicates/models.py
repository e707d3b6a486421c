"""Groups of people who are alike, who belongs to them, and what was decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.modules.registry.models import Person


class Likeness(models.TextChoices):
    """In what people are alike (BEN-17: never by documents alone, since many people have none)."""

    DOCUMENT = "DOCUMENT", _("same document")
    PHONE = "PHONE", _("same phone and name")
    NAME = "NAME", _("same name, birth year and village")


class Verdict(models.TextChoices):
    """What somebody decided."""

    DIFFERENT = "DIFFERENT", _("different people")
    SAME = "SAME", _("the same person")


class DuplicateGroup(Record):
    """People who are alike in one thing. What they share lies here only as a digest, never as a name, phone or number."""

    area_path = None
    areas_path = "members__person__area"

    class State(models.TextChoices):
        """Whether somebody must look at it."""

        OPEN = "OPEN", _("to look at")
        DECIDED = "DECIDED", _("decided")
        GONE = "GONE", _("no longer alike")

    likeness = models.CharField(_("alike in"), max_length=8, choices=Likeness.choices)
    mark = models.CharField(max_length=64, editable=False)
    found_on = models.DateField(_("found on"))
    member_count = models.PositiveIntegerField(_("people"), default=0)
    state = models.CharField(_("status"), max_length=7, choices=State.choices, default=State.OPEN)

    class Meta:
        verbose_name = _("group of possible duplicates")
        verbose_name_plural = _("possible duplicates")
        constraints = [models.UniqueConstraint(fields=["likeness", "mark"], name="duplicate_group_once")]

    def __str__(self) -> str:
        return str(self.get_likeness_display())


class DuplicateMember(Record):
    """Somebody in a group, from when until when the likeness held."""

    area_path = "person__area"

    derived: ClassVar[bool] = True  # found anew by the system: it keeps nobody in the register

    group = models.ForeignKey(DuplicateGroup, on_delete=models.PROTECT, related_name="members", verbose_name=_("group"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="likenesses", verbose_name=_("person"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("persons in groups of possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], condition=Q(until=None), name="duplicate_member_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="duplicate_dates_in_order"),
        ]


class DuplicateVerdict(Record):
    """What was decided about a group, about whom, by whom. It is remembered: the same people are not asked about again."""

    area_path = None
    areas_path = "group__members__person__area"
    append_only = True

    group = models.ForeignKey(DuplicateGroup, on_delete=models.PROTECT, related_name="verdicts", verbose_name=_("group"))
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict.choices)
    person_ids = models.JSONField(help_text="Whom it was about.")
    note = models.CharField(_("note"), max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    decided_at = models.DateTimeField(_("decided on"), auto_now_add=True)

    class Meta:
        verbose_name = _("verdict on possible duplicates")
        verbose_name_plural = _("verdicts on possible duplicates")
