"""The import of a file of persons, beside COPY and INSERT by hand."""

from coremis.project.bench.thread import Bench


def measure_import(bench: Bench) -> None:
    """Upload, check, approve and apply a file of ``rows`` persons."""
