"""A digest of all business tables: what they say, without what differs between two runs of the same work.

Left out are the ids of events and jobs, moments of the clock, random identities and encrypted texts, and the serial numbers that a
killed transaction used up. The id of a row stands for its place in its table, so that gaps in the ids do not matter.
"""

import hashlib
import json
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from coremis.kernel.actions.models import Change, Record
from coremis.kernel.exchange.models import BatchRow
from coremis.modules.ledger.models import Movement, Proof
from coremis.modules.payments.models import PayrollLine

STAMPS = {"id", "event_id", "created_event_id", "uid", "job_id", "hash", "sha256", "size", "name_in_store", "serials_from"}
SERIALS = {"number", "enrolment_number", "household_number", "payee_number", "reference"}
# Written by the timetable's clock, or by a person's hand outside the work that is compared.
NOT_COMPARED = {Proof}
# Links that are no foreign keys, because the ledger knows no payments.
LINKS = {(Movement, "line_id"): PayrollLine}


def digests() -> dict[str, str]:
    """One digest for each business table, and one for what the history says of their rows."""
    kinds = [model for model in apps.get_models() if issubclass(model, Record) and model not in NOT_COMPARED] + [BatchRow]
    places = {model: places_of(model) for model in kinds}
    found = {model._meta.label_lower: sealed(rows_of(model, places)) for model in kinds}
    return {**found, "history": sealed(history(places))}


def state(*kinds: type[models.Model]) -> dict[str, str]:
    """The same for some tables, without the version and the history: what people see."""
    places = {model: places_of(model) for model in apps.get_models() if issubclass(model, Record)}
    return {model._meta.label_lower: sealed(rows_of(model, places, without=("version",))) for model in kinds}


def places_of(model: type[models.Model]) -> dict[int, int]:
    """The place of each row in its table, by id."""
    keys = model._base_manager.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=20_000)
    return {key: place for place, key in enumerate(keys)}


def rows_of(model: type[models.Model], places: dict[Any, dict[int, int]], without: tuple[str, ...] = ()) -> Any:
    """Every row, links as places."""
    fields = [field for field in model._meta.concrete_fields if compared(field) and field.attname not in without]
    targets = [LINKS.get((model, field.attname), field.related_model) for field in fields]
    links = {place: places[target] for place, target in enumerate(targets) if target in places}
    for row in model._base_manager.order_by("pk").values_list(*(field.attname for field in fields)).iterator(chunk_size=20_000):
        yield [links[place].get(value) if place in links else plain(value) for place, value in enumerate(row)]


def compared(field: Any) -> bool:
    """Whether a column says something that two runs must agree on."""
    by_clock = isinstance(field, (models.DateTimeField, models.BinaryField)) or getattr(field, "secret", False)
    serial = field.attname in SERIALS and isinstance(field, models.BigIntegerField | models.CharField)
    return not (by_clock or serial or field.attname in STAMPS or field.primary_key)


def history(places: dict[Any, dict[int, int]]) -> Any:
    """What every row held before, in the order of the rows."""
    by_kind = {model._meta.label_lower: found for model, found in places.items()}
    told = Change.objects.exclude(kind=Change.INPUTS).order_by("kind", "record_id", "pk")
    for kind, record, area, before in told.values_list("kind", "record_id", "area_id", "before").iterator(chunk_size=20_000):
        yield [kind, by_kind.get(kind, {}).get(record), area, plain(before)]


def plain(value: Any) -> Any:
    """JSON data without what differs between runs."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if name not in STAMPS and not name.endswith("_at")}
    return [plain(item) for item in value] if isinstance(value, list) else value


def sealed(rows: Any) -> str:
    """One SHA-256 over all rows."""
    told = hashlib.sha256()
    for row in rows:
        told.update(json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True).encode())
    return told.hexdigest()
