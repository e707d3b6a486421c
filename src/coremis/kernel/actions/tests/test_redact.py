"""Erasing personal content: the chain stays whole, and nobody else can do it unseen."""

import pytest

from coremis.kernel.actions import triggers
from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.seals import change_digest, seal_events, verify
from coremis.kernel.actions.services import redact
from coremis.kernel.actions.values import digest
from coremis.kernel.base.refusal import NeedsApproval, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.kernel.testing.database import every_text_of_the_database


@pytest.fixture
def house(country, root, sample_app):
    return sample_app.build_house(area=country["Fig"], owner="Ada Lovelace", actor=root)


@pytest.fixture
def renamed(house, root, sample_app):
    """A house whose former owner stands in the history only."""
    house.owner = "nobody"
    sample_app.TOLD[0] = house.save
    sample_app.do_as_told(actor=root)
    return house


def erase(kind, record_id, actor=None, reason="asked for"):
    with approved_by(Authority(redact.name, 3, ("Bo (1)",))):
        return redact(kind=kind, record_id=record_id, reason=reason, actor=actor or everywhere(redact.name))


def findings():
    return [(finding.event_id, finding.sentence) for finding in verify()]


def texts():
    return [text for text in every_text_of_the_database() if "Lovelace" in text]


@pytest.mark.parametrize("sealed", [True, False])
def test_it_works(renamed, sealed):
    """Erased before or after sealing, the text is gone and every seal still fits."""
    while sealed and seal_events():
        pass
    assert len(texts()) == 2
    assert erase("sample.house", renamed.pk) == 1
    built = Event.objects.get(action="actions.build_house")
    assert erase(Change.INPUTS, built.pk) == 1
    assert not texts() and findings() == []
    while seal_events():
        pass
    assert findings() == []
    assert erase("sample.house", renamed.pk) == 0


def test_it_needs_approval_and_a_reason(renamed):
    with pytest.raises(NeedsApproval):
        redact(kind="sample.house", record_id=renamed.pk, reason="x", actor=everywhere(redact.name))
    with pytest.raises(Refusal, match="reason"):
        erase("sample.house", renamed.pk, reason=" ")
    assert len(texts()) == 2


def test_only_in_the_places_where_one_may(renamed, country):
    """pitfall S10"""
    north = make_user("north", redact.name, area=country["North"])
    with pytest.raises(OutsidePlaces):
        erase("sample.house", renamed.pk, actor=north)
    assert erase("sample.house", renamed.pk, actor=make_user("south", redact.name, area=country["South"])) == 1


@pytest.mark.parametrize("sealed", [True, False])
def test_erased_behind_the_products_back_is_found(renamed, sealed):
    """The trigger lets a redaction pass, with the true digest even: only the action's own event makes it one."""
    while sealed and seal_events():
        pass
    change = Change.objects.get(kind="sample.house", record_id=renamed.pk)
    Change.objects.filter(pk=change.pk).update(before=None, redacted_digest=change_digest(change))
    assert [event for event, sentence in findings() if "erased by something else" in sentence] == [change.event_id]
    while seal_events():
        pass
    assert [event for event, _sentence in findings()] == [change.event_id]


def test_a_forged_list_of_erased_details_is_found(renamed, house):
    """Neither a row slipped under the action's event, nor a copied event, nor one made up, excuses an erasure."""
    erase("sample.house", renamed.pk)
    listed = Change.objects.get(kind=Change.INPUTS, event__action="actions.erased")
    built = Change.objects.get(kind=Change.INPUTS, event__action="actions.build_house")
    true = change_digest(built)
    Change.objects.create(event=listed.event, kind=Change.INPUTS, record_id=1, before={"erased": [[built.pk, true]]})
    forged = Event.objects.get(pk=listed.event_id)
    forged.pk = None
    forged.save(force_insert=True)
    Change.objects.create(event=forged, kind=Change.INPUTS, record_id=1, before={"erased": [[built.pk, true]]})
    forged.pk, forged.inputs_digest = None, digest({"erased": [[built.pk, true]]})
    forged.save(force_insert=True)
    Change.objects.create(event=forged, kind=Change.INPUTS, record_id=1, before={"erased": [[built.pk, true]]})
    Change.objects.filter(pk=built.pk).update(before=None, redacted_digest=true)
    assert built.event_id in [event for event, sentence in findings() if "erased by something else" in sentence]


def test_what_was_erased_stays_listed(renamed):
    """The erasure cannot be erased, so that it cannot hide another one."""
    erase("sample.house", renamed.pk)
    for event in Event.objects.filter(action__in=["actions.erased", redact.name]):
        assert erase(Change.INPUTS, event.pk) == 0
    assert findings() == []


def test_wrong_digest_is_found(renamed):
    while seal_events():
        pass
    change = Change.objects.get(kind="sample.house", record_id=renamed.pk)
    triggers.remove()
    Change.objects.filter(pk=change.pk).update(before=None, redacted_digest="0" * 64)
    triggers.install_after_migrate()
    assert {event for event, _sentence in findings()} == {change.event_id}
