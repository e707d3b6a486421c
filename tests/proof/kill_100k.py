"""100,000 households suspended by one set-based action and brought back, the worker killed with SIGKILL again and again.

    COREMIS_DATABASE_URL=postgresql:///any python -m tests.proof.kill_100k --rows 100000

Makes a scratch database beside the configured one, and throws it away. In one copy of it nobody is killed; in a second one
``coremis worker`` dies at every chunk boundary; in a third one it is killed from outside at ten random moments of the suspension and
ten of the undoing. The digest of all business tables must be the same in all three; after the undoing, the beneficiaries must be
what they were before. The last line says so, and the exit code is 1 where anything differs.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings

RANDOM_KILLS = 10


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    django.setup()
    from django.db import connection

    from tests.proof.suspension import Proof

    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "scratch.sqlite3")
        settings.CACHES["default"]["BACKEND"] = "django.core.cache.backends.locmem.LocMemCache"
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            return run(Proof(options.rows, options.seed))
        finally:
            connection.close()
            connection.creation.destroy_test_db(name, verbosity=0)


def run(proof: Any) -> int:
    """The three copies, side by side."""
    say(f"{proof.rows} households made on {proof.vendor} in {proof.seconds:.0f} s")
    calm = proof.once("nobody is killed", undisturbed)
    chance = random.Random(proof.seed)
    bounded = proof.once("killed at every chunk boundary", at_every_boundary)
    by_chance = proof.once("killed at random moments", lambda job: at_random_moments(job, chance, proof.span))
    right = calm == bounded == by_chance
    say("All digests are equal." if right else "THE DIGESTS DIFFER.")
    return 0 if right else 1


def undisturbed(job: Any) -> int:
    """One worker from beginning to end; stopped as an operator stops it."""
    return by_workers(job, lambda: ("coremis.project.cli", "worker"), lambda process: None)


def at_every_boundary(job: Any) -> int:
    """Each worker commits one chunk and dies."""
    task = json.dumps({"mode": "boundary"})
    return by_workers(job, lambda: ("tests.proof.killing", task), lambda process: None)


def at_random_moments(job: Any, chance: random.Random, span: float) -> int:
    """Ten workers are killed from outside, each at a moment of its own within a chunk chosen by chance; then one may finish.

    No more than three in the same chunk: work that is interrupted six times without any progress is given up.
    """
    each = [chunk for chunk in range(max(1, job.transactions - 2)) for _time in range(3)]
    chunks = sorted(chance.sample(each, k=min(RANDOM_KILLS, len(each))))

    def kill(process: "subprocess.Popen[str]") -> None:
        if chunks and wait_for(lambda: taken_up(job) or process.poll() is not None):
            due = chunks.pop(0)
            wait_for(lambda: committed(job) >= due or finished(job))
            time.sleep(chance.uniform(0, span))
            process.kill()

    return by_workers(job, lambda: ("coremis.project.cli", "worker"), kill)


def committed(job: Any) -> int:
    """How many transactions of the job are done."""
    from coremis.kernel.actions.models import Event

    return Event.objects.filter(job_id=job.pk).count()


def by_workers(job: Any, words: Callable[[], tuple[str, ...]], meanwhile: Callable[[Any], None]) -> int:
    """Start one worker after the other until the job is done; how many were killed by SIGKILL."""
    from coremis.kernel.jobs.queue import resume
    from tests.proof.scratch import start

    deaths = 0
    while not finished(job):
        process = start(*words())
        meanwhile(process)
        wait_for(lambda process=process: finished(job) or process.poll() is not None)
        if process.poll() is None and not dies_itself(process, words()):
            process.terminate()
        _out, problem = process.communicate(timeout=60)
        if process.returncode not in (0, -signal.SIGKILL):
            raise SystemExit(problem)
        deaths += process.returncode == -signal.SIGKILL
        resume(job)
    return deaths


def dies_itself(process: "subprocess.Popen[str]", words: tuple[str, ...]) -> bool:
    """A worker that kills itself after its chunk does so a moment after the job is done."""
    return words[0] == "tests.proof.killing" and wait_for(lambda: process.poll() is not None, 5)


def finished(job: Any) -> bool:
    job.refresh_from_db()
    if job.state == "FAILED":
        raise SystemExit(job.traceback or job.problem)
    return bool(job.finished)


def taken_up(job: Any) -> bool:
    """Whether a worker holds the job now."""
    job.refresh_from_db()
    return job.lease_until is not None or job.finished


def wait_for(condition: Callable[[], bool], seconds: float = 600) -> bool:
    ends = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < ends:
        time.sleep(0.01)
    return held


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
