"""A country in which the whole thread has run once, small: one row of nearly every kind, all of them in the North."""

import re
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_user
from tests.proof.whole_thread import Thread

# Signing in and looking at pages writes here; it is no business.
OF_THE_FRAME = {"django_session", "sqlite_sequence", "django_content_type", "django_migrations"}


def build(households: int = 12) -> Any:
    """The country by name, three people with every right in all of it, and the thread that ran."""
    country = build_country()
    people = [make_user(name, *known_permissions(), area=country["Testland"]) for name in ("maker", "sender", "accountant")]
    thread = Thread(country["North"], people, run_until_idle, households)
    thread.run()
    assert not Job.objects.exclude(state="DONE").exists()
    return SimpleNamespace(country=country, people=people, thread=thread)


def row_counts() -> dict[str, int]:
    """How many rows each table holds."""
    with connection.cursor() as cursor:
        found = {}
        for table in sorted({model._meta.db_table for model in apps.get_models()} - OF_THE_FRAME):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def browser(person: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person, backend="coremis.kernel.access.backends.AssignmentBackend")
    return client


def hidden(page: Any, name: str) -> str:
    """A hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def sent(client: Client, url: str, **values: Any) -> dict[str, Any]:
    """What a form sends when it is opened, filled in, looked at and confirmed."""
    page = client.get(url)
    assert page.status_code == 200, (page.status_code, url)
    data = {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", **values}
    look = client.post(url, {**data, "step": "preview"}) if b'value="preview"' in page.content else page
    return {**data, "seen": hidden(look, "seen")}


def said(page: Any) -> str:
    """The words of the page's main part, without the frame."""
    text = re.sub(r"(?s).*?<main[^>]*>|</main>.*", "", page.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", text)).strip()
