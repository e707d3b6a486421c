"""Signing in through the real pages: passwords, lock-out, idle time, language."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from coremis.kernel.access.models import User
from coremis.kernel.access.services import reset_password, set_user_active
from coremis.kernel.access.strangers import _key
from coremis.kernel.access.tests.signing_in import CHANGE, LOGIN, sign_in, signed_in
from coremis.kernel.actions.models import Event
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.testing.cast import PASSWORD, everywhere, make_user

NEW = "Quite-another-7"


@pytest.fixture
def ada(country):
    return make_user("ada", "areas.view_area", area=country["North"])


def events(*names):
    return list(Event.objects.filter(action__startswith="access.", action__in=names or [f"access.{n}" for n in EVENTS]).order_by("pk"))


EVENTS = ("sign_in", "sign_out", "sign_in_failed", "lock_out", "change_password", "change_second_factor")


def told():
    return [event.action.removeprefix("access.") for event in events()]


def test_it_works(ada):
    """Right password, an event with the address, and out again."""
    client, answer = sign_in()
    assert answer.status_code == 302 and answer["Location"] == "/" and signed_in(client)
    assert client.post("/account/logout/").status_code == 302 and not signed_in(client)
    assert told() == ["sign_in", "sign_out"]
    assert {(event.actor_id, event.actor_name, event.address) for event in events()} == {(ada.pk, "ada", "127.0.0.1")}


def test_pages_are_for_those_who_signed_in(ada):
    """pitfall S4"""
    answer = Client().get("/")
    assert answer.status_code == 302 and answer["Location"].startswith(LOGIN)


def test_wrong_password_and_unknown_name(ada):
    """The two look alike; what was typed as a name is not kept, since it may be a password."""
    wrong, unknown = (sign_in(*pair)[1] for pair in (("ada", "wrong-password"), ("my-own-Passw0rd", "x")))
    assert [answer.status_code for answer in (wrong, unknown)] == [200, 200]
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert told() == ["sign_in_failed", "sign_in_failed"] and [event.actor_name for event in events()] == ["ada", ""]


def test_name_in_any_case(ada):
    assert sign_in("  ADA ")[1].status_code == 302


def test_five_failures_lock_for_a_quarter_of_an_hour(ada):
    client = Client()
    for _n in range(5):
        sign_in("ada", "wrong-password", client)
    assert told() == ["sign_in_failed"] * 5 + ["lock_out"]
    assert sign_in("ada")[1].status_code == 200, "the right password too"
    answer = sign_in("ada")[1]
    assert "15" in str(answer.context["form"].non_field_errors())
    User.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert sign_in("ada")[1].status_code == 302
    assert User.objects.get(pk=ada.pk).failed_count == 0


def test_a_lock_does_not_tell_who_exists(ada):
    """A name that nobody has is locked after as many wrong passwords, in the same words, without a trace of what was typed."""
    known, unknown = ([refusal(name) for _n in range(7)] for name in ("ada", "nobody-1"))
    assert known == unknown and known[4] != known[5]
    cache.set(_key("nobody-1"), (0, timezone.now() - timedelta(seconds=1)))
    assert refusal("NOBODY-1 ") == known[0]
    assert "nobody" not in str(list(cache._cache)) and told().count("lock_out") == 1


def refusal(name):
    return list(sign_in(name, "wrong-password")[1].context["form"].non_field_errors())


def test_four_failures_do_not_lock_and_success_forgets_them(ada):
    for _n in range(2):
        for _m in range(4):
            sign_in("ada", "wrong-password")
        assert sign_in("ada")[1].status_code == 302
    assert "lock_out" not in told()


def test_locked_user_is_refused_by_the_backend_too(ada):
    from django.contrib.auth import authenticate

    User.objects.update(locked_until=timezone.now() + timedelta(minutes=5))
    assert authenticate(username="ada", password=PASSWORD) is None


def test_failures_at_the_same_moment_are_all_counted(ada):
    """Each failure adds one in the database: two browsers cannot guess for the price of one."""
    from coremis.kernel.access.signals import count_failure

    same = [User.objects.get(pk=ada.pk) for _n in range(5)]
    for user in same:
        count_failure(user)
    assert User.objects.get(pk=ada.pk).locked_until is not None


def test_blocked_user_is_out_at_once(ada):
    """pitfall S6: an open session ends with the next request."""
    client, _answer = sign_in()
    set_user_active(user=ada, active=False, reason="left", actor=everywhere("access.set_user_active"))
    assert not signed_in(client) and sign_in()[1].status_code == 200
    set_user_active(user=ada, active=True, reason="back", actor=everywhere("access.set_user_active"))
    assert sign_in()[1].status_code == 302


def test_passwords_are_hashed_with_argon2_and_a_salt_of_their_own(ada):
    """pitfall S5"""
    other = make_user("bo")
    assert identify_hasher(ada.password).algorithm == "argon2" and ada.password != other.password


def test_password_change_ends_every_session(ada):
    """pitfall S6"""
    here, there = sign_in()[0], sign_in()[0]
    answer = here.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302 and not signed_in(here) and not signed_in(there)
    assert "change_password" in told() and sign_in(password=PASSWORD)[1].status_code == 200
    assert sign_in(password=NEW)[1].status_code == 302


@pytest.mark.parametrize("weak", ["short-1", "password1234", "lovelace-1815", "ada-Lovelace", "x" * 9])
def test_weak_password_is_refused(ada, weak):
    User.objects.filter(pk=ada.pk).update(name="Ada Lovelace", email="lovelace-1815@example.org")
    client, _answer = sign_in()
    assert client.post(CHANGE, {"oldpassword": PASSWORD, "password1": weak, "password2": weak}).status_code == 200
    assert client.post(CHANGE, {"oldpassword": "wrong", "password1": NEW, "password2": NEW}).status_code == 200
    assert signed_in(client) and "change_password" not in told()


def test_new_password_from_an_administrator_must_be_changed_first(ada):
    """pitfall S6, S9: sessions end, and no page opens before the own password is chosen."""
    client, _answer = sign_in()
    reset_password(user=User.objects.get(pk=ada.pk), password=Secret(NEW), actor=everywhere("access.reset_password"))
    assert not signed_in(client)
    client, _answer = sign_in(password=NEW)
    for page in ("/", "/places/", "/files/1/"):
        assert client.get(page)["Location"] == CHANGE, page
        assert client.post(page)["Location"] == CHANGE, page
    own = "My-own-choice-5"
    client.post(CHANGE, {"oldpassword": NEW, "password1": own, "password2": own})
    client, _answer = sign_in(password=own)
    assert client.get("/").status_code == 200 and not User.objects.get(pk=ada.pk).must_change_password


def test_idle_session_ends(ada, settings):
    client, _answer = sign_in()
    assert client.get("/").status_code == 200
    age(client, settings.COREMIS_IDLE_MINUTES * 60 - 60)
    assert client.get("/").status_code == 200
    age(client, settings.COREMIS_IDLE_MINUTES * 60 + 5)
    answer = client.get("/places/?q=a&b=c")
    assert answer["Location"] == f"{LOGIN}?next=/places/%3Fq%3Da%26b%3Dc" and not signed_in(client) and told()[-1] == "sign_out"


def test_a_page_that_renews_itself_keeps_nobody_signed_in(ada, settings):
    client, _answer = sign_in()
    client.get("/")
    age(client, settings.COREMIS_IDLE_MINUTES * 60 - 60)
    assert client.get("/", headers={"X-Unattended": "1"}).status_code == 200
    age(client, 120, add=True)
    assert client.get("/", headers={"X-Unattended": "1"}).status_code == 302


def age(client, seconds, add=False):
    session = client.session
    session["seen"] = (session["seen"] if add else int(timezone.now().timestamp())) - seconds
    session.save()


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example.org/", "//elsewhere.example.org", "/\\elsewhere.example.org", "javascript:alert(1)", "\t//x.example.org"],
)
def test_nobody_is_sent_elsewhere(ada, target):
    assert sign_in(next=target)[1]["Location"] == "/"
    assert Client().post("/language/", {"language": "fr", "next": target})["Location"] == "/"


def test_after_sign_in_one_goes_where_one_wanted(ada):
    assert sign_in(next="/places/")[1]["Location"] == "/places/"


def test_language_is_chosen_and_kept(ada):
    """pitfall S11: by POST only."""
    client = Client()
    assert client.get("/language/").status_code == 405
    client.post("/language/", {"language": "fr"})
    assert client.get(LOGIN)["Content-Language"] == "fr"
    client.post("/language/", {"language": "xx"})
    assert client.get(LOGIN)["Content-Language"] == "fr"
    sign_in(client=client)
    assert client.get("/")["Content-Language"] == "en", "the person's own language wins"
    client.post("/language/", {"language": "pt"})
    assert User.objects.get(pk=ada.pk).language == "pt" and client.get("/")["Content-Language"] == "pt"


def test_forms_need_their_token(ada):
    """pitfall S11"""
    client = Client(enforce_csrf_checks=True)
    for page in (LOGIN, "/language/", "/account/logout/", CHANGE):
        assert client.post(page, {"login": "ada", "password": PASSWORD}).status_code == 403, page


@pytest.mark.parametrize("page", ["signup/", "password/reset/", "email/", "password/set/", "confirm-email/", "3rdparty/", "login/code/"])
def test_only_the_pages_this_product_offers(ada, page):
    """pitfall S4, S9: no reset by e-mail, no self-registration."""
    client, _answer = sign_in()
    assert client.get(f"/account/{page}").status_code == 404
