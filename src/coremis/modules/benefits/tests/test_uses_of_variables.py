"""The dictionary says which benefit rules and which kept filters name a variable, before it is changed (M19)."""

from datetime import date

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import make_user
from coremis.modules.benefits.tests.sample import make_programme, make_rule, part
from coremis.modules.benefits.uses import rules_with
from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.queries import checked, matching, words
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.tests.sample import S, make_household
from coremis.modules.programmes.tests.sample import enrol as enrolled
from coremis.modules.registry.tests.factories import make_variable

pytestmark = pytest.mark.django_db
RIGHTS = ("benefits.view_ruleversion", "benefits.view_benefitrule", "filters.view_savedfilter", "registry.view_variabledefinition")


def keep(user, name, condition):
    with maintenance("test filters"):
        SavedFilter(name=name, subject=condition["about"], condition=checked(condition), owner=user).save()


def about(kind, **part):
    return {"about": kind, "where": {"all": [part]}}


def test_it_works(country, client):
    rooms, grade = make_variable("rooms"), make_variable("grade", subject="person")
    user = make_user("reader", *RIGHTS, "registry.view_household", "registry.view_person", area=country["Testland"])
    programme = make_programme()
    make_rule(programme, part("base", amount=100, condition="rooms < 3"), part("pupil", "MEMBER", member="grade >= 2", amount=5))
    make_rule(programme, part("base", amount=100), code="plain")
    keep(user, "Crowded", about("household", fact="registry.household.var_rooms", **{"is": "most", "value": 2}))
    link = {"link": "registry.household:members", "count": 1}
    keep(user, "Pupils", about("household", **link, where={"all": [{"fact": "registry.person.var_grade", "is": "known"}]}))
    keep(user, "Large", about("household", fact="registry.household.size", **{"is": "least", "value": 5}))
    client.force_login(user)
    for variable, name in ((rooms, "Crowded"), (grade, "Pupils")):
        assert len(rules_with(variable, user)) == 1
        page = client.get(reverse("registry:variable", kwargs={"pk": variable.pk}) + "?tab=usage").content.decode()
        assert f"Filter: {name}" in page and "Benefit rule: Main benefit 1" in page and "Large" not in page
    stranger = make_user("stranger", "registry.view_variabledefinition", area=country["Testland"])
    assert rules_with(rooms, stranger) == []


def test_facts_of_enrolments_in_filters(country):
    """What the dictionary says about enrolments can be asked like everything else."""
    make_variable("channel", "TEXT", subject="enrolment")
    programme = make_programme("household")
    rows = [enrolled(programme, make_household(country["Almond"]), status=S.ACTIVE) for _number in range(2)]
    with maintenance("facts"):
        rows[0].data = {"channel": "Radio"}
        rows[0].save()
    asked = about("enrolment", fact="programmes.enrolment.var_channel", **{"is": "has", "value": "radio"})
    assert list(matching(Enrolment.objects.all(), asked, date(2026, 6, 1))) == [rows[0]]
    assert words(asked) == "Beneficiaries: Channel: contains “radio”"
    assert "status" in str(checked(about("enrolment", fact="programmes.enrolment.status", **{"is": "in", "value": ["ACTIVE"]})))
