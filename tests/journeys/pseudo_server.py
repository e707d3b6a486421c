"""The web server of an installation that also speaks the made-up language of ``coremis.project.messages.pseudo``.

In a process of its own: ``python -m tests.journeys.pseudo_server --port 8001``; its catalogue lies in the data folder.
"""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request, as the real server has."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """No line for each request."""

    def log_message(self, *given: object) -> None:
        """Nothing."""


def main(port: int) -> None:
    """Serve until told to stop."""
    django.setup()
    from django.conf import settings

    from coremis.project.messages.pseudo import pseudo_language
    from coremis.project.wsgi import application

    with pseudo_language(Path(settings.DATA_DIR) / "pseudo"):
        make_server("127.0.0.1", port, application, Server, Silent).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[sys.argv.index("--port") + 1]))
