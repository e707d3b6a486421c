"""``coremis migrate``: Django's own, which must also run where the database is not yet as it should be."""

from typing import Any

from django.core.management.commands import migrate


class Command(migrate.Command):
    """Safeguards come back at the end of a run. An interrupted one left some out, so none can be asked for at its beginning."""

    def check(self, *args: Any, **options: Any) -> None:
        """The declarations, without a look into the database."""
        super().check(*args, **{**options, "databases": None})
