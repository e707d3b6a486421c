"""Long work under fire: workers of their own that are killed at every chunk boundary and in the middle of every chunk."""

import json
import subprocess
import sys

from django.conf import settings
from django.db import connection

from coremis.kernel.jobs.models import Job


def run_killed(row, size=3):
    """Let workers run in processes of their own, each killed at its first chunk; then read the row again."""
    here = connection.settings_dict
    database = {name: here[name] for name in ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} | {"NAME": str(here["NAME"])}
    task = {"database": database, "chunk": size, "media": str(settings.MEDIA_ROOT)}
    command = [sys.executable, "-m", "coremis.kernel.jobs.tests.ranged_worker", json.dumps(task)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    endings = json.loads(done.stdout.splitlines()[-1])
    assert 1 not in endings and endings.count(-9) >= 3, (endings, done.stderr, list(Job.objects.values_list("traceback", flat=True)))
    assert not Job.objects.exclude(state="DONE").exists()
    row.refresh_from_db()
    return row
