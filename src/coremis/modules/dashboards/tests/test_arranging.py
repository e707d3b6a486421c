"""Who arranges which dashboard, what may stand on it, and who sees it then."""

import pytest

from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal, Stale
from coremis.kernel.testing.cast import everywhere, make_profile, make_user
from coremis.modules.dashboards import services
from coremis.modules.dashboards.arranging import Placed, dashboards_of, in_languages, moved, placed, ready_for, resized
from coremis.modules.dashboards.models import Dashboard
from coremis.modules.dashboards.tests.sample import SEES

pytestmark = pytest.mark.django_db
VIEW = "dashboards.view_dashboard"
OWN = [services.create_own_dashboard.name, services.arrange_own_dashboard.name, services.put_away_own_dashboard.name]
SYSTEM = everywhere(
    *(one.name for one in (services.create_profile_dashboard, services.arrange_profile_dashboard, services.put_away_profile_dashboard))
)
FIGURE, PERSONS = Placed("registry.households", "households"), Placed("registry.persons", "persons")
NAMES = {"en": "Mine"}


def officer(country, name="officer", *further, profile=None):
    held = profile or make_profile(f"p-{name}", VIEW, *OWN, SEES, *further)
    return make_user(name, area=country["North"], profile=held)


def test_it_works(country):
    user = officer(country)
    mine = services.create_own_dashboard(names=NAMES, actor=user)
    assert [placed(one) for one in mine.widgets] == ready_for(user.profile_codes(), user.permissions())
    services.arrange_own_dashboard(dashboard=mine, widgets=[FIGURE.stored()], actor=user)
    assert dashboards_of(user) == [mine] and Dashboard.objects.get(pk=mine.pk).widgets == [FIGURE.stored()]
    services.put_away_own_dashboard(dashboard=Dashboard.objects.get(pk=mine.pk), actor=user)
    assert dashboards_of(user) == [None]


def test_a_profile_has_one_until_somebody_copies_it(country):
    user = officer(country)
    profile = user.assignments.get().profile
    theirs = services.create_profile_dashboard(profile=profile, names=NAMES, empty=True, actor=SYSTEM)
    services.arrange_profile_dashboard(dashboard=theirs, widgets=[FIGURE.stored()], actor=SYSTEM)
    other = officer(country, "other", profile=profile)
    assert dashboards_of(user) == dashboards_of(other) == [theirs]
    theirs.refresh_from_db()
    copy = services.create_own_dashboard(names=NAMES, copy_of=theirs, actor=user)
    assert (dashboards_of(user), dashboards_of(other)) == ([copy], [theirs])
    assert copy.widgets == [FIGURE.stored()]
    services.arrange_profile_dashboard(dashboard=theirs, widgets=[], actor=SYSTEM)
    copy.refresh_from_db()
    assert copy.widgets == [FIGURE.stored()]
    services.put_away_own_dashboard(dashboard=copy, actor=user)
    assert dashboards_of(user) == [theirs]


def test_one_made_besides_stands_behind_the_others(country):
    user = officer(country)
    besides = services.create_own_dashboard(names=NAMES, empty=True, actor=user)
    assert besides.widgets == [] and dashboards_of(user) == [None, besides]


def test_a_dashboard_is_copied_once(country):
    user = officer(country)
    services.create_own_dashboard(names=NAMES, actor=user)
    with pytest.raises(Refusal, match="already"):
        services.create_own_dashboard(names=NAMES, actor=user)


def test_nobody_arranges_what_is_not_theirs(country):
    user, other = officer(country), officer(country, "other")
    mine = services.create_own_dashboard(names=NAMES, actor=user)
    for action in (services.arrange_own_dashboard, services.put_away_own_dashboard):
        with pytest.raises(NotPermitted):
            action(dashboard=mine, actor=other)
    with pytest.raises(NotPermitted):
        services.arrange_profile_dashboard(dashboard=mine, widgets=[], actor=user)
    with pytest.raises(Refusal):
        services.arrange_profile_dashboard(dashboard=mine, widgets=[], actor=SYSTEM)
    foreign = services.create_profile_dashboard(profile=make_profile("foreign", VIEW), names=NAMES, actor=SYSTEM)
    with pytest.raises(NotPermitted):
        services.create_own_dashboard(names=NAMES, copy_of=foreign, actor=user)


def test_only_figures_that_those_who_look_may_see(country):
    user = officer(country)
    mine = services.create_own_dashboard(names=NAMES, empty=True, actor=user)
    with pytest.raises(NotPermitted, match="not open"):
        services.arrange_own_dashboard(dashboard=mine, widgets=[PERSONS.stored()], actor=user)
    for wrong in ({"dataset": "no.such", "measure": "x"}, {**FIGURE.stored(), "measure": "x"}, {**FIGURE.stored(), "by": "x"}):
        with pytest.raises(Refusal, match="does not exist"):
            services.arrange_own_dashboard(dashboard=mine, widgets=[wrong], actor=user)
    with pytest.raises(Refusal, match="at most"):
        services.arrange_own_dashboard(dashboard=mine, widgets=[FIGURE.stored()] * 31, actor=user)


def test_what_a_module_that_is_off_left_there_stays(country):
    user = officer(country)
    mine = services.create_own_dashboard(names=NAMES, empty=True, actor=user)
    lost = Placed("transport.buses", "buses").stored()
    Dashboard.objects.none()
    from coremis.kernel.actions.services import maintenance

    with maintenance("a module was on"):
        mine.widgets = [lost]
        mine.save()
    services.arrange_own_dashboard(dashboard=mine, widgets=[FIGURE.stored(), lost], actor=user)
    mine.refresh_from_db()
    assert mine.widgets == [FIGURE.stored(), lost]


def test_a_name_is_needed(country):
    with pytest.raises(Invalid):
        services.create_own_dashboard(names={"en": "  "}, actor=officer(country))


def test_two_people_at_one_dashboard(country):
    theirs = services.create_profile_dashboard(profile=make_profile("seat", VIEW, SEES), names=NAMES, empty=True, actor=SYSTEM)
    seen = Dashboard.objects.get(pk=theirs.pk)
    services.arrange_profile_dashboard(dashboard=theirs, widgets=[FIGURE.stored()], actor=SYSTEM)
    with pytest.raises(Stale):
        services.arrange_profile_dashboard(dashboard=seen, widgets=[], actor=SYSTEM)


def test_moving_and_widening():
    one, two, three = (Placed("registry.households", code) for code in ("a", "b", "c"))
    assert moved([one, two, three], 0, 1) == [two, one, three] and moved([one, two], 0, -1) == [one, two]
    sizes = [FIGURE]
    for _step in range(3):
        sizes = resized(sizes, 0)
    assert sizes == [FIGURE] and resized([FIGURE], 0)[0].size == "wide"


def test_ready_figures_follow_seat_rights_and_language(country):
    rights = {SEES, "registry.view_person"}
    found = ready_for({"data"}, rights)
    assert {one.dataset for one in found} >= {"registry.households", "registry.persons"}
    assert not ready_for({"it"}, rights) and not ready_for({"data"}, set())
    assert set(in_languages("x")) >= {"en", "fr", "pt"} and all(one.title() for one in found)
