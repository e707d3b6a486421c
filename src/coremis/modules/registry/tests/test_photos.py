"""Photos: made anew, small, without a trace of where they were taken; nothing but pictures, and only for those who may see them."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import path_of
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Photo
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.services.photos import MOST_KEPT, reduced
from coremis.modules.registry.tests.factories import make_person, make_photo


def noisy(side, kind="JPEG", **options):
    """A picture that cannot be compressed well, with a position in its EXIF."""
    picture = Image.effect_noise((side, side), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "at home", 6
    exif.get_ifd(0x8825)[1] = "S"
    made = io.BytesIO()
    picture.save(made, kind, exif=exif.tobytes(), **options)
    return made.getvalue()


def bomb():
    """A PNG of a few bytes that says it has 40,000 x 40,000 pixels."""

    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 1000)) + part(b"IEND", b"")


def archive():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as inside:
        inside.writestr("run.sh", "echo")
    return made.getvalue()


def test_it_works():
    """Large and small; EXIF and comment are gone, the picture is upright."""
    large, small = reduced(io.BytesIO(noisy(1800, comment=b"taken by")))
    assert len(large) <= MOST_KEPT and len(small) < 30_000
    for made in (large, small):
        again = Image.open(io.BytesIO(made))
        assert again.format == "JPEG" and not again.getexif() and "comment" not in again.info
    assert b"at home" not in large and b"taken by" not in large and max(Image.open(io.BytesIO(small)).size) == 160


def test_every_usual_kind_of_picture():
    for kind in ("PNG", "WEBP"):
        assert reduced(io.BytesIO(noisy(300, kind)))[0].startswith(b"\xff\xd8")
    see_through = io.BytesIO()
    Image.new("RGBA", (200, 200), (255, 0, 0, 0)).save(see_through, "PNG")
    assert Image.open(io.BytesIO(reduced(see_through)[0])).getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"<svg xmlns='x'><script>alert(1)</script></svg>", b"GIF89a" + b"\0" * 40, b"%PDF-1.4", b"\xff\xd8\xff" + b"\0" * 900,
        bomb(), noisy(200)[:900], noisy(200) + archive(), noisy(200) + b"<script>alert(1)</script>", noisy(200, comment=b"<?php eval(1)"),
        noisy(40),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused(sent):
    """Non-images, bombs, cut-off pictures, and files that are a picture and something else at once."""
    with pytest.raises(Refusal):
        reduced(io.BytesIO(sent))


def test_page_keeps_one_photo_and_the_former_ones(country, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    person = make_person(country["Almond"])
    client.force_login(make_user("clerk", *SEES, *KEEPS, area=country["North"]))
    page = reverse("registry:set_photo", args=[person.pk])
    assert 'capture="environment"' in client.get(page).content.decode()
    for key in ("one", "two", "two"):
        sent = SimpleUploadedFile("face.jpg", noisy(300 if key == "one" else 320))
        answer = client.post(page, {"key": key, "picture": sent, "step": "confirm"})
        assert answer.status_code in (303, 422), "the same key with another picture is refused"
    assert Photo.objects.filter(person=person, ended_on=None).count() == 1 and Photo.objects.count() == 2
    text = client.get(reverse("registry:person", args=[person.pk])).content.decode()
    assert "portrait-picture" in text
    assert client.post(page, {"key": "x", "picture": SimpleUploadedFile("a.jpg", b"no"), "step": "confirm"}).status_code == 422


def test_photo_is_served_only_to_those_who_may_see_it(country, client, settings, tmp_path):
    """pitfall S10"""
    settings.MEDIA_ROOT = tmp_path
    photo = make_photo(make_person(country["Almond"]))
    page = reverse("registry:photo", args=[photo.pk])
    assert client.get(page).status_code == 302
    for place, rights, expected in (("South", SEES, 404), ("North", ["registry.view_person"], 403), ("North", SEES, 200)):
        client.force_login(make_user(f"u{place}{expected}", *rights, area=country[place]))
        assert client.get(page).status_code == client.get(page + "?size=small").status_code == expected, place
    answer = client.get(page)
    assert (
        answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    )
    assert answer.content == path_of(photo.sha256).read_bytes()
