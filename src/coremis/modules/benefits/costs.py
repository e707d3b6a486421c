"""What payments by the rules of a programme would cost, for households or persons who may not be in it yet."""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, CharField, F, QuerySet, Value

from coremis.modules.benefits.models import RuleVersion
from coremis.modules.benefits.queries import names_of, rule_of
from coremis.modules.benefits.sets import LEAST, PAST, SetRule
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.services import CostOfPayments, Costs


def versions_in_use(programme: Programme) -> list[RuleVersion]:
    """The rules that a programme pays by, one for each component; of several for the same component the one activated last."""
    rows = RuleVersion.objects.filter(rule__programme=programme, state=RuleVersion.State.ACTIVE).select_related("rule__programme")
    latest = {version.rule.component: version for version in rows.order_by("activated_at", "pk")}
    return [latest[component] for component in sorted(latest)]


def reckon(programme: Programme, rows: "QuerySet[Any]", group: str, day: date, payments: int) -> Costs:
    """The first payment to each of ``rows`` by every rule, and as many as are planned, as far as the limits of the rule allow.

    Facts are those of the day; earlier payments, recoveries and carried amounts are left aside. One statement for each rule.
    """
    costs = Costs()
    for version in versions_in_use(programme):
        costs.rules.append(str(version))
        for area, name, left_out, count, once, planned in _summed(version, rows, group, day, payments):
            if left_out == "MISSING_FACT":
                costs.without += count
            elif not left_out:
                key = (area, name)
                costs.once[key] = costs.once.get(key, 0) + int(once)
                costs.planned[key] = costs.planned.get(key, 0) + int(planned)
    return costs


def _summed(version: RuleVersion, rows: "QuerySet[Any]", group: str, day: date, payments: int) -> list[tuple[Any, ...]]:
    rule, (names, members) = rule_of(version), names_of(version)
    times = payments if rule.max_payments is None else min(payments, rule.max_payments)
    whole = f"amount_minor * {int(times)}"
    if rule.cap_total is not None:
        whole = f"{LEAST[connection.vendor]}({whole}, {rule.cap_total})"
    started = rows.filter(pk=0).values_list("pk", *(Value(0, BigIntegerField()) for _column in PAST))
    kept = rows.annotate(left_out=Value("", CharField()), group_of=F(group))
    chain = SetRule(rule, programme_unit(version), day, names, members).chain(kept, rows, ("area_id", "group_of"), past=[started])
    sql, params = chain.select(f"area_id, group_of, left_out, COUNT(*), SUM(amount_minor), SUM({whole})", " GROUP BY 1, 2, 3")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def programme_unit(version: RuleVersion) -> str:
    """Whom the programme of a rule helps."""
    return str(version.rule.programme.unit)


COSTS = CostOfPayments(reckon)
