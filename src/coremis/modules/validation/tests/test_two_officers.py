"""Two officers at one village list, second thoughts, and what is typed before a button."""

import pytest
from django.test import Client

from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.targeting.models import Appeal, StageEntry
from coremis.modules.targeting.services import confirm_others, decide_appeal, open_appeal, propose_addition, record_verdict
from coremis.modules.targeting.tests.sample import everything, make_household
from coremis.modules.validation.panels import village_url
from coremis.modules.validation.tests.sample import WRITES, entries, open_validation, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def land(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return build_country()


@pytest.fixture
def village(land):
    return land["Almond"]


def officer(village, name):
    rights = ("targeting.view_stageentry", "targeting.confirm_others", "validation.view_meeting", "registry.view_household")
    client = Client()
    client.force_login(make_user(name, *WRITES, *rights, area=village))
    return client


def shown(client, run, village):
    """What the form of the page would send if nothing was touched, and the page."""
    page = client.get(village_url(run, village.pk))
    sent = {}
    for row in page.context["rows"]:
        said = row["said"]
        sent.update({f"version-{row['key']}": row["seen"], f"v{row['key']}": said["verdict"], f"n{row['key']}": said["note"]})
        if row["decided"]:
            sent[f"r{row['key']}"] = said["reason"]
        assert f'name="version-{row["key"]}" value="{row["seen"]}"' in page.content.decode()
        assert said["verdict"] == "" or said["verdict"] in dict(row["choices"])
    return sent


def send(client, run, village, sent):
    return client.post(village_url(run, village.pk), sent)


def said(entry):
    found = StageEntry.objects.get(pk=entry.pk)
    return found.verdict, found.note


def test_it_works(village):
    """What one officer did not touch does not undo what the other recorded meanwhile."""
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    say(run, village, {first: ("CONFIRMED",)})
    ada, ben = officer(village, "ada"), officer(village, "ben")
    of_ada, of_ben = shown(ada, run, village), shown(ben, run, village)
    send(ada, run, village, {**of_ada, f"v{first.pk}": "REJECTED", f"r{first.pk}": "deceased"})
    assert send(ben, run, village, {**of_ben, f"v{second.pk}": "CONFIRMED"}).status_code == 303
    assert (said(first)[0], said(second)[0]) == ("REJECTED", "CONFIRMED")


def test_two_answers_about_one_are_told(village):
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    ada, ben = officer(village, "ada"), officer(village, "ben")
    of_ada, of_ben = shown(ada, run, village), shown(ben, run, village)
    send(ada, run, village, {**of_ada, f"v{first.pk}": "REJECTED", f"r{first.pk}": "deceased"})
    page = send(ben, run, village, {**of_ben, f"v{first.pk}": "CONFIRMED", f"v{second.pk}": "CONFIRMED"})
    assert page.status_code == 422 and "Meanwhile somebody else recorded “rejected”" in page.content.decode()
    assert (said(first)[0], said(second)[0]) == ("REJECTED", "")
    again = {f"version-{row['key']}": row["seen"] for row in page.context["rows"]}
    send(ben, run, village, {**of_ben, **again, f"v{first.pk}": "CONFIRMED", f"v{second.pk}": "CONFIRMED"})
    assert (said(first)[0], said(second)[0]) == ("CONFIRMED", "CONFIRMED")


def test_an_answer_at_the_wrong_line_is_taken_back(village):
    """Somebody proposed by mistake is as before, and nobody is confirmed by an answer that was chosen away."""
    run = open_validation([village])
    first, beyond = entries(run, village, "SELECTED")[0], entries(run, village, "NOT_SELECTED")[0]
    say(run, village, {first: ("REJECTED", "deceased"), beyond: ("ADDITION", "", "Oops")})
    client = officer(village, "ada")
    taken = {f"v{first.pk}": "", f"r{first.pk}": "", f"v{beyond.pk}": "", f"n{beyond.pk}": ""}
    send(client, run, village, {**shown(client, run, village), **taken})
    assert (said(first), said(beyond)) == (("", ""), ("", ""))
    assert [StageEntry.objects.get(pk=one.pk).reason for one in (first, beyond)] == [first.reason, beyond.reason]


def test_a_note_without_an_answer_is_not_lost(village):
    run = open_validation([village])
    first = entries(run, village, "SELECTED")[0]
    client = officer(village, "ada")
    page = send(client, run, village, {**shown(client, run, village), f"n{first.pk}": "Moved to town"})
    assert page.status_code == 422 and "A note needs an answer" in page.content.decode() and "Moved to town" in page.content.decode()


def test_answers_typed_before_confirming_all_others_are_kept(village):
    """The button beside the answers never confirms somebody whom the officer has just marked as rejected."""
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    client = officer(village, "ada")
    sent = {**shown(client, run, village), "others": "1", f"v{first.pk}": "REJECTED"}
    assert send(client, run, village, sent).status_code == 422
    assert (said(first)[0], said(second)[0]) == ("", "")
    answer = send(client, run, village, {**sent, f"r{first.pk}": "twice"})
    assert answer["Location"] == f"/targeting/lists/{run.pk}/"  # another page: what was typed is not offered again
    assert (said(first)[0], said(second)[0]) == ("REJECTED", "CONFIRMED")
    assert client.get(village_url(run, village.pk)).content.decode().count('<form class="form') == 1


def test_who_was_taken_off_by_an_appeal_keeps_that_reason(village):
    """While the village still answers, an appeal is accepted: an answer about that household is kept, and breaks nothing."""
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    for entry in (first, second):
        appeal = open_appeal(entry=entry, appeal_kind=Appeal.Kind.WRONGLY_IN, words="Has a shop", actor=everything())
        decide_appeal(appeal=appeal, accepted=True, decision="Seen", actor=everything())
    say(run, village, {first: ("CONFIRMED",)})
    record_verdict(entry=second, verdict="REJECTED", reason="not_poor", actor=everything())
    record_verdict(entry=second, verdict="CONFIRMED", actor=everything())
    found = StageEntry.objects.filter(pk__in=[first.pk, second.pk]).values_list("outcome", "reason")
    assert set(found) == {("NOT_ASSESSED", "appeal")}


def test_who_was_not_on_the_list_can_be_rejected_and_proposed_again(village):
    run = open_validation([village])
    added = propose_addition(run=run, household=make_household(village), note="Forgotten", actor=everything())
    say(run, village, {added: ("REJECTED", "not_here")})
    say(run, village, {added: ("ADDITION", "", "Is here after all")})
    found = StageEntry.objects.get(pk=added.pk)
    assert (found.outcome, found.reason, found.verdict) == ("NOT_ASSESSED", "addition", "ADDITION")
    confirm_others(run=run, area=village, actor=everything())
    assert said(added)[0] == "ADDITION"
