"""What cannot be shown or done ends in a page that says what to do next."""

import errno

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.test import RequestFactory

from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces, Refusal, Stale
from coremis.kernel.screens import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    request = RequestFactory().get("/somewhere/")
    request.user, request.session = AnonymousUser(), {}
    return request


def test_it_works(asked):
    response = errors.not_found(asked)
    assert response.status_code == 404
    assert b"outside your places" in response.content


def test_a_fault_carries_a_number_that_stands_in_the_log(asked, caplog):
    response = errors.broken(asked)
    assert response.status_code == 500
    assert caplog.records[0].args[0].encode() in response.content


def test_a_full_disk_is_told_as_such(asked, caplog):
    """Wherever it was noticed: what was asked for was not done, and somebody has to make room."""
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as cause:
            raise ValueError("The file could not be kept.") from cause
    except ValueError:
        response = errors.broken(asked)
    assert response.status_code == 507
    assert b"disk of the server is full" in response.content and caplog.records[0].args[0].encode() in response.content


def test_an_unknown_name_of_the_server_is_told_as_such(asked):
    response = errors.unreadable(asked, DisallowedHost("Invalid HTTP_HOST header"))
    assert response.status_code == 400 and b"server does not answer" in response.content
    assert b"cannot be read" in errors.unreadable(asked).content


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(NotPermitted("No."), 403), (OutsidePlaces("No."), 404), (Stale("Changed."), 409), (Refusal("Closed."), 409)],
)
def test_a_refusal_that_no_page_caught_is_a_page(asked, refusal, status):
    response = errors.RefusalMiddleware(lambda request: None).process_exception(asked, refusal)
    assert response.status_code == status


def test_other_errors_are_left_alone(asked):
    assert errors.RefusalMiddleware(lambda request: None).process_exception(asked, ValueError()) is None
