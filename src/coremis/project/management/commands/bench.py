"""``coremis bench``: what long work costs beside its floor, on a scratch database that is thrown away."""

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test.utils import override_settings

from coremis.project.bench.campaign import measure_campaign
from coremis.project.bench.dashboards import measure_dashboards
from coremis.project.bench.data import build
from coremis.project.bench.imports import measure_import
from coremis.project.bench.lists import measure_lists
from coremis.project.bench.measure import Measured
from coremis.project.bench.papers import measure_papers
from coremis.project.bench.scores import measure_scores
from coremis.project.bench.thread import Bench

JOBS = ("import", "suspension", "payroll", "papers", "thread", "lists", "dashboard", "score", "campaign")


class Command(BaseCommand):
    """Make a database of the given size, do the work, print one line for each job, and throw the database away."""

    help = "Measure the long work beside hand-written SQL. Uses a scratch database beside the configured one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, default=100_000, help="Number of households (of persons for the import).")
        parser.add_argument("--jobs", nargs="*", choices=JOBS, default=list(JOBS), help="Which work to measure; all of it.")
        parser.add_argument("--json", action="store_true", help="One JSON object for each line.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        jobs = options["jobs"]
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(ALLOWED_HOSTS=["*"]):
                self.measure(options["rows"], jobs, lambda line: self.show(line.as_dict(), options["json"]))
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)

    def measure(self, rows: int, jobs: list[str], show: Callable[[Measured], None]) -> None:
        """Do the work; every line of the report is shown as soon as it is known."""
        build(rows)
        bench = Bench(rows, show)
        if "lists" in jobs:
            measure_lists(bench)
        if "suspension" in jobs:
            bench.suspend_and_undo()
        if {"payroll", "papers", "thread"} & set(jobs):
            payroll = bench.calculate()
            if "papers" in jobs:
                measure_papers(bench, payroll)
            if "thread" in jobs:
                bench.pay(payroll)
        if "dashboard" in jobs:  # after the payroll, so that payments are counted too where it is measured
            measure_dashboards(bench)
        if "score" in jobs:
            measure_scores(bench)
        if "campaign" in jobs:
            measure_campaign(bench)
        if "import" in jobs:
            measure_import(bench)

    def show(self, line: dict[str, Any], as_json: bool) -> None:
        """One line, for a program or for people."""
        if as_json:
            self.stdout.write(json.dumps(line), ending="\n")
            self.stdout.flush()
            return
        text = "{job:<24} {database:<11} {rows:>9} rows {seconds:>8} s, floor {floor_seconds:>7} s, ratio {ratio:>6}, "
        text += "{queries:>6} statements, peak {peak_mb} MB"
        self.stdout.write(text.format(**line))
        self.stdout.flush()
