"""Run the whole suite: on the embedded database, on PostgreSQL where one answers, in a browser where there is one.

Called by ``make test``. The last lines say which of these ran, which did not, and why; the exit code is 0 only when
all that ran has passed. Words after the command are handed to pytest: ``tests/run.py -k payroll``.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

import psycopg

URL = "COREMIS_TEST_DATABASE_URL"
LOCAL_SERVERS = ("postgresql:///test", "postgresql:///postgres")
TWO = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")  # in the order of conftest.py
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Outcome:
    """One line of the closing summary: what, whether it passed (None: it did not run), and how it ended."""

    name: str
    passed: bool | None
    text: str

    def line(self) -> str:
        word = {True: "passed ", False: "FAILED ", None: "not run"}[self.passed]
        return f"  {word}  {self.name}: {self.text}"


def main(words: list[str]) -> int:
    """Run all three parts, print the summary, return 0 when nothing failed."""
    outcomes = [on_embedded(words), on_postgresql(words), in_browser(words)]
    print("\nTests:")
    for outcome in outcomes:
        print(outcome.line())
    return 1 if any(outcome.passed is False for outcome in outcomes) else 0


def on_embedded(words: list[str]) -> Outcome:
    return run("embedded database (SQLite)", [*TWO, "-m", "not browser", *words], {})


def on_postgresql(words: list[str]) -> Outcome:
    """Run on the named server, else on the local one; a named server that does not answer is a failure."""
    named = os.environ.get(URL, "")
    for url in [named] if named else LOCAL_SERVERS:
        problem = reason_against(url)
        if not problem:
            arguments = [*TWO, "-m", "not browser and not no_database", *words]
            return run(f"PostgreSQL ({without_password(url)}), what opens a database", arguments, {URL: url})
    where = f"{URL} names" if named else "the local server is"
    return Outcome("PostgreSQL", False if named else None, f"{where} not usable: {problem}")


def in_browser(words: list[str]) -> Outcome:
    """Run the tests marked ``browser`` with the first Chromium found; COREMIS_CHROMIUM names another one."""
    found = os.environ.get("COREMIS_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        return Outcome("browser", None, f"no Chromium found (looked for {', '.join(BROWSERS)}; COREMIS_CHROMIUM may name one)")
    # One after the other: tests of a file follow from each other, and each installation is busy enough alone.
    return run(f"browser ({found})", ["-m", "browser", *words], {"COREMIS_CHROMIUM": found})


def run(name: str, arguments: list[str], variables: dict[str, str]) -> Outcome:
    """Run pytest once, showing its output as it comes, and keep its last line."""
    print(f"\n=== {name} ===", flush=True)
    environment = {key: value for key, value in os.environ.items() if key != URL} | variables
    began, last = time.monotonic(), ""
    command = [sys.executable, "-m", "pytest", "-q", "--durations=25", "--durations-min=5", *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip(" =\n") or last
    summary = re.sub(r" in [\d.]+s.*", "", last)
    if process.returncode == 5:
        summary = "no test was found"
    return Outcome(name, process.returncode == 0, f"{summary} in {time.monotonic() - began:.0f} s")


def reason_against(url: str) -> str:
    """Why the database behind this address cannot be used, or nothing."""
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("select rolcreatedb or rolsuper from pg_roles where rolname = current_user").fetchone()
    except psycopg.Error as error:
        return f"{without_password(url)}: {str(error).strip().splitlines()[0]}"
    return "" if row and row[0] else f"{without_password(url)}: this user may not create databases"


def without_password(url: str) -> str:
    return re.sub(r"//([^:/@]+):[^@]*@", r"//\1@", url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
