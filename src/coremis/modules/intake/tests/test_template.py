"""The empty table to fill in."""

import io

import pytest
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from coremis.kernel.exchange.mapping import guess_mapping
from coremis.kernel.testing.cast import make_user
from coremis.modules.intake.imports import PERSONS
from coremis.modules.registry.tests.factories import make_variable

pytestmark = pytest.mark.django_db


def test_it_works(country, client):
    """It holds every column of today, each is recognised when the file comes back, and the second sheet says what may stand there."""
    make_variable("rooms")
    client.force_login(make_user("data", "exchange.create_batch", area=country["North"]))
    answer = client.get(reverse("intake:template"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    titles = [str(title) for title in book.get_sheet_by_index(0).to_python()[0]]
    columns = PERSONS.all_columns()
    assert len(titles) == len(columns) and "Rooms" in titles
    assert set(guess_mapping(columns.values(), titles)) == set(columns)
    assert any("female" in str(row) for row in book.get_sheet_by_index(1).to_python())


def test_in_the_readers_language(country):
    """What a French officer takes home, a French page recognises."""
    with translation.override("fr"):
        columns = PERSONS.all_columns()
        assert set(guess_mapping(columns.values(), [str(column.title) for column in columns.values()])) == set(columns)


def test_not_without_the_right(country, client):
    client.force_login(make_user("nobody", area=country["North"]))
    assert client.get(reverse("intake:template")).status_code == 403
