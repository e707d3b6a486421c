"""Two submissions of the assistant at the same moment set the country up once."""

import threading

import pytest
from django.db import connection
from django.test import Client

from coremis.kernel.access.models import User
from coremis.kernel.areas.models import Area
from coremis.modules.administration.tests.house import SETUP, typed


@pytest.mark.parametrize("other", [{}, {"country": "Elsewhere", "code": "EL", "username1": "eve"}])
@pytest.mark.django_db(transaction=True)
def test_it_works(other):
    """pitfall M4: the same click twice, and two people at once."""
    start, answers = threading.Barrier(2), []

    def submit(changes):
        start.wait(10)
        try:
            answers.append(Client().post(SETUP, typed(**changes)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=(changes,)) for changes in ({}, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [302, 302]
    assert User.objects.count() == 2 and Area.objects.filter(parent=None).count() == 1
