"""A figure by place as a map: the outlines of the places in view, coloured by their numbers."""

from coremis.modules.dashboards.reading import Reader, Reading, written
from coremis.modules.geography.queries import Choropleth, choropleth, shapes_of


def map_of(reader: Reader, reading: Reading, key: str) -> Choropleth | None:
    """The map of a figure that is broken down by place; None where no outline is loaded, or no one place lies above those in view.

    Two queries. ``key`` keeps two maps on one page apart.
    """
    above, _places = reader.places(reading.dataset.permission)
    if above is None or len(reading.columns) != 1:
        return None
    numbers = {int(line.key): line.numbers[0] for line in reading.lines}
    links = {place: number.href for place, number in numbers.items()}
    shapes = shapes_of(above, href=lambda area: links.get(area.pk, ""))
    if not shapes:
        return None
    values = {place: number.drawn() for place, number in numbers.items()}
    return choropleth(
        shapes, values, title=reading.placed.title(), key=key, words={place: number.text for place, number in numbers.items()},
        said=lambda value: in_words(reading, int(value)), no_data=in_words(reading, 0),
    )  # fmt: skip


def in_words(reading: Reading, value: int) -> str:
    """A limit between two colours as the numbers themselves are written."""
    measure = reading.measure
    return written(measure, value, 1_000 if measure.per else None, reading.columns[0].currency)
