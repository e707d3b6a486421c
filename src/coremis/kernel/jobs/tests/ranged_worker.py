"""Starts real workers and lets them be killed at every chunk boundary and in the middle of every chunk (see ready.py).

It prints how each worker ended (0, or -9 for SIGKILL).
"""

import json

from django.conf import settings

from coremis.kernel.jobs import ranges, worker
from coremis.kernel.jobs.tests.killed_worker import ending, fork, work_until_killed


def main(task):
    settings.MEDIA_ROOT = task["media"]
    ranges.CHUNK = task["chunk"]
    endings = []
    while 0 not in endings and 1 not in endings and len(endings) < 80:
        place = ("mid-chunk", "boundary")[len(endings) % 2]
        # A chunk is worked before the range advances and committed after.
        endings.append(ending(fork(work_until_killed, worker, place, ranges, "advance")))
    print(json.dumps(endings))
