"""A person at the sign-in pages."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from coremis.kernel.testing.cast import PASSWORD

LOGIN, CHANGE, TOTP, CODE, CODES = "/account/login/", "/account/password/change/", "/account/2fa/totp/activate/", "/account/2fa/authenticate/", "/account/2fa/recovery-codes/"


def sign_in(username="ada", password=PASSWORD, client=None, **more):
    """A client after trying, and the answer it got."""
    client = client or Client()
    return client, client.post(LOGIN, {"login": username, "password": password, **more})


def signed_in(client):
    return client.get("/account/password/change/").status_code == 200


def code_of(secret, step=1):
    """A code that is valid now; each is accepted once, so tests ask for different steps."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[step]))


def enrol(client):
    """Set up the second factor; returns its secret."""
    client.get(TOTP)
    secret = client.session["mfa.totp.secret"]
    answer = client.post(TOTP, {"code": code_of(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret
