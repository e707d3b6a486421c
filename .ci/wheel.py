"""Says whether the built package holds what a server needs: styles, scripts, pages, translations, migrations; and has its own name."""

import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

NEEDED = (
    "built/app.css",
    "built/app.js",
    "screens/base.html",
    "fr/LC_MESSAGES/django.mo",
    "pt/LC_MESSAGES/django.mo",
    "migrations/0001_initial.py",
    "project/sample_module/apps.py",
    "modules/help/docs/guide/index.md",
    "modules/help/docs/reference/actions.md",
    "modules/help/docs/images/house.svg",
)


def missing(folder: Path) -> list[str]:
    """The endings of file names that no file in the package has."""
    (wheel,) = folder.glob("*.whl")
    names = [wheel.name, *ZipFile(wheel).namelist()]
    version = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]["version"]
    return [ending for ending in (*NEEDED, f"coremis-{version}-py3-none-any.whl") if not any(name.endswith(ending) for name in names)]


if __name__ == "__main__":
    absent = missing(Path(sys.argv[1]))
    sys.exit(f"The package lacks {', '.join(absent)}." if absent else 0)
