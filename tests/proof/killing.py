"""Workers that are killed with SIGKILL: ``python -m tests.proof.killing '{"mode": "forks", "seed": 1, "set": {}}'``.

``forks``: one worker after the other is forked; by turns it dies at the boundary after its first committed chunk, and at a statement
chosen by chance among the first ones (``statements`` says how many). It prints how each ended: -9 for SIGKILL, 0 for the one that found nothing more to do.
``boundary``: the command ``coremis worker`` itself, which dies at the boundary after its first committed chunk.
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
from typing import Any

import django
from django.conf import settings

SHORT_LEASE = timedelta(seconds=0.05)
MOST_STATEMENTS = 24  # those of two chunks with their jobs


def die(*_anything: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(statement: int) -> Any:
    """A wrapper that kills at the n-th statement from now."""
    left = [statement]

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        left[0] -= 1
        return die() if left[0] == 0 else execute(sql, params, many, context)

    return count


def work(worker: Any, connection: Any, statement: int) -> None:
    """Run what is due; die at this statement, or at the next boundary where it is 0."""
    if statement:
        connection.ensure_connection()
        connection.execute_wrappers.append(die_at(statement))
    else:
        worker.after_chunk = die
    while worker.Job.objects.filter(state__in=("WAITING", "RUNNING", "CANCELLING")).exists():
        if not worker.run_next(lease=SHORT_LEASE):
            time.sleep(0.02)


def fork(*arguments: Any) -> int:
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


def main(task: dict[str, Any]) -> None:
    django.setup()
    if "media" in task:
        settings.MEDIA_ROOT = task["media"]
    from django.core.management import call_command
    from django.db import connection

    from coremis.kernel.jobs import worker

    for name, value in task.get("set", {}).items():
        module, constant = name.rsplit(".", 1)
        setattr(import_module(module), constant, value)
    if task["mode"] == "boundary":
        worker.after_chunk = die
        call_command("worker")
    chance, endings = random.Random(task["seed"]), []
    while task["mode"] == "forks" and 0 not in endings and 1 not in endings and len(endings) < 300:
        endings.append(fork(worker, connection, 0 if len(endings) % 2 == 0 else chance.randint(4, task.get("statements", MOST_STATEMENTS))))
    sys.stdout.write(json.dumps(endings) + "\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
