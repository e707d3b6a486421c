"""Actions on users, profiles and assignments."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coremis.kernel.access.encryption import decrypt, encrypt, keyed_hash
from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.access.services import (
    GIVES_RIGHTS,
    assign,
    change_user,
    create_user,
    end_assignment,
    reset_password,
    save_profile,
    set_user_active,
)
from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, NeedsApproval, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import PASSWORD, again, everywhere, last_event, make_profile, make_user

NAMES = [item.name for item in (assign, change_user, create_user, end_assignment, reset_password, save_profile, set_user_active)]
TODAY = timezone.localdate


@pytest.fixture
def root():
    return everywhere(*NAMES)


@pytest.fixture
def ada(country):
    return make_user("ada", "areas.view_area", area=country["North"])


def approved(action, **inputs):
    with approved_by(Authority(action.name, 1)):
        return action(**inputs)


def test_it_works(db, root):
    user = create_user(username="  Ada.L ", name="Ada Lovelace", password=Secret("Engine-No-1815"), actor=root)
    assert user.username == "ada.l" and user.must_change_password and user.check_password("Engine-No-1815") and not user.permissions()
    inputs = Change.objects.get(event=last_event(create_user.name)).before
    assert inputs["password"] is None and inputs["username"] == "  Ada.L "


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "ADA"},
        {"username": " "},
        {"name": ""},
        {"username": "x" * 61},
        {"name": "x" * 121},
        {"password": Secret("short")},
        {"password": Secret("new.user-1a")},
    ],
)
def test_wrong_users_are_refused(ada, root, wrong):
    with pytest.raises(Invalid) as refused:
        create_user(**{"username": "new.user", "name": "New User", "password": Secret(PASSWORD), **wrong}, actor=root)
    assert "short" not in str(refused.value.errors) + str(refused.value) or "too short" in str(refused.value)
    assert User.objects.count() == 1


def test_a_local_administrator_reaches_only_local_users(country, ada):
    """pitfall S4, S10: else a commune could take over the account of the capital by giving it a new password."""
    local = make_user("local", *NAMES, area=country["Northfield"])
    capital = make_user("capital", *NAMES, area=country["Testland"])
    coming = make_user("coming", *NAMES, area=country["Testland"])
    with maintenance("test"):
        later = coming.assignments.get()
        later.valid_from = timezone.localdate() + timedelta(days=1)
        later.save()
    for victim in (ada, capital, coming):
        for work in (
            lambda victim=victim: reset_password(user=victim, password=Secret(PASSWORD), actor=local),
            lambda victim=victim: set_user_active(user=victim, active=False, reason="x", actor=local),
            lambda victim=victim: change_user(user=victim, name="x", email="x@example.org", actor=local),
        ):
            with pytest.raises(OutsidePlaces):
                work()
    below = make_user("below", "areas.view_area", area=country["Almond"])
    reset_password(user=below, password=Secret(PASSWORD), actor=local)
    change_user(user=again(below), name="Below", actor=again(local))
    assert again(ada).check_password(PASSWORD) and again(ada).is_active


def test_not_oneself(country, ada):
    admin = make_user("admin", *NAMES, area=country["Testland"])
    profile = Profile.objects.get(code="only-ada")
    for work in (
        lambda: set_user_active(user=admin, active=False, reason="x", actor=admin),
        lambda: reset_password(user=admin, password=Secret(PASSWORD), actor=admin),
        lambda: approved(assign, user=admin, profile=profile, area=country["North"], actor=admin),
    ):
        with pytest.raises(Refusal):
            work()


def test_blocking_and_unblocking_is_told(ada, root):
    set_user_active(user=ada, active=False, reason="left the service", actor=root)
    kept = Change.objects.get(event=last_event(set_user_active.name)).before
    assert kept["reason"] == "left the service" and kept["active"] is False and not again(ada).is_active


def test_rights_are_given_by_two_people(ada, country, root):
    """pitfall S2, S14"""
    with pytest.raises(NeedsApproval):
        assign(user=ada, profile=Profile.objects.get(code="only-ada"), area=country["South"], actor=root)
    with pytest.raises(NeedsApproval):
        save_profile(code="x", names={"en": "x"}, permissions=[], actor=root)


def test_assignments(ada, country, root):
    profile = make_profile("clerk", "areas.add_area")
    given = {"user": ada, "profile": profile, "actor": root}
    made = approved(assign, **given, area=country["South"])
    assert made.valid_from == TODAY() and again(ada).may("areas.add_area", [country["Fig"].pk])
    with pytest.raises(Refusal, match="already holds"):
        approved(assign, **given, area=country["South"])
    with pytest.raises(Invalid, match="ends after it begins"):
        approved(assign, **given, area=country["North"], valid_from=TODAY(), valid_until=TODAY() - timedelta(days=1))
    end_assignment(assignment=made, actor=root)
    assert not again(ada).has_perm("areas.add_area")
    approved(assign, **given, area=country["South"])
    assert again(ada).has_perm("areas.add_area")


def test_assigning_outside_the_own_places_is_refused(ada, country):
    local = make_user("local", *NAMES, area=country["North"])
    with pytest.raises(OutsidePlaces):
        approved(assign, user=ada, profile=make_profile("clerk"), area=country["South"], actor=local)
    foreign = Assignment.objects.get(user=make_user("southerner", "areas.view_area", area=country["South"]))
    with pytest.raises(OutsidePlaces):
        end_assignment(assignment=foreign, actor=local)
    with pytest.raises(NotPermitted):
        end_assignment(assignment=foreign, actor=ada)


def test_ending_what_has_ended_changes_no_history(ada, country, root):
    """An assignment that ended long ago does not end yesterday because somebody clicked again."""
    long_ago = TODAY() - timedelta(days=100)
    old = approved(
        assign, user=ada, profile=make_profile("clerk"), area=country["South"], valid_from=long_ago, valid_until=long_ago, actor=root
    )
    assert end_assignment(assignment=old, actor=root).valid_until == long_ago


def test_profiles_hold_known_permissions_only(db, root):
    with pytest.raises(Refusal, match="do not exist: nothing.known"):
        approved(save_profile, code="x", names={"en": "X"}, permissions=["areas.add_area", "nothing.known"], actor=root)
    made = approved(save_profile, code="x", names={"en": "X"}, permissions=["areas.add_area"] * 2, actor=root)
    assert made.permissions == ["areas.add_area"]
    with pytest.raises(Invalid, match="in use"):
        approved(save_profile, code="x", names={"en": "Y"}, permissions=[], actor=root)
    changed = approved(save_profile, code="x", names={"en": "Y"}, permissions=[], profile=made, actor=root)
    assert changed.pk == made.pk and str(changed) == "Y" and Profile.objects.count() == 1


def test_nobody_gives_rights_over_others_that_they_do_not_hold(country, ada, root):
    """USR-09: by an assignment, or by writing them into a profile that is held elsewhere; rights over the work are another thing."""
    assert set(known_permissions()) >= GIVES_RIGHTS
    local = make_user("local", "access.assign", "access.save_profile", "areas.view_area", area=country["Northfield"])
    heads, clerks = make_profile("heads", "access.reset_password"), make_profile("clerks", "areas.view_area", "actions.view_event")
    with pytest.raises(Refusal, match="do not hold"):
        approved(assign, user=ada, profile=heads, area=country["Northfield"], actor=local)
    approved(assign, user=ada, profile=clerks, area=country["Northfield"], actor=local)
    same = make_profile("same", "access.assign")
    approved(assign, user=ada, profile=same, area=country["Northfield"], actor=local)
    approved(assign, user=ada, profile=same, area=country["South"], actor=root)
    change = {"code": "clerks", "names": {"en": "x"}, "profile": clerks, "actor": local}
    approved(save_profile, **change, permissions=["areas.view_area", "access.assign"])
    approved(assign, user=make_user("far"), profile=clerks, area=country["South"], actor=root)
    with pytest.raises(Refusal, match="do not hold"):
        approved(save_profile, **change, permissions=["areas.view_area", "access.assign", "access.save_profile"])
    with pytest.raises(Refusal, match="do not hold"):
        approved(save_profile, code="new", names={"en": "x"}, permissions=["access.reset_password"], actor=local)


def test_identifiers_at_rest():
    """The same text never looks the same twice, and is found again by a hash that needs the key."""
    first, second = encrypt("CNI-0123"), encrypt("CNI-0123")
    assert first != second and decrypt(first) == decrypt(second) == "CNI-0123"
    assert keyed_hash("cni 0123") == keyed_hash("CNI-0123") != keyed_hash("CNI-0124")
    with pytest.raises(ValueError, match="does not fit"):
        decrypt(first[:-4] + "AAA=")


def test_another_key_opens_nothing(settings):
    token = encrypt("CNI-0123")
    settings.COREMIS_DATA_KEY = "another"
    with pytest.raises(ValueError, match="does not fit"):
        decrypt(token)


def test_a_refused_action_leaves_no_event(ada, country):
    before = Event.objects.count()
    with pytest.raises(NotPermitted):
        set_user_active(user=ada, active=False, reason="x", actor=make_user("nobody"))
    assert Event.objects.count() == before
