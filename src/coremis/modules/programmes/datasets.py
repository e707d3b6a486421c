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
from coremis.modules.programmes.reached import reached, recipient_sex
from coremis.modules.registry.models import Relationship, Sex

BENEFICIARIES, WAITING, REACHED = "programmes.beneficiaries", "programmes.waiting", "programmes.reached"


def beneficiaries() -> Any:
    """Everybody who is or was in a programme, with the sex of the person, or of the head of the household."""
    living_there = {"household__memberships__left_on": None, "household__memberships__relationship": Relationship.HEAD}
    rows = Enrolment.objects.annotate(head=FilteredRelation("household__memberships", condition=Q(**living_there)))
    return rows.annotate(sex=Coalesce(F("person__sex"), F("head__person__sex"), Value("")), recipient_sex=recipient_sex())


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
    "sex", _("Sex of the person or head"), choices=[*Sex.choices, ("", _("(no head)"))], query=lambda value: {"sex": [value or "none"]}
)  # fmt: skip
RECIPIENT_SEX = Dimension(
    "recipient_sex", _("Sex of the recipient"), choices=[*Sex.choices, ("", _("(no recipient)"))],
    query=lambda value: {"recipient_sex": [value or "none"]},
)  # fmt: skip
PERSON_SEX = Dimension("sex", _("Sex"), choices=Sex.choices)
WOMEN: Query = {"sex": [Sex.FEMALE.value]}
WOMEN_COLLECT: Query = {"recipient_sex": [Sex.FEMALE.value]}
SERVED: Query = {"status": [Status.ACTIVE.value]}

DATASETS: list[Contribution] = [
    Dataset(
        BENEFICIARIES,
        _("Beneficiaries"),
        _("Households and persons who are or were in a programme. Who heads a household and who collects for it are told apart."),
        "programmes.view_enrolment",
        beneficiaries,
        "programmes:enrolment_list",
        dimensions=[PROGRAMME, STATUS, SEX, RECIPIENT_SEX],
        measures=[
            Measure("beneficiaries", _("Beneficiaries"), _("Number of households or persons in programmes, each once in each programme.")),
            Measure(
                "women",
                _("Women, and households headed by one"),
                _("Beneficiaries who are women, or whose head is one."),
                where=Q(sex=Sex.FEMALE),
                query=WOMEN,
            ),
            Measure(
                "women_share",
                _("Share of women, and of households headed by one"),
                _("Beneficiaries who are women, or whose head is one, of all beneficiaries."),
                where=Q(sex=Sex.FEMALE),
                query=WOMEN,
                per="beneficiaries",
            ),
            Measure(
                "women_collect",
                _("Collected by a woman"),
                _("Beneficiaries for whom a woman collects; in a programme for persons, the women."),
                where=Q(recipient_sex=Sex.FEMALE),
                query=WOMEN_COLLECT,
            ),
            Measure(
                "women_collect_share",
                _("Share collected by women"),
                _("Beneficiaries for whom a woman collects, of all beneficiaries."),
                where=Q(recipient_sex=Sex.FEMALE),
                query=WOMEN_COLLECT,
                per="beneficiaries",
            ),
        ],
    ),
    Dataset(
        REACHED,
        _("Persons in beneficiary households"),
        _("Everybody who lives in a household that benefits now, children too, and persons who benefit themselves; each person once."),
        "programmes.view_enrolment",
        reached,
        "programmes:reached_list",
        dimensions=[PERSON_SEX],
        measures=[
            Measure("persons", _("Persons"), _("Number of living persons in households that are active now.")),
            Measure("women", _("Women and girls"), _("Persons of female sex in these households."), where=Q(sex=Sex.FEMALE), query=WOMEN),
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
        area="enrolment__area",
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
        _("Active beneficiaries by sex of the person or head of household"),
        BENEFICIARIES,
        "beneficiaries",
        Chart.SHARE,
        by="sex",
        filters=SERVED,
        seats={"manager": 65, "auditor": 40},
    ),
    Widget(
        _("Active beneficiaries by sex of the recipient"),
        BENEFICIARIES,
        "beneficiaries",
        Chart.SHARE,
        by="recipient_sex",
        filters=SERVED,
        seats={"manager": 66, "auditor": 41},
    ),
    Widget(
        _("Persons in beneficiary households by sex"),
        REACHED,
        "persons",
        Chart.SHARE,
        by="sex",
        seats={"manager": 67, "auditor": 42},
    ),
    Widget(_("Waiting lists"), WAITING, "waiting", Chart.BARS, by="programme", seats={"manager": 80, "commune": 70, "approver": 40}),
]
