"""The decorator that turns a function into an action: right, place, transaction, event and key come with it."""

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions import context
from coremis.kernel.actions.events import new_event, write_event
from coremis.kernel.actions.keys import claim, remember
from coremis.kernel.actions.parameters import Parameter, read_parameters
from coremis.kernel.base.refusal import Invalid, KeptRefusal, NeedsApproval, NotPermitted, OutsidePlaces, Refusal

P = ParamSpec("P")
R = TypeVar("R")

ACTIONS: dict[str, "Action[Any]"] = {}
FORMER_NAMES: dict[str, str] = {}


def action(
    title: Any, *, approvable: bool = False, covers: tuple[Any, ...] = (), formerly: tuple[str, ...] = (), within: tuple[str, ...] = ()
) -> Callable[[Callable[..., R]], "Action[R]"]:
    """Declare an action. ``covers`` lists inner actions that run on this one's permission and approval.

    ``within`` names the inputs whose places count: where one village of a whole list is meant, the actor needs the right there only.
    """

    def declare(body: Callable[..., R]) -> Action[R]:
        made = Action(body, title, approvable, covers, within)
        if made.name in ACTIONS and ACTIONS[made.name].body.__module__ != body.__module__:
            raise TypeError(f"Two actions are called {made.name}.")
        ACTIONS[made.name] = made
        FORMER_NAMES.update(dict.fromkeys(formerly, made.name))
        return made

    return declare


def find_action(name: str) -> "Action[Any]":
    """The action of a stored name, also under its new name; a sentence where its module is off."""
    found = ACTIONS.get(FORMER_NAMES.get(name, name))
    if found is None:
        raise Refusal(_("“%(name)s” is not available. The module it belongs to may be switched off."), name=name)
    return found


class Action(Generic[R]):
    """One thing people or jobs may do. Its name is also its permission, its history entry and its event."""

    def __init__(self, body: Callable[..., R], title: Any, approvable: bool, covers: tuple[Any, ...], within: tuple[str, ...] = ()) -> None:
        self.body = body
        self.title = title
        self.approvable = approvable
        self.covers = frozenset(inner.name for inner in covers)
        self.within = frozenset(within)
        self.parameters: dict[str, Parameter] = read_parameters(body)
        self.name = f"{app_label(body.__module__)}.{body.__name__}"
        self.__doc__ = body.__doc__
        self.__name__ = body.__name__

    def __call__(self, *, actor: Any, key: str | None = None, **inputs: Any) -> R:
        """Run it: check inputs, right, places and approval, then do it in one transaction with its event."""
        values = self.check_inputs(inputs)
        outer = context.current()
        permission = self._permission(actor, outer)
        self.check_places(actor, permission, values)
        approved = self._approved(outer)
        try:
            with transaction.atomic():
                if key:
                    earlier = claim(self.name, actor, key, {name: self.parameters[name].to_key(value) for name, value in values.items()})
                    if earlier is not None:
                        return cast(R, earlier.result())
                result = self._run(actor, permission, values, outer, approved)
                if key:
                    remember(self.name, actor, key, result)
        except KeptRefusal as refused:  # what was done is undone by now; that it was tried stays
            new_event(refused.event, actor, **refused.about)
            raise
        return result

    def check_inputs(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The inputs with every type checked; unknown or missing ones are refused."""
        unknown = set(inputs) - set(self.parameters)
        missing = [name for name, given in self.parameters.items() if given.required and name not in inputs]
        if unknown or missing:
            raise Invalid(
                _("This cannot be used: %(unknown)s. This is missing: %(missing)s."),
                {name: [_("This is required.")] for name in missing},
                unknown=", ".join(sorted(unknown)) or "–", missing=", ".join(missing) or "–",
            )  # fmt: skip
        return {name: self.parameters[name].check(value) for name, value in inputs.items() if not self.parameters[name].left_out(value)}

    def check_permission(self, actor: Any) -> None:
        """Refuse an actor without the permission of this name."""
        if not actor.has_perm(self.name):
            raise NotPermitted(_("You may not do this: %(title)s. Ask an administrator if you need to."), title=self.title)

    def check_places(self, actor: Any, permission: str, values: dict[str, Any]) -> None:
        """Refuse inputs that lie outside the places where the actor may do this."""
        if not actor.may(permission, places_of(self.placed(values))):
            self._outside()

    def placed(self, values: dict[str, Any]) -> dict[str, Any]:
        """The inputs whose places count."""
        return {name: value for name, value in values.items() if not self.within or name in self.within}

    def to_stored(self, values: dict[str, Any]) -> dict[str, Any]:
        """The inputs as plain data for keys, approvals and jobs; secrets are left out."""
        return {name: self.parameters[name].to_stored(value) for name, value in values.items()}

    def from_stored(self, stored: dict[str, Any]) -> dict[str, Any]:
        """The inputs again from their stored form; inputs that no longer exist are refused."""
        unknown = set(stored) - set(self.parameters)
        if unknown:
            raise Invalid(_("This was asked in a form that is no longer known: %(names)s. Ask again."), names=", ".join(sorted(unknown)))
        return {name: given.from_stored(stored[name]) for name, given in self.parameters.items() if name in stored}

    def _outside(self) -> None:
        from_places = _("This is outside the places where you may do this. Ask an administrator to extend your assignment.")
        raise OutsidePlaces(from_places)

    def _permission(self, actor: Any, outer: "context.Writing | None") -> str:
        if outer is not None and self.name in outer.action.covers:
            return outer.permission
        self.check_permission(actor)
        return self.name

    def _approved(self, outer: "context.Writing | None") -> bool:
        given = context.authority()
        approved = given is not None and given.action == self.name
        if outer is not None and not approved:
            approved = outer.approved and self.name in outer.action.covers
        if self.approvable and not approved:
            raise NeedsApproval(_("This needs approval first: %(title)s. Submit it for approval."), title=self.title)
        return approved

    def _run(self, actor: Any, permission: str, values: dict[str, Any], outer: "context.Writing | None", approved: bool) -> R:
        given = self._authority(outer)
        event = write_event(self, actor, values, outer, given if self.approvable else None)
        writing = context.Writing(self, actor, permission, event, outer, approved, given)
        writing.several.extend(item for item in records_in(self.placed(values)) if getattr(item, "areas_path", None))
        with context.writing_as(writing), context.approved_by(None):
            result = self.body(**values, actor=actor)
        writing.check_several()
        return result

    def _authority(self, outer: "context.Writing | None") -> "context.Authority | None":
        given = context.authority()
        if given is not None and given.action == self.name:
            return given
        return outer.authority if outer is not None and self.name in outer.action.covers else None


def places_of(values: dict[str, Any]) -> list[int | None]:
    """The areas in which the records among the inputs lie."""
    return [place for item in records_in(values) for place in item.place_ids() or []]


def records_in(values: dict[str, Any]) -> list[Any]:
    """The records among the inputs, alone or in lists."""
    items = [item for value in values.values() for item in (value if isinstance(value, list) else [value])]
    return [item for item in items if isinstance(item, models.Model) and hasattr(item, "place_ids")]


def app_label(module_path: str) -> str:
    """The label of the app a Python module belongs to."""
    parts = module_path.split(".")
    if parts[0] == "coremis" and parts[1] in {"kernel", "modules"}:
        return parts[2]
    config = apps.get_containing_app_config(module_path)
    return config.label if config else parts[0]
