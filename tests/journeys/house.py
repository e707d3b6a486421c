"""An installation that runs: its own folder and database, web server and worker on the loopback address."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.template import sqlite_template

ROOT = Path(__file__).resolve().parents[2]
COREMIS = ("-m", "coremis.project.cli")
PREPARE = ("-m", "tests.journeys.prepare")
SCENARIOS = ("-m", "tests.journeys.prepare_scenarios")
PAYDAY = ("-m", "tests.journeys.prepare_list")
PSEUDO = ("-m", "tests.journeys.pseudo_server")


@dataclass(frozen=True)
class House:
    """Where it answers, and where its files lie."""

    url: str
    folder: Path

    def row(self, question: str) -> Any:
        """The first row that its database answers."""
        with sqlite3.connect(self.folder / "coremis.sqlite3") as database:
            return database.execute(question).fetchone()


def variables(folder: Path) -> dict[str, str]:
    """The environment of its processes: nothing of the tests' own databases."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COREMIS_") and name != "DJANGO_SETTINGS_MODULE"}
    own = {"COREMIS_DATA_DIR": str(folder), "COREMIS_ENVIRONMENT": "demo", "DJANGO_SETTINGS_MODULE": "coremis.project.settings"}
    return kept | own | {"PYTHONUTF8": "1"}


def run(folder: Path, *command: str) -> None:
    """Run one command to its end; what it said is the failure's text."""
    ready, database = sqlite_template(), folder / "coremis.sqlite3"
    if ready.exists() and not database.exists():  # migrated by an earlier test run: migrating again finds nothing to do
        shutil.copyfile(ready, database)
    done = subprocess.run([sys.executable, *command], env=variables(folder), cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


@contextmanager
def serving(folder: Path, *, worker: bool = True, server: tuple[str, ...] = (*COREMIS, "serve", "--workers", "1")) -> Iterator[House]:
    """The installation of this folder, until the block ends; both processes are stopped by their own ids."""
    port = free_port()
    commands = [(*server, "--port", str(port)), *([(*COREMIS, "worker")] if worker else [])]
    running = [start(folder, command) for command in commands]
    try:
        wait_for(f"http://127.0.0.1:{port}/account/login/", running)
        yield House(f"http://127.0.0.1:{port}", folder)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def start(folder: Path, command: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    """One process; what it writes is kept beside the data."""
    with (folder / f"{command[2]}.log").open("ab") as log:
        return subprocess.Popen([sys.executable, *command], env=variables(folder), cwd=ROOT, stdout=log, stderr=log)


def wait_for(address: str, running: list["subprocess.Popen[bytes]"]) -> None:
    """Return as soon as the address answers; a machine that does much else takes its time."""
    for _attempt in range(1200):
        assert all(process.poll() is None for process in running), "A process of the installation has ended. Read its .log file."
        try:
            urlopen(address, timeout=5).close()
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer in two minutes.")


def free_port() -> int:
    """A port of the loopback address that nobody uses at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
