"""Serial numbers from the database, given out without a race and without waiting for other transactions."""

from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import BigIntegerField, Expression, F, Func, Value, Window
from django.db.models.functions import Cast, RowNumber

from coremis.kernel.actions.models import Record
from coremis.kernel.base.numbers import with_check


def next_number(model: type[Record]) -> int:
    """The next human number of a record class, with its check digits."""
    return with_check(take_serials(model._meta.db_table, 1))


def take_serials(name: str, count: int) -> int:
    """Reserve ``count`` serials and return the first. On PostgreSQL they come from a sequence, outside the transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = f"numbers_{name}"
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [sequence])
            try:
                with transaction.atomic():  # a failure must not keep the lock
                    cursor.execute("SELECT setval(%s::regclass, nextval(%s::regclass) + %s)", [sequence, sequence, count - 1])
                    return int(cursor.fetchone()[0]) - count + 1
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [sequence])
        cursor.execute(
            "INSERT INTO actions_counter (name, value) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET value = actions_counter.value + %s RETURNING value",
            [name, count, count],
        )
        return int(cursor.fetchone()[0]) - count + 1


def numbered(first_serial: int, order_by: str = "pk") -> Expression:
    """For ``insert_from``: the number of each row, counting from a reserved serial, with check digits (see base.numbers)."""
    return checked(Cast(Window(RowNumber(), order_by=F(order_by).asc()), BigIntegerField()) + Value(first_serial - 1))


def checked(serial: Expression) -> Expression:
    """A serial with its two check digits, in SQL (see base.numbers)."""
    hundred = serial * Value(100)
    return hundred + Value(98) - Func(hundred, Value(97), function="MOD", output_field=BigIntegerField())


def create_sequences(**kwargs: Any) -> None:
    """After migrate: a sequence for every record class with a human number."""
    if connection.vendor != "postgresql":
        return
    config: Any = kwargs.get("app_config") or kwargs.get("sender")
    with connection.cursor() as cursor:
        for model in apps.get_app_config(config.label).get_models():
            if issubclass(model, Record) and model.number_prefix:
                cursor.execute(f'CREATE SEQUENCE IF NOT EXISTS "numbers_{model._meta.db_table}"')
