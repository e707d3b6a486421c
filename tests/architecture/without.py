"""A fresh installation with the modules that the environment names: ``python -m tests.architecture.without [migrated]``.

Checks, makes the tables, opens the sign-in page (at first the assistant) and, as somebody with every right, the home page;
prints what is there. With ``migrated`` the tables are made by running every migration, which takes long; without it the
migrations are put together up to the last state, where a missing module stops them as well, and the tables come from the models.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.test import Client
    from django.urls import get_resolver

    from coremis.kernel.access.permissions import known_permissions
    from coremis.kernel.access.seats import SeatPermissions
    from coremis.kernel.actions.action import ACTIONS
    from coremis.kernel.approvals.presets import presets
    from coremis.kernel.approvals.routes import Approvable
    from coremis.kernel.exchange.kinds import import_kinds
    from coremis.kernel.jobs.kinds import kinds
    from coremis.kernel.module.contributions import contributions
    from coremis.kernel.screens.menu import MenuItem
    from coremis.kernel.testing.cast import build_country, make_user

    if "migrated" not in sys.argv:
        assert MigrationLoader(connection).project_state().apps.get_models()  # raises where a migration or a model is missing
        settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
        settings.SILENCED_SYSTEM_CHECKS = [*settings.SILENCED_SYSTEM_CHECKS, "project.E001"]  # no migration was carried out
    call_command("migrate", verbosity=0, run_syncdb=True)
    call_command("check", databases=["default"], fail_level="WARNING")
    client = Client(headers={"host": "localhost"})
    empty = client.get("/account/login/", follow=True)  # leads to the first-run assistant
    ada = make_user("ada", *known_permissions(), area=build_country()["Testland"])
    sign_in = client.get("/account/login/")
    client.force_login(ada)
    home = client.get("/")
    found = {
        "apps": [config.label for config in apps.get_app_configs()],
        "urls": sorted(str(space) for space in get_resolver().namespace_dict),
        "actions": sorted(ACTIONS),
        "permissions": sorted(known_permissions()),
        "jobs": sorted(kinds()),
        "imports": sorted(import_kinds()),
        "menu": sorted(item.address for item in contributions(MenuItem)),
        "approvable": sorted(item.action.name for item in contributions(Approvable)) + sorted({ready[0] for ready in presets()}),
        "seats": sorted({name for given in contributions(SeatPermissions) for name in given.permissions}),
    }
    pages = {"first run": empty.status_code, "sign in": sign_in.status_code, "home": home.status_code, "words": home.content.decode()}
    sys.stdout.write(json.dumps({"found": found, "pages": pages}) + "\n")


if __name__ == "__main__":
    main()
