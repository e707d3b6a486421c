"""What decides between equals: published facts of each household or person, and at last a lot that anybody can compute again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, FloatField, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, NullIf
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from coremis.kernel.expressions.chain import Chain, sql_of
from coremis.kernel.expressions.digest import Digest
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Relationship, Sex
from coremis.modules.registry.queries import age_on, born_for_age, members_on
from coremis.modules.targeting.models import TieFacts

WORKING_AGE = (15, 64)  # dependants are those below and above (rulebook 2.5)
NO_WORKERS = 99.0  # the dependency ratio where nobody is of working age

LOT = "lot"
DEFAULT: dict[str, list[dict[str, Any]]] = {
    Programme.Unit.HOUSEHOLD: [
        {"by": "dependency_ratio", "descending": True},
        {"by": "female_head", "descending": True},
        {"by": "head_age", "descending": True},
    ],
    Programme.Unit.PERSON: [{"by": "age", "descending": True}, {"by": "female", "descending": True}],
}


@dataclass(frozen=True)
class Tie:
    """A fact that may decide: its name, its value as an expression over entries as of a day (a missing value comes last), and
    where it is told of the members together, the aggregate over them.
    """

    title: Any
    value: Callable[[date], Any]
    of_members: Callable[[date], Any] | None = None


def of_members(name: str, title: Any, aggregate: Callable[[date], Any]) -> Tie:
    """A fact that is read from the members, of many households at once."""
    return Tie(title, lambda day: F(f"household__targeting_facts__{name}"), aggregate)


def dependency_ratio(day: date) -> Any:
    """Members under 15 and from 65 for each one between; ``NO_WORKERS`` where there is none between."""
    first, last = born_for_age(day, *WORKING_AGE)
    working = Q(person__birth_date__range=(first, last))
    dependants, workers = Count("pk", filter=Q(person__birth_date__isnull=False) & ~working), Count("pk", filter=working)
    ratio = Cast(dependants, FloatField()) / Cast(NullIf(workers, Value(0)), FloatField())
    return Case(When(Exact(workers, 0), then=Value(NO_WORKERS)), default=ratio, output_field=FloatField())


def of_head(value: Any) -> Max:
    """Something about the head of the household."""
    return Max(Case(When(relationship=Relationship.HEAD, then=value), default=None, output_field=IntegerField()))


def _is_female() -> Case:
    return Case(When(person__sex=Sex.FEMALE, then=Value(1)), default=Value(0), output_field=IntegerField())


TIES: Mapping[str, Mapping[str, Tie]] = {
    Programme.Unit.HOUSEHOLD: {
        "dependency_ratio": of_members("dependency_ratio", _("dependants for each member aged 15 to 64"), dependency_ratio),
        "female_head": of_members("female_head", _("a woman is head of the household"), lambda day: of_head(_is_female())),
        "head_age": of_members("head_age", _("age of the head"), lambda day: of_head(age_on(day, "person__birth_date"))),
        "size": Tie(_("size"), lambda day: F("household__size")),
        "registered": Tie(_("order of registration"), lambda day: F("household__number")),
    },
    Programme.Unit.PERSON: {
        "age": Tie(_("age"), lambda day: age_on(day, "person__birth_date")),
        "female": Tie(_("woman"), lambda day: _is_female()),
        "registered": Tie(_("order of registration"), lambda day: F("person__number")),
    },
}


def lot(unit: str, seed: int) -> Digest:
    """The lot of each entry, as ``formulas.draw`` computes it."""
    number = Cast(F(f"{unit}__number"), CharField())
    return Digest(Concat(Value(f"{seed}:"), number, output_field=CharField()))


def facts_of_members(entries: "QuerySet[Any]", unit: str, ties: Sequence[Mapping[str, Any]], day: date) -> Chain:
    """What the members of these households say, read once for all of them: the rows of ``TieFacts`` for the statement that follows."""
    chain = Chain()
    wanted = {tie["by"]: found(day) for tie in ties if (found := TIES[unit][tie["by"]].of_members) is not None}
    if wanted:
        members = members_on(day).filter(household__in=entries.order_by().values("household")).order_by()
        grouped = members.values("household").annotate(**wanted).values_list("household", *wanted)
        chain.add(TieFacts._meta.db_table, *sql_of(grouped), columns=["household_id", *wanted])
    return chain


def with_ties(
    rows: "QuerySet[Any]", unit: str, ties: Sequence[Mapping[str, Any]], seed: int, day: date
) -> "tuple[QuerySet[Any], list[Any]]":
    """The rows with one annotation for each tie, and the order that these give: as published, then by lot."""
    values = {f"tie_{place}": TIES[unit][tie["by"]].value(day) for place, tie in enumerate(ties)}
    order = [
        F(name).desc(nulls_last=True) if tie.get("descending") else F(name).asc(nulls_last=True)
        for name, tie in zip(values, ties, strict=True)
    ]
    return rows.annotate(**values, tie_lot=lot(unit, seed)), [*order, F("tie_lot").asc()]


def tie_values(ties: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What an entry keeps of it, by the name of the fact."""
    return {tie["by"]: F(f"tie_{place}") for place, tie in enumerate(ties)}


def in_words(unit: str, ties: Sequence[Mapping[str, Any]], seed: int) -> list[str]:
    """The tie-break as it is published."""
    falling, rising = _("%(fact)s, highest first"), _("%(fact)s, lowest first")
    said = [(falling if tie.get("descending") else rising) % {"fact": TIES[unit][tie["by"]].title} for tie in ties]
    return [*said, str(_("by lot with the published number %(seed)s") % {"seed": seed})]
