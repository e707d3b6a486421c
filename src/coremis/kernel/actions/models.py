"""Records, and the append-only tables that tell what happened to them."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions import context
from coremis.kernel.actions.before import HIDDEN
from coremis.kernel.actions.values import stored_value
from coremis.kernel.base.numbers import number_text
from coremis.kernel.base.refusal import Refusal, Stale


class Event(models.Model):
    """The fact that an action happened: one row, never changed."""

    action = models.CharField(max_length=100)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    happened_at = models.DateTimeField(help_text="When it happened, by the device; may be wrong.")
    recorded_at = models.DateTimeField(default=timezone.now, db_index=True)
    address = models.CharField(max_length=45, blank=True)
    area_id = models.BigIntegerField(null=True, help_text="The place it is about, where there is exactly one.")
    cause_id = models.BigIntegerField(null=True, db_index=True, help_text="The event that led to this one.")
    job_id = models.BigIntegerField(null=True, db_index=True)
    request_id = models.BigIntegerField(null=True, help_text="The approval under which it ran.")
    deciders = models.JSONField(default=list)
    unapproved = models.BooleanField(default=False, help_text="The route said that no approval is needed.")
    inputs_digest = models.CharField(max_length=64, blank=True)
    stamp = models.CharField(max_length=64, help_text="Keyed digest; a row written behind the product's back lacks it.")

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        indexes = [models.Index(fields=["action", "id"])]


class Change(models.Model):
    """What a record held before an event; with kind ``inputs``, what the action was asked to do."""

    INPUTS: ClassVar[str] = "inputs"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    area_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    redacted_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "record_id"])]


class Seal(models.Model):
    """One link of the chain that proves the events: made for events that have none, in the order of sealing."""

    event_id = models.BigIntegerField(unique=True)
    event_hash = models.CharField(max_length=64)
    change_count = models.IntegerField()
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)


class ActionKey(models.Model):
    """A key that makes the second run of an action harmless."""

    actor_id = models.BigIntegerField()
    action = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    result = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "action", "key"], name="action_key_once")]


class Counter(models.Model):
    """The last serial number given out, where the database has no sequences (SQLite)."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)


R = TypeVar("R", bound="Record")


class RecordQuerySet(models.QuerySet[R]):
    """Reads limited to the reader's places; writes only through ``save`` and the bulk functions."""

    def visible_to(self, user: context.Actor, permission: str) -> Self:
        """The rows in places where ``user`` holds ``permission``; no permission means nothing."""
        if not user.has_perm(permission):
            return self.none()
        places = user.places_for(permission)
        if places.everywhere or (self.model.area_path is None and self.model.areas_path is None):
            return self
        if self.model.area_path:
            return self.filter(**{f"{self.model.area_path}__in": places.areas()})
        inside = self.model._base_manager.filter(**{f"{self.model.areas_path}__in": places.areas()})
        return self.filter(pk__in=inside.values("pk"))

    def update(self, **values: Any) -> int:
        raise Refusal(_("Use update_from, which keeps what the rows held before."))

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise Refusal(_("Use insert_from or copy_into, which carry the event."))

    bulk_update = bulk_create

    def delete(self) -> Any:
        raise Refusal(_("Nothing is ever deleted. Use an action that ends or reverses it."))


class Record(models.Model):
    """A business row. It says where it is by ``area_path`` (one place), ``areas_path`` (several), or neither."""

    area_path: ClassVar[str | None]
    areas_path: ClassVar[str | None] = None
    number_prefix: ClassVar[str] = ""
    append_only: ClassVar[bool] = False

    version = models.PositiveIntegerField(default=1, editable=False)
    event_id = models.BigIntegerField(editable=False)
    created_event_id = models.BigIntegerField(editable=False, db_index=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A class with several places has no single one."""
        super().__init_subclass__(**kwargs)
        if cls.areas_path and not hasattr(cls, "area_path"):
            cls.area_path = None

    @classmethod
    def kind(cls) -> str:
        """The stored name of this class, such as ``registry.person``."""
        return cls._meta.label_lower

    @property
    def number_text(self) -> str:
        """The human number as people write it; empty for a class that has none."""
        return number_text(self.number_prefix, getattr(self, "number", None))

    def place_ids(self) -> list[int | None] | None:
        """The areas it lies in; None for what has no place."""
        if self.areas_path:
            return list(type(self)._base_manager.filter(pk=self.pk).values_list(self.areas_path, flat=True))
        if not self.area_path:
            return None
        found: Any = self
        *steps, last = self.area_path.split("__")
        for step in steps:
            found = getattr(found, step) if found is not None else None
        return [getattr(found, last if last == "id" else f"{last}_id") if found is not None else None]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert, or update what differs; stamps event and version, keeps what was before, checks the places."""
        writing = context.required()
        if self._state.adding:
            self.version, self.event_id, self.created_event_id = 1, writing.event.pk, writing.event.pk
            super().save(force_insert=True, using=kwargs.get("using"))
            self.inserted()
        elif not self._save_difference(writing):
            return
        if self.areas_path:
            writing.several.append(self)
        elif (places := self.place_ids()) is not None:
            writing.check_places(places)

    def inserted(self) -> None:
        """Called once, after the row was inserted and before its places are checked."""

    def _save_difference(self, writing: context.Writing) -> bool:
        stored = type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
        fields = [field for field in self._meta.concrete_fields if field.name not in {"id", "version", "event_id", "created_event_id"}]
        before = {
            field.attname: stored_value(field, stored)
            for field in fields
            if field.attname in self.__dict__ and stored_value(field, stored) != stored_value(field, self)
        }
        if not before:
            return False
        if stored.version != self.version:
            raise Stale(_("Somebody else changed this meanwhile. Look at the new values and try again."))
        if (places := stored.place_ids()) is not None:
            writing.check_places(places)
        self.version, self.event_id = stored.version + 1, writing.event.pk
        with context.noted():
            super().save(update_fields=[*(field.name for field in fields if field.attname in before), "version", "event_id"])
        area = (places or [None])[0]
        secret = {field.attname for field in fields if getattr(field, "secret", False)}
        shown = {name: HIDDEN if name in secret else value for name, value in before.items()}
        Change.objects.create(event=writing.event, kind=self._meta.label_lower, record_id=self.pk, area_id=area, before=shown)
        return True

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise Refusal(_("Nothing is ever deleted. Use an action that ends or reverses it."))
