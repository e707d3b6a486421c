"""Workers on a database, let alone, killed at every chunk boundary, or killed from outside at moments chosen by chance."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from coremis.kernel.actions.models import Event
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import resume
from coremis.kernel.jobs.tests.ready import ask
from tests.proof.scratch import start

RANDOM_KILLS = 10


def compare(proof: Any) -> int:
    """The three copies, side by side; 1 where their digests differ."""
    say(f"{proof.rows} households made on {proof.vendor} in {proof.seconds:.0f} s")
    calm = proof.once("nobody is killed", undisturbed)
    chance = random.Random(proof.seed)
    bounded = proof.once("killed at every chunk boundary", at_every_boundary)
    by_chance = proof.once("killed at random moments", lambda job: at_random_moments(job, chance, proof.span))
    right = calm == bounded == by_chance
    say("All digests are equal." if right else "THE DIGESTS DIFFER.")
    return 0 if right else 1


def killed_again_and_again(sizes: dict[str, int], seed: int, media: Any, **more: Any) -> int:
    """Finish everything that waits by workers that are killed, in chunks of these sizes; how many were killed."""
    endings, problem = ask("tests.proof.killing", mode="forks", seed=seed, media=str(media), set=sizes, **more)
    assert 1 not in endings and 0 in endings, problem
    assert not Job.objects.exclude(state="DONE").exists(), list(Job.objects.values_list("kind", "state", "traceback"))
    return endings.count(-signal.SIGKILL)


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
    each = [chunk for chunk in range(max(1, job.transactions - 3)) for _time in range(3)]
    chunks = sorted(chance.sample(each, k=min(RANDOM_KILLS, len(each))))

    def kill(process: "subprocess.Popen[str]") -> None:
        if chunks and wait_for(lambda: taken_up(job) or process.poll() is not None):
            due, wait = chunks.pop(0), chance.uniform(0, span)
            wait_for(lambda: committed(job) >= due or finished(job))
            wait_for(lambda: committed(job) >= job.transactions - 2, wait)  # never so late that the work is over
            process.kill()

    return by_workers(job, lambda: ("coremis.project.cli", "worker"), kill)


def committed(job: Any) -> int:
    """How many transactions of the job are done."""
    return Event.objects.filter(job_id=job.pk).count()


def by_workers(job: Any, words: Callable[[], tuple[str, ...]], meanwhile: Callable[[Any], None]) -> int:
    """Start one worker after the other until the job is done; how many were killed by SIGKILL."""
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
