"""Actions on users, profiles and assignments."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Invalid, Refusal

GIVES_RIGHTS = frozenset({
    "access.assign", "access.save_profile", "access.reset_password", "access.set_user_active", "access.create_user",
    "approvals.save_route", "approvals.close_route", "config.change_settings",
})  # fmt: skip


@action(_("Create a user"))
def create_user(
    *, username: str, name: str, password: Secret[str], email: str = "", phone: str = "", language: str = "", actor: Actor
) -> User:
    """A user without any rights; the password must be changed at the first sign-in."""
    if User.objects.filter(username=username.strip().lower()).exists():
        raise Invalid(_("This user name is taken. Choose another one."), {"username": [_("This user name is taken.")]})
    if not username.strip() or not name.strip() or len(username) > 60 or len(name) > 120:
        raise Invalid(_("A user needs a user name and a full name, of at most 60 and 120 letters."), {"username": [_("This is required.")]})
    user = User(
        username=username.strip().lower(), name=name.strip(), email=email, phone=phone, language=language, must_change_password=True
    )
    _set_password(user, password)
    user.save()
    return user


@action(_("Change a user"))
def change_user(*, user: User, name: str, email: str = "", phone: str = "", language: str = "", actor: Actor) -> User:
    """Change name, contact and language."""
    _check_reach(user)
    user.name, user.email, user.phone, user.language = name.strip(), email, phone, language
    user.save(update_fields=["name", "email", "phone", "language"])
    return user


@action(_("Block or unblock a user"))
def set_user_active(*, user: User, active: bool, reason: str, actor: Actor) -> User:
    """Block a user at once, or let one sign in again; the reason is kept."""
    if user.pk == actor.pk:
        raise Refusal(_("You cannot block yourself. Ask another administrator."))
    _check_reach(user)
    user.is_active, user.failed_count, user.locked_until = active, 0, None
    user.save(update_fields=["is_active", "failed_count", "locked_until"])
    return user


@action(_("Give a user a new password"))
def reset_password(*, user: User, password: Secret[str], actor: Actor) -> User:
    """Set a password that must be changed at the next sign-in; all open sessions of the user end."""
    if user.pk == actor.pk:
        raise Refusal(_("Change your own password under “My account”."))
    _check_reach(user)
    _set_password(user, password)
    user.must_change_password, user.failed_count, user.locked_until = True, 0, None
    user.save(update_fields=["password", "must_change_password", "failed_count", "locked_until"])
    return user


@action(_("Save an access profile"), approvable=True)
def save_profile(
    *,
    code: str,
    names: dict[str, str],
    permissions: list[str],
    second_factor_required: bool = False,
    profile: Profile | None = None,
    actor: Actor,
) -> Profile:
    """Create or change a named set of permissions; unknown permissions are refused."""
    unknown = set(permissions) - set(known_permissions())
    if unknown:
        raise Refusal(_("These permissions do not exist: %(names)s."), names=", ".join(sorted(unknown)))
    if profile is None and Profile.objects.filter(code=code).exists():
        raise Invalid(_("The code %(code)s is in use. Give another one."), {"code": [_("This code is in use.")]}, code=code)
    found = profile or Profile(code=code)
    places = (
        Assignment.objects.filter(profile=found).exclude(valid_until__lt=timezone.localdate()) if found.pk else Assignment.objects.none()
    )
    _check_held(set(permissions) - set(found.permissions), places.values_list("area_id", flat=True), actor)
    found.names, found.permissions, found.second_factor_required = names, sorted(set(permissions)), second_factor_required
    found.save()
    return found


@action(_("Assign a profile to a user"), approvable=True)
def assign(
    *, user: User, profile: Profile, area: Area, valid_from: date | None = None, valid_until: date | None = None, actor: Actor
) -> Assignment:
    """Give a user a profile in one place and all below it. Nobody assigns anything to themselves."""
    if user.pk == actor.pk:
        raise Refusal(_("Nobody assigns a profile to themselves. Ask another administrator."))
    _check_held(profile.permissions, [area.pk], actor)
    since = valid_from or timezone.localdate()
    if valid_until is not None and valid_until < since:
        raise Invalid(_("An assignment ends after it begins. Correct the dates."), {"valid_until": [_("This lies before the beginning.")]})
    open_ones = Assignment.objects.filter(user=user, profile=profile, area=area).filter(Q(valid_until=None) | Q(valid_until__gte=since))
    if open_ones.exists():
        raise Refusal(_("%(user)s already holds this profile there."), user=str(user))
    assignment = Assignment(user=user, profile=profile, area=area, valid_from=since, valid_until=valid_until)
    assignment.save()
    return assignment


@action(_("End an assignment"))
def end_assignment(*, assignment: Assignment, actor: Actor) -> Assignment:
    """End an assignment now: its rights are gone on the next request."""
    yesterday = timezone.localdate() - timedelta(days=1)
    assignment.valid_from = min(assignment.valid_from, yesterday)
    assignment.valid_until = min(assignment.valid_until or yesterday, yesterday)
    assignment.save()
    return assignment


def _check_held(permissions: Iterable[str], area_ids: Iterable[int], actor: Actor) -> None:
    """Rights to administer others are given only by who holds them there (USR-09); set-up by the program itself gives the first ones."""
    asked, places = GIVES_RIGHTS & set(permissions), list(area_ids)
    if isinstance(actor, User) and not all(actor.may(name, places) for name in asked):
        raise Refusal(_("Nobody gives rights over other users that they do not hold there. Ask an administrator who holds them."))


def _check_reach(user: User) -> None:
    """Whoever holds rights in a place is administered by people whose right to do so covers it."""
    required().check_places([area.pk for area in user.places_held()])


def _set_password(user: User, password: Secret[str]) -> None:
    try:
        validate_password(password.reveal(), user)
    except ValidationError as error:
        raise Invalid(_("This password is too weak. %(why)s"), {"password": error.messages}, why=" ".join(error.messages)) from None
    user.set_password(password.reveal())
