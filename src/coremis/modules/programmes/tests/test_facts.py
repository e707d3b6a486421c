"""What filters can ask about beneficiaries and their programmes."""

from datetime import date

import pytest

from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.testing.cast import make_user
from coremis.modules.filters.queries import matching, words
from coremis.modules.filters.services import save_filter
from coremis.modules.programmes.forms import EnrolMatchingForm
from coremis.modules.programmes.models import Enrolment, Reason, Status
from coremis.modules.programmes.previews import group_enrolment, group_status
from coremis.modules.programmes.services.groups import choose
from coremis.modules.programmes.tests.sample import EVERYTHING, change_all, enrol, enrol_all, make_household, make_person, make_programme
from coremis.modules.registry.models import Household

DAY = date(2030, 1, 1)


@pytest.mark.django_db
def test_it_works(country):
    programme = make_programme()
    inside, suspended, outside = (make_household(country["Almond"]) for _place in range(3))
    enrol(programme, inside)
    enrol(programme, suspended, status=Status.POTENTIAL)
    known = {"fact": "programmes.enrolment.programme", "is": "in", "value": [str(programme.pk)]}
    active = {"fact": "programmes.enrolment.status", "is": "in", "value": [Status.ACTIVE.value]}
    link = {"link": "registry.household:enrolments", "count": 1, "where": {"all": [known, active]}}
    tree = {"about": "household", "where": {"all": [link]}}
    assert list(matching(Household.objects.all(), tree, DAY)) == [inside]
    assert set(matching(Household.objects.all(), {**tree, "where": {"not": link}}, DAY)) == {suspended, outside}
    assert words(tree) == "Households: is in a programme where [Programme: Programme NET and Status: active]"


@pytest.mark.django_db
def test_beneficiaries_are_found_by_what_is_asked_of_their_households(country):
    programme = make_programme()
    child, other = make_household(country["Almond"]), make_household(country["Almond"])
    make_person(country["Almond"], child, birth_date=date(2026, 1, 1))
    rows = [enrol(programme, household) for household in (child, other)]
    young = {"fact": "registry.person.age", "is": "most", "value": 4}
    tree = {"about": "household", "where": {"all": [{"link": "registry.household:members", "count": 1, "where": young}]}}
    assert list(matching(Enrolment.objects.all(), tree, DAY)) == rows[:1]
    assert list(matching(Enrolment.objects.all(), {**tree, "where": {"not": tree["where"]}}, DAY)) == rows[1:]


@pytest.mark.django_db
def test_the_preview_counts_whom_the_filter_enrols_and_suspends(country):
    """Pitfall M2: the same filter for preview and effect; the decision keeps its own copy, in words too."""
    programme = make_programme()
    for place in ("Almond", "Almond", "Fig"):
        child = make_household(country[place])
        make_person(country[place], child, birth_date=date(2025, 1, 1))
        make_household(country[place])
    young = {"fact": "registry.person.age", "is": "most", "value": 10}
    tree = {"about": "household", "where": {"link": "registry.household:members", "count": 1, "where": young}}
    inputs = {"programme": programme, "areas": [country["North"]], "filter": tree, "reason": Reason.SELECTED}
    shown = group_enrolment({**inputs, "status": Status.ACTIVE}, EVERYTHING)
    group = enrol_all(programme, country["North"], filter=tree)
    assert shown.count == group.count == Enrolment.objects.count() == 2
    assert (group.filter, group.filter_words) == (tree, words(tree))
    enrol(programme, make_household(country["Almond"]))
    shown = group_status({**inputs, "from_status": Status.ACTIVE, "to_status": Status.SUSPENDED, "also_set_by_hand": True}, EVERYTHING)
    assert shown.count == change_all(programme, country["North"], filter=tree, also_set_by_hand=True).count == 2


@pytest.mark.django_db
def test_a_filter_that_cannot_be_used_enrols_nobody(country):
    """Pitfall M18."""
    programme = make_programme()
    make_household(country["Almond"])
    with pytest.raises(Refusal):
        choose(programme, [country["North"]], "", {"about": "household", "where": {"fact": "registry.household.gone", "is": "known"}})
    clerk = make_user("clerk", "registry.view_household", area=country["North"])
    with pytest.raises(NotPermitted):
        choose(
            programme,
            [country["North"]],
            "",
            {"about": "household", "where": {"link": "registry.household:members", "count": 1}},
            actor=clerk,
        )


@pytest.mark.django_db
def test_the_form_offers_the_filters_that_one_may_use(country):
    programme = make_programme()
    officer = make_user("officer", "registry.view_household", "registry.view_person", "filters.save_filter", "filters.view_savedfilter",
                        "programmes.enrol_matching", area=country["North"])  # fmt: skip
    size = {"about": "household", "where": {"fact": "registry.household.size", "is": "least", "value": 3}}
    saved = save_filter(name="Large", condition=size, actor=officer)
    save_filter(name="Women", condition={"about": "person", "where": {"fact": "registry.person.sex", "is": "known"}}, actor=officer)
    form = EnrolMatchingForm(actor=officer, permission="programmes.enrol_matching", target=programme)
    assert [number for number, _name in form.fields["filter"].choices] == ["", str(saved.pk)]
    assert form.fields["filter"].clean(str(saved.pk)) == size
