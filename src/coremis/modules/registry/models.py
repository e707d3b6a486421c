"""Persons, households, who belongs to which, who may collect, and the variables a country adds."""

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.encryption import EncryptedField, keyed_hash
from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import fold, label


class Sex(models.TextChoices):
    """Sex as people state it (PublicSchema codes)."""

    FEMALE = "female", _("female")
    MALE = "male", _("male")
    OTHER = "other", _("other")
    UNKNOWN = "unknown", _("not stated")


class Precision(models.TextChoices):
    """How precisely a date is known."""

    DAY = "DAY", _("day known")
    MONTH = "MONTH", _("month known")
    YEAR = "YEAR", _("year known")


class Relationship(models.TextChoices):
    """Relation to the head of household (rulebook 2.5)."""

    HEAD = "head", _("head of household")
    SPOUSE = "spouse", _("spouse")
    CHILD = "child", _("son or daughter")
    CHILD_IN_LAW = "child_in_law", _("son- or daughter-in-law")
    GRANDCHILD = "grandchild", _("grandchild")
    PARENT = "parent", _("father or mother")
    PARENT_IN_LAW = "parent_in_law", _("father- or mother-in-law")
    SIBLING = "sibling", _("brother or sister")
    OTHER_RELATIVE = "other_relative", _("other relative")
    FOSTER_CHILD = "foster_child", _("adopted or foster child")
    DOMESTIC_WORKER = "domestic_worker", _("domestic worker")
    NOT_RELATED = "not_related", _("not related")


class PhoneOwner(models.TextChoices):
    """Whose phone a number is."""

    OWN = "own", _("own phone")
    HOUSEHOLD = "household", _("someone in the household")
    OTHER = "other", _("neighbour or other person")


class DocumentKind(models.TextChoices):
    """Identity documents (PublicSchema identifier types, shortened)."""

    NATIONAL_ID = "national_id", _("national identity card")
    BIRTH_CERTIFICATE = "birth_certificate", _("birth certificate")
    PASSPORT = "passport", _("passport")
    VOTER_CARD = "voter_card", _("voter card")
    REFUGEE_CARD = "refugee_card", _("refugee card")
    OTHER = "other", _("other document")


class ChangeCause(models.TextChoices):
    """The causes for which a primary recipient is replaced for good (rulebook 2.6)."""

    DEATH = "death", _("death")
    MIGRATION = "migration", _("moved away")
    FRAUD = "fraud", _("fraud")
    INCAPACITY = "incapacity", _("illness or incapacity")
    DIVORCE = "divorce", _("divorce or separation")
    WRITTEN_REQUEST = "written_request", _("written request")


class Consent(models.TextChoices):
    """What people answered when they were asked whether their data may be kept and used."""

    GIVEN = "given", _("consent given")
    REFUSED = "refused", _("consent refused")
    NOT_ASKED = "not_asked", _("not asked")


class VariableDefinition(Record):
    """One entry of the data dictionary: a variable of persons, households, dwellings or enrolments that this country records."""

    area_path = None

    class Subject(models.TextChoices):
        """What a variable describes."""

        PERSON = "person", _("person")
        HOUSEHOLD = "household", _("household")
        DWELLING = "dwelling", _("dwelling")
        ENROLMENT = "enrolment", _("enrolment")

    class Kind(models.TextChoices):
        """What values it takes."""

        NUMBER = "NUMBER", pgettext_lazy("type of a value", "number")
        BOOLEAN = "BOOLEAN", _("yes or no")
        TEXT = "TEXT", _("text")
        DATE = "DATE", _("date")
        CHOICE = "CHOICE", _("one of a list")

    subject = models.CharField(_("describes"), max_length=10, choices=Subject.choices)
    code = models.SlugField(_("code"), max_length=60)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    kind = models.CharField(_("type"), max_length=8, choices=Kind.choices)  # type: ignore[assignment]
    choices = models.JSONField(_("choices"), default=list, blank=True, help_text="A list of {code, names, retired}.")
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    required = models.BooleanField(_("required"), default=False)
    filterable = models.BooleanField(_("can be filtered"), default=False)
    may_not_apply = models.BooleanField(
        _("may not apply"), default=False, db_default=False, help_text=_("“Does not apply” is an answer, beside a value.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    help_texts = models.JSONField(_("help"), default=dict, blank=True, help_text=_("One text per language."))
    programme_id = models.BigIntegerField(_("programme"), null=True, blank=True, help_text="Of an enrolment: only in this programme.")
    unique = models.BooleanField(_("different for everybody"), default=False)
    validation = models.TextField(_("rule"), blank=True, help_text=_("A formula that must say yes."))
    error_texts = models.JSONField(_("sentence where the rule is broken"), default=dict, blank=True)
    masked = models.BooleanField(_("masked"), default=False)
    sensitive = models.BooleanField(_("sensitive"), default=False)
    valid_from = models.DateField(_("asked from"), null=True, blank=True)
    valid_until = models.DateField(_("asked until"), null=True, blank=True)

    class Meta:
        verbose_name = _("variable")
        verbose_name_plural = _("variables")
        ordering = ["subject", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "code"], name="variable_once"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="variable_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(programme_id=None) | Q(subject="enrolment"), name="variable_programme_of_enrolments"),
        ]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")

    def asked_on(self, day: date) -> bool:
        """Whether forms and files ask for it on a day; outside of its dates what is stored stays and is shown."""
        begun, over = self.valid_from is None or self.valid_from <= day, self.valid_until is not None and self.valid_until < day
        return self.is_active and begun and not over


FROM_RECORDS = models.Manager.from_queryset(RecordQuerySet)


class CurrentManager(FROM_RECORDS[Any]):
    """The default reading of people: without records that were merged into another one or registered by mistake."""

    def get_queryset(self) -> RecordQuerySet[Any]:
        """Without those; ``everything`` holds them too."""
        rows: RecordQuerySet[Any] = super().get_queryset()  # type: ignore[assignment]
        return rows.filter(retired_on=None)


class Household(Record):
    """People who live together; it keeps its number wherever it moves."""

    area_path = "area"
    number_prefix = "H"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.BigIntegerField(_("number"), unique=True, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    head_name = models.CharField(_("head of household"), max_length=200, blank=True, help_text="Kept beside the head's own name for lists.")
    search_name = models.CharField(max_length=200, blank=True, editable=False, help_text="The head's name, folded.")
    size = models.PositiveSmallIntegerField(_("size"), default=0, help_text=_("Members living in it now."))
    address = models.CharField(_("address or landmark"), max_length=200, blank=True)
    data = models.JSONField(_("further facts"), default=dict, blank=True)
    source = models.CharField(max_length=40, blank=True, help_text="The import source that gave external_id.")
    external_id = models.CharField(_("household key"), max_length=80, blank=True)
    batch_id = models.BigIntegerField(null=True, editable=False, db_index=True, help_text="The import that brought it.")
    registered_on = models.DateField(_("registered on"), default=timezone.localdate)
    ended_on = models.DateField(_("dissolved on"), null=True, blank=True)
    consent = models.CharField(_("consent"), max_length=9, choices=Consent.choices, default=Consent.NOT_ASKED, db_default="not_asked")
    consent_on = models.DateField(_("consent asked on"), null=True, blank=True)
    consent_text = models.CharField(_("version of the consent text"), max_length=60, blank=True, default="", db_default="")
    enumerator = models.CharField(_("enumerator"), max_length=120, blank=True, default="", db_default="")
    interviewed_on = models.DateField(_("interviewed on"), null=True, blank=True)
    interview_batch_id = models.BigIntegerField(null=True, editable=False, help_text="The import that last brought consent or interview.")
    split_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("separated from")
    )
    retired_on = models.DateField(
        _("withdrawn on"), null=True, blank=True, help_text="Merged, registered by mistake, or its import taken back."
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )

    objects = CurrentManager()  # type: ignore[misc, assignment]
    everything = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        indexes = [
            models.Index(fields=["area", "number"]),
            models.Index(fields=["search_name", "id"]),
            models.Index(fields=["area", "search_name", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], condition=~Q(external_id=""), name="household_external_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number_text} {self.head_name}".strip()


class Person(Record):
    """Somebody known to the system, with or without a household."""

    area_path = "area"
    number_prefix = "P"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.BigIntegerField(_("number"), unique=True, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    given_names = models.CharField(_("given names"), max_length=120, blank=True)
    surname = models.CharField(_("surname"), max_length=120, blank=True)
    search_name = models.CharField(max_length=240, editable=False)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    birth_precision = models.CharField(_("birth date known to"), max_length=5, choices=Precision.choices, default=Precision.DAY)
    death_date = models.DateField(_("died on"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    phone_owner = models.CharField(_("whose phone"), max_length=10, choices=PhoneOwner.choices, blank=True)
    data = models.JSONField(_("further facts"), default=dict, blank=True)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(_("person key"), max_length=80, blank=True)
    batch_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    registered_on = models.DateField(_("registered on"), default=timezone.localdate)
    consent = models.CharField(
        _("consent"), max_length=9, choices=Consent.choices, blank=True, default="", db_default="", help_text="Blank: as the household."
    )
    consent_on = models.DateField(_("consent asked on"), null=True, blank=True)
    former_names = models.TextField(editable=False, blank=True, default="", db_default="", help_text="One in a line.")
    search_former = models.TextField(editable=False, blank=True, default="", db_default="", help_text="The same, folded.")
    retired_on = models.DateField(
        _("withdrawn on"), null=True, blank=True, help_text="Merged, registered by mistake, or its import taken back."
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )

    objects = CurrentManager()  # type: ignore[misc, assignment]
    everything = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = [
            models.Index(fields=["area", "number"]),
            models.Index(fields=["search_name", "id"]),
            models.Index(fields=["area", "search_name", "id"]),
            models.Index(fields=["birth_date", "death_date", "id"], name="person_ages"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="person_phone"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(given_names="", surname=""), name="person_has_a_name"),
            models.UniqueConstraint(fields=["source", "external_id"], condition=~Q(external_id=""), name="person_external_once"),
            models.CheckConstraint(
                condition=Q(death_date=None) | Q(birth_date=None) | Q(death_date__gte=F("birth_date")), name="person_dies_after_birth"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Given names and surname; single-name people have one of them."""
        return f"{self.given_names} {self.surname}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the folded name beside the name."""
        self.search_name = fold(self.full_name)
        super().save(*args, **kwargs)


class Membership(Record):
    """A person in a household, from when until when, and how related to its head. One household at a time, one head each."""

    area_path = "household__area"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relationship = models.CharField(_("relation to the head"), max_length=16, choices=Relationship.choices, default="not_related")
    joined_on = models.DateField(_("since"))
    left_on = models.DateField(_("until"), null=True, blank=True, help_text="The first day on which the person no longer lived there.")

    class Meta:
        verbose_name = _("household member")
        verbose_name_plural = _("household members")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(left_on=None), name="one_household_at_a_time"),
            models.UniqueConstraint(fields=["household"], condition=Q(left_on=None, relationship="head"), name="one_head_at_a_time"),
            models.CheckConstraint(condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")), name="membership_dates_in_order"),
        ]


class Recipient(Record):
    """Who may collect for a household: rank 0 is the primary recipient, 1 and more are alternates."""

    area_path = "household__area"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="recipients")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="collects_for")
    rank = models.PositiveSmallIntegerField(_("order"), default=0)
    valid_from = models.DateField(_("since"))
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text="The last day on which it held.")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    cause = models.CharField(_("cause of the change"), max_length=20, choices=ChangeCause.choices, blank=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.UniqueConstraint(fields=["household", "rank"], condition=Q(valid_until=None), name="one_recipient_per_rank"),
            models.UniqueConstraint(fields=["household", "person"], condition=Q(valid_until=None), name="recipient_once"),
        ]

    @classmethod
    def on(cls, day: date) -> "models.QuerySet[Recipient]":
        """The recipients as they were on a day."""
        return cls.objects.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))


def last_signs(number: str) -> str:
    """The last letters and digits of a document's number: four, and never more than half of them."""
    signs = [sign for sign in number if sign.isalnum()]
    return "".join(signs[len(signs) - min(4, len(signs) // 2) :])


class Document(Record):
    """An identity document: its number lies encrypted and is found by a keyed hash."""

    area_path = "person__area"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("document"), max_length=20, choices=DocumentKind.choices)  # type: ignore[assignment]
    number = EncryptedField(_("document number"))
    number_end = models.CharField(max_length=4, editable=False, db_default="", help_text="Its last signs, for lists and paper.")
    number_hash = models.CharField(max_length=64, editable=False, db_index=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="When it was found wrong or replaced.")

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        constraints = [models.UniqueConstraint(fields=["person", "kind", "number_hash"], condition=Q(ended_on=None), name="document_once")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the keyed hash and the last signs beside the number."""
        self.number_hash, self.number_end = keyed_hash(str(self.number)), last_signs(str(self.number))
        super().save(*args, **kwargs)


from coremis.modules.registry.composition import AlternateUse, Card, HouseholdMove, Paper, Photo  # noqa: E402  (they refer to the classes above)

__all__ = [
    "AlternateUse", "Card", "ChangeCause", "Document", "DocumentKind", "Household", "HouseholdMove", "Membership", "Paper",
    "Person", "PhoneOwner", "Photo", "Precision", "Recipient", "Relationship", "Sex", "VariableDefinition",
]  # fmt: skip
