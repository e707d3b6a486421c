"""What happens to people and households over the years: photos, papers, uses of alternates, moves between places.

Read these classes from ``models``.
"""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.areas.models import Area
from coremis.modules.registry.models import Household, Person, Recipient


class Photo(Record):
    """The photo of a person; a new one takes its place, and the former ones stay."""

    area_path = "person__area"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="photos")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, help_text="The picture as it was reduced, in the store of files.")
    small_sha256 = models.CharField(max_length=64, help_text="The same for lists and page heads.")
    taken_on = models.DateField(_("since"), default=timezone.localdate)
    ended_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [models.UniqueConstraint(fields=["person"], condition=Q(ended_on=None), name="one_photo_at_a_time")]


class Card(Record):
    """The printed card of a person. Its QR code holds a token that means nothing to others; a lost card ends."""

    area_path = "person__area"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cards")
    token = models.CharField(max_length=40, unique=True, editable=False)
    issued_on = models.DateField(_("issued on"), default=timezone.localdate)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [models.UniqueConstraint(fields=["person"], condition=Q(ended_on=None), name="one_card_at_a_time")]


class Paper(Record):
    """A paper that proves a change: a death certificate, a judgment, a written request. Its file belongs to it."""

    area_path = "household__area"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="papers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="papers")
    about = models.CharField(_("what it proves"), max_length=200)
    added_on = models.DateField(_("added on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("supporting document")
        verbose_name_plural = _("supporting documents")

    def __str__(self) -> str:
        return self.about


class AlternateUse(Record):
    """One payment that an alternate collected. It counts as in a row until the primary recipient collects, or somebody visits."""

    area_path = "household__area"

    class Ended(models.TextChoices):
        """Why a use no longer counts."""

        PRIMARY = "primary", _("the primary recipient collected")
        VISIT = "visit", _("the household was visited")
        CHANGE = "change", _("the primary recipient was changed")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="alternate_uses")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="uses", verbose_name=_("alternate recipient"))
    used_on = models.DateField(_("collected on"))
    reference = models.CharField(_("payment"), max_length=60, help_text="What was collected, such as a payment number; once.")
    ended_by = models.CharField(_("no longer counts because"), max_length=8, choices=Ended.choices, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("use of an alternate")
        verbose_name_plural = _("uses of alternates")
        constraints = [models.UniqueConstraint(fields=["household", "reference"], name="alternate_use_once")]
        indexes = [models.Index(fields=["household"], condition=Q(ended_by=""), name="alternate_uses_that_count")]


class MoveQuerySet(RecordQuerySet["HouseholdMove"]):
    """A move lies in two places: where the household leaves, and where it arrives."""

    ARRIVING = frozenset({"registry.accept_move", "registry.reject_move"})
    LEAVING = frozenset({"registry.propose_move", "registry.recall_move"})

    def visible_to(self, user: Any, permission: str) -> Self:
        """Moves that this person may see in either place; to decide on, those that arrive; to take back, those that leave."""
        if not user.has_perm(permission):
            return self.none()
        places = user.places_for(permission)
        if places.everywhere:
            return self
        arrives, leaves = Q(to_area__in=places.areas()), Q(from_area__in=places.areas())
        return self.filter(arrives if permission in self.ARRIVING else leaves if permission in self.LEAVING else arrives | leaves)


class HouseholdMove(Record):
    """A household that goes to live elsewhere: proposed where it leaves, accepted where it arrives."""

    area_path = None  # two places, each with its own right: see MoveQuerySet and the actions

    class State(models.TextChoices):
        """How far a move is."""

        PROPOSED = "PROPOSED", _("proposed")
        ACCEPTED = "ACCEPTED", _("accepted")
        REJECTED = "REJECTED", _("rejected")
        RECALLED = "RECALLED", _("taken back")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="moves", verbose_name=_("household"))
    from_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("leaves"))
    to_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("arrives in"))
    address = models.CharField(_("new address or landmark"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.BigIntegerField(editable=False, help_text="The user who proposed it.")
    proposed_name = models.CharField(_("proposed by"), max_length=150, editable=False)
    proposed_on = models.DateField(_("proposed on"), default=timezone.localdate)
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.PROPOSED)
    decided_by = models.BigIntegerField(null=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)

    objects = MoveQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        verbose_name = _("move of a household")
        verbose_name_plural = _("moves of households")
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=Q(state="PROPOSED"), name="one_move_at_a_time"),
            models.CheckConstraint(condition=~Q(from_area=models.F("to_area")), name="move_goes_elsewhere"),
        ]
        indexes = [models.Index(fields=["to_area", "state"]), models.Index(fields=["from_area", "state"])]
