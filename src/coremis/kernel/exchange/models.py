"""Imports and their rows."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.approvals.models import Request
from coremis.kernel.areas.models import Area
from coremis.kernel.exchange.kinds import import_kinds
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import files_of
from coremis.kernel.jobs.messages import rendered
from coremis.kernel.jobs.models import Job


class SavedMappingQuerySet(RecordQuerySet["SavedMapping"]):
    """Somebody's own mappings, and those that are shared."""

    def visible_to(self, user: Any, permission: str) -> Self:
        """Own ones and shared ones, for whoever holds the right."""
        return super().visible_to(user, permission).filter(Q(owner_id=user.pk) | Q(shared=True))


class SavedMapping(Record):
    """Which title brings which column, and what words mean, in the files of one source. ``version`` counts what was changed."""

    area_path = None

    import_kind = models.CharField(_("kind"), max_length=100, help_text="The name of an import kind, or of another kind of file.")
    source = models.CharField(_("name of the list"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=80)
    name_key = models.CharField(max_length=120, editable=False, help_text="The name, folded.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("saved by"))
    shared = models.BooleanField(_("shared"), default=False, help_text=_("Everybody with the right may use it."))
    headers = models.JSONField(default=list, help_text="The titles of the file it was made for.")
    mapping = models.JSONField(default=dict, help_text="Titles by column code.")
    options = models.JSONField(default=dict, help_text="How the file is written, and what its words mean (values).")
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SavedMappingQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["import_kind", "name_key", "owner"], condition=Q(is_active=True), name="saved_mapping_own_name_once"
            ),
            models.UniqueConstraint(
                fields=["import_kind", "name_key"], condition=Q(is_active=True, shared=True), name="saved_mapping_shared_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(Record):
    """A file on its way in. It is brought for one place, and brings nothing that lies outside it.

    Whether it waits for approval is said by its request, not here: ``waiting_request``.
    """

    area_path = "area"

    class State(models.TextChoices):
        """How far an import is."""

        NEW = "NEW", _("columns to match")
        CHECKING = "CHECKING", _("being checked")
        CHECKED = "CHECKED", _("checked")
        APPLYING = "APPLYING", _("being taken in")
        APPLIED = "APPLIED", _("taken in")
        UNDOING = "UNDOING", _("being taken back")
        UNDONE = "UNDONE", _("taken back")
        CANCELLED = "CANCELLED", _("cancelled")

    import_kind = models.CharField(_("kind"), max_length=100)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent on"), auto_now_add=True)
    applied_at = models.DateTimeField(_("taken in on"), null=True)
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.NEW)
    options = models.JSONField(default=dict, help_text="sheet, encoding, separator, decimal_comma, day_first.")
    headers = models.JSONField(default=list, help_text="The titles of the file's columns, in order.")
    mapping = models.JSONField(default=dict, help_text="Titles by column code; several titles for a place in several columns.")
    saved_mapping = models.ForeignKey(SavedMapping, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("saved mapping"))
    mapping_version = models.PositiveIntegerField(null=True, help_text="The version of the saved mapping that was used.")
    corrections = models.JSONField(default=dict, help_text="Texts by row number and column code, in place of what the file says.")
    replacements = models.JSONField(default=dict, help_text="Texts by column code and the text in the file, for all rows.")
    needs_check = models.BooleanField(default=False, help_text="Something was corrected since the last check.")
    job_id = models.BigIntegerField(null=True)
    apply_job_id = models.BigIntegerField(null=True, help_text="The job that took it in, once it is being taken back.")
    kept_file_id = models.BigIntegerField(null=True, help_text="The file of rows that could not be taken back.")
    undone_at = models.DateTimeField(_("taken back on"), null=True)

    row_count = models.IntegerField(_("rows"), default=0)
    good_count = models.IntegerField(_("good rows"), default=0)
    bad_count = models.IntegerField(_("rows to correct"), default=0)
    applied_count = models.IntegerField(_("rows taken in"), default=0)
    unchanged_count = models.IntegerField(_("rows that changed nothing"), default=0)
    undone_count = models.IntegerField(_("rows taken back"), default=0)
    kept_count = models.IntegerField(_("rows that could not be taken back"), default=0)
    change_counts = models.JSONField(default=list, help_text="Column, number of records and examples (who, before, after).")
    problem_counts = models.JSONField(default=list, help_text="Column, message and number of rows, most frequent first.")
    warning_counts = models.JSONField(default=list, help_text="The same for what people should look at.")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["import_kind", "sha256"], condition=~Q(state__in=["CANCELLED", "UNDOING", "UNDONE"]), name="batch_same_file_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["NEW", "CHECKING", "CHECKED", "APPLYING", "APPLIED", "UNDOING", "UNDONE", "CANCELLED"]),
                name="batch_known_state",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_title(self) -> str:
        """What it brings; the bare name when the module is off."""
        kind = import_kinds().get(self.import_kind)
        return str(kind.title) if kind else self.import_kind

    @property
    def source_file(self) -> Attachment:
        """The file as it was sent."""
        return files_of(self).first()  # type: ignore[no-any-return]

    @property
    def rejected_file(self) -> Attachment | None:
        """The rows that were not taken in, with their reasons, as of the last check."""
        if not self.bad_count:
            return None
        newest = files_of(self).filter(pk__gt=self.source_file.pk).exclude(pk=self.kept_file_id or 0).last()
        return newest  # type: ignore[no-any-return]

    @property
    def kept_file(self) -> Attachment | None:
        """The rows that could not be taken back, with the reasons."""
        return files_of(self).filter(pk=self.kept_file_id).first() if self.kept_count else None

    @property
    def job(self) -> Job | None:
        """The check or the taking in that ran last."""
        return Job.objects.filter(pk=self.job_id).first() if self.job_id else None

    @property
    def waiting_request(self) -> Request | None:
        """The request that waits for a second person, if any."""
        return Request.objects.filter(subject_kind=self.kind(), subject_id=self.pk, state=Request.State.PENDING).first()


class Correction(Record):
    """A text that somebody put in place of what the file says: in one row, or (``row`` blank) wherever it stands in a column."""

    area_path = "batch__area"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="corrected", verbose_name=_("import"))
    row = models.IntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=100)
    before = models.CharField(_("before"), max_length=400, blank=True)
    after = models.CharField(_("after"), max_length=400, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("on"), auto_now_add=True)
    undone = models.BooleanField(_("undone"), default=False)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class BatchRow(models.Model):
    """A row of an import as it was understood. It is made anew at each check; the file itself keeps what was written there."""

    class State(models.TextChoices):
        """What became of a row."""

        GOOD = "GOOD", _("good")
        BAD = "BAD", _("to correct")
        APPLIED = "APPLIED", _("taken in")
        UNCHANGED = "UNCHANGED", _("nothing to change")
        UNDONE = "UNDONE", _("taken back")
        KEPT = "KEPT", _("cannot be taken back")

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows", db_index=False)
    number = models.IntegerField(_("row"), help_text=_("As the spreadsheet program numbers it."))
    values = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="column, value, message (English source) and params.")
    state = models.CharField(_("status"), max_length=9, choices=State.choices)
    group_key = models.CharField(max_length=200)
    identity = models.CharField(max_length=200, blank=True)
    area_id = models.BigIntegerField(null=True)
    target_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "number"], name="batch_row_once")]
        indexes: ClassVar = [models.Index(fields=["batch", "group_key", "number"], name="batch_row_groups")]

    @property
    def problem_texts(self) -> list[dict[str, Any]]:
        """Column, value and reason of everything that is wrong, in the reader's language."""
        return [{**problem, "text": rendered(problem["message"], problem["params"])} for problem in self.problems]
