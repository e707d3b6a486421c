"""Making a new module: the sample, copied under another name, with all that a package of somebody else needs."""

import re
from pathlib import Path
from shutil import copytree, ignore_patterns

from django.apps import apps

from coremis.kernel.base.refusal import Refusal
from coremis.project.modules import installed_modules

PROJECT = Path(__file__).resolve().parent
CHECKOUT = PROJECT.parents[2]
NAME = re.compile(r"[a-z][a-z0-9_]{2,29}")
PYPROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "coremis-{dashed}"
version = "1.0"
description = "{title}: a module for CORE-MIS."
requires-python = ">=3.11"

[project.entry-points."coremis.modules"]
{name} = "coremis_{name}"

[tool.hatch.build.targets.wheel]
packages = ["coremis_{name}"]

[tool.pytest.ini_options]
DJANGO_SETTINGS_MODULE = "coremis.project.settings"
"""


def sample() -> Path:
    """The sample module: inside the installed package, or in the checkout it runs from."""
    packaged = PROJECT / "sample_module"
    return packaged if packaged.is_dir() else CHECKOUT / "tests" / "sample_module" / "coremis_sample"


def make(name: str, folder: Path) -> Path:
    """Copy the sample as a package of its own, ``coremis-<name>``, into the folder; gives the new package's root."""
    check_name(name)
    root = folder / f"coremis-{name.replace('_', '-')}"
    if root.exists():
        raise Refusal(f"{root} is there already. Choose another name or folder.")
    package = root / f"coremis_{name}"
    copytree(sample(), package, ignore=ignore_patterns("__pycache__", "*.pyc", "*.mo"))
    for path in package.rglob("*.py"):
        path.write_text(renamed(path.read_text(encoding="utf-8"), name), encoding="utf-8")
    title = title_of(name)
    (root / "pyproject.toml").write_text(PYPROJECT.format(name=name, dashed=name.replace("_", "-"), title=title), encoding="utf-8")
    return root


def check_name(name: str) -> None:
    """Refuse a name that cannot be a module's, or that is taken."""
    if not NAME.fullmatch(name):
        raise Refusal(f"“{name}” cannot be a module's name: use 3 to 30 small letters, digits and _, a letter first.")
    if name in installed_modules() or name in {config.label for config in apps.get_app_configs()}:
        raise Refusal(f"“{name}” is taken by a module or a library. Choose another name.")


def renamed(text: str, name: str) -> str:
    """A file of the sample with the new module's name, label and title in it."""
    camel = "".join(word.capitalize() for word in name.split("_"))
    for old, new in (("coremis_sample", f"coremis_{name}"), ("sample_places", name), ("SampleConfig", f"{camel}Config")):
        text = text.replace(old, new)
    return re.sub(r'(    title = _\()"[^"]*"', rf'\1"{title_of(name)}"', text)


def title_of(name: str) -> str:
    """“food_for_work” becomes “Food for work”."""
    return name.replace("_", " ").capitalize()
