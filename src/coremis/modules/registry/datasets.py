"""What can be counted of the register: households, persons, and those who collect."""

from typing import Any

from django.db.models import Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.datasets.dataset import Dataset, Dimension, Measure, Query
from coremis.kernel.datasets.months import month_of, months
from coremis.kernel.datasets.widget import Chart, Size, Step, Widget
from coremis.kernel.module.contributions import Contribution
from coremis.modules.registry.filters import aged
from coremis.modules.registry.models import Household, Person, Relationship, Sex
from coremis.modules.registry.queries import primary_recipients_on

AGES: tuple[tuple[int, int | None], ...] = ((0, 4), (5, 17), (18, 34), (35, 59), (60, 69), (70, None))
HOUSEHOLDS, PERSONS, RECIPIENTS = "registry.households", "registry.persons", "registry.recipients"


def households() -> Any:
    """Every household, with the sex of its head, the month of its registration, and whether somebody may collect for it."""
    of_head = Q(memberships__left_on=None, memberships__relationship=Relationship.HEAD)
    named = primary_recipients_on(timezone.localdate()).filter(household=OuterRef("pk"), person__death_date=None)
    return Household.objects.annotate(head=FilteredRelation("memberships", condition=of_head)).annotate(
        head_sex=Coalesce(F("head__person__sex"), Value("")), month=month_of("registered_on"), has_recipient=Exists(named)
    )


def persons() -> Any:
    """Everybody who lives, with the age group of today."""
    today = [When(aged(ages), then=Value(age_code(ages))) for ages in AGES]
    return Person.objects.filter(death_date=None).annotate(age=Case(*today, default=Value(""), output_field=CharField()))


def recipients() -> Any:
    """Everybody who is the primary recipient of a household today."""
    return Person.objects.filter(Exists(primary_recipients_on(timezone.localdate()).filter(person=OuterRef("pk"))))


def age_code(ages: tuple[int, int | None]) -> str:
    """How an age group is kept: “18-34”, “70-”."""
    return f"{ages[0]}-{'' if ages[1] is None else ages[1]}"


def age_words(values: Any, user: Any) -> list[tuple[str, str]]:
    """The age groups, the youngest first; those without a birth date last."""
    known = [(age_code(ages), f"{ages[0]}–{ages[1]}" if ages[1] else gettext("%(years)s and older") % {"years": ages[0]}) for ages in AGES]
    return [*known, ("", gettext("not known"))]


def of_age(value: str) -> Query:
    """The filter of the list of persons that shows one age group."""
    if not value:
        return {"no_birth": ["yes"]}
    first, last = value.split("-")
    return {"age_min": [first], **({"age_max": [last]} if last else {})}


SEX = Dimension("sex", _("Sex"), choices=Sex.choices)
AGE = Dimension("age", _("Age"), choices=age_words, query=of_age)
HEAD_SEX = Dimension(
    "head_sex", _("Sex of the head"), choices=[*Sex.choices, ("", _("(no head)"))], query=lambda value: {"head_sex": [value or "none"]}
)
MONTH = months("month", _("Month of registration"), "registered")
IS_FEMALE = Q(sex=Sex.FEMALE)
WOMEN: Query = {"sex": [Sex.FEMALE.value]}

DATASETS: list[Contribution] = [
    Dataset(
        HOUSEHOLDS,
        _("Registered households"),
        _("Every household on the register, dissolved ones too."),
        "registry.view_household",
        households,
        "registry:households",
        dimensions=[HEAD_SEX, MONTH],
        measures=[
            Measure("households", _("Households"), _("Number of households on the register.")),
            Measure("members", _("Members of households"), _("Sum of the members who live in these households now."), of="size"),
            Measure(
                "female_headed",
                _("Headed by a woman"),
                _("Households whose head is a woman."),
                where=Q(head_sex=Sex.FEMALE),
                query={"head_sex": [Sex.FEMALE.value]},
            ),
            Measure(
                "female_headed_share",
                _("Share headed by a woman"),
                _("Households headed by a woman, of all households."),
                where=Q(head_sex=Sex.FEMALE),
                query={"head_sex": [Sex.FEMALE.value]},
                per="households",
            ),
            Measure(
                "without_recipient",
                _("Without a recipient"),
                _("Households for which nobody living is named to collect today."),
                where=Q(has_recipient=False),
                query={"recipient": ["no"]},
            ),
        ],
    ),
    Dataset(
        PERSONS,
        _("Registered persons"),
        _("Everybody on the register who lives."),
        "registry.view_person",
        persons,
        "registry:persons",
        dimensions=[SEX, AGE],
        query={"living": ["yes"]},
        measures=[
            Measure("persons", _("Persons"), _("Number of living persons on the register.")),
            Measure("women", _("Women and girls"), _("Living persons of female sex."), where=IS_FEMALE, query=WOMEN),
            Measure(
                "women_share",
                _("Share of women and girls"),
                _("Women and girls, of all living persons."),
                where=IS_FEMALE,
                query=WOMEN,
                per="persons",
            ),
        ],
    ),
    Dataset(
        RECIPIENTS,
        _("Recipients"),
        _("Everybody named as primary recipient of a household today."),
        "registry.view_person",
        recipients,
        "registry:persons",
        dimensions=[SEX],
        query={"collects": ["yes"]},
        measures=[
            Measure("recipients", _("Recipients"), _("Number of primary recipients.")),
            Measure("women", _("Women among the recipients"), _("Primary recipients who are women."), where=IS_FEMALE, query=WOMEN),
            Measure(
                "women_share",
                _("Share of women among the recipients"),
                _("Women among the primary recipients, of all of them."),
                where=IS_FEMALE,
                query=WOMEN,
                per="recipients",
            ),
        ],
    ),
    Step(_("On the register"), HOUSEHOLDS, "households", order=10),
    Widget(
        _("Registered households"),
        HOUSEHOLDS,
        "households",
        Chart.FIGURE,
        size=Size.SMALL,
        seats={"manager": 10, "commune": 10, "data": 10},
    ),
    Widget(_("Registered persons"), PERSONS, "persons", Chart.FIGURE, size=Size.SMALL, seats={"data": 12}),
    Widget(
        _("Women among the recipients"),
        RECIPIENTS,
        "women_share",
        Chart.FIGURE,
        size=Size.SMALL,
        seats={"manager": 14, "commune": 14, "payments": 14},
    ),
    Widget(_("Households headed by a woman"), HOUSEHOLDS, "female_headed_share", Chart.FIGURE, size=Size.SMALL, seats={"data": 14}),
    Widget(_("Households without a recipient"), HOUSEHOLDS, "without_recipient", Chart.FIGURE, size=Size.SMALL, seats={"data": 16}),
    Widget(_("Households by place"), HOUSEHOLDS, "households", Chart.BARS, by="place", seats={"manager": 60, "commune": 60, "data": 20}),
    Widget(_("Persons by age and sex"), PERSONS, "persons", Chart.SHARE, by="age", across="sex", seats={"manager": 70, "data": 30}),
    Widget(_("Registrations by month"), HOUSEHOLDS, "households", Chart.LINE, by="month", size=Size.WIDE, seats={"data": 40}),
]
