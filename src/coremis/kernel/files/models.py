"""Attachments: files that belong to something, or are somebody's own."""

import uuid
from typing import Any, ClassVar, Self, cast

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record, RecordQuerySet


class AttachmentQuerySet(RecordQuerySet["Attachment"]):
    """A file has no right and no place of its own: it follows its owner."""

    def visible_to(self, user: Any, permission: str) -> Self:
        """Files of what ``user`` may see, and files made for ``user`` alone; a right that a file names itself is needed, too."""
        held = user.permissions()
        seen = Q(user_id=user.pk, permission__in=held)
        open_to = Q(permission="") | Q(permission__in=held)
        for kind in self.order_by().exclude(owner_kind="").values_list("owner_kind", flat=True).distinct():
            seen |= open_to & Q(owner_kind=kind, owner_id__in=seen_owners(kind, user))
        return self.filter(seen)


def seen_owners(kind: str, user: Any) -> "models.QuerySet[Any]":
    """The ids of one kind of record that somebody may see; of a module that is off, none."""
    try:
        model = apps.get_model(kind)
    except LookupError:
        return Attachment._base_manager.none().values("pk")
    records = cast(RecordQuerySet[Any], model._default_manager.all())
    return records.visible_to(user, f"{model._meta.app_label}.view_{model._meta.model_name}").values("pk")


class Attachment(Record):
    """A stored file. Its content lies under its SHA-256, once, however often and under whatever name it was sent."""

    area_path = None

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField(_("size"), help_text=_("Bytes."))
    content_type = models.CharField(max_length=120)
    name = models.CharField(_("name"), max_length=200, help_text=_("As it was sent; for display only."))
    owner_kind = models.CharField(max_length=60, blank=True)
    owner_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True, help_text=_("The only person who may open it, where it belongs to nothing."))
    permission = models.CharField(max_length=100, blank=True)

    objects = AttachmentQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes: ClassVar = [models.Index(fields=["owner_kind", "owner_id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="attachment_has_one_owner",
                condition=Q(owner_id__isnull=False, user_id=None) & ~Q(owner_kind="")
                | Q(owner_id=None, owner_kind="", user_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
