"""Photos of many persons from one archive."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_next, run_until_idle
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.photos import services
from coremis.modules.photos.archive import entries_of
from coremis.modules.photos.services import load_photos
from coremis.modules.registry.models import Photo
from coremis.modules.registry.tests.factories import make_person

pytestmark = pytest.mark.django_db
CLERK = everywhere(load_photos.name)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(colour="red", form="JPEG"):
    made = io.BytesIO()
    Image.new("RGB", (200, 240), colour).save(made, form)
    return made.getvalue()


def archive(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        for name, content in files.items():
            writer.writestr(name, content)
    made.seek(0)
    return made


def load(area, files, actor=CLERK, run=True):
    load_photos(area=area, name="photos.zip", sha256=keep(archive(**files)).sha256, actor=actor)
    if run:
        run_until_idle()
        assert not (broken := Job.objects.exclude(traceback="").first()), broken.traceback
    return Job.objects.order_by("-pk").first().report


def test_it_works(country):
    """By number or key, in folders or not; what cannot be matched or read is told; the same archive again changes nothing."""
    ada, bea = make_person(country["Almond"], "Ada"), make_person(country["Almond"], "Bea", source="list", external_id="K-7")
    far = make_person(country["Fig"], "Far")
    files = {
        f"a/{ada.number_text}.JPG": picture(), "K-7.png": picture("blue", "PNG"), f"{far.number_text}.jpg": picture(),
        "nobody.jpg": picture(), "K-8.jpg": b"no picture", "notes.txt": b"x", f"b/{ada.number_text}.jpg": picture("green"),
    }  # fmt: skip
    report = load(country["North"], files)
    assert {name: report[name] for name in ("loaded", "same", "left")} == {"loaded": 2, "same": 0, "left": 4}
    assert set(Photo.objects.values_list("person", flat=True)) == {ada.pk, bea.pk}
    assert Attachment.objects.filter(owner_kind="registry.photo").count() == 4
    again = load(country["North"], files)
    assert (again["loaded"], again["same"]) == (0, 2) and Photo.objects.count() == 2


def test_a_new_photo_takes_the_place_of_the_old(country):
    ada = make_person(country["Almond"], "Ada")
    for colour in ("red", "blue"):
        load(country["Almond"], {f"{ada.number_text}.jpg": picture(colour)})
    assert [bool(photo.ended_on) for photo in Photo.objects.order_by("pk")] == [True, False]


def test_broken_half_way(country, monkeypatch):
    """A chunk that fails leaves nothing behind, is tried again, and is done once."""
    monkeypatch.setattr(services, "CHUNK", 2)
    people = [make_person(country["Almond"], f"Ada {number}") for number in range(5)]
    seen, write = [], services.write_photos

    def broken_once(found, told):
        seen.append(Photo.objects.count())
        write(found, told)
        if len(seen) == 2:
            raise OSError("The disk was full.")

    monkeypatch.setattr(services, "write_photos", broken_once)
    load(country["Almond"], {f"{one.number_text}.jpg": picture() for one in people}, run=False)
    for _turn in range(4):
        Job.objects.filter(state="WAITING").update(not_before=timezone.now())
        run_next()
    job = Job.objects.get()
    assert seen == [0, 2, 2, 4] and job.state == "DONE" and job.report["loaded"] == 5 and Photo.objects.count() == 5


def test_rubbish_is_refused():
    """No archive, an empty one, one without pictures, and one with too many files."""
    for sent in (io.BytesIO(b""), io.BytesIO(b"PK\x03\x04 rubbish"), archive(), archive(**{"a.txt": b"x"})):
        with pytest.raises(Refusal):
            entries_of(sent)


def test_names_lead_nowhere(country):
    """pitfall S7: a name with folders above is a name like any other."""
    ada = make_person(country["Almond"], "Ada")
    load(country["Almond"], {f"../../etc/{ada.number_text}.jpg": picture()})
    assert Photo.objects.get().person == ada


def test_only_in_my_places(country):
    """pitfall S10"""
    officer = make_user("officer", load_photos.name, area=country["North"])
    with pytest.raises(OutsidePlaces):
        load(country["South"], {"a.jpg": picture()}, actor=officer)


def test_the_page(country, client):
    """Sent once, confirmed, and the work is ordered."""
    officer = make_user("officer", load_photos.name, area=country["North"])
    ada = make_person(country["Almond"], "Ada")
    client.force_login(officer)
    sent = archive(**{f"{ada.number_text}.jpg": picture()})
    sent.name = "photos.zip"
    page = reverse("photos:load_photos")
    answer = client.post(page, {"archive": sent, "area": country["North"].pk, "area_text": "", "key": "k", "step": "confirm"})
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    run_until_idle()
    assert Photo.objects.get().person == ada


def test_the_list_of_what_is_left(country):
    """The person who ordered it gets the files that were not loaded, with the reasons."""
    officer = make_user("officer", load_photos.name, area=country["North"])
    report = load(country["North"], {"nobody.jpg": picture()}, actor=officer)
    mine = Attachment.objects.visible_to(officer, "files.view_attachment").get(pk=report["attachment"])
    assert report["left"] == 1 and mine.name == "photos-not-loaded.xlsx"


def test_pictures_in_other_formats_are_told(country):
    """A telephone's own format is not passed over in silence."""
    ada, bea = make_person(country["Almond"], "Ada"), make_person(country["Almond"], "Bea")
    report = load(country["North"], {f"{ada.number_text}.jpg": picture(), f"{bea.number_text}.HEIC": b"x", "._b.heic": b"x"})
    assert (report["loaded"], report["left"]) == (1, 1)
