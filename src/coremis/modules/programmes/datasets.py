"""What can be counted of programmes: beneficiaries by status, and who waits."""

from typing import Any

from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.datasets.dataset import Dataset, Dimension, Measure, Query
from coremis.kernel.datasets.widget import Chart, Size, Step, Widget
from coremis.kernel.module.contributions import Contribution
from coremis.modules.programmes.models import Enrolment, Programme, Status, WaitingPlace
from coremis.modules.registry.models import Relationship, Sex

BENEFICIARIES, WAITING = "programmes.beneficiaries", "programmes.waiting"


def beneficiaries() -> Any:
    """Everybody who is or was in a programme, with the sex of the person, or of the head of the household."""
    living_there = {"household__memberships__left_on": None, "household__memberships__relationship": Relationship.HEAD}
    rows = Enrolment.objects.annotate(head=FilteredRelation("household__memberships", condition=Q(**living_there)))
    return rows.annotate(sex=Coalesce(F("person__sex"), F("head__person__sex"), Value("")))


def waiting() -> Any:
    """Everybody who waits today."""
    return WaitingPlace.objects.waiting(timezone.localdate())


def programme_words(values: Any, user: Any) -> list[tuple[int, str]]:
    """The programmes that a person may see, by code; ``values`` limits them."""
    rows = Programme.objects.visible_to(user, "programmes.view_programme").order_by("code")
    return [(row.pk, str(row)) for row in (rows if values is None else rows.filter(pk__in=[value for value in values if value]))]


PROGRAMME = Dimension("programme", _("Programme"), on="programme_id", choices=programme_words, on_top=True)
STATUS = Dimension("status", _("Status"), choices=Status.choices)
SEX = Dimension(
    "sex", _("Sex"), choices=[*Sex.choices, ("", _("(no head)"))], query=lambda value: {"sex": [value or "none"]}
)  # fmt: skip
WOMEN: Query = {"sex": [Sex.FEMALE.value]}
SERVED: Query = {"status": [Status.ACTIVE.value]}

DATASETS: list[Contribution] = [
    Dataset(
        BENEFICIARIES,
        _("Beneficiaries"),
        _("Everybody who is or was in a programme. Sex is that of the person, or of the head of the household."),
        "programmes.view_enrolment",
        beneficiaries,
        "programmes:enrolment_list",
        dimensions=[PROGRAMME, STATUS, SEX],
        measures=[
            Measure("beneficiaries", _("Beneficiaries"), _("Number of households or persons in programmes, each once in each programme.")),
            Measure("women", _("Women"), _("Beneficiaries who are women, or whose head is one."), where=Q(sex=Sex.FEMALE), query=WOMEN),
            Measure(
                "women_share",
                _("Share of women"),
                _("Beneficiaries who are women, or whose head is one, of all beneficiaries."),
                where=Q(sex=Sex.FEMALE),
                query=WOMEN,
                per="beneficiaries",
            ),
        ],
    ),
    Dataset(
        WAITING,
        _("Waiting lists"),
        _("Everybody who waits today for a place in a programme."),
        "programmes.view_waitingplace",
        waiting,
        "programmes:waiting_list",
        dimensions=[PROGRAMME],
        query={"waiting": ["yes"]},
        measures=[Measure("waiting", _("Waiting"), _("Number of places on waiting lists that count today."))],
    ),
    Step(_("Potential"), BENEFICIARIES, "beneficiaries", {"status": [Status.POTENTIAL.value]}, order=40),
    Step(_("Enrolled"), BENEFICIARIES, "beneficiaries", SERVED, order=50),
    Widget(
        _("Active beneficiaries"),
        BENEFICIARIES,
        "beneficiaries",
        Chart.FIGURE,
        filters=SERVED,
        size=Size.SMALL,
        seats={"manager": 16, "commune": 16, "payments": 10, "approver": 10, "verifier": 12, "auditor": 12},
    ),
    Widget(
        _("From registration to payment"),
        BENEFICIARIES,
        "beneficiaries",
        Chart.STEPS,
        seats={"manager": 20, "commune": 20, "approver": 20, "verifier": 20},
    ),
    Widget(
        _("Beneficiaries by status"),
        BENEFICIARIES,
        "beneficiaries",
        Chart.SHARE,
        by="programme",
        across="status",
        seats={"manager": 30, "commune": 30, "data": 50, "auditor": 30, "verifier": 30},
    ),
    Widget(
        _("Beneficiaries by place and status"),
        BENEFICIARIES,
        "beneficiaries",
        Chart.TABLE,
        by="place",
        across="status",
        size=Size.WIDE,
        seats={"manager": 90, "commune": 50},
    ),
    Widget(
        _("Active beneficiaries by sex"),
        BENEFICIARIES,
        "beneficiaries",
        Chart.SHARE,
        by="sex",
        filters=SERVED,
        seats={"manager": 65, "auditor": 40},
    ),
    Widget(_("Waiting lists"), WAITING, "waiting", Chart.BARS, by="programme", seats={"manager": 80, "commune": 70, "approver": 40}),
]
