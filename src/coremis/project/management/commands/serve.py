"""``coremis serve``: the web server."""

import os
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from granian import Granian
from granian.constants import Interfaces

from coremis.kernel.base.refusal import Refusal

UNPROTECTED = "COREMIS_HTTPS is off: passwords and people's data travel readable. Put a proxy with https in front; see docs/admin/proxy.md."


class Command(BaseCommand):
    """Start the web server; stop it with Ctrl-C or a termination signal."""

    help = "Start the web server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on.")
        parser.add_argument("--workers", type=int, default=2, help="Number of processes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the database's safeguards, then serve; a process that dies is replaced while the others go on."""
        self.check(databases=["default"])
        require_free(options["host"], options["port"])
        if settings.COREMIS_ENVIRONMENT == "production" and not settings.COREMIS_HTTPS:
            self.stderr.write(UNPROTECTED)
        Granian(
            "coremis.project.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=max(2, os.cpu_count() or 2),
            log_access=False,
            websockets=False,
            respawn_failed_workers=True,
        ).serve()


def require_free(host: str, port: int) -> None:
    """Refuse a port on which somebody listens: the server shares it among its processes, so two installations would share it silently."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except (OSError, OverflowError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            raise Refusal(f"Nothing can listen on {host}, port {port}: {reason}. Give this installation a port of its own.") from None
