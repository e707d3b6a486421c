"""A process in which Django is loaded already, for tests that need many processes: ``python -m coremis.kernel.jobs.tests.ready``.

Each line it reads names a module and a task. A fork of it, which knows nothing of the test, runs ``module.main(task)``; what that
prints last is the answer. Loading Django takes longer than most of these tasks.
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from importlib import import_module
from threading import Timer

import django
from django.db import connection

URL = "COREMIS_DATABASE_URL"
END = "end of the task:"


@cache
def started():
    """One such process for all tests of a run, of their kind of database; it ends with them, when nothing more can be read."""
    where = os.environ.get("COREMIS_TEST_DATABASE_URL", "")
    command = [sys.executable, "-m", __name__]
    errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
    environment = {**os.environ, **({URL: where} if where else {})}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors}
    return subprocess.Popen(command, env=environment, text=True, bufsize=1, **pipes), errors


def ask(module, seconds=200, **task):
    """Run ``module.main(task)`` in a process of its own on the database in use; what it printed last, and what went wrong."""
    held = connection.settings_dict
    database = {name: held[name] for name in ("USER", "PASSWORD", "HOST", "PORT")} | {"NAME": str(held["NAME"])}
    connection.close()
    process, errors = started()
    errors.seek(0), errors.truncate()
    too_long = Timer(seconds, process.kill)
    too_long.start()
    process.stdin.write(json.dumps([module, {**task, "database": database}]) + "\n")
    told, line = [], ""
    for line in process.stdout:
        if line.startswith(END):
            break
        told.append(line)
    else:
        started.cache_clear()  # it was killed: the next test gets a new one
    too_long.cancel()
    errors.seek(0)
    problem = errors.read()
    assert line.split() == [*END.split(), "0"], problem or f"killed after {seconds} seconds"
    return json.loads(told[-1]), problem


def run(module, task):
    """In the fork: the task, on its database."""
    connection.settings_dict.update(task.pop("database"))
    import_module(module).main(task)


def main():
    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                run(*json.loads(line))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{END} {code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
