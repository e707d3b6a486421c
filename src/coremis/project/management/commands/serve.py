"""``coremis serve``: the web server."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from granian import Granian
from granian.constants import Interfaces


class Command(BaseCommand):
    """Start the web server; stop it with Ctrl-C or a termination signal."""

    help = "Start the web server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on.")
        parser.add_argument("--workers", type=int, default=2, help="Number of processes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the database's safeguards, then serve."""
        self.check(databases=["default"])
        Granian(
            "coremis.project.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=max(2, os.cpu_count() or 2),
            log_access=False,
            websockets=False,
        ).serve()
