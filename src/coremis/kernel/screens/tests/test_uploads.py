"""What is too much for one request is refused by its announced length, before any of it lies on the disk."""

import io

import pytest
from django.test import Client

from coremis.kernel.access.tests.signing_in import sign_in
from coremis.kernel.testing.cast import make_user

pytestmark = pytest.mark.django_db
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


def send(client, megabytes):
    """Announce so much, and send a little: the answer, how much of it was read, and the page."""
    line = io.BytesIO(HEAD + b"a,b\r\n--b--\r\n")
    about = {"wsgi.input": line, "CONTENT_LENGTH": str(megabytes << 20), "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    answer = client.generic("POST", "/language/", **about)
    return answer.status_code, line.tell(), answer.content.decode()


@pytest.fixture
def ada(country):
    return make_user("ada", area=country["North"])


def test_it_works(ada, settings):
    """A stranger sends no files; who is signed in is told how much one may be."""
    status, read, _page = send(Client(), 6)
    assert (status, read) == (400, 0)
    client, _answer = sign_in()
    status, read, page = send(client, 2 * settings.COREMIS_MAX_UPLOAD_MB + 1)
    assert (status, read) == (413, 0) and f"larger than {settings.COREMIS_MAX_UPLOAD_MB} MB" in page


def test_forms_and_honest_files_come_through(ada, settings):
    assert send(Client(), 1)[1] > 0
    client, _answer = sign_in()
    assert send(client, settings.COREMIS_MAX_UPLOAD_MB)[1] > 0


def test_whoever_sets_up_may_send_a_large_file(db):
    assert send(Client(), 6)[1] > 0
