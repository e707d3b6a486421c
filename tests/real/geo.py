"""The trees and outlines of ten countries that lie beside the checkout, as a user's list would bring them."""

import csv
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "geo"
MISSING = "The areas of ten countries are not beside the checkout (../shared/data/geo)."
HIERARCHY, LAW = SOURCE / "pcode_hierarchy_10_countries.csv", SOURCE / "burundi_2023_law"
LEVELS = [{"en": name} for name in ("Country", "Province", "Commune", "Zone", "Colline")]


def units_of(country):
    """The rows of one country: code, name, level, parent."""
    with HIERARCHY.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["iso3"] == country]


def as_csv(rows, **more):
    """A file with the usual columns; ``more`` stands in every row."""
    head = ["code", "name", "level", "parent", *more]
    lines = [[row["pcode"], row["name"], row["level"], row["parent_pcode"], *more.values()] for row in rows]
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in [head, *lines]) + "\n"


def law_file(name):
    """One of the four lists of the law of 2023, as published."""
    return (LAW / f"{name}.csv").read_bytes()
