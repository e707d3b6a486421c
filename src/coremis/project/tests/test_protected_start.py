"""What would open an installation with people's data to anybody stops the start, or is said at it."""

import pytest

from coremis.project.management.commands import serve
from coremis.project.tests.test_seat_switch import start


def test_it_works(tmp_path):
    """Pages for programmers hold settings and rows."""
    done = start(tmp_path, "import django; django.setup()", COREMIS_ENVIRONMENT="production", COREMIS_DEBUG="yes")
    assert done.returncode != 0 and "Take it out of this installation" in done.stderr


def test_programmers_may_use_them(tmp_path):
    done = start(tmp_path, "import django; django.setup()", COREMIS_ENVIRONMENT="training", COREMIS_DEBUG="yes")
    assert done.returncode == 0, done.stderr[-500:]


@pytest.mark.parametrize(
    ("environment", "https", "told"), [("production", False, True), ("production", True, False), ("demo", False, False)]
)
def test_a_line_without_https_is_said(settings, monkeypatch, capsys, environment, https, told):
    settings.COREMIS_ENVIRONMENT, settings.COREMIS_HTTPS = environment, https
    monkeypatch.setattr(serve.Command, "check", lambda *_given, **_more: None)
    monkeypatch.setattr(serve.Granian, "serve", lambda _server: None)
    serve.Command().handle(host="127.0.0.1", port=8000, workers=1)
    assert ("travel readable" in capsys.readouterr().err) is told
