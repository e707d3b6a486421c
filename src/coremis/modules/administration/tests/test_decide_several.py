"""Several requests decided at once: each on its own, with its own right, entry in the history and answer."""

import pytest
from django.urls import reverse

from coremis.kernel.access.models import Assignment, User
from coremis.kernel.access.services import assign
from coremis.kernel.actions.models import Event
from coremis.kernel.approvals.models import Decision, Request
from coremis.kernel.approvals.services import reject_request, submit
from coremis.kernel.testing.cast import make_profile, make_route, make_user

pytestmark = pytest.mark.django_db
DECIDE = ("approvals.approve_request", "approvals.reject_request", "approvals.return_request", "approvals.view_request")
ASK = ("access.assign", "approvals.submit_request")
State = Request.State


@pytest.fixture
def office(country):
    """A route of one level in the country and another one in the South; a maker, a checker of the North, somebody who is both."""
    checkers, elders = make_profile("checkers", *DECIDE, *ASK), make_profile("elders", *DECIDE)
    make_route("access.assign", country["Testland"], checkers)
    make_route("access.assign", country["Southfield"], elders)
    return {
        "maker": make_user("maker", *ASK, area=country["Testland"]), "checker": make_user("checker", area=country["Testland"], profile=checkers),
        "north": make_user("north", area=country["North"], profile=checkers), "country": country, "given": make_profile("given", "x.y"),
    }  # fmt: skip


def asked(office, name, place="Almond", maker="maker"):
    user = make_user(name)
    inputs = {"user": user, "profile": office["given"], "area": office["country"][place]}
    return submit(assign, inputs, actor=User.objects.get(pk=office[maker].pk)).request


def tick(client, name, rows):
    """Tick rows in the list, and follow to the page of the action."""
    page = reverse(f"administration:{name}")
    answer = client.post(reverse("administration:requests"), {"do": "chosen", "tick": [row.pk for row in rows], "then": page})
    assert answer.status_code == 303 and answer["Location"].startswith(page), answer["Location"]
    return client.get(answer["Location"])


def send(client, name, rows, step="preview", **typed):
    typed = {"key": "k", "chosen": " ".join(str(row.pk) for row in rows), "note": "", **typed}
    return client.post(reverse(f"administration:{name}"), {**typed, "step": step})


def states():
    return list(Request.objects.order_by("pk").values_list("state", flat=True))


def test_it_works(office, client):
    """Two are approved, one's own and another level's are left alone with the reason beside each; sent twice, nothing more happens."""
    rows = [asked(office, "a"), asked(office, "b"), asked(office, "own", maker="checker"), asked(office, "south", "Date palm")]
    client.force_login(office["checker"])
    assert f'value="{" ".join(str(row.pk) for row in rows)}"' in tick(client, "approve_chosen", rows).content.decode()
    seen = send(client, "approve_chosen", rows)
    text = seen.content.decode()
    assert "Nobody decides what they asked for" in text and "decided by others" in text and "Approve: 2" in text
    assert states() == [State.PENDING] * 4
    done = send(client, "approve_chosen", rows, "confirm", seen=seen.context["seen"])
    text = done.content.decode()
    assert "Done for 2 rows." in text and "2 rows were left alone." in text and text.count("Decided: approved.") == 2
    assert states() == [State.APPROVED, State.APPROVED, State.PENDING, State.PENDING]
    assert Event.objects.filter(action="approvals.approve_request").count() == Decision.objects.count() == 2
    given = Assignment.objects.filter(profile=office["given"]).count()
    again = send(client, "approve_chosen", rows, "confirm", seen=seen.context["seen"])
    assert "Done for 2 rows." in again.content.decode() and Decision.objects.count() == 2
    assert given == 2 == Assignment.objects.filter(profile=office["given"]).count()


def test_one_reason_for_all_who_are_refused(office, client):
    rows = [asked(office, "a"), asked(office, "b")]
    client.force_login(office["checker"])
    assert send(client, "reject_chosen", rows).status_code == 422, "a reason is needed"
    seen = send(client, "reject_chosen", rows, note="No budget")
    assert "No budget" in seen.content.decode()
    send(client, "reject_chosen", rows, "confirm", seen=seen.context["seen"], note="No budget")
    assert states() == [State.REJECTED] * 2
    assert list(Decision.objects.values_list("note", flat=True)) == ["No budget"] * 2


def test_what_was_decided_meanwhile_is_told(office, client):
    rows = [asked(office, "a"), asked(office, "b")]
    client.force_login(office["checker"])
    seen = send(client, "approve_chosen", rows)
    reject_request(request=rows[0], note="no", actor=office["north"])
    changed = send(client, "approve_chosen", rows, "confirm", seen=seen.context["seen"])
    text = changed.content.decode()
    assert "have changed since you looked" in text and "already decided: rejected" in text and states() == [State.REJECTED, State.PENDING]
    send(client, "approve_chosen", rows, "confirm", seen=changed.context["seen"])
    assert states() == [State.REJECTED, State.APPROVED]


def test_rows_of_other_places_cannot_be_chosen(office, client):
    inside, outside = asked(office, "a"), asked(office, "b", "Fig")
    client.force_login(office["north"])
    answer = send(client, "approve_chosen", [inside, outside])
    assert answer.status_code == 422 and "no longer there" in answer.content.decode()
    assert states() == [State.PENDING] * 2
    client.force_login(office["maker"])
    assert send(client, "approve_chosen", [inside]).status_code == 403


def test_what_waits_for_me_is_one_step_from_my_work(office, client):
    mine, _other = asked(office, "a"), asked(office, "south", "Date palm")
    client.force_login(office["checker"])
    address = f"{reverse('administration:requests')}?waits=me"
    assert address in client.get(reverse("administration:my_work")).content.decode()
    rows = client.get(address).context["rows"]
    assert [row["id"] for row in rows] == [mine.pk]


def test_the_number_of_statements_does_not_grow_with_the_rows(office, client, django_assert_max_num_queries):
    rows = [asked(office, f"a{number}") for number in range(12)]
    client.force_login(office["checker"])
    send(client, "approve_chosen", rows[:2])
    with django_assert_max_num_queries(40) as few:
        send(client, "approve_chosen", rows[:2])
    with django_assert_max_num_queries(len(few.captured_queries) + 1):
        send(client, "approve_chosen", rows)
