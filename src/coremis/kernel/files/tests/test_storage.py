"""The store: whole contents only, each once, under names that nobody sent."""

import io

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import files_of, keep, open_attachment, path_of, shown_name, store
from coremis.kernel.testing.cast import make_profile, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(content, name="a.txt", **whose):
    with maintenance("test files"):
        return store(io.BytesIO(content), name, **(whose or {"owner": make_profile("owner")}))


def test_it_works():
    attachment = stored(b"hello", "résumé.csv")
    assert (attachment.size, attachment.content_type, attachment.name) == (5, "text/csv", "résumé.csv")
    with open_attachment(attachment) as content:
        assert content.read() == b"hello"


def test_the_same_content_is_kept_once(media):
    owner = make_profile("owner")
    first, second = stored(b"same", "a.txt", owner=owner), stored(b"same", "b.txt", owner=owner)
    assert first.sha256 == second.sha256
    assert [item.name for item in files_of(owner)] == ["a.txt", "b.txt"]
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_name_never_becomes_a_path(media):
    """pitfall S7"""
    attachment = stored(b"x", "../../etc/passwd")
    assert attachment.name == "passwd"
    assert path_of(attachment.sha256) == media / attachment.sha256[:2] / attachment.sha256
    for wrong in ("../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "/.."):
        with pytest.raises(ValueError):
            path_of(wrong)


def test_too_large_a_file_leaves_nothing_behind(media, settings):
    settings.COREMIS_MAX_UPLOAD_MB = 1
    with pytest.raises(Refusal, match="larger than 1 MB"):
        keep(io.BytesIO(bytes(1024 * 1024 + 1)))
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_a_half_written_file_is_written_again(media):
    content = keep(io.BytesIO(b"whole"))
    content.path.write_bytes(b"ha")
    assert keep(io.BytesIO(b"whole")).path.read_bytes() == b"whole"


def test_a_missing_content_is_said():
    attachment = stored(b"x")
    path_of(attachment.sha256).unlink()
    with pytest.raises(Refusal, match="is missing"):
        open_attachment(attachment)


def test_names_are_for_display_only():
    assert shown_name("C:\\dir\\a\u202egpj.exe\x00") == "agpj.exe"
    assert shown_name("/") == "file"
    assert len(shown_name("x" * 300 + ".csv")) == 200 and shown_name("x" * 300 + ".csv").endswith(".csv")


def test_a_file_follows_its_owner(country):
    owner = make_profile("owner")
    attachment = stored(b"x", "a.txt", owner=owner)
    reader = make_user("reader", "access.view_profile", area=country["North"])
    other = make_user("other", "files.view_attachment", area=country["Testland"])
    assert list(Attachment.objects.visible_to(reader, "files.view_attachment")) == [attachment]
    assert not Attachment.objects.visible_to(other, "files.view_attachment").exists()


def test_a_file_made_for_one_person_is_theirs_while_the_right_lasts(country):
    mine = make_user("mine", "screens.export_list", area=country["North"])
    other = make_user("other", "screens.export_list", area=country["Testland"])
    without = make_user("without", "areas.view_area", area=country["Testland"])
    attachment = stored(b"x", "list.xlsx", user=mine, permission="screens.export_list")
    stored(b"y", "list.xlsx", user=without, permission="screens.export_list")
    assert list(Attachment.objects.visible_to(mine, "files.view_attachment")) == [attachment]
    assert not Attachment.objects.visible_to(other, "files.view_attachment").exists()
    assert not Attachment.objects.visible_to(without, "files.view_attachment").exists()


def test_owners_of_a_module_that_is_off_show_nothing(country):
    with maintenance("test files"):
        attachment = store(io.BytesIO(b"x"), "a.txt", owner=make_profile("owner"))
        attachment.owner_kind = "gone.thing"
        attachment.save()
    reader = make_user("reader", "access.view_profile", area=country["Testland"])
    assert not Attachment.objects.visible_to(reader, "files.view_attachment").exists()
