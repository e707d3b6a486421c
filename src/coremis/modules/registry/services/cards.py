"""Cards for beneficiaries: name, photo and a QR code with a token that says nothing by itself; one by one, or a whole place."""

import io
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below, country
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.pdf import MM, Document, Page, shown, width_of, wrapped
from coremis.kernel.files.storage import path_of, store
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.work import Work
from coremis.kernel.screens.columns import text_of
from coremis.modules.registry.models import Card, Person, Photo, Recipient

IN_ONE_FILE = 500
WIDTH, HEIGHT, MARGIN, GAP = 85.6 * MM, 54 * MM, 17 * MM, 4 * MM
ACROSS, DOWN = 2, 4


@action(gettext_lazy("Print a card"))
def print_card(*, person: Person, replace: bool = False, actor: Actor) -> Attachment:
    """The card of a person as a PDF for whoever asks. ``replace`` ends a card that was lost: only the new one identifies."""
    person = Person.everything.select_for_update(of=("self",)).select_related("area").get(pk=person.pk)
    if person.death_date or person.retired_on:
        raise Refusal(gettext_lazy("This person has no card: dead, merged or withdrawn."))
    if replace:
        for lost in Card.objects.filter(person=person, ended_on=None).select_related("person"):
            lost.ended_on = timezone.localdate()
            lost.save()
    issue([person.pk])
    content = write_cards([person], sharp=True)
    return store(content, f"{person.number_text}.pdf", user=actor, permission=print_card.name)


@action(gettext_lazy("Print the cards of a place"))
def print_cards(*, area: Area, alternates: bool = False, actor: Actor) -> Job:
    """Cards for the primary recipients of a place, and with ``alternates`` for these too; a job writes files of 500 cards each."""
    count = holders(area.pk, alternates).count()
    if not count:
        raise Refusal(gettext_lazy("Nobody in this place collects for a household. Choose another place."))
    params = {"area": area.pk, "alternates": alternates}
    return write_place.start(params, title_params={"place": area.name}, total=count)


@steps_of(print_cards, title=gettext_lazy("Print the cards of %(place)s"), report={"files": gettext_lazy("Files")})
def write_place(work: Work) -> bool:
    """One file a chunk, place by place; whoever asked finds the files under “My work”."""
    rows = holders(work.params["area"], work.params["alternates"])
    if work.cursor:
        rows = rows.filter(Q(area_id__gt=work.cursor["area"]) | Q(area=work.cursor["area"], pk__gt=work.cursor["pk"]))
    people = list(rows.select_related("area").select_for_update(of=("self",))[:IN_ONE_FILE])
    if not people:
        return False
    user = User.objects.get(pk=work.actor_id or 0)
    issue([person.pk for person in people])
    with translation.override(user.language or "en"):
        content = write_cards(people)
    number = work.report.get("files", 0) + 1
    store(content, f"cards-{work.job_id}-{number}.pdf", user=user, permission=print_cards.name)
    work.cursor = {"area": people[-1].area_id, "pk": people[-1].pk}
    work.done += len(people)
    work.report = {"files": number}
    return len(people) == IN_ONE_FILE


def holders(area_id: int, alternates: bool) -> "QuerySet[Person]":
    """Those who get a card in a place and all below: living recipients, ordered by place."""
    named = Recipient.on(timezone.localdate())
    named = named if alternates else named.filter(rank=0)
    people: QuerySet[Person] = Person.objects.filter(area__in=below([area_id]), death_date=None, pk__in=named.values("person"))
    return people.order_by("area_id", "pk")


def issue(person_ids: Sequence[int]) -> int:
    """Give a card to each of these persons who has none. Two statements; only actions call it."""
    have = set(Card.objects.filter(person__in=person_ids, ended_on=None).values_list("person", flat=True))
    today = timezone.localdate()
    rows = [(key, f"CM1.{secrets.token_urlsafe(16)}", today) for key in person_ids if key not in have]
    return copy_into(Card, ("person", "token", "issued_on"), rows) if rows else 0


def write_cards(people: Iterable[Person], *, sharp: bool = False) -> io.BytesIO:
    """The cards of these people, eight on a page, as a PDF. Three queries; a page is written as soon as it is full."""
    chosen = list(people)
    keys = [person.pk for person in chosen]
    cards = {card.person_id: card for card in Card.objects.filter(person__in=keys, ended_on=None)}
    photos = {photo.person_id: photo for photo in Photo.objects.filter(person__in=keys, ended_on=None)}
    root = country()
    target = io.BytesIO()
    document = Document(target, title=_("Cards"), language=translation.get_language() or "en")
    page: Page | None = None
    for place, person in enumerate(chosen):
        at = place % (ACROSS * DOWN)
        page = document.page() if at == 0 or page is None else page
        x = MARGIN + (at % ACROSS) * (WIDTH + GAP)
        photo = photos.get(person.pk)
        picture = _picture(photo.sha256 if sharp else photo.small_sha256) if photo else None
        draw_card(page, x, MARGIN + (at // ACROSS) * (HEIGHT + GAP), person, cards[person.pk], root.name if root else "", picture)
    document.close()
    return target


def draw_card(page: Page, x: float, y: float, person: Person, card: Card, above: str, picture: "tuple[bytes, Any] | None") -> None:
    """One card of the size of a bank card: photo to the left, name and number in the middle, QR code to the right."""
    page.box(x, y, WIDTH, 9 * MM, thickness=0, grey=0.9)
    page.box(x, y, WIDTH, HEIGHT, thickness=0.4)
    page.text(x + 4 * MM, y + 6 * MM, above, 8, bold=True)
    page.text(x + WIDTH - 4 * MM, y + 6 * MM, _("Beneficiary card"), 8, align="right")
    left, top = x + 4 * MM, y + 12 * MM
    page.box(left, top, 22 * MM, 28 * MM, thickness=0.3)
    if picture:
        page.picture(left, top, 22 * MM, 28 * MM, *picture)
    middle, room = left + 25 * MM, 29 * MM
    size = 9 if width_of(shown(person.full_name), 9, True) < 2 * room else 7
    lines = wrapped(shown(person.full_name), room, size, True, 4)
    for number, line in enumerate(lines):
        page.text(middle, top + 3 * MM + number * 4 * MM, line, size, bold=True)
    foot = top + 3 * MM + len(lines) * 4 * MM + 1 * MM
    for number, line in enumerate([person.number_text, *wrapped(shown(person.area.name), room, 7, False, 2)]):
        page.text(middle, foot + number * 3.6 * MM, line, 7)
    page.qr(x + WIDTH - 27 * MM, top + 1 * MM, 26 * MM, card.token)
    page.text(left, y + HEIGHT - 5 * MM, _("Issued on %(day)s") % {"day": text_of(card.issued_on)}, 6)
    page.text(x + WIDTH - 4 * MM, y + HEIGHT - 5 * MM, _("If found, please hand it to the local authority."), 5.5, align="right")


def _picture(sha256: str) -> tuple[bytes, tuple[int, int]] | None:
    path = path_of(sha256)
    if not path.is_file():
        return None
    jpeg = path.read_bytes()
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        return jpeg, opened.size
