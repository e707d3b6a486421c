"""What all pages of this module share: leading to a record, and buttons."""

from typing import Any

from django.urls import reverse

from coremis.kernel.screens.screen import ActionLink

Form = dict[str, Any]


def to(name: str) -> Any:
    """A function that leads to the page of a record."""
    return lambda record: reverse(f"administration:{name}", args=[record.pk])


def link(title: Any, name: str, action: Any, **options: Any) -> ActionLink:
    """A button for one of this module's action pages."""
    return ActionLink(title, f"administration:{name}", action.name, **options)


def given(data: Form) -> Form:
    """What was filled in, without the note for those who decide."""
    return {name: value for name, value in data.items() if value is not None and name != "approval_note"}
