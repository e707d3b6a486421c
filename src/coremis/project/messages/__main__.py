"""The command line of the texts: update, compile, check."""

import sys

from coremis.project.messages import __doc__ as usage
from coremis.project.messages.catalogues import compile_all, update_all
from coremis.project.messages.check import problems


def main(words: list[str]) -> int:
    """Carry out one command; returns the exit code."""
    if words == ["update"]:
        return tell(update_all() or ["All translation files are up to date."])
    if words == ["compile"]:
        done = compile_all()
        return tell([f"Compiled {done} translation files."] if done else [])
    if words == ["check"]:
        return report(problems())
    sys.stderr.write(usage or "")
    return 2


def tell(lines: list[str]) -> int:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return 0


def report(found: list[str]) -> int:
    """Print every problem, or that there is none."""
    if not found:
        return tell(["Every text has its French and Portuguese."])
    tell([*found, f"{len(found)} texts need work: edit the django.po files named, then run “make messages”."])
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
