"""What this module shows on the pages of households and persons."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coremis.kernel.files.models import Attachment
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.screen import ActionLink, buttons
from coremis.kernel.screens.tables import small_table
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.registry import usage
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS
from coremis.modules.registry.models import (
    AlternateUse,
    Consent,
    Document,
    Household,
    HouseholdMove,
    Membership,
    Paper,
    Person,
    Photo,
    Recipient,
    Relationship,
    VariableDefinition,
)  # fmt: skip
from coremis.modules.registry.panels_of_facts import variables
from coremis.modules.registry.sight import DOCUMENT, PHONE, Sight
from coremis.modules.registry.tables import (
    AlternateUseTable,
    DocumentTable,
    MemberTable,
    MoveTable,
    PaperTable,
    RecipientTable,
    household_url,
)  # fmt: skip
from coremis.modules.registry.words import birth_words, initials, phone_words, variable_name

LATEST, MERGED_SHOWN = 50, 10


def reader(request: HttpRequest) -> Any:
    """Whoever reads the page; screens let only signed-in people come here."""
    return request.user


def living_here(request: HttpRequest, household: Household) -> Shown:
    """Who lives there now, the head first; no more than that."""
    return _living(request, household, ["until", "phone", "phone_end", "since", "moved", "left", "died"])


def members(request: HttpRequest, household: Household) -> Shown:
    """Who lives there now, and what can be recorded about each."""
    steps = _without(request, moved="registry.move_person", left="registry.end_membership", died="registry.record_death")
    return _living(request, household, ["until", *steps])


def rare_changes(request: HttpRequest, household: Household) -> Shown:
    """What happens to whole households now and then."""
    links = [
        ActionLink(_("Propose a move to another place"), "registry:propose_move", "registry.propose_move", show=lambda one: one.size > 0),
        ActionLink(_("Split the household"), "registry:split_household", "registry.split_household", show=lambda one: one.size > 1),
        ActionLink(_("Merge two households"), "registry:merge_households", "registry.merge_households"),
        ActionLink(_("Withdraw a household registered by mistake"), "registry:withdraw_household", "registry.withdraw_household"),
    ]
    ready = buttons(links, request.user, household)
    return {"links": ready} if ready else None


def former_members(request: HttpRequest, household: Household) -> Shown:
    """Who lived there, or had another relation to the head."""
    rows = _members(request, household, left_on__isnull=False)
    omit = ["moved", "left", "died", "phone", "phone_end"]
    return {"table": small_table(MemberTable, rows, request.user, omit)} if rows else None


def collecting(request: HttpRequest, household: Household) -> Shown:
    """Who may collect now."""
    return _recipients(request, household, {"valid_until": None}, ["state", "until"])


def recipients(request: HttpRequest, household: Household) -> Shown:
    """Who may collect, now and before."""
    return _recipients(request, household, {}, [])


def alternate_uses(request: HttpRequest, household: Household) -> Shown:
    """The payments that alternates collected, the latest first."""
    found = AlternateUse.objects.visible_to(reader(request), "registry.view_alternateuse").filter(household=household)
    rows = list(found.select_related("recipient__person").order_by("-used_on", "-pk")[:LATEST])
    return {"table": small_table(AlternateUseTable, rows, request.user)} if rows else None


def papers(request: HttpRequest, household: Household) -> Shown:
    """The papers that prove changes of a household, each leading to its file."""
    found = Paper.objects.visible_to(reader(request), "registry.view_paper").filter(household=household).select_related("person")
    rows: list[Any] = list(found.order_by("-pk")[:LATEST])
    files = Attachment.objects.filter(owner_kind=Paper.kind(), owner_id__in=[row.pk for row in rows])
    places = dict(files.values_list("owner_id", "pk"))
    for row in rows:
        row.file_url = reverse("files:download_attachment", args=[places[row.pk]]) if row.pk in places else ""
    add = ActionLink(_("Add a paper"), "registry:add_paper", "registry.add_paper")
    shown = {"table": small_table(PaperTable, rows, request.user)} if rows else {"text": _("No paper was added.")}
    return {**shown, "links": buttons([add], request.user, household)}


def moves(request: HttpRequest, household: Household) -> Shown:
    """Where a household moved, and what is proposed."""
    rows = list(MoveTable.visible(reader(request)).filter(household=household).order_by("-pk")[:LATEST])
    return {"table": small_table(MoveTable, rows, request.user, ["household"])} if rows else None


def pending_moves(request: HttpRequest) -> Shown:
    """On “My work”: moves that wait for me or that I proposed."""
    rows = MoveTable.visible(reader(request)).filter(state=HouseholdMove.State.PROPOSED).order_by("pk")
    mine = list(rows.filter(Q(may_accept=True) | Q(proposed_by=request.user.pk))[:LATEST])
    return {"table": small_table(MoveTable, mine, request.user, ["state", "answer"])} if mine else None


def photo(request: HttpRequest, person: Person) -> Shown:
    """The photo, or the initials; and the way to another one."""
    found = Photo.objects.visible_to(reader(request), "registry.view_photo").filter(person=person).order_by("-pk")
    rows = list(found[:LATEST])
    now = next((row for row in rows if row.ended_on is None), None)
    may = Person.objects.visible_to(reader(request), "registry.set_photo").filter(pk=person.pk).exists()
    may_remove = now is not None and request.user.has_perm("registry.remove_photo")
    return {
        "photo": now, "former": [row for row in rows if row.ended_on], "initials": initials(person), "name": person.full_name,
        "add": reverse("registry:set_photo", args=[person.pk]) if may else "",
        "remove": reverse("registry:remove_photo", args=[now.pk]) if now and may_remove else "",
    }  # fmt: skip


def household_documents(request: HttpRequest, household: Household) -> Shown:
    """The documents of everybody who lives there."""
    here = Membership.objects.filter(household=household, left_on=None).values("person")
    return _documents(request, household, here, ())


def person_documents(request: HttpRequest, person: Person) -> Shown:
    """The documents of one person."""
    return _documents(request, person, [person.pk], ("person",))


def dwelling(request: HttpRequest, household: Household) -> Shown:
    """What the dictionary says about households and dwellings."""
    return variables(request, household, OF_HOUSEHOLDS)


def person_facts(request: HttpRequest, person: Person) -> Shown:
    """What the dictionary says about persons."""
    return variables(request, person, OF_PERSONS)


def stored_values(request: HttpRequest, found: VariableDefinition) -> Shown:
    """How many records hold a value, and how many each choice."""
    whole = Fact(_("Records with a value"), usage.counted(usage.holding(found, reader(request))))
    each = [Fact(f"{name} ({code})", number) for code, name, number in usage.choice_counts(found, reader(request))]
    text = _("Choices are counted among the first 10,000 records.") if each else ""
    return {"facts": [fact.ready() for fact in (whole, *each)], "text": text}


def named_in(request: HttpRequest, found: VariableDefinition) -> Shown:
    """The saved formulas, conditions and mappings that name it."""
    links = [{"title": words, "url": address} for words, address in usage.uses_of(found, reader(request))]
    return {"links": links} if links else {"text": _("No saved formula, condition or import names it.")}


def homes(request: HttpRequest, person: Person) -> Shown:
    """The households in which somebody lives or lived."""
    found = Membership.objects.visible_to(reader(request), "registry.view_membership").filter(person=person).select_related("household")
    rows = sorted(found, key=lambda row: (row.left_on is not None, -row.pk))
    if not rows:
        return {"text": _("This person lives in no household that is registered.")}
    facts = [Fact(_home_words(row), str(row.household), household_url(row.household_id)) for row in rows]
    return {"facts": [fact.ready() for fact in facts]}


def collects_for(request: HttpRequest, person: Person) -> Shown:
    """The households for which somebody may collect."""
    found = Recipient.objects.visible_to(reader(request), "registry.view_recipient").filter(person=person, valid_until=None)
    facts = [
        Fact(_("alternate recipient") if row.rank else _("primary recipient"), str(row.household), household_url(row.household_id))
        for row in found.select_related("household")
    ]
    return {"facts": [fact.ready() for fact in facts]} if facts else None


def facts_of_household(request: HttpRequest, household: Household) -> Sequence[Fact]:
    """The lines above the members."""
    return [
        Fact(_("Number"), household.number_text),
        Fact(_("Place"), household.area.name),
        Fact(_("Address or landmark"), household.address or None),
        Fact(_("Members"), household.size),
        Fact(_("Registered"), household.registered_on),
        *_parted(request, household),
        *([Fact(_("Household key"), f"{household.source} {household.external_id}".strip())] if household.external_id else []),
        *interview_facts(household),
    ]


def interview_facts(household: Household) -> list[Fact]:
    """What was asked, by whom and when; lines without anything to say are left out."""
    words: Any = Consent(household.consent).label
    asked = [date_format(household.consent_on, "SHORT_DATE_FORMAT")] if household.consent_on else []
    text = [household.consent_text] if household.consent_text else []
    lines = [Fact(_("Consent"), ", ".join([str(words), *asked, *text]))]
    if household.enumerator:
        lines.append(Fact(_("Enumerator"), household.enumerator))
    if household.interviewed_on:
        lines.append(Fact(_("Interviewed on"), household.interviewed_on))
    return lines


def _parted(request: HttpRequest, household: Household) -> list[Fact]:
    """From which household it separated, with the way there for those who may see it."""
    if household.split_from_id is None:
        return []
    seen = Household.objects.visible_to(reader(request), "registry.view_household").filter(pk=household.split_from_id).first()
    return [Fact(_("Separated from"), seen.number_text, household_url(seen.pk))] if seen else []


def facts_of_person(request: HttpRequest, person: Person) -> Sequence[Fact]:
    """The lines on a person's page."""
    died = [Fact(_("Died on"), person.death_date)] if person.death_date else []
    return [
        Fact(_("Number"), person.number_text),
        Fact(_("Given names"), person.given_names or None),
        Fact(_("Surname"), person.surname or None),
        *([Fact(_("Formerly"), person.former_names.replace("\n", ", "))] if person.former_names else []),
        Fact(_("Sex"), person.get_sex_display()),
        Fact(_("Born"), birth_words(person) or None),
        *died,
        Fact(_("Phone"), phone_words(person, Sight(reader(request), person)) or None),
        Fact(_("Place"), person.area.name),
        Fact(_("Registered"), person.registered_on),
        *([Fact(_("Consent"), person.get_consent_display())] if person.consent else []),
    ]


def told_with_household(household: Household) -> list[tuple[type[Any], list[int]]]:
    """The rows whose changes are told in a household's history."""
    rows = list(Membership.objects.filter(household=household).values_list("pk", "person"))
    recipients = list(Recipient.objects.filter(household=household).values_list("pk", flat=True))
    people = sorted({person for _pk, person in rows})
    moved = list(HouseholdMove.objects.filter(household=household).values_list("pk", flat=True))
    return [(Membership, [pk for pk, _person in rows]), (Recipient, recipients), (Person, people), (HouseholdMove, moved)]


def told_with_person(person: Person) -> list[tuple[type[Any], list[int]]]:
    """The rows whose changes are told in a person's history."""
    return [
        (Membership, list(person.memberships.values_list("pk", flat=True))),
        (Recipient, list(person.collects_for.values_list("pk", flat=True))),
        (Document, list(person.documents.values_list("pk", flat=True))),
        (Photo, list(person.photos.values_list("pk", flat=True))),
    ]


HIDDEN = frozenset({"head_name", "size", "birth_precision", "sha256", "small_sha256"})
HOUSEHOLD_TIMELINE = Timeline(also=told_with_household, hidden=HIDDEN, key_label=lambda _field, code: variable_name(code))
PERSON_TIMELINE = Timeline(also=told_with_person, hidden=HIDDEN, key_label=lambda _field, code: variable_name(code))


def _living(request: HttpRequest, household: Household, omit: Sequence[str]) -> Shown:
    rows = _members(request, household, left_on=None)
    omit = [*omit, "phone_end" if Sight(reader(request), household).reveals(PHONE) else "phone"]
    rows.sort(key=lambda row: (row.relationship != Relationship.HEAD, row.person.birth_date is None, row.person.birth_date))
    return {"table": small_table(MemberTable, rows, request.user, omit)} if rows else {"text": _("Nobody lives here.")}


def _members(request: HttpRequest, household: Household, **about: Any) -> list[Membership]:
    found = Membership.objects.visible_to(reader(request), "registry.view_membership").filter(household=household, **about)
    return list(found.select_related("person", "household").order_by("pk"))


def _recipients(request: HttpRequest, household: Household, about: dict[str, Any], omit: Sequence[str]) -> Shown:
    found = Recipient.objects.visible_to(reader(request), "registry.view_recipient").filter(household=household, **about)
    rows = sorted(found.select_related("person"), key=lambda row: (row.valid_until is not None, row.rank, -row.pk))
    if not rows:
        return {"text": _("Nobody may collect for this household yet.")}
    return {"table": small_table(RecipientTable, rows, request.user, [*omit, *_without(request, remove="registry.remove_alternate")])}


def _documents(request: HttpRequest, record: Any, people: Any, omit: Sequence[str]) -> Shown:
    found = Document.objects.visible_to(reader(request), "registry.view_document").filter(person__in=people).select_related("person")
    rows = sorted(found, key=lambda row: (row.ended_on is not None, row.person.search_name, row.pk))
    if not rows:
        return {"text": _("No document is written down.")}
    number = "ending" if Sight(reader(request), record).reveals(DOCUMENT) else "number"
    omit = [*omit, number, *_without(request, end="registry.end_document")]
    return {"table": small_table(DocumentTable, rows, request.user, omit)}


def _home_words(row: Membership) -> str:
    words = str(row.get_relationship_display())
    return f"{words} ({text_of(row.joined_on)} – {text_of(row.left_on)})" if row.left_on else words


def _without(request: HttpRequest, **columns: str) -> list[str]:
    """The columns whose action the reader may not take."""
    return [name for name, permission in columns.items() if not request.user.has_perm(permission)]


def merged_here(request: HttpRequest, record: Person | Household) -> Shown:
    """The records that lead to this one, each with the way to undo its merge."""
    kept: Any = type(record)
    gone = list(kept.everything.filter(merged_into=record).order_by("-pk")[:MERGED_SHOWN])
    if not gone:
        return None
    kind = "persons" if isinstance(record, Person) else "households"
    shape = _("Undo the merge of %(number)s, %(name)s")
    links = [
        {
            "url": reverse(f"registry:undo_merge_of_{kind}", args=[one.pk]),
            "title": shape % {"number": one.number_text, "name": one.full_name if isinstance(one, Person) else one.head_name},
        }
        for one in gone
    ]
    return {"links": links}
