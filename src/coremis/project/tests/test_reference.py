"""The reference in docs/reference says what the code does, and nothing in it is without help text."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import ACTIONS
from coremis.project.reference.lines import ReferencePage
from coremis.project.reference.writing import reference, silent, stale, write


def test_it_works(tmp_path: Path) -> None:
    """What is written once is not written again; what was changed by hand is."""
    assert {path.stem for path in write(tmp_path)} == set(reference())
    assert write(tmp_path) == []
    (tmp_path / "actions.md").write_text("Nothing.")
    assert write(tmp_path) == [tmp_path / "actions.md"]


def test_the_reference_is_what_the_code_says() -> None:
    assert not stale(), f"Run “make docs”: {[path.name for path in stale()]}"


def test_nothing_is_without_help_text() -> None:
    assert silent() == []


def test_every_action_and_permission_is_there() -> None:
    pages = reference()
    actions, permissions = pages["actions"].text(), pages["permissions"].text()
    assert [name for name in ACTIONS if f"### `{name}`" not in actions] == []
    assert [name for name in known_permissions() if f"| `{name}` |" not in permissions] == []


def test_an_approvable_action_names_its_ready_route() -> None:
    text = reference()["actions"].text()
    approvable = [name for name, one in ACTIONS.items() if one.approvable]
    parts = {part.split("`")[0]: part for part in text.split("### `")[1:]}
    assert approvable and [name for name in approvable if "- Approval by default: " not in parts[name]] == []


def test_a_missing_help_text_is_named() -> None:
    page = ReferencePage("Commands", "What it does.")
    assert page.helped("serve port", "  Port\n to listen on. ") == "Port to listen on."
    assert page.helped("serve host", None) == "" and page.silent == ["Commands: serve host"]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no checkout"):
        call_command("reference", folder=tmp_path / "nowhere" / "reference")
