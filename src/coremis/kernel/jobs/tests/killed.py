"""Long work under fire: workers of their own that are killed at every chunk boundary and in the middle of every chunk."""

from django.conf import settings

from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.tests.ready import ask


def run_killed(row, size=3):
    """Let workers run in processes of their own, each killed at its first chunk; then read the row again."""
    endings, problem = ask("coremis.kernel.jobs.tests.ranged_worker", chunk=size, media=str(settings.MEDIA_ROOT))
    assert 1 not in endings and endings.count(-9) >= 3, (endings, problem, list(Job.objects.values_list("traceback", flat=True)))
    assert not Job.objects.exclude(state="DONE").exists()
    row.refresh_from_db()
    return row
