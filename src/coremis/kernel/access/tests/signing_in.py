"""A person at the sign-in pages."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from coremis.kernel.testing.cast import PASSWORD

LOGIN, CHANGE, TOTP, CODE, CODES = (
    "/account/login/",
    "/account/password/change/",
    "/account/2fa/totp/activate/",
    "/account/2fa/authenticate/",
    "/account/2fa/recovery-codes/",
)


def sign_in(username="ada", password=PASSWORD, client=None, **more):
    """A client after trying, and the answer it got."""
    client = client or Client()
    return client, client.post(LOGIN, {"login": username, "password": password, **more})


def signed_in(client):
    return client.get("/account/password/change/").status_code == 200


CLOCK = [59_000_000]


def code_of(secret):
    """The code of a new half minute; the test's clock goes on by one."""
    CLOCK[0] += 1
    return format_hotp_value(hotp_value(secret, CLOCK[0]))


def confirm(client, password=PASSWORD):
    """Type the password again, as the pages about the second factor ask."""
    return client.post("/account/reauthenticate/", {"password": password})


def enrol(client):
    """Set up the second factor; returns its secret."""
    confirm(client)
    client.get(TOTP)
    secret = client.session["mfa.totp.secret"]
    answer = client.post(TOTP, {"code": code_of(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret
