"""A process that starts real workers and lets them be killed at every chunk boundary and in the middle of every chunk:
``python -m ...ranged_worker '{"database": ..., "chunk": 3}'``. It prints how each worker ended (0, or -9 for SIGKILL).
"""

import json
import os
import signal
import sys
import time
import traceback
from datetime import timedelta

import django
from django.conf import settings

SHORT_LEASE = timedelta(seconds=0.1)


def kill_myself(*_ignored):
    os.kill(os.getpid(), signal.SIGKILL)


def work_until_killed(worker, ranges, place):
    """Run what is due; die after a chunk was worked but before it is committed, or after the first committed chunk."""
    if place == "mid-chunk":
        ranges.advance = kill_myself
    elif place == "boundary":
        worker.after_chunk = kill_myself
    while worker.Job.objects.filter(state__in=("WAITING", "RUNNING", "CANCELLING")).exists():
        if not worker.run_next(lease=SHORT_LEASE):
            time.sleep(0.02)


def fork(run, *arguments):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            run(*arguments)
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def main(task):
    settings.DATABASES["default"].update(task["database"])
    settings.MEDIA_ROOT = task["media"]
    django.setup()
    from coremis.kernel.jobs import ranges, worker

    ranges.CHUNK = task["chunk"]
    endings = []
    while 0 not in endings and 1 not in endings and len(endings) < 80:
        place = ("mid-chunk", "boundary")[len(endings) % 2]
        child = fork(work_until_killed, worker, ranges, place)
        endings.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print(json.dumps(endings))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
