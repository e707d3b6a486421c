"""A process that starts real workers and lets them be killed at every chunk boundary and in the middle of every chunk:
``python -m ...ranged_worker '{"database": ..., "chunk": 3}'``. It prints how each worker ended (0, or -9 for SIGKILL).
"""

import json
import sys

import django
from django.conf import settings

from coremis.kernel.jobs.tests.killed_worker import ending, fork, work_until_killed


def main(task):
    settings.DATABASES["default"].update(task["database"])
    settings.MEDIA_ROOT = task["media"]
    django.setup()
    from coremis.kernel.jobs import ranges, worker

    ranges.CHUNK = task["chunk"]
    endings = []
    while 0 not in endings and 1 not in endings and len(endings) < 80:
        place = ("mid-chunk", "boundary")[len(endings) % 2]
        # A chunk is worked before the range advances and committed after.
        endings.append(ending(fork(work_until_killed, worker, place, ranges, "advance")))
    print(json.dumps(endings))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
