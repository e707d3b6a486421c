"""What this module shows on the pages of programmes, households and persons, and on the home page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.jobs.models import Job
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table, small_table
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme, Reason, Status
from coremis.modules.programmes.queries import counts_by_status, exits_by_reason
from coremis.modules.programmes.tables import EnrolmentTable, GroupChangeTable
from coremis.modules.registry.models import Household, Membership, Person, VariableDefinition
from coremis.modules.registry.queries import variables_panel

Shown = Mapping[str, Any] | None
LATEST = 20


def list_address(programme: Programme, status: str = "") -> str:
    """The list of a programme's beneficiaries, of one status where it is given."""
    query = {"programme": programme.pk, **({"status": status} if status else {})}
    return f"{reverse('programmes:enrolment_list')}?{urlencode(query)}"


def beneficiaries(request: HttpRequest, programme: Programme) -> Shown:
    """How many of each status, each number leading to its list."""
    counts = counts_by_status([programme], request.user).get(programme.pk, {})
    facts = [Fact(status.label.capitalize(), counts.get(status, 0), list_address(programme, status)) for status in Status]
    everybody = Fact(_("All"), sum(counts.values()), list_address(programme))
    return {"facts": [fact.ready() for fact in [*facts, everybody]], "text": _("Counted in your places.")}


def criteria(request: HttpRequest, programme: Programme) -> Shown:
    """The usual criteria for each status, with the way to enrol by them."""
    rows = list(programme.criteria.order_by("status"))
    if not rows:
        return None
    may = request.user.has_perm("programmes.enrol_matching")
    page = reverse("programmes:enrol_matching", args=[programme.pk])
    links = [(_("Enrol by these"), f"{page}?criteria={row.pk}") if may else ("", "") for row in rows]
    heads = [(_("New status"), ""), (_("Filter"), ""), (_("Condition"), ""), ("", "")]
    ready = [
        [(row.get_status_display(), ""), (row.filter_words, ""), (row.condition, ""), link] for row, link in zip(rows, links, strict=True)
    ]
    return {"table": figure_table(heads, ready)}


def exits(request: HttpRequest, programme: Programme) -> Shown:
    """How many left for which reason, and after how many months on average; each number leads to its list."""
    rows = exits_by_reason(programme, request.user)
    if not rows:
        return None
    months = _("%(count)s, after %(months)s months on average")
    facts = []
    for status, reason, count, days in rows:
        title = f"{Status(status).label.capitalize()}: {Reason(reason).label if reason else '–'}"
        words = months % {"count": text_of(count), "months": text_of(round(days / 30.4))} if days is not None else text_of(count)
        facts.append(Fact(title, words, f"{list_address(programme, status)}&{urlencode({'reason': reason})}" if reason else ""))
    return {"facts": [fact.ready() for fact in facts], "text": _("Counted in your places.")}


def group_changes(request: HttpRequest, programme: Programme) -> Shown:
    """The latest decisions about many, and what can be undone."""
    rows = GroupChangeTable.visible(request.user).filter(programme=programme).order_by("-pk")[:LATEST]
    table = small_table(GroupChangeTable, list(rows), request.user)
    return {"table": table} if table["rows"] else {"text": _("Nothing was decided for many at once yet.")}


def of_household(request: HttpRequest, household: Household) -> Shown:
    """The programmes of a household, the latest first."""
    return _programmes(request, Q(household=household), "programmes:enrol_household", household)


def of_person(request: HttpRequest, person: Person) -> Shown:
    """The programmes of a person and of the household where the person lives, the latest first."""
    user: Any = request.user
    homes = Membership.objects.visible_to(user, "registry.view_membership").filter(person=person, left_on=None)
    return _programmes(request, Q(person=person) | Q(household__in=homes.values("household")), "programmes:enrol_person", person)


def _programmes(request: HttpRequest, whose: Q, address: str, about: Household | Person) -> Shown:
    rows = EnrolmentTable.visible(request.user).filter(whose).order_by("-enrolled_on", "-pk")[:LATEST]
    table = small_table(EnrolmentTable, list(rows), request.user, omit=["area"])
    links = []
    if request.user.has_perm("programmes.enrol_one"):
        links.append({"url": reverse(address, kwargs={"pk": about.pk}), "title": _("Enrol in a programme")})
    if table["rows"]:
        return {"table": table, "links": links}
    return {"text": _("In no programme yet."), "links": links}


def enrolment_facts(request: HttpRequest, enrolment: Enrolment) -> Shown:
    """What the dictionary says about an enrolment in this programme."""
    if not VariableDefinition.objects.filter(subject=VariableDefinition.Subject.ENROLMENT, is_active=True).exists():
        return None
    return variables_panel(request, enrolment, (VariableDefinition.Subject.ENROLMENT,), enrolment.programme_id)


def work_of(group: GroupChange) -> Job | None:
    """The job that carries a group change out."""
    return Job.objects.filter(cause_id=group.created_event_id).order_by("-pk").first()


def concerned(request: HttpRequest, group: GroupChange) -> Shown:
    """Some of those whom a group change enrolled."""
    rows = EnrolmentTable.visible(request.user).filter(group=group).order_by("pk")[:LATEST]
    table = small_table(EnrolmentTable, list(rows), request.user, omit=["programme"])
    return {"table": table} if table["rows"] else None
