"""What a country decides about the product: seen, changed by two people, refused where it cannot be."""

import pytest

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.approvals.models import Request
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.config.services import change_settings
from coremis.kernel.config.settings import setting
from coremis.kernel.testing.cast import everywhere
from coremis.modules.administration.tests.house import agree, send, signed_in

PAGE = "/administration/settings/"
GRACE, SINGLE = "payments.grace_days", "registry.single_names"
AS_BEFORE = {GRACE: "90", SINGLE: "on", "country.name": "Sanzira"}


@pytest.fixture
def ada(people):
    return signed_in(people["ada"])


def test_it_works(people, ada):
    page = ada.get(PAGE).content.decode()
    assert "Days for which unclaimed money is kept" in page and "People with a single name are taken" in page
    assert send(ada, PAGE, **AS_BEFORE | {GRACE: "60", SINGLE: ""}, approval_note="as the decree says").status_code == 303
    assert (setting(GRACE), setting(SINGLE)) == (90, True)
    request = Request.objects.get()
    shown = signed_in(people["bela"]).get(f"/administration/approvals/{request.pk}/").content.decode()
    assert "as the decree says" in shown and "60" in shown and "The name of the country" not in shown
    assert request.inputs["values"] == {GRACE: 60, SINGLE: False}
    assert agree(people["bela"], request).status_code == 303
    assert (setting(GRACE), setting(SINGLE), setting("country.name")) == (60, False, "Sanzira")


def test_nothing_is_asked_for_where_nothing_differs(people, ada):
    assert "Nothing is different yet" in send(ada, PAGE, **AS_BEFORE).content.decode()
    assert "365" in send(ada, PAGE, **AS_BEFORE | {GRACE: "99999"}).content.decode()
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"), [(GRACE, -1), (GRACE, 3651), (GRACE, "60"), (GRACE, True), (SINGLE, 1), (SINGLE, "no"), ("no.such", 1)]
)
def test_no_other_way_brings_in_what_cannot_be_a_value(db, name, value):
    """Asked for by somebody who needs no second person, since that is how set-up calls it."""
    nobody_asks = Authority(change_settings.name, None, route_says_none=True)
    with approved_by(nobody_asks):
        change_settings(values={GRACE: 60, SINGLE: False}, actor=everywhere(change_settings.name))
    with approved_by(nobody_asks), pytest.raises(Refusal, match="cannot have|a number from|no setting"):
        change_settings(values={name: value}, actor=everywhere(change_settings.name))
    assert setting(GRACE) == 60
