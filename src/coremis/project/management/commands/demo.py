"""``coremis demo``: Sanzira on this machine: loads it once, starts web server and worker, says what to try."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coremis.project.demo.load import is_loaded, load
from coremis.project.demo.seats import ADMINISTRATORS, PASSWORD, PEOPLE

TRY = """Five things to try
  1  As approver: open “My work”, look at the payroll that waits, and approve it. Then try it as payments, who asked for it.
  2  As data: import {folder}/file-with-faults.csv, look at each fault, correct the file and import it again.
  3  As commune: search “esperance” without the accent, open her household, and read its history.
  4  As payments: open the closed payroll and see why every franc is explained. As guest: see nothing at all.
  5  As auditor: open the history. On the command line: coremis audit verify
"""


class Command(BaseCommand):
    """Runs in the foreground until Ctrl-C; nothing leaves this machine."""

    help = "Load and start the demo on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="Port of the web server.")
        parser.add_argument("--households", type=int, default=600, help="How many households to load.")
        parser.add_argument("--load-only", action="store_true", help="Load the demo and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, then serve."""
        if settings.COREMIS_ENVIRONMENT != "demo":
            raise CommandError("This is not a demo installation. Set COREMIS_ENVIRONMENT=demo to make one.")
        started, done = time.monotonic(), Path(settings.DATA_DIR) / "loaded"
        call_command("migrate", verbosity=0)
        if is_loaded() and not done.exists():
            raise CommandError(f"Loading the demo was interrupted. Delete the folder {settings.DATA_DIR} and start again.")
        if not done.exists():
            load(options["households"], self.say)
            done.touch()
            self.say(f"Loaded in {time.monotonic() - started:.0f} seconds.")
        if not options["load_only"]:
            self.serve(options["port"])

    def serve(self, port: int) -> None:
        """Start both processes, print the address, and stop both cleanly."""
        commands = [["serve", "--port", str(port)], ["worker"]]
        running = [subprocess.Popen([sys.executable, "-m", "coremis.project.cli", *command], env=os.environ) for command in commands]
        signal.signal(signal.SIGTERM, lambda *_given: (_ for _ in ()).throw(KeyboardInterrupt()))
        self.say(self.greeting(port))
        try:
            while all(process.poll() is None for process in running):
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping ...")
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(timeout=30)

    def say(self, text: str) -> None:
        """Print at once, also where the output is a file."""
        self.stdout.write(text)
        self.stdout.flush()

    def greeting(self, port: int) -> str:
        """The address, the seats, and what to try."""
        seats = [f"  {name:<11} {text}" for name, (text, _profile) in PEOPLE.items()] + [
            f"  {name:<11} {text}" for name, text in ADMINISTRATORS.items()
        ]
        return (
            f"\nCORE-MIS demo (Sanzira): http://127.0.0.1:{port}/\n\n"
            f"Seats, all with the password {PASSWORD}\n"
            + "\n".join(seats)
            + "\n\n"
            + TRY.format(folder=settings.DATA_DIR)
            + "\nCtrl-C stops it.\n"
        )
