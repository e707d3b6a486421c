"""Ticking beneficiaries in a list, and what may be done about those ticked."""

import pytest
from django.urls import reverse

from coremis.kernel.base.refusal import Invalid, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment, GroupChange, WaitingPlace
from coremis.modules.programmes.module import DECIDES, SEES
from coremis.modules.programmes.tests.sample import (
    EVERYTHING,
    R,
    S,
    agreed,
    change_all,
    change_status,
    enrol,
    enrol_all,
    make_household,
    make_programme,
    many_households,
    statuses,
    undo,
)
from coremis.modules.programmes.tests.test_screens import agree, send

pytestmark = pytest.mark.django_db
CHANGE = {"from_status": S.ACTIVE, "to_status": S.SUSPENDED, "reason": R.UNDER_VERIFICATION}


@pytest.fixture
def active(country):
    """Six active beneficiaries, four in Almond and two in Fig."""
    programme = make_programme()
    many_households(country["Almond"], 4)
    many_households(country["Fig"], 2)
    enrol_all(programme, country["Testland"])
    return list(Enrolment.objects.order_by("pk"))


@pytest.fixture
def manager(country, client):
    more = ("registry.view_household", "registry.view_person", "approvals.submit_request", "screens.export_list")
    user = make_user("manager", *SEES, *DECIDES, "programmes.put_chosen_on_waiting_list", *more, area=country["Testland"])
    client.force_login(user)
    return user


@pytest.fixture
def approver(country):
    profile = make_profile("approver", "approvals.approve_request", *SEES)
    make_route("programmes.change_status_of_chosen", country["Testland"], profile)
    return make_user("approver", area=country["Testland"], profile=profile)


def tick(client, name, rows, **more):
    """Send the form of a list with these rows ticked."""
    return client.post(reverse(f"programmes:{name}"), {"do": "chosen", "tick": [row.pk for row in rows], **more})


def button(client, name, title):
    page = client.get(reverse(f"programmes:{name}"))
    return next(link["url"] for link in page.context["bulk"] if link["title"] == title)


def test_it_works(active, manager, approver, client):
    """Tick two in the list, see what will happen, and another person agrees."""
    then = button(client, "active_list", "Change the status")
    sent = tick(client, "active_list", active[:2], then=then)
    assert sent.status_code == 303 and sent.url.startswith(then) and "chosen=" in sent.url
    form = client.get(sent.url)
    ids = form.context["form"]["enrolments"].value()
    assert ids == f"{active[0].pk} {active[1].pk}"
    typed = {"enrolments": ids, "change": "ACTIVE:SUSPENDED:under_verification"}
    seen, _sent = send(client, sent.url, typed)
    assert "Suspend 2 beneficiaries" in seen.content.decode()
    assert not GroupChange.objects.filter(what="STATUS").exists()
    agree(approver)
    group = GroupChange.objects.get(what="STATUS")
    assert (group.count, group.state) == (2, GroupChange.State.DONE)
    assert sorted(Enrolment.objects.filter(status=S.SUSPENDED).values_list("pk", flat=True)) == [row.pk for row in active[:2]]


def test_everything_that_the_list_shows(active, manager, client):
    """What matches the filters, not more; without filters, everybody."""
    then = button(client, "active_list", "Change the status")
    fig = Enrolment.objects.filter(area__name="Fig")
    path = reverse("programmes:active_list")
    sent = client.post(f"{path}?area={fig[0].area_id}", {"do": "chosen", "everything": "1", "then": then})
    assert client.get(sent.url).context["form"]["enrolments"].value().split() == [str(row.pk) for row in fig.order_by("pk")]
    sent = client.post(path, {"do": "chosen", "everything": "1", "then": then})
    assert len(client.get(sent.url).context["form"]["enrolments"].value().split()) == 6


def test_nobody_ticked_means_nobody(active, manager, client):
    """pitfall M1"""
    then = button(client, "active_list", "Change the status")
    page = client.post(reverse("programmes:active_list"), {"do": "chosen", "then": then}, follow=True)
    assert "No row is ticked" in page.content.decode()
    typed = {"key": "a", "step": "preview", "change": "ACTIVE:SUSPENDED:under_verification"}
    assert client.post(then, typed).context["form"].errors["enrolments"]
    with pytest.raises(Refusal):
        agreed(services.change_status_of_chosen, enrolments=[], **CHANGE)


def test_a_button_that_is_not_offered_leads_nowhere(active, manager, client):
    assert tick(client, "active_list", active[:1], then="/elsewhere/").status_code == 403


def test_chosen_rows_become_a_file(active, manager, client):
    file = tick(client, "active_list", active[1:3], format="csv")
    lines = file.content.decode("utf-8-sig").strip().splitlines()
    assert file["Content-Disposition"].startswith("attachment") and len(lines) == 3


def test_the_choice_of_another_person_says_nothing(active, manager, client, country):
    number = tick(client, "active_list", active[:2], then=button(client, "active_list", "Change the status")).url.split("=")[-1]
    client.force_login(make_user("other", *SEES, area=country["Testland"]))
    page = client.get(reverse("programmes:active_list") + f"?chosen={number}")
    assert "no longer kept" in page.content.decode() and not page.context["rows"]


def test_only_those_who_have_the_status(active):
    change_status(active[0], S.EXITED)
    group = agreed(services.change_status_of_chosen, enrolments=active[:3], **CHANGE)
    assert group.count == 2
    assert statuses(group.programme) == {"ACTIVE": 3, "EXITED": 1, "SUSPENDED": 2}


def test_it_counts_as_decided_by_a_person(active, country):
    """pitfall D10"""
    agreed(services.change_status_of_chosen, enrolments=active[:1], **CHANGE)
    with pytest.raises(Refusal):
        change_all(active[0].programme, country["Testland"], old=S.SUSPENDED, new=S.EXITED, reason=R.VOLUNTARY)
    assert Enrolment.objects.get(pk=active[0].pk).status == S.SUSPENDED


def test_it_can_be_undone(active):
    group = agreed(services.change_status_of_chosen, enrolments=active[:4], **CHANGE)
    assert statuses(group.programme) == {"ACTIVE": 2, "SUSPENDED": 4}
    undo(group)
    assert statuses(group.programme) == {"ACTIVE": 6}


def test_too_few_places(country):
    """All or nobody (pitfall M5)."""
    programme = make_programme(max_beneficiaries=1)
    rows = [enrol(programme, make_household(country["Almond"]), status=S.POTENTIAL) for _number in range(2)]
    with pytest.raises(Refusal, match="2 places are needed and 1 are left"):
        agreed(services.change_status_of_chosen, enrolments=rows, from_status=S.POTENTIAL, to_status=S.ACTIVE, reason=R.SELECTED)
    assert statuses(programme) == {"POTENTIAL": 2}


def test_one_programme_at_a_time(active, country):
    other = enrol(make_programme("OTHER"), make_household(country["Cedar"]))
    with pytest.raises(Invalid, match="several programmes"):
        agreed(services.change_status_of_chosen, enrolments=[active[0], other], **CHANGE)


def test_outside_ones_places(active, country):
    local = make_user("local", "programmes.change_status_of_chosen", area=country["South"])
    with pytest.raises(OutsidePlaces):
        agreed(services.change_status_of_chosen, actor=local, enrolments=active, **CHANGE)


def test_waiting_lists_one_for_each_village(country, manager, client):
    programme = make_programme()
    rows = [enrol(programme, make_household(country[name]), status=S.POTENTIAL) for name in ("Almond", "Almond", "Fig")]
    services.put_on_waiting_list(enrolment=rows[1], actor=EVERYTHING)
    then = button(client, "potential_list", "Put on the waiting list")
    url = tick(client, "potential_list", rows, then=then).url
    typed = {"enrolments": client.get(url).context["form"]["enrolments"].value()}
    seen, sent = send(client, url, typed)
    assert "Put 2 beneficiaries on the waiting list" in seen.content.decode() and sent.status_code == 303
    assert client.get(sent.url).status_code == 200
    ranks = WaitingPlace.objects.filter(removed_on=None).order_by("area__name", "rank").values_list("area__name", "rank", "enrolment")
    assert list(ranks) == [("Almond", 1, rows[1].pk), ("Almond", 2, rows[0].pk), ("Fig", 1, rows[2].pk)]
