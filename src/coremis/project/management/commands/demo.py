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

INTERRUPTED = "Loading the demo was interrupted. Delete the folder {folder} and start again."
TRY = """Sign in as one of them, and change seats in the top bar. The home page says what to try; the two files lie in {folder}.
"""


class Command(BaseCommand):
    """Runs in the foreground until Ctrl-C; nothing leaves this machine."""

    help = "Load and start the demo on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="Port of the web server.")
        parser.add_argument("--households", type=int, default=20_000, help="How many households to load.")
        parser.add_argument("--load-only", action="store_true", help="Load the demo and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, then serve."""
        if settings.COREMIS_ENVIRONMENT != "demo":
            raise CommandError("This is not a demo installation. Set COREMIS_ENVIRONMENT=demo to make one.")
        done = Path(settings.DATA_DIR) / "loaded"
        try:
            call_command("migrate", verbosity=0)
            if is_loaded() and not done.exists():
                raise CommandError(INTERRUPTED.format(folder=settings.DATA_DIR))
            if not done.exists():
                self.load(options["households"], done)
            elif done.read_text() != str(options["households"]):
                self.say(f"Loaded earlier with {done.read_text()} households. Delete {settings.DATA_DIR} to load another number.")
        except KeyboardInterrupt:
            raise CommandError("\n" + INTERRUPTED.format(folder=settings.DATA_DIR)) from None
        if not options["load_only"]:
            self.serve(options["port"])

    def load(self, households: int, done: Path) -> None:
        """Load everything, and note how much it was."""
        started = time.monotonic()
        load(households, lambda words: self.say(f"{time.monotonic() - started:4.0f} s  {words}"))
        done.write_text(str(households))
        self.say(f"Loaded in {time.monotonic() - started:.0f} seconds.")

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
            + "Ctrl-C stops it.\n"
        )
