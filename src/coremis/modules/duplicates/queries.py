"""Who is alike: one expression for each likeness, used for the whole register and for one person."""

from typing import Any

from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, ExtractYear

from coremis.kernel.expressions.digest import Digest
from coremis.modules.duplicates.models import DuplicateGroup, DuplicateMember, Likeness
from coremis.modules.registry.models import Document, Person

State = DuplicateGroup.State


def marked(likeness: str) -> "QuerySet[Any]":
    """Rows of (``who``: a person's id, ``mark``): the digest of what the person shares with others who have the same mark."""
    if likeness == Likeness.DOCUMENT:
        documents: QuerySet[Any] = Document.objects.filter(ended_on=None).annotate(who=F("person"), mark=F("number_hash"))
        return documents
    everybody: Any = Person.objects.annotate(who=F("pk"))
    if likeness == Likeness.PHONE:
        everybody = everybody.exclude(phone="")
        return everybody.annotate(mark=Digest(Concat(Value("phone|"), F("phone"), Value("|"), F("search_name"))))  # type: ignore[no-any-return]
    told = Concat(
        Value("name|"), Cast("area_id", CharField()), Value("|"), Cast(ExtractYear("birth_date"), CharField()), Value("|"), F("search_name")
    )
    return everybody.filter(birth_date__isnull=False).annotate(mark=Digest(told))  # type: ignore[no-any-return]


def shared_marks(likeness: str) -> "QuerySet[Any]":
    """The marks that more than one person has, as rows of (``mark``, ``found``)."""
    rows: Any = marked(likeness).order_by().values("mark").annotate(found=Count("who", distinct=True)).filter(found__gt=1)
    return rows  # type: ignore[no-any-return]


def alike(person: Person) -> dict[str, "QuerySet[Person]"]:
    """By likeness, the others who are alike a person now, by indexed columns: three small queries, no waiting for a search."""
    others = Person.objects.exclude(pk=person.pk)
    documents = Document.objects.filter(person=person, ended_on=None).values("number_hash")
    holders = Document.objects.filter(number_hash__in=documents, ended_on=None).values("person")
    found: dict[str, QuerySet[Person]] = {Likeness.DOCUMENT.value: others.filter(pk__in=holders)}
    if person.phone:
        found[Likeness.PHONE.value] = others.filter(phone=person.phone, search_name=person.search_name)
    if person.birth_date:
        same = Q(area=person.area_id, search_name=person.search_name, birth_date__year=person.birth_date.year)
        found[Likeness.NAME.value] = others.filter(same)
    return found


def now_in(group: DuplicateGroup) -> "QuerySet[DuplicateMember]":
    """Who is in a group today."""
    return DuplicateMember.objects.filter(group=group, until=None)


def living_members() -> Subquery:
    """For groups: how many are in it today."""
    rows = DuplicateMember.objects.filter(group=OuterRef("pk"), until=None).order_by().values("group")
    return Subquery(rows.annotate(found=Count("pk")).values("found"))
