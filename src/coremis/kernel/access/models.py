"""Users, profiles and assignments: who may do what, where, and until when."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import FORMER_NAMES
from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.places import AreaPlaces
from coremis.kernel.base.text import label


class UserManager(BaseUserManager["User"]):
    """Makes users; only the user actions and the tests call it."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a hashed password (or none that works)."""
        user = self.model(username=username.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. Rights come only from assignments, read afresh on every request."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(_("full name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=False)
    failed_count = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    is_staff = False
    is_superuser = False

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def _held(self) -> "list[Assignment]":
        today = timezone.localdate()
        valid = Assignment.objects.filter(user=self, valid_from__lte=today).filter(Q(valid_until=None) | Q(valid_until__gte=today))
        return list(valid.select_related("profile", "area"))

    @cached_property
    def _places(self) -> dict[str, AreaPlaces]:
        roots: dict[str, set[int]] = {}
        whole: set[str] = set()
        for held in self._held:
            for name in held.profile.permission_names():
                roots.setdefault(name, set()).add(held.area_id)
                if held.area.parent_id is None:
                    whole.add(name)
        return {name: AreaPlaces(name in whole, frozenset(areas)) for name, areas in roots.items()}

    def is_locked(self) -> bool:
        """Whether too many wrong passwords or codes keep this user out for now."""
        return self.locked_until is not None and self.locked_until > timezone.now()

    def permissions(self) -> frozenset[str]:
        """All permissions held anywhere today."""
        return frozenset(self._places) if self.is_active else frozenset()

    def has_perm(self, name: str, obj: Any = None) -> bool:
        """Whether the permission is held anywhere."""
        return self.is_active and name in self._places

    def rights_mark(self) -> str:
        """Another text whenever this user's rights are others."""
        return " ".join(sorted(f"{held.profile_id}.{held.profile.version}.{held.area_id}" for held in self._held))

    def has_module_perms(self, app_label: str) -> bool:
        """Whether anything of a module may be done."""
        return any(name.startswith(f"{app_label}.") for name in self.permissions())

    def places_for(self, permission: str) -> AreaPlaces:
        """Where the permission is held; nowhere without it."""
        return self._places.get(permission) or AreaPlaces(False, frozenset()) if self.is_active else AreaPlaces(False, frozenset())

    def may(self, permission: str, area_ids: Iterable[int | None]) -> bool:
        """Whether the permission is held in all these areas; with no area at all, whether it is held."""
        areas = list(area_ids)
        return self.has_perm(permission) and (not areas or self.places_for(permission).cover(areas))

    def places_as(self, profile_id: int) -> AreaPlaces:
        """Where somebody holds a profile."""
        held = [assignment for assignment in self._held if assignment.profile_id == profile_id] if self.is_active else []
        return AreaPlaces(any(item.area.parent_id is None for item in held), frozenset(item.area_id for item in held))

    def profile_codes(self) -> set[str]:
        """The codes of the profiles held today; those of the ready ones are their seats."""
        return {held.profile.code for held in self._held} if self.is_active else set()

    def profile_ids(self) -> set[int]:
        """The profiles held today."""
        return {held.profile_id for held in self._held} if self.is_active else set()

    def needs_second_factor(self) -> bool:
        """Whether one of the profiles requires a second factor."""
        return any(held.profile.second_factor_required for held in self._held)

    def places_held(self) -> list[Area]:
        """Where this user holds any profile today or from a later day on, blocked or not."""
        held = Assignment.objects.filter(Q(valid_until=None) | Q(valid_until__gte=timezone.localdate()), user=self)
        return [assignment.area for assignment in held.select_related("area")]

    def home_area(self) -> Area | None:
        """The first assigned place, shown in the top bar."""
        return self._held[0].area if self._held else None


class Profile(Record):
    """A named set of permissions."""

    area_path = None

    code = models.SlugField(_("code"), max_length=40, unique=True)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    permissions = models.JSONField(_("permissions"), default=list)
    second_factor_required = models.BooleanField(_("second factor required"), default=False)

    class Meta:
        verbose_name = _("access profile")
        verbose_name_plural = _("access profiles")
        ordering = ["code"]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")

    def permission_names(self) -> list[str]:
        """The permissions under their present names."""
        return [FORMER_NAMES.get(name, name) for name in self.permissions]


class Assignment(Record):
    """A user's profile in one area and all below it, for a time."""

    area_path = "area"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("user"))
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("access profile"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["user", "profile", "area"], condition=Q(valid_until=None), name="assignment_once_while_open"),
            models.CheckConstraint(condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="assignment_dates_in_order"),
        ]
