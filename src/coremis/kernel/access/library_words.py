"""Words of the sign-in library that stand on our pages: named here, so that our own translations cover them in every language."""

from django.utils.translation import gettext_noop

LIBRARY_WORDS = (
    gettext_noop("Username"),
    gettext_noop("Password"),
    gettext_noop("Current Password"),
    gettext_noop("New Password"),
    gettext_noop("New Password (again)"),
    gettext_noop("Code"),
    gettext_noop("Authenticator code"),
    gettext_noop("You must type the same password each time."),
)
