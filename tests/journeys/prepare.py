"""Makes an installation for a journey: the country, its people and their rights, but no family yet.

Run in a process of its own, because pytest has the settings of the tests: ``python -m tests.journeys.prepare fr``.
"""

import sys

import django
from django.core.management import call_command


def main(language: str) -> None:
    """The country, with all seats in one language."""
    begin(language)


def begin(language: str) -> None:
    """Everything of the demo's first step, where nobody has done it yet in this folder; all seats in one language."""
    django.setup()
    call_command("migrate", verbosity=0)
    from coremis.kernel.access.models import User
    from coremis.project.demo.load import set_up

    if not User.objects.exists():
        set_up()
    User.objects.update(language=language)


if __name__ == "__main__":
    main(sys.argv[1])
