"""Who may open which page."""

import pytest

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.approvals.models import Request, Route
from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.testing.cast import make_profile, make_user
from coremis.modules.administration.tests.house import send, signed_in

BASE = "/administration/"
ALL = {"manager", "data", "commune", "payments", "verifier", "approver", "accountant", "auditor", "it"}
READERS = {"auditor", "it"}
DECIDERS = {"manager", "verifier", "approver", "accountant", "auditor"}
OPEN_TO = {
    "my-work/": ALL, "areas/": ALL, "areas/{area}/": ALL, "users/": READERS, "users/{user}/": READERS, "profiles/": READERS,
    "profiles/{profile}/": READERS, "routes/": READERS, "routes/{route}/": READERS, "approvals/": DECIDERS, "work/": READERS,
    "history/": {"auditor"}, "areas/load/": {"it"}, "areas/levels/": {"it"}, "areas/{area}/add/": {"it"},
    "users/create/": {"it"}, "users/{user}/change/": {"it"},
    "users/{user}/password/": {"it"}, "users/{user}/block/": {"it"}, "users/{user}/unblock/": {"it"}, "users/{user}/assign/": {"it"},
    "assignments/{assignment}/end/": {"it"}, "profiles/add/": {"it"}, "profiles/{profile}/change/": {"it"}, "routes/add/": {"it"},
    "routes/ready/": {"it"}, "routes/{route}/change/": {"it"}, "routes/{route}/close/": {"it"},
}  # fmt: skip


@pytest.fixture
def numbers(people):
    return {
        "area": Area.objects.get(code="N1").pk, "user": people["data"].pk, "profile": Profile.objects.get(code="data").pk,
        "route": Route.objects.order_by("pk").first().pk, "assignment": Assignment.objects.get(user=people["data"]).pk,
    }  # fmt: skip


def test_it_works(people, numbers):
    """pitfall S4: nothing without the right, on every page and as every seat."""
    wrong = []
    for seat in sorted(ALL):
        client = signed_in(people[seat])
        for address, allowed in OPEN_TO.items():
            status = client.get(BASE + address.format(**numbers)).status_code
            if status != (200 if seat in allowed else 403):
                wrong.append(f"{seat} {address}: {status}")
    assert not wrong, "\n".join(wrong)


def test_menu_and_home_show_nothing_that_cannot_be_opened(people, numbers):
    for seat in sorted(ALL):
        page = signed_in(people[seat]).get("/").content.decode()
        for address, allowed in OPEN_TO.items():
            if "{" not in address and address.count("/") == 1 and seat not in allowed:
                assert f'href="{BASE}{address}"' not in page, (seat, address)


def test_what_lies_elsewhere_is_not_there(people):
    """pitfall S4: one's own places only, and nobody learns that something exists elsewhere."""
    north, south = Area.objects.get(code="N"), Area.objects.get(code="S1")
    keeper = make_user("keeper", area=north, profile=Profile.objects.get(code="it"))
    stranger = make_user("stranger", "areas.view_area", area=south)
    client = signed_in(keeper)
    assignment = Assignment.objects.get(user=stranger)
    for address in (f"areas/{south.pk}/", f"areas/{south.pk}/add/", f"users/{stranger.pk}/", f"users/{stranger.pk}/block/"):
        assert client.get(BASE + address).status_code == 404, address
    assert client.get(f"{BASE}assignments/{assignment.pk}/end/").status_code == 404
    assert "Southfield" not in client.get(f"{BASE}areas/?clear=1").content.decode()
    assert "stranger" not in client.get(f"{BASE}users/?clear=1").content.decode()


def test_the_it_administrator_sees_neither_people_nor_money(people):
    """Requests of others show amounts and names: not to those who only keep the house."""
    held = set(Profile.objects.get(code="it").permission_names())
    dictionary = {name for name in held if "variable" in name}  # what may be asked, never what anybody answered
    assert not {name for name in held - dictionary if name.startswith(("registry.", "programmes.", "payments.", "ledger."))}
    assert "approvals.view_request" not in held and "actions.view_event" not in held
    send(signed_in(people["ada"]), f"{BASE}profiles/add/", code="clerk", names_en="Clerk", permissions="areas.view_area")
    request = Request.objects.get()
    third = make_user("third", area=Area.objects.get(code="SZ"), profile=make_profile("empty"))
    assert signed_in(third).get(f"{BASE}approvals/{request.pk}/").status_code == 404


def test_someone_elses_work_is_not_there(people):
    job = enqueue("administration.verify_history", actor_id=people["data"].pk)
    seen = {seat: signed_in(people[seat]).get(f"{BASE}work/{job.pk}/").status_code for seat in ("data", "payments", "it", "auditor")}
    assert seen == {"data": 200, "payments": 404, "it": 200, "auditor": 200}
    assert signed_in(people["payments"]).get(f"{BASE}work/{job.pk}/cancel/").status_code == 404


def test_no_account_stands_above_the_rules(people):
    assert not any(user.is_superuser or user.is_staff for user in User.objects.all())
    for user in User.objects.all():
        assert not user.has_perm("administration.set_up_country")
