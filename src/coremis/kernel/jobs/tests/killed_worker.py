"""Starts real workers and lets them be killed (see ready.py).

It prints how each worker ended (0, or -9 for SIGKILL). The workers are forks, so that Django is loaded once.
"""

import json
import os
import signal
import time
import traceback
from datetime import timedelta

from coremis.kernel.jobs import worker
from coremis.kernel.jobs.tests import sample_kinds

SHORT_LEASE = timedelta(seconds=0.1)


def kill_myself(*_ignored):
    os.kill(os.getpid(), signal.SIGKILL)


def work_until_killed(worker, place, holder, mid_chunk):
    """Run what is due; die where ``holder`` calls its ``mid_chunk`` (a name), or after the first committed chunk."""
    if place == "mid-chunk":
        setattr(holder, mid_chunk, kill_myself)
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


def ending(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(task):
    if task["mode"] == "race":
        endings = [ending(child) for child in [fork(worker.run_until_idle) for _number in range(3)]]
    else:
        endings = []
        while 0 not in endings and 1 not in endings and len(endings) < 60:
            place = ("mid-chunk", "boundary")[len(endings) % 2]
            endings.append(ending(fork(work_until_killed, worker, place, sample_kinds, "mid_chunk")))
    print(json.dumps(endings))
