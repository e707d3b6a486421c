"""The second factor: required by a profile, set up, used, lost."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from coremis.kernel.access.models import Profile, User
from coremis.kernel.access.tests.signing_in import CHANGE, CLOCK, CODE, CODES, TOTP, code_of, confirm, enrol, sign_in, signed_in
from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.database import every_text_of_the_database


@pytest.fixture
def ada(country):
    user = make_user("ada", "areas.view_area", area=country["North"])
    require(True)
    return user


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Half a minute ends when the test says so."""
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter(CLOCK))


def require(wanted):
    with maintenance("test"):
        profile = Profile.objects.get(code="only-ada")
        profile.second_factor_required = wanted
        profile.save()


def told():
    return [event.action.removeprefix("access.") for event in Event.objects.filter(action__startswith="access.").order_by("pk")]


def test_it_works(ada, django_capture_on_commit_callbacks):
    """Nothing opens before it is set up; then the password alone is not enough."""
    client, _answer = sign_in()
    for page in ("/", "/places/"):
        assert client.get(page)["Location"] == TOTP
    with django_capture_on_commit_callbacks(execute=True):
        secret = enrol(client)
    assert client.get("/").status_code == 200 and "change_second_factor" in told()
    client, answer = sign_in()
    assert answer["Location"].startswith(CODE) and not signed_in(client) and client.get("/").status_code == 302
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 302 and signed_in(client)
    assert told()[-1] == "sign_in" and told().count("sign_in") == 2


def test_required_from_the_next_request(ada):
    """pitfall S6"""
    require(False)
    client, _answer = sign_in()
    assert client.get("/").status_code == 200
    require(True)
    assert client.get("/")["Location"] == TOTP


def test_a_code_works_once(ada):
    secret = enrol(sign_in()[0])
    first, second = sign_in()[0], sign_in()[0]
    code = code_of(secret)
    first.post(CODE, {"code": code})
    second.post(CODE, {"code": code})
    assert signed_in(first) and not signed_in(second)


def test_wrong_codes_are_noted_and_lock_like_wrong_passwords(ada):
    enrol(sign_in()[0])
    client, _answer = sign_in()
    for _n in range(5):
        assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert told()[-6:] == ["sign_in_failed"] * 5 + ["lock_out"]
    assert sign_in()[1].status_code == 200 and not signed_in(client)


def test_a_locked_persons_open_second_step_is_closed_too(ada):
    """Whoever knows the password cannot go on guessing codes on a page left open."""
    secret = enrol(sign_in()[0])
    client, _answer = sign_in()
    for _n in range(5):
        client.post(CODE, {"code": "000000"})
    client.post(CODE, {"code": code_of(secret)})
    assert not signed_in(client)


def test_recovery_code_works_once(ada):
    client, _answer = sign_in()
    enrol(client)
    codes = client.get(CODES).context["unused_codes"]
    assert len(codes) == 10
    first, _answer = sign_in()
    assert first.post(CODE, {"code": codes[0]}).status_code == 302 and signed_in(first)
    second, _answer = sign_in()
    assert second.post(CODE, {"code": codes[0]}).status_code == 200 and not signed_in(second)
    second.post(CODE, {"code": codes[1]})
    assert signed_in(second)


def test_secrets_lie_encrypted(ada):
    """pitfall S9: neither the secret nor a recovery code is readable in any table."""
    client, _answer = sign_in()
    secret = enrol(client)
    codes = client.get(CODES).context["unused_codes"]
    client.session.flush()
    found = [text[:60] for text in every_text_of_the_database() if secret in text or any(code in text for code in codes)]
    assert not found
    assert Authenticator.objects.filter(user=ada).count() == 2


def test_codes_are_for_the_person_who_signed_in(ada, country):
    enrol(sign_in()[0])
    make_user("bo", "areas.view_area", area=country["South"])
    client, _answer = sign_in("bo")
    assert client.get(CODES).status_code in {302, 404} and client.get(CODE).status_code == 302
    assert Client().get(CODE).status_code == 302 and Client().get(CODES).status_code == 302


def test_switching_off_is_noted_and_leads_back(ada):
    client, _answer = sign_in()
    enrol(client)
    assert client.post("/account/2fa/totp/deactivate/").status_code == 302
    assert told()[-1] == "change_second_factor" and client.get("/")["Location"] == TOTP


def test_forced_password_comes_before_the_second_factor(ada):
    User.objects.filter(pk=ada.pk).update(must_change_password=True)
    client, _answer = sign_in()
    assert client.get("/")["Location"] == CHANGE


def test_the_password_is_asked_again_and_guessing_it_locks(ada):
    """An open page on somebody's desk is not enough to change the second factor, nor a place to guess at leisure."""
    client, _answer = sign_in()
    assert client.get(TOTP)["Location"].startswith("/account/reauthenticate/")
    for _n in range(5):
        assert confirm(client, "wrong-password").status_code == 200
    assert "lock_out" in told() and confirm(client).status_code == 200
