"""The values that a formula reads of one household on a day: the very query of a run, for a single key."""

import json
from datetime import date
from typing import Any

from django.db import connection

from coremis.modules.registry.models import Household
from coremis.modules.scoring.finishing import CUTOFF
from coremis.modules.scoring.formulas import limits_on
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.versions import applied, places_above

Limits = dict[tuple[str, str], float]


def inputs_of(version: FormulaVersion, household: Household, day: date) -> tuple[dict[str, Any], Limits]:
    """Its values by name, and the limits of its place and day."""
    sets = applied(version, day)
    chain = sets.chain(Household.objects.all(), lambda rows, key: rows.filter(**{key: household.pk}))
    sql, params = chain.select("inputs")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    found = json.loads(row[0]) if isinstance(row[0], str) else dict(row[0])
    values = {name: value for name, value in found.items() if not name.startswith(CUTOFF)}
    return values, limits_on(sets.card, day, places_above([household.area_id])[household.area_id])
