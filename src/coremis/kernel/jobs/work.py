"""What a step is given: the position, the progress and the report of the work in hand."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.messages import Sentence, message_key, plain_params


class Phase(StrEnum):
    """Which of a kind's functions is running."""

    BEGIN = "begin"
    STEP = "step"
    FINISH = "finish"
    ABANDON = "abandon"


class Level(TextChoices):
    """How loud a log line is."""

    INFO = "INFO", _("Note")
    WARNING = "WARNING", _("Warning")
    PROBLEM = "PROBLEM", _("Problem")


@dataclass(frozen=True)
class Line:
    """A log line that is saved together with the chunk that wrote it."""

    at: datetime
    level: Level
    message: str
    params: dict[str, Any]


@dataclass
class Work:
    """The work in hand. A step changes ``cursor`` (plain data), ``done``, ``total`` and ``report``; all are saved with its chunk."""

    job_id: int
    params: dict[str, Any]
    cursor: dict[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int | None = None
    report: dict[str, Any] = field(default_factory=dict)
    cause_id: int | None = None
    actor_id: int | None = None
    area_ids: tuple[int, ...] = ()
    phase: Phase = Phase.STEP
    lines: list[Line] = field(default_factory=list)

    def log(self, message: Sentence, /, level: Level = Level.INFO, **params: Any) -> None:
        """Write a sentence for people into the job's log: ``work.log(_("%(count)s rows skipped."), count=3)``."""
        self.lines.append(Line(timezone.now(), level, message_key(message), plain_params(params)))

    def settle(self) -> None:
        """Make cursor and report what they will be when read back, so that a resumed run sees the same as an undisturbed one."""
        self.cursor = json.loads(json.dumps(self.cursor))
        self.report = json.loads(json.dumps(self.report))
