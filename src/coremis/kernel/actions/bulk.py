"""Set-based writing: one statement for many rows, stamped with event and version, with what was before kept."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, models
from django.db.models import BigIntegerField, CharField, F, Max, Value

from coremis.kernel.actions import context
from coremis.kernel.actions.before import before_of
from coremis.kernel.actions.models import Change, Record
from coremis.kernel.expressions.chain import Chain
from coremis.kernel.jobs.sizes import note_rows

PLAIN = frozenset({
    models.CharField, models.TextField, models.SlugField, models.ForeignKey, models.IntegerField, models.BigIntegerField,
    models.PositiveIntegerField, models.PositiveSmallIntegerField, models.SmallIntegerField,
})  # fmt: skip
STAMPS = ("version", "event_id", "created_event_id")
R = TypeVar("R", bound=Record)


def insert_from(
    model: type[R], source: "models.QuerySet[Any]", columns: Sequence[str], *, skip_existing: bool = False, parts: Chain | None = None
) -> int:
    """``INSERT ... SELECT``: ``source`` yields, by ``values_list``, one value per column name; returns the number of rows.

    Rows outside the actor's places are refused, and with them the whole transaction. ``parts`` are read once before, each under
    the name of a table that ``source`` joins.
    """
    writing = context.required()
    names = [field.column for field in fields_of(model, columns)]
    query = source.annotate(_version=Value(1), _event=_id(writing), _created=_id(writing)).values_list(
        *_order(source, columns), "_version", "_event", "_created"
    )
    listed = ", ".join(f'"{name}"' for name in [*names, *STAMPS])
    head, tail = f'INSERT INTO "{model._meta.db_table}" ({listed})', " ON CONFLICT DO NOTHING" if skip_existing else ""
    if tail and connection.vendor == "sqlite":  # SQLite takes ON for part of a join, unless a WHERE stands before it
        head, tail = f"{head} SELECT * FROM (", f") WHERE true{tail}"
    count = _run(head, query, tail, *(parts or Chain()).ahead())
    note_rows(model._meta.db_table, count)
    check_created_places(model, writing)
    return count


def update_from(rows: "models.QuerySet[R]", **values: Any) -> int:
    """Set the same expressions on all of ``rows`` that lie in the actor's places; keeps what they held before.

    Two statements whatever the number of rows. Returns how many rows were changed; rows outside are refused.
    """
    writing = context.required()
    fields = fields_of(rows.model, values)
    noted, count = _note(rows, fields, writing)
    if not count:
        return 0
    stamped = {**values, "version": F("version") + 1, "event_id": writing.event.pk}
    with context.noted():
        changed = models.QuerySet.update(models.QuerySet(rows.model).filter(pk__in=noted.values("record_id")), **stamped)
    _check_moved(rows.model, fields, noted, writing)
    return int(changed)


def update_joined(model: type[Record], said: "models.QuerySet[Any]", key: str, **values: Any) -> int:
    """The same as ``update_from``, where each row gets what another query says of it: that is read once, not once for each column.

    ``said`` yields at most one row for each record, whose id stands under ``key``. Expressions among ``values`` are over ``said``;
    everything else is set as it is.
    """
    writing = context.required()
    table, fields = model._meta.db_table, fields_of(model, values)
    noted, count = _note(model._base_manager.filter(pk__in=said.order_by().values(key)), fields, writing)
    if not count:
        return 0
    told = {f"_new_{field.name}": values[field.name] for field in fields if hasattr(values[field.name], "resolve_expression")}
    query, params = said.order_by().annotate(_key=F(key), **told).values_list("_key", *told).query.sql_with_params()
    sets = [f'"{field.column}" = ' + (f'said."_new_{field.name}"' if f"_new_{field.name}" in told else "%s") for field in fields]
    plain = [field.get_db_prep_save(values[field.name], connection) for field in fields if f"_new_{field.name}" not in told]
    head = f'UPDATE "{table}" SET {", ".join(sets)}, version = "{table}".version + 1, event_id = %s FROM ('
    with context.noted(), connection.cursor() as cursor:
        cursor.execute(f'{head}{query}) AS said WHERE "{table}".id = said._key', [*plain, writing.event.pk, *params])
    _check_moved(model, fields, noted, writing)
    return count


def _note(rows: "models.QuerySet[R]", fields: "list[models.Field[Any, Any]]", writing: context.Writing) -> tuple[Any, int]:
    """Lock the rows, keep what they hold, and refuse any outside; the changes made, and how many."""
    model = rows.model
    area = F(model.area_path) if model.area_path else Value(None, output_field=BigIntegerField())
    source = (
        rows.order_by().select_for_update(of=("self",))
        .annotate(_event=_id(writing), _kind=_text(model._meta.label_lower), _area=area, _before=before_of(fields), _digest=_text(""))
        .values_list("_event", "_kind", "pk", "_area", "_before", "_digest")
    )  # fmt: skip
    mine = Change.objects.filter(event_id=writing.event.pk, kind=model._meta.label_lower)
    noted = mine.filter(pk__gt=mine.aggregate(last=Max("pk"))["last"] or 0)
    count = _run("INSERT INTO actions_change (event_id, kind, record_id, area_id, before, redacted_digest)", source)
    note_rows(model._meta.db_table, count)
    if count:
        _check_inside(model, model._base_manager.filter(pk__in=noted.values("record_id")), writing)
    return noted, count


def _check_moved(model: type[Record], fields: "list[models.Field[Any, Any]]", noted: Any, writing: context.Writing) -> None:
    """Where rows went to another place, that must lie within the actor's, too."""
    if model.area_path and model.area_path.split("__")[0] in {field.name for field in fields}:
        _check_inside(model, model._base_manager.filter(pk__in=noted.values("record_id")), writing)


def copy_into(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, check_places: bool = True) -> int:
    """Write many rows from Python values: COPY on PostgreSQL, executemany on SQLite. Records are stamped; plain tables are not."""
    writing = context.required()
    stamps = (1, writing.event.pk, writing.event.pk) if issubclass(model, Record) else ()
    fields = fields_of(model, columns)
    names = [str(field.column) for field in fields] + (list(STAMPS) if stamps else [])
    takers = [_taker(field) for field in fields]
    adapted = ([take(value) for take, value in zip(takers, row, strict=True)] + list(stamps) for row in rows)
    count = _copy(model._meta.db_table, names, adapted)
    note_rows(model._meta.db_table, count)
    if issubclass(model, Record) and check_places:
        check_created_places(model, writing)
    return count


def _taker(field: Any) -> Callable[[Any], Any]:
    """What makes a column's values ready for the database; plain texts and numbers in plain columns are so already."""
    database = connections["default"]  # the proxy ``connection`` would be asked several times for each value
    if type(field) not in PLAIN:
        return lambda value: field.get_db_prep_save(value, database)
    return lambda value: value if value is None or type(value) in (str, int) else field.get_db_prep_save(value, database)


def _copy(table: str, names: list[str], rows: Iterable[list[Any]]) -> int:
    listed, count = ", ".join(f'"{name}"' for name in names), 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
            return count
        batch = list(rows)
        marks = ", ".join(["%s"] * len(names))
        cursor.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', batch)
        return len(batch)


def fields_of(model: type[models.Model], names: Iterable[str]) -> "list[models.Field[Any, Any]]":
    """The concrete fields of these names."""
    return [field for name in names if isinstance(field := model._meta.get_field(name), models.Field)]


def check_created_places(model: type[Record], writing: context.Writing) -> None:
    """Refuse the transaction where a row made by this event lies outside the actor's places."""
    _check_inside(model, model._base_manager.filter(created_event_id=writing.event.pk), writing)


def _check_inside(model: type[Record], rows: "models.QuerySet[Any]", writing: context.Writing) -> None:
    places = writing.actor.places_for(writing.permission)
    if places.everywhere:
        return
    if model.areas_path:
        writing.check_places(rows.order_by().values_list(model.areas_path, flat=True).distinct())
    elif model.area_path:
        outside = rows.exclude(**{f"{model.area_path}__in": places.areas()}).first()
        if outside is not None:
            writing.check_places(outside.place_ids() or [])


def _run(head: str, source: "models.QuerySet[Any]", tail: str = "", ahead: str = "", given: Sequence[Any] = ()) -> int:
    try:
        sql, params = source.query.sql_with_params()
    except EmptyResultSet:  # the database need not be asked
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"{ahead}{head} {sql}{tail}", [*given, *params])
        return int(cursor.rowcount)


def _id(writing: context.Writing) -> Value:
    return Value(writing.event.pk, output_field=BigIntegerField())


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _order(source: "models.QuerySet[Any]", columns: Sequence[str]) -> Sequence[str]:
    """The names under which ``source`` yields the columns: ``new_<column>`` where it annotates one, else the column's own name."""
    return [f"new_{column}" if f"new_{column}" in source.query.annotations else column for column in columns]
