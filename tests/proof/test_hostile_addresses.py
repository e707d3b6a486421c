"""Every address with what nobody types by chance behind it, and by every method: no fault, nobody else's row, nothing done.

The addresses are those of the URL conf, and the names those that the sources read, so that a new page is among them by itself.
"""

from itertools import count
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.screen import Screen
from coremis.kernel.screens.tables import order_of
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Household, Person
from tests.proof.addresses import MARK, addresses, parameters, questions, reads_its_address
from tests.proof.world import browser, build, furnish, row_counts

pytestmark = pytest.mark.django_db
# Reading leaves traces: that a sensitive page was opened or a figure taken home, and what was searched for.
TRACES = {"actions_event", "actions_change", "screens_savedsearch"}
OPEN = {"/account/login/", "/account/inactive/", "/administration/setup/"}


@pytest.fixture(scope="module")
def world(kept, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEDIA_ROOT", tmp_path_factory.mktemp("files"))
        found = build(households=6)
        furnish(found)
        clerk = make_user("clerk", *known_permissions(), area=found.country["Testland"])
        stranger = make_user("stranger", *known_permissions(), area=found.country["South"])
        theirs = {row.full_name for row in Person.objects.all()} | {row.number_text for row in Household.objects.all()}
        yield SimpleNamespace(clerk=clerk, stranger=stranger, north=found.country["North"], addresses=addresses(), theirs=theirs)


def changed(before):
    """The tables that hold more or fewer rows now, traces of reading aside."""
    return {table for table, rows in row_counts().items() if rows != before[table]} - TRACES


def wrong_with(answer):
    """What no answer may be: a fault, a way out of the product, or a page with a sign of its own from the address."""
    target = urlsplit(urljoin("http://testserver/", answer.get("Location", "/").replace("\\", "/")))
    if answer.status_code >= 500:
        return "a fault"
    if (target.scheme, target.netloc) != ("http", "testserver"):
        return f"leads to {answer['Location']}"
    return "is not escaped" if not answer.streaming and MARK.encode() in answer.content else ""


def test_it_works(world):
    """Repeated, endless, impossible and hostile values for every name that a page reads: no fault, no way out, nothing done."""
    before, wrong, turn, asked = row_counts(), [], count(), 0
    client = browser(world.clerk)
    client.raise_request_exception = False
    for address in (one for one in world.addresses if reads_its_address(one.page)):
        for question in questions(address, world.clerk, turn):
            asked += 1
            if told := wrong_with(client.get(f"{address.path}?{question}")):
                wrong.append(f"{address.path}?{question[:200]}: {told}")
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 200 and changed(before) == set(), "GET has done something"


def test_orders_that_are_not_offered(world):
    """A list is sorted by what its columns offer to this person, and by nothing else: an order tells what is masked."""
    wrong, lists = [], [one.page.table for one in world.addresses if isinstance(one.page, ListScreen)]
    for table in set(lists):
        offered = {column.name for column in table.columns_for(world.clerk) if column.sort is not None}
        fields = {field.name for field in table.model._meta.get_fields()} | {column.name for column in table.columns_for(world.clerk)}
        for name in (fields | {"pk", "-pk", "person__phone", "?", "", "sort_value"}) - offered:
            if name and order_of(table, world.clerk, f"-{name}") is not None:
                wrong.append(f"{table.__name__} by {name}")
    assert not wrong and len(lists) > 40


def test_nothing_of_other_places(world):
    """Somebody with every right, but in the South, where nobody lives, asks for the rows of the North by their ids."""
    client, wrong = browser(world.stranger), []
    question = "&".join(f"{name}={one}" for name in sorted(parameters() - {"q", "chosen", "sort"}) for one in (world.north.pk, 1))
    for address in (one for one in world.addresses if not one.of_one and reads_its_address(one.page)):
        answer = client.get(f"{address.path}?{question}", headers={"HX-Request": "true"})
        text = "" if answer.streaming else answer.content.decode("utf-8", "replace")
        if (shown := [mark for mark in world.theirs if mark in text]) and not address.path.startswith("/help/"):
            wrong.append(f"{address.path}: {shown[:3]}")
    assert not wrong, "\n".join(wrong)
    assert len(world.theirs) > 6


def test_other_methods(world):
    """Pages of the product answer three methods; nothing is done by another one where the sign-in library answers."""
    before, wrong, client = row_counts(), [], browser(world.clerk)
    for address in world.addresses:
        if isinstance(address.page, Screen) and set(address.page.methods) <= {"GET", "HEAD", "POST"}:
            continue
        for method in ("put", "patch", "delete", "options", "trace"):
            answer = getattr(client, method)(address.path)
            if answer.status_code >= 500:
                wrong.append(f"{method} {address.path}: {answer.status_code}")
    refused = client.put(reverse("screens:home"))
    assert not wrong and refused.status_code == 405 and changed(before) == set()


def test_strangers(world):
    """Without a session every address leads to the sign-in page or nowhere, by GET and by POST; nothing is done."""
    before, client, wrong = row_counts(), Client(), []
    for address in world.addresses:
        for answer in (
            client.get(address.path),
            client.post(address.path, {"key": "k", "step": "confirm", "do": "export", "format": "csv"}),
        ):
            if answer.status_code not in (301, 302, 303, 403, 404, 405) and address.path not in OPEN:
                wrong.append(f"{address.path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert changed(before) == set()
