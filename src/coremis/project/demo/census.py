"""Figures of places, and their outlines: what the census and the cartographers of Sanzira brought."""

import io
import random
from collections.abc import Iterator
from datetime import date

from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import read_file
from coremis.kernel.files.storage import keep
from coremis.modules.geography.imports import FIGURES
from coremis.modules.geography.services.figures import add_usual_figures
from coremis.modules.geography.services.files import send_places, take_in_places
from coremis.modules.geography.services.shapes import load_outlines
from coremis.project.demo import outlines
from coremis.project.demo.country import SEED, units
from coremis.project.demo.people import counts_of
from coremis.project.demo.quotas import POVERTY
from coremis.project.demo.register import csv_of, whole_country
from coremis.project.demo.seats import agreed, seat, work_off

SOURCE = "Census"
HEADS = ("code", "figure", "value", "year", "source")
OTHERS = (30, 75)  # percent of poor households in communes where nobody was surveyed


def bring_figures(households: int, today: date) -> None:
    """Households by hill, and the poverty rate by commune, as a file that the manager agrees to."""
    add_usual_figures(actor=seat("it"))
    given = read_file(io.BytesIO(csv_of(HEADS, figures(households, today.year - 1))), "census.csv")
    batch = send_places(kind=FIGURES.name, area=whole_country(), actor=seat("it"), **given)
    work_off()
    agreed(take_in_places, {"batch": Batch.objects.get(pk=batch.pk)}, seat("it"), seat("manager"))
    work_off()


def figures(households: int, year: int) -> Iterator[tuple[str, str, float, int, str]]:
    """Every row of the file."""
    chance = random.Random(SEED)
    for unit in units():
        if len(unit["code"]) == 4:
            others = round(chance.uniform(*OTHERS), 1)
            yield unit["code"], "poverty_rate", POVERTY.get(unit["code"], others), year, SOURCE
    for hill, count in counts_of(households):
        yield hill, "households", count, year, SOURCE


def draw_the_map() -> None:
    """The outlines of every place, from one file."""
    kept = keep(io.BytesIO(outlines.geojson()))
    load_outlines(sha256=kept.sha256, name="sanzira.geojson", source="Institut géographique", actor=seat("it"))
    work_off()
