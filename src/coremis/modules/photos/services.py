"""Loading many photos: each file is matched to one person, made small, and stored; what cannot be matched comes back as a list."""

import io
import uuid
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import path_of, store
from coremis.kernel.files.writing import Sheet, SheetColumn, write_xlsx
from coremis.kernel.jobs.messages import message_key, plain_params, rendered
from coremis.kernel.jobs.work import Work
from coremis.modules.photos.archive import Entry, entries_of, others_of, pictures_of
from coremis.modules.registry.models import Person, Photo
from coremis.modules.registry.services.photos import Picture, make_picture

CHUNK = 50
MOST_LISTED = 5_000
UNKNOWN = _("No person of this place has this number or key.")
SEVERAL = _("Several persons have this key. Name the file by the person's number.")
OTHER = _("This is no JPEG, PNG or WebP file. Save it as JPEG and send it again.")
TWICE = _("Another file of the archive is a photo of the same person.")


@action(_("Load photos"))
def load_photos(*, area: Area, name: str, sha256: str, actor: Actor) -> None:
    """Give the persons of ``area`` the photos of a kept archive, named by person number or person key. A job does it in chunks.

    A photo that is there already stays as it is, so the same archive again changes nothing.
    """
    entries = entries_of(path_of(sha256))
    params = {"area": area.pk, "sha256": sha256, "name": name[:200]}
    load.start(params, title_params={"name": name[:60]}, total=len(entries), area_ids=[area.pk])


@steps_of(load_photos, title=_("Load photos from %(name)s"), report={"loaded": _("photos loaded"), "same": _("photos that were there"),
          "left": _("files not loaded")})  # fmt: skip
def load(work: Work) -> bool:
    """The next fifty files, in at most eight statements."""
    entries = entries_of(path_of(work.params["sha256"]))
    part = entries[work.done : work.done + CHUNK]
    if not work.done:
        for name in others_of(path_of(work.params["sha256"])):
            Told(work).left(name, OTHER)
    if part:
        told = Told(work)
        write_photos(readable(matched(part, work.params["area"], entries, told), work, told), told)
    work.done += len(part)
    return work.done < len(entries)


@load.finish
def end_load(work: Work) -> None:
    """The list of files that were not loaded, with the reasons, for the person who ordered it."""
    left = work.cursor.get("listed", [])
    work.report = {what: work.cursor.get(what, 0) for what in ("loaded", "same", "left")}
    user = User.objects.filter(pk=work.actor_id or 0).first()
    if not left or user is None:
        return
    with translation.override(user.language or "en"):
        rows = [[name, rendered(sentence, params)] for name, sentence, params in left]
        content = io.BytesIO()
        write_xlsx(
            content, [Sheet(now("Photos not loaded"), [SheetColumn(now("File"), width=30), SheetColumn(now("Reason"), width=70)], rows)]
        )
    work.report["attachment"] = store(content, "photos-not-loaded.xlsx", user=user, permission=load_photos.name).pk


class Told:
    """What became of the files so far; kept with the work, so that it survives an interruption."""

    def __init__(self, work: Work) -> None:
        self._cursor = work.cursor

    def count(self, what: str, number: int = 1) -> None:
        """So many more."""
        self._cursor[what] = self._cursor.get(what, 0) + number

    def left(self, name: str, sentence: Any, params: dict[str, Any] | None = None) -> None:
        """A file that is not loaded, and why."""
        self.count("left")
        listed = self._cursor.setdefault("listed", [])
        if len(listed) < MOST_LISTED:
            listed.append([name, message_key(sentence), plain_params(params or {})])


def people_of(keys: list[str], area_id: int) -> dict[str, list[Person]]:
    """The persons of a place by what files are named after: their number, else their key in a list. Two statements."""
    numbers = {key: number for key in keys if (number := read_number(key)) is not None and key.strip()[:1].upper() == "P"}
    inside = Person.objects.filter(area__in=below([area_id]))
    by_number = {person.number: person for person in inside.filter(number__in=set(numbers.values()))}
    found: dict[str, list[Person]] = {key: [by_number[number]] for key, number in numbers.items() if number in by_number}
    for person in inside.filter(external_id__in=[key for key in keys if key and key not in found]):
        found.setdefault(person.external_id, []).append(person)
    return found


def matched(part: list[Entry], area_id: int, entries: list[Entry], told: Told) -> list[tuple[Entry, Person]]:
    """Each file with the one person it shows. Of two files of one person the first in the archive counts."""
    found = people_of([entry.key for entry in part], area_id)
    first: dict[str, int] = {}
    good = []
    for entry in entries:
        first.setdefault(entry.key.casefold(), entry.place)
    for entry in part:
        people = found.get(entry.key, [])
        if len(people) != 1:
            told.left(entry.name, SEVERAL if people else UNKNOWN)
        elif first[entry.key.casefold()] != entry.place:
            told.left(entry.name, TWICE)
        else:
            good.append((entry, people[0]))
    return good


def readable(pairs: list[tuple[Entry, Person]], work: Work, told: Told) -> list[tuple[Entry, Person, Picture]]:
    """The files that are photos, made small and kept."""
    by_place = {entry.place: (entry, person) for entry, person in pairs}
    good = []
    for place, content in pictures_of(path_of(work.params["sha256"]), list(by_place)):
        entry, person = by_place[place]
        try:
            if isinstance(content, Refusal):
                raise content
            good.append((entry, person, make_picture(content)))
        except Refusal as refusal:
            told.left(entry.name, refusal.sentence, refusal.params)
    return good


def write_photos(found: list[tuple[Entry, Person, Picture]], told: Told) -> None:
    """The new photos; the former ones end and stay in the history."""
    held = {
        photo.person_id: photo
        for photo in Photo.objects.filter(person__in=[person.pk for _entry, person, _picture in found], ended_on=None)
    }
    new: dict[int, tuple[Person, Picture]] = {}
    for entry, person, picture in found:
        if person.pk in new:
            told.left(entry.name, TWICE)
        elif person.pk in held and held[person.pk].sha256 == picture.large.sha256:
            told.count("same")
        else:
            new[person.pk] = (person, picture)
    if not new:
        return
    today = timezone.localdate()
    if ending := [held[pk].pk for pk in new if pk in held]:
        update_from(Photo.objects.filter(pk__in=ending), ended_on=today)
    rows = ([uuid.uuid4(), pk, picture.large.sha256, picture.small.sha256, today, None] for pk, (_person, picture) in new.items())
    copy_into(Photo, ("uid", "person", "sha256", "small_sha256", "taken_on", "ended_on"), rows)
    made = dict(Photo.objects.filter(person__in=list(new), ended_on=None).values_list("person_id", "pk"))
    files = [row for pk, (person, picture) in new.items() for row in attachments(made[pk], person, picture)]
    copy_into(Attachment, ("uid", "sha256", "size", "content_type", "name", "owner_kind", "owner_id", "user_id", "permission"), files)
    told.count("loaded", len(new))


def attachments(photo_id: int, person: Person, picture: Picture) -> list[list[Any]]:
    """The two stored files of one photo."""
    sizes = ((picture.large, f"{person.number_text}.jpg"), (picture.small, f"{person.number_text}-small.jpg"))
    kind = Photo._meta.label_lower
    return [[uuid.uuid4(), content.sha256, content.size, "image/jpeg", name, kind, photo_id, None, ""] for content, name in sizes]
