"""What can be asked about beneficiaries, and about the programmes of a household or a person."""

from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.facts import CHOICE, DATE, PLACE, Fact, FactSource, Link, Subject
from coremis.modules.programmes.models import Enrolment, Programme, Reason, Status
from coremis.modules.programmes.past_statuses import OPERATORS, had_status
from coremis.modules.registry.models import Household, Person, VariableDefinition
from coremis.modules.registry.queries import dictionary_facts

SEES = "programmes.view_enrolment"


def programmes(user: Any = None) -> list[tuple[int, str]]:
    """The programmes to choose from."""
    rows: QuerySet[Programme] = Programme.objects.all() if user is None else Programme.objects.visible_to(user, "programmes.view_programme")
    return [(programme.pk, str(programme)) for programme in rows]


def enrolments_on(day: date) -> "QuerySet[Enrolment]":
    """Who had been enrolled by a day, with the status of now."""
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(Q(enrolled_on__lte=day))
    return rows


of = partial(Fact, Enrolment, group=_("Beneficiary"))
WAS = {
    Status.POTENTIAL: _("Was potential"), Status.ACTIVE: _("Was active"), Status.SUSPENDED: _("Was suspended"),
    Status.GRADUATED: _("Was graduated"), Status.EXITED: _("Was exited"),
}  # fmt: skip
enrolled = partial(
    Link, code="enrolments", title=_("Programmes"), rows=enrolments_on, scope=((Enrolment, ""),), permission=SEES, order=50,
    some=_("is in a programme where"), none=_("is in no programme where"), least=_("is in at least %(n)s programmes where"),
)  # fmt: skip

facts: list[Contribution] = [
    Subject(
        "enrolment", _("Beneficiaries"), ((Enrolment, ""), (Household, "household__"), (Person, "person__")), SEES,
        "programmes:active_list", order=30,
    ),
    of("programme", _("Programme"), CHOICE, path="programme_id", choices=programmes, order=10),
    of("status", _("Status"), CHOICE, path="status", choices=Status.choices, order=20),
    *(
        of(f"was_{status.lower()}", words, DATE, test=partial(had_status, status.value), only=OPERATORS, order=21)
        for status, words in WAS.items()
    ),
    of("status_since", _("Status since"), DATE, path="status_since", order=30),
    of("status_reason", _("Reason"), CHOICE, path="status_reason", choices=Reason.choices, missing="", order=40),
    of("enrolled_on", _("Enrolled on"), DATE, path="enrolled_on", order=50),
    of("area", _("Place"), PLACE, path="area", order=60),
    FactSource(Enrolment, lambda: dictionary_facts(Enrolment, (VariableDefinition.Subject.ENROLMENT,))),
    enrolled(Household, key="household"),
    enrolled(Person, key="person"),
]  # fmt: skip
