"""Who may do what, where, and until when: denied unless given, read afresh on every request."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coremis.kernel.access.models import Assignment, Profile
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import again, make_profile, make_user

SEE = "areas.view_area"
TODAY = timezone.localdate


@pytest.fixture
def give(country):
    """Assign a profile for a time, counted in days from today."""

    def assign(user, profile, area, since=-10, until=None):
        end = None if until is None else TODAY() + timedelta(days=until)
        with maintenance("test"):
            assignment = Assignment(
                user=user, profile=profile, area=country[area], valid_from=TODAY() + timedelta(days=since), valid_until=end
            )
            assignment.save()
        return assignment

    return assign


def test_it_works(country, give):
    ada = make_user("ada")
    assert not ada.has_perm(SEE) and ada.permissions() == frozenset() and not ada.places_for(SEE).cover([country["Fig"].pk])
    give(ada, make_profile("reader", SEE), "North")
    ada = again(ada)
    assert ada.has_perm(SEE) and ada.permissions() == {SEE} and ada.has_module_perms("areas") and not ada.has_module_perms("access")
    assert ada.may(SEE, [country["Almond"].pk, country["Northfield"].pk]) and not ada.may(SEE, [country["Almond"].pk, country["Fig"].pk])
    assert not ada.may("areas.add_area", []) and ada.may(SEE, []) and not ada.may(SEE, [None])


@pytest.mark.parametrize(
    ("since", "until", "held"), [(-1, None, True), (0, None, True), (1, None, False), (-5, 0, True), (-5, -1, False), (0, 0, True)]
)
def test_dates_include_their_first_and_last_day(give, since, until, held):
    ada = make_user("ada")
    give(ada, make_profile("reader", SEE), "North", since, until)
    assert again(ada).has_perm(SEE) is held and bool(again(ada).profile_ids()) is held


def test_places_add_up_but_rights_do_not_mix(country, give):
    """A right held in the North and another in the South do not make either hold in both."""
    ada = make_user("ada")
    give(ada, make_profile("reader", SEE), "North")
    give(ada, make_profile("namer", "areas.rename_area"), "South")
    give(ada, make_profile("local", SEE), "Fig")
    ada = again(ada)
    assert ada.may(SEE, [country["Almond"].pk, country["Fig"].pk]) and not ada.may(SEE, [country["Ebony"].pk])
    assert ada.may("areas.rename_area", [country["Ebony"].pk]) and not ada.may("areas.rename_area", [country["Almond"].pk])
    assert set(ada.places_for(SEE).areas()) == {
        country[name].pk for name in ("North", "Northfield", "Northlake", "Almond", "Beech", "Cedar", "Fig")
    }


def test_the_whole_country_is_everywhere(country, give):
    boss = make_user("boss")
    give(boss, make_profile("reader", SEE), "Testland")
    boss = again(boss)
    assert boss.places_for(SEE).everywhere and boss.may(SEE, [None]) and not boss.places_for("areas.add_area").everywhere


def test_a_change_works_on_the_next_request(country, give):
    """pitfall S6: nothing is kept from the last one."""
    ada, profile = make_user("ada"), make_profile("reader", SEE)
    assignment = give(ada, profile, "North")
    assert again(ada).has_perm(SEE)
    with maintenance("test"):
        profile.permissions = []
        profile.save()
    assert not again(ada).has_perm(SEE)
    with maintenance("test"):
        profile.permissions = [SEE]
        profile.save()
        assignment.valid_until = TODAY() - timedelta(days=1)
        assignment.save()
    assert not again(ada).has_perm(SEE) and not again(ada).places_as(profile.pk).cover([country["Almond"].pk])


def test_a_moved_area_takes_the_rights_along(country, give):
    from coremis.kernel.areas.services import move_area
    from coremis.kernel.testing.cast import everywhere

    ada = make_user("ada")
    give(ada, make_profile("reader", SEE), "North")
    move_area(area=country["Northfield"], parent=country["South"], actor=everywhere(move_area.name))
    assert not again(ada).may(SEE, [country["Almond"].pk]) and again(ada).may(SEE, [country["Cedar"].pk])


def test_blocked_user_holds_nothing(country, give):
    ada, profile = make_user("ada", is_active=False), make_profile("reader", SEE)
    give(ada, profile, "Testland")
    ada = again(ada)
    assert not ada.has_perm(SEE) and not ada.permissions() and not ada.profile_ids() and not ada.may(SEE, [])
    assert not ada.places_for(SEE).everywhere and not ada.places_as(profile.pk).everywhere


def test_nobody_stands_above_the_rules(db):
    """There is no superuser: a field of that name on the row would change nothing."""
    ada = make_user("ada")
    assert not ada.is_superuser and not ada.is_staff and not hasattr(type(ada).objects, "create_superuser")
    assert "is_superuser" not in {field.name for field in type(ada)._meta.get_fields()}


def test_the_database_refuses_a_second_open_assignment_and_turned_dates(country, give):
    ada, profile = make_user("ada"), make_profile("reader", SEE)
    give(ada, profile, "North")
    for dates in ({"since": -5}, {"since": 5, "until": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            give(ada, profile, "North", **dates)


def test_rights_cost_one_query_a_request(country, give, django_assert_num_queries):
    """pitfall P1"""
    ada = make_user("ada")
    for number in range(5):
        give(ada, make_profile(f"p{number}", SEE, "areas.add_area"), "North")
    ada = again(ada)
    with django_assert_num_queries(1):
        assert ada.has_perm(SEE) and ada.permissions() and ada.profile_ids() and ada.home_area() and not ada.needs_second_factor()


def test_every_action_and_record_class_is_a_permission(db):
    """pitfall S4, S8: also rejecting, also reading."""
    known = known_permissions()
    assert set(ACTIONS) <= set(known) and {"approvals.reject_request", "approvals.view_request", "access.view_user"} <= set(known)
    assert all(str(title) for title in known.values())
    assert Profile(permissions=["nothing.known"]).permission_names() == ["nothing.known"]
