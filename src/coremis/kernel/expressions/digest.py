"""SHA-256 of a text, computed by the database."""

from typing import Any

from django.db.models import CharField, Func


class Digest(Func):
    """SHA-256 in hexadecimal digits: built into PostgreSQL (Django's own asks for an extension), added to SQLite by Django."""

    function = "SHA256"
    output_field = CharField(max_length=64)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The built-in function takes bytes."""
        return self.as_sql(compiler, connection, template="ENCODE(SHA256(CONVERT_TO(%(expressions)s, 'UTF8')), 'hex')", **context)
