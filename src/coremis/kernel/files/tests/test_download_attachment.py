"""Downloads: by number, through the right to see the owner."""

import io

import pytest

from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.files.storage import path_of, store
from coremis.kernel.files.views import UNNAMED
from coremis.kernel.testing.cast import make_profile, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def attachment(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with maintenance("test files"):
        return store(io.BytesIO(b"<script>"), "liste d'été.html", owner=make_profile("owner"))


@pytest.fixture
def reader(country):
    return make_user("reader", "access.view_profile", area=country["North"])


def test_it_works(client, reader, attachment):
    client.force_login(reader)
    answer = client.get(f"/files/{attachment.pk}/")
    assert answer.getvalue() == b"<script>"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''liste%20d%27%C3%A9t%C3%A9.html"
    assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    assert Event.objects.get(action="files.download_attachment").actor_id == reader.pk


@pytest.mark.parametrize(
    ("name", "kind"), [("a.js", UNNAMED), ("a.html", UNNAMED), ("a.svg", UNNAMED), ("a.css", UNNAMED), ("a.pdf", "application/pdf")]
)
def test_nothing_is_served_as_a_part_of_a_page(client, reader, settings, tmp_path, name, kind):
    settings.MEDIA_ROOT = tmp_path
    with maintenance("test files"):
        sent = store(io.BytesIO(b"alert(1)"), name, owner=make_profile("owner"))
    client.force_login(reader)
    assert client.get(f"/files/{sent.pk}/")["Content-Type"] == kind


def test_strangers_get_nothing(client, country, attachment):
    """pitfall S10, S4"""
    assert client.get(f"/files/{attachment.pk}/").status_code == 302
    client.force_login(make_user("other", "files.view_attachment", area=country["Testland"]))
    assert client.get(f"/files/{attachment.pk}/").status_code == 404
    assert not Event.objects.filter(action="files.download_attachment").exists()


@pytest.mark.parametrize("path", ["/files/../settings.py", "/files/%2e%2e/x/", "/files/liste/", "/files/1/../../x"])
def test_no_file_is_served_by_name(client, reader, attachment, path):
    """pitfall S7"""
    client.force_login(reader)
    assert client.get(path).status_code == 404


def test_only_get(client, reader, attachment):
    client.force_login(reader)
    assert client.post(f"/files/{attachment.pk}/").status_code == 405


def test_a_content_that_is_gone(client, reader, attachment):
    path_of(attachment.sha256).unlink()
    client.force_login(reader)
    assert client.get(f"/files/{attachment.pk}/").status_code == 404
