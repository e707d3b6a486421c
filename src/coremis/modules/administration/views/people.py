"""The pages of users, access profiles and assignments."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.access.seats import permissions_of
from coremis.kernel.access.services import assign, change_user, create_user, end_assignment, reset_password, save_profile, set_user_active
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.approvals.models import Request
from coremis.kernel.base.text import label
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status, text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.preview import Preview
from coremis.modules.administration import forms, tables
from coremis.modules.administration.views.links import Form, given, link, to

users = ListScreen(
    tables.UserTable,
    title=_("Users"),
    lead=_("The people who sign in. What they may do follows from their assignments."),
    actions=[link(_("Create a user"), "create_user", create_user, tone="primary")],
)


def fetch_user(reader: User, key: int) -> User | None:
    """A user the reader may see."""
    return tables.visible_users(reader).filter(pk=key).first()


user = DetailScreen(
    User,
    permission="access.view_user",
    fetch=fetch_user,
    title=str,
    subtitle=lambda user: user.username,
    status=lambda user: Status("good", _("may sign in")) if user.is_active else Status("stop", _("blocked")),
    facts=lambda request, user: [
        Fact(_("E-mail"), user.email),
        Fact(_("Phone"), user.phone),
        Fact(_("Last sign-in"), user.last_login),
        Fact(_("Locked until"), user.locked_until),
    ],
    attention=lambda request, user: user_attention(request, user),
    actions=[
        link(_("Assign a profile"), "assign", assign, tone="primary"),
        link(_("Change"), "change_user", change_user),
        link(_("New password"), "reset_password", reset_password),
        link(_("Block"), "block_user", set_user_active, tone="danger", show=lambda user: user.is_active),
        link(_("Unblock"), "unblock_user", set_user_active, show=lambda user: not user.is_active or user.locked_until is not None),
    ],
)


def user_attention(request: HttpRequest, user: User) -> list[Attention]:
    """What an administrator should know of a user."""
    found = []
    if user.must_change_password:
        found.append(Attention("info", _("The password must be changed at the next sign-in.")))
    if user.locked_until and user.locked_until > timezone.now():
        found.append(Attention("warn", _("Locked after wrong passwords. A new password, or unblocking, opens the account at once.")))
    waiting = Request.objects.filter(action=assign.name, state=Request.State.PENDING, inputs__user__id=user.pk).order_by("pk").first()
    if waiting and (waiting.maker_id == request.user.pk or request.user.has_perm("approvals.approve_request")):
        address = reverse("administration:request", args=[waiting.pk])
        found.append(Attention("info", _("A profile for this user waits for approval."), address, _("Look at it")))
    return found


USER = {"target": (User, "pk"), "fetch": fetch_user, "back": to("user"), "done": to("user")}
create_user_page = ActionScreen(
    create_user,
    form=forms.UserForm,
    inputs=lambda data, target: {**data, "password": Secret(data["password"])},
    back=lambda target: reverse("administration:users"),
    done=to("user"),
)
change_user_page = ActionScreen(
    change_user,
    form=forms.ChangeUserForm,
    initial=lambda request, user: {"name": user.name, "email": user.email, "phone": user.phone, "language": user.language},
    **USER,
)
reset_password_page = ActionScreen(
    reset_password, form=forms.PasswordForm, inputs=lambda data, user: {"user": user, "password": Secret(data["password"])}, **USER
)
block_user_page = ActionScreen(
    set_user_active, form=forms.BlockForm, title=_("Block a user"), danger=True,
    inputs=lambda data, user: {"user": user, "active": False, **data}, **USER,
)  # fmt: skip
unblock_user_page = ActionScreen(
    set_user_active,
    form=forms.BlockForm,
    title=_("Let a user sign in again"),
    inputs=lambda data, user: {"user": user, "active": True, **data},
    **USER,
)
assign_page = ActionScreen(
    assign,
    form=forms.AssignForm,
    title=lambda user: _("Assign a profile to %(name)s") % {"name": user},
    inputs=lambda data, user: {key: value for key, value in {**data, "user": user}.items() if key != "approval_note"},
    preview=lambda inputs, actor: assignment_preview(inputs, actor),
    **{**USER, "done": lambda result: reverse("administration:user", args=[result.user_id])},
)
end_assignment_page = ActionScreen(
    end_assignment,
    target=(Assignment, "pk"),
    title=lambda held: _("End this assignment"),
    lead=lambda held: (
        _("%(user)s loses the profile “%(profile)s” in %(area)s at once.") % {"user": held.user, "profile": held.profile, "area": held.area}
    ),
    back=lambda held: reverse("administration:user", args=[held.user_id]),
    done=lambda held: reverse("administration:user", args=[held.user_id]),
    danger=True,
)


def assignment_preview(inputs: Form, actor: Any) -> Preview:
    """Who will hold what, where and until when."""
    facts = [(_("User"), inputs["user"]), (_("Access profile"), inputs["profile"]), (_("Place"), inputs["area"])]
    facts += [
        (title, inputs[name]) for name, title in (("valid_from", _("Valid from")), ("valid_until", _("Valid until"))) if inputs.get(name)
    ]
    return Preview(facts=[*facts, (_("Permissions"), len(inputs["profile"].permissions))])


profiles = ListScreen(
    tables.ProfileTable,
    title=_("Access profiles"),
    lead=_("Named sets of permissions. Users receive them by assignments."),
    actions=[link(_("Add a profile"), "add_profile", save_profile, tone="primary")],
)
profile = DetailScreen(
    Profile,
    permission="access.view_profile",
    title=str,
    subtitle=lambda profile: profile.code,
    facts=lambda request, profile: [
        Fact(_("Second step at sign-in"), _("required") if profile.second_factor_required else _("not required")),
        Fact(_("Permissions"), len(profile.permissions)),
    ],
    attention=lambda request, profile: profile_attention(request, profile),
    actions=[link(_("Change"), "save_profile", save_profile)],
)
add_profile_page = ActionScreen(
    save_profile,
    title=_("Add a profile"),
    form=forms.ProfileForm,
    inputs=lambda data, target: given(data),
    preview=lambda inputs, actor: profile_preview(inputs, actor),
    back=lambda target: reverse("administration:profiles"),
    done=to("profile"),
)
save_profile_page = ActionScreen(
    save_profile,
    title=lambda profile: _("Change the profile %(name)s") % {"name": profile},
    form=forms.ProfileForm,
    target=(Profile, "pk"),
    initial=lambda request, profile: {
        "code": profile.code, "names": profile.names,
        "permissions": [*profile.permissions, *(missing_rights(profile) if "ready" in request.GET else ())],
        "second_factor_required": profile.second_factor_required,
    },
    inputs=lambda data, profile: {**given(data), "code": profile.code, "profile": profile},
    preview=lambda inputs, actor: profile_preview(inputs, actor),
    back=to("profile"),
    done=to("profile"),
)  # fmt: skip


def missing_rights(profile: Profile) -> list[str]:
    """What the ready profile of this code allows and this one does not: parts that came later, or what the country took out."""
    return sorted(set(permissions_of(profile.code)) - set(profile.permissions))


def profile_attention(request: HttpRequest, profile: Profile) -> list[Attention]:
    """After an upgrade: which rights a ready profile lacks, for whoever may add them."""
    count = len(missing_rights(profile))
    if not count or not request.user.has_perm(save_profile.name):
        return []
    sentence = ngettext(
        "%(count)s right of the ready profile is not in this one.", "%(count)s rights of the ready profile are not in this one.", count
    )
    address = reverse("administration:save_profile", args=[profile.pk])
    return [Attention("info", sentence % {"count": text_of(count)}, f"{address}?ready=yes", _("Look at them and add them"))]


def profile_preview(inputs: Form, actor: Any) -> Preview:
    """Which permissions come and go."""
    known, held = known_permissions(), set(inputs["profile"].permissions) if inputs.get("profile") else set()
    wanted = set(inputs["permissions"])
    changes: list[Any] = [(known.get(name, name), "", _("allowed")) for name in sorted(wanted - held)]
    changes += [(known.get(name, name), _("allowed"), "") for name in sorted(held - wanted)]
    name = label(inputs["names"], get_language() or "en")
    second = _("required") if inputs.get("second_factor_required") else _("not required")
    facts = [(_("Access profile"), f"{name} ({inputs['code']})"), (_("Second step at sign-in"), second), (_("Permissions"), len(wanted))]
    return Preview(facts=facts, changes=changes)
