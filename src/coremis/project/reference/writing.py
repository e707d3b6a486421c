"""Writing the reference, and saying what is wrong with it."""

from pathlib import Path

from django.utils.translation import override

from coremis.project.reference.actions import actions_page, permissions_page
from coremis.project.reference.house import commands_page, datasets_page, front_page, modules_page, settings_page
from coremis.project.reference.lines import ReferencePage

FOLDER = Path(__file__).resolve().parents[4] / "docs" / "reference"


def reference() -> dict[str, ReferencePage]:
    """All pages by file name, in English."""
    with override("en"):
        pages = {
            "modules": modules_page(),
            "actions": actions_page(),
            "permissions": permissions_page(),
            "settings": settings_page(),
            "datasets": datasets_page(),
            "commands": commands_page(),
        }
        return {"index": front_page(pages), **pages}


def write(folder: Path = FOLDER) -> list[Path]:
    """Write what changed; gives the files that did."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = stale(folder)
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
    return list(changed)


def stale(folder: Path = FOLDER) -> dict[Path, str]:
    """The files that are missing or say something else than the code does, with what they should say."""
    paths = {folder / f"{name}.md": page.text() for name, page in reference().items()}
    return {path: text for path, text in paths.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}


def silent() -> list[str]:
    """What has no help text."""
    return [name for page in reference().values() for name in page.silent]
