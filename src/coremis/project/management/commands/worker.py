"""``coremis worker``: does the long work."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from coremis.kernel.jobs.worker import run_worker


class Command(BaseCommand):
    """Work off what is due until told to stop; what is begun is finished to the end of its chunk."""

    help = "Do the long work: imports, payrolls, exports, sealing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the database's safeguards, then work."""
        self.check(databases=["default"])
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_given: stop.set())
        run_worker(stop)
