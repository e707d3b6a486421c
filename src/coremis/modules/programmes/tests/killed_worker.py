"""Workers that are killed (see kernel/jobs/tests/ready.py).

Every worker is a fork. By turns it dies at the boundary after its first committed chunk, and at a statement chosen by chance
in the middle of one. It prints how each of them ended: -9 for SIGKILL, and at last 0.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from datetime import timedelta
from importlib import import_module

from django.db import connection

SHORT_LEASE = timedelta(seconds=0.05)
MOST_STATEMENTS = 24  # those of two chunks with their jobs


def die(*_anything):
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(statement):
    """A wrapper that kills at the n-th statement from now."""
    left = [statement]

    def count(execute, sql, params, many, context):
        left[0] -= 1
        return die() if left[0] == 0 else execute(sql, params, many, context)

    return count


def work(statement, chunk):
    """Run what is due; die at this statement, or at the next boundary where it is 0."""
    worker = import_module("coremis.kernel.jobs.worker")
    import_module("coremis.modules.programmes.services.places").CHUNK = chunk
    import_module("coremis.kernel.jobs.ranges").CHUNK = chunk
    if statement:
        connection.ensure_connection()
        connection.execute_wrappers.append(die_at(statement))
    else:
        worker.after_chunk = die
    while worker.Job.objects.filter(state__in=("WAITING", "RUNNING", "CANCELLING")).exists():
        if not worker.run_next(lease=SHORT_LEASE):
            time.sleep(0.02)


def fork(*arguments):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*arguments)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(task):
    chance, endings = random.Random(task["seed"]), []
    while 0 not in endings and 1 not in endings and len(endings) < 200:
        at_boundary = len(endings) % 2 == 0
        endings.append(fork(0 if at_boundary else chance.randint(4, MOST_STATEMENTS), task["chunk"]))
    sys.stdout.write(json.dumps(endings) + "\n")
