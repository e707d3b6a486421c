"""Photos of persons: made anew from what was sent, small and without anything but the picture. Bulk loaders call ``make_picture``."""

import io
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import Content, attach, keep
from coremis.modules.registry.models import Person, Photo

MOST_SENT, MOST_KEPT = 20 << 20, 150_000
MOST_PIXELS, LEAST_SIDE = 60_000_000, 80
FORMATS = ("JPEG", "PNG", "WEBP")
SIDES, SMALL_SIDE = (1000, 800, 640, 480), 160
QUALITIES = (85, 75, 65, 50)
HIDDEN_PAGES = (b"<script", b"<!doctype", b"<?php", b"<html")
# What a decoder raises on bytes that somebody made up.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
)


@dataclass(frozen=True)
class Picture:
    """A photo in two sizes, kept in the store."""

    large: Content
    small: Content


@action(_("Add a photo"))
def set_photo(*, person: Person, picture: Secret[Picture], actor: Actor) -> Photo:
    """The photo of a person from today on; the one before stays in the history."""
    return store_photo(person, picture.reveal())


@action(_("Take away the photo"))
def remove_photo(*, photo: Photo, reason: str, actor: Actor) -> Photo:
    """A photo of somebody else, or one that cannot be recognised; it stays in the history."""
    if photo.ended_on:
        raise Refusal(_("This ended already."))
    photo.ended_on = timezone.localdate()
    photo.save()
    return photo


def store_photo(person: Person, picture: Picture) -> Photo:
    """Store a kept picture as the photo of a person; the core of one upload and of many. Only actions call it."""
    Person.everything.select_for_update(of=("self",)).get(pk=person.pk)
    today = timezone.localdate()
    for former in Photo.objects.filter(person=person, ended_on=None).select_related("person"):
        former.ended_on = today
        former.save()
    photo = Photo(person=person, sha256=picture.large.sha256, small_sha256=picture.small.sha256, taken_on=today)
    photo.save()
    attach(picture.large, f"{person.number_text}.jpg", owner=photo)
    attach(picture.small, f"{person.number_text}-small.jpg", owner=photo)
    return photo


def make_picture(file: BinaryIO) -> Picture:
    """Read a picture that somebody sends, make it anew and keep it; refuses what is none, hides something, or is far too large."""
    large, small = reduced(file)
    return Picture(keep(io.BytesIO(large)), keep(io.BytesIO(small)))


def reduced(file: BinaryIO) -> tuple[bytes, bytes]:
    """The picture as JPEG of at most 150 kB, and a small one: upright, nothing but the picture, no place and no camera."""
    file.seek(0)
    sent = file.read(MOST_SENT + 1)
    if len(sent) > MOST_SENT:
        raise Refusal(_("This photo is larger than %(most)s MB. Take a smaller one."), most=MOST_SENT >> 20)
    refuse_disguised(sent)
    try:
        picture = _decoded(sent)
        return _small_enough(picture), _encoded(_fitted(picture, SMALL_SIDE), 80)
    except BROKEN as problem:
        raise Refusal(_("This is not a photo that can be read. Send a JPEG, PNG or WebP picture.")) from problem


def refuse_disguised(sent: bytes) -> None:
    """Refuse a file that is a picture and something else at once; the new picture would not hold it, but nobody sends it by chance."""
    lowered = sent.lower()
    hidden = b"%pdf-" in lowered[:1024] or any(mark in lowered for mark in HIDDEN_PAGES) or zipfile.is_zipfile(io.BytesIO(sent))
    if hidden:
        raise Refusal(_("This file holds more than a photo. Take the photo again and send that."))


def _decoded(sent: bytes) -> Image.Image:
    with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise Refusal(_("This photo has too many pixels. Take a smaller one."))
        if min(width, height) < LEAST_SIDE:
            raise Refusal(_("This photo is too small to recognise anybody. Take a larger one."))
        opened.draft("RGB", (SIDES[0], SIDES[0]))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((SIDES[0], SIDES[0]), Image.Resampling.LANCZOS)
        see_through = upright.convert("RGBA")
        plain = Image.new("RGB", see_through.size, "white")  # a new picture carries no comment, profile or EXIF
        plain.paste(see_through, mask=see_through.getchannel("A"))
        return plain


def _small_enough(picture: Image.Image) -> bytes:
    made = b""
    for side in SIDES:
        fitted = _fitted(picture, side)
        for quality in QUALITIES:
            made = _encoded(fitted, quality)
            if len(made) <= MOST_KEPT:
                return made
    raise Refusal(_("This photo cannot be made small enough. Take another one."))


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    fitted = picture.copy()
    fitted.thumbnail((side, side), Image.Resampling.LANCZOS)
    return fitted


def _encoded(picture: Image.Image, quality: int) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=quality, optimize=True)
    return made.getvalue()
