"""Why and after how long beneficiaries left."""

from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import make_user
from coremis.modules.programmes.queries import exits_by_reason
from coremis.modules.programmes.tests.sample import EVERYTHING, R, S, change_status, enrol, make_household, make_programme

pytestmark = pytest.mark.django_db


def test_it_works(country):
    """Counted by reason with the average stay, in the reader's places only."""
    programme = make_programme()
    for name, reason, days in (("Almond", R.DEATH, 10), ("Almond", R.DEATH, 20), ("Fig", R.FRAUD, 5)):
        enrolment = enrol(programme, make_household(country[name]))
        change_status(enrolment, S.EXITED, reason)
        with maintenance("test"):
            enrolment.enrolled_on, enrolment.status_since = date(2026, 1, 1), date(2026, 1, 1 + days)
            enrolment.save()
    assert exits_by_reason(programme, EVERYTHING) == [("EXITED", "death", 2, 15.0), ("EXITED", "fraud", 1, 5.0)]
    officer = make_user("officer", "programmes.view_enrolment", area=country["South"])
    assert exits_by_reason(programme, officer) == [("EXITED", "fraud", 1, 5.0)]
