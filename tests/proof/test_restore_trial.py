"""``coremis restore --trial``: the newest backup is restored beside the installation, proved, and thrown away; the result stays."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.seals import seal_events
from coremis.kernel.testing.cast import build_country
from coremis.modules.administration.cards import backup_words, restore_words
from coremis.modules.administration.services import note_restore
from coremis.project.backup.manifest import backups_in
from tests.proof.scratch import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)


def coremis(*words):
    """A command as the administrator types it: exit code, and what it printed."""
    connection.close()
    mine = {
        "COREMIS_DATA_KEY": settings.COREMIS_DATA_KEY,
        "COREMIS_SECRET_KEY": settings.SECRET_KEY,
        "COREMIS_DATA_DIR": str(settings.DATA_DIR),
    }
    command = [sys.executable, "-m", "coremis.project.cli", *map(str, words)]
    done = subprocess.run(command, env={**environment(), **mine}, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    return done.returncode, done.stdout + done.stderr


def databases():
    if connection.vendor == "sqlite":
        return sorted(path.name for path in settings.DATA_DIR.glob("trial-*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return [name for (name,) in cursor.fetchall() if name.startswith(f"{connection.settings_dict['NAME']}_trial_")]


def test_it_works(tmp_path, settings):
    """Backup and trial by the commands; then one that was cut off: the trial says so, and the home page of the administrator, too."""
    settings.DATA_DIR, backups = tmp_path / "data", tmp_path / "backups"
    build_country()
    while seal_events():
        pass
    assert backup_words().startswith("none recorded") and restore_words().startswith("none recorded")
    assert coremis("backup", backups)[0] == 0
    code, said = coremis("restore", backups, "--trial")
    assert code == 0 and "The trial held." in said and "Prove the history: nothing found" in said, said
    assert "is whole" in restore_words() and re.search(r"\d, [\d.]+\s[KM]B$", backup_words())
    (folder,) = backups_in(backups)
    (dump,) = folder.glob("database.*")
    os.truncate(dump, dump.stat().st_size - 100)
    code, said = coremis("restore", folder, "--trial")
    assert code == 1 and "cut off or changed" in said and "cannot be restored" in said, said
    assert "failed: the backup of" in restore_words()
    noted = Change.objects.filter(kind=Change.INPUTS, event__in=Event.objects.filter(action=note_restore.name)).order_by("pk")
    assert [row.before["passed"] for row in noted] == [True, False] and databases() == []
