"""Figures and former codes by file, and outlines: what is new, changed and refused; a copy that is taken home comes back unchanged."""

import io
import json
from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import FormerArea
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.exchange.places import PlaceFinder
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.geography.imports import FIGURES, LINKS
from coremis.modules.geography.models import AreaFigure, AreaGroup, AreaShape, CodeLink, FigureKind, GroupPlace
from coremis.modules.geography.services.figures import add_usual_figures, end_figure, set_figure
from coremis.modules.geography.services.groups import join_group, leave_group, save_group
from coremis.modules.geography.services.shapes import load_outlines
from coremis.modules.geography.tests.conftest import counts, send, take_in, told
from coremis.modules.geography.tests.sample import make_figure, make_kind

HEAD = "code,kind,value,year,source\n"
SQUARE = [[29.0, -4.0], [30.0, -4.0], [30.0, -3.0], [29.0, -3.0], [29.0, -4.0]]


def test_it_works(people, country):
    make_kind()
    make_figure(country["South"], FigureKind.objects.get(), 5, 2020)
    text = HEAD + "N,population,1240,2020,Census\nN1,population,12.5,2020,Census\nS,population,7,2020,census\nS1,population,1,2020,\n"
    batch = send(people, text, FIGURES)
    assert told(batch) == {} and counts(batch) == (3, 1, 0, 0)
    take_in(people, batch)
    assert AreaFigure.objects.get(area=country["South"]).value == 7
    figure = AreaFigure.objects.get(area=country["North"])
    assert (figure.value, figure.year, figure.source, figure.valid_from) == (1240, 2020, "Census", date(2020, 1, 1))
    assert counts(send(people, text + "\n", FIGURES)) == (0, 0, 4, 0)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Q,population,1,2020,\n", "no place in Testland"),
        ("N,wealth,1,2020,\n", "no figure “wealth”"),
        ("N,population,many,2020,\n", "not a number"),
        ("N,population,1,20,\n", "not a year"),
        ("N,population,,2020,\n", "required"),
        ("N,population,1,2020,x\nN,population,2,2020,x\n", "several rows: 2, 3"),
    ],
)
def test_figures_that_cannot_be(people, row, sentence):
    """pitfall D3"""
    make_kind()
    assert sentence in " ".join(text for _column, text in told(send(people, HEAD + row, FIGURES))[2])


def test_by_hand(country, db):
    root = everywhere(add_usual_figures.name, set_figure.name, end_figure.name)
    assert add_usual_figures(actor=root) == 4 and add_usual_figures(actor=root) == 0
    rate = FigureKind.objects.get(code="poverty_rate")
    first = set_figure(area=country["North"], kind=rate, value=61.5, year=2020, source="EICVMB", actor=root)
    again = set_figure(area=country["North"], kind=rate, value=62.5, year=2020, source="EICVMB", actor=root)
    assert first.pk == again.pk and AreaFigure.objects.get().value == 62.5
    with pytest.raises(Invalid):
        set_figure(area=country["North"], kind=rate, value=1.0, year=20, actor=root)
    with pytest.raises(Refusal, match="used only from"):
        end_figure(figure=again, until=date(2019, 1, 1), actor=root)
    assert end_figure(figure=again, until=date(2024, 1, 1), actor=root).valid_until == date(2024, 1, 1)


def test_a_list_of_former_codes(people, country):
    """One former code to several places with their shares; one that leads to one place is understood in files from then on."""
    text = "former code,former name,code of the place now,share,since\nOLD1,Old one,N1A,,01/07/2025\nOLD2,,N1A,0.4,\nOLD2,,N1B,0.6,\n"
    batch = send(people, text, LINKS)
    assert told(batch) == {} and counts(batch) == (3, 0, 0, 0)
    take_in(people, batch)
    assert {(link.former_code, link.area.code, link.share) for link in CodeLink.objects.all()} == {
        ("OLD1", "N1A", 1), ("OLD2", "N1A", 0.4), ("OLD2", "N1B", 0.6),
    }  # fmt: skip
    finder = PlaceFinder(country["Testland"])
    assert finder.find("old1") == country["Almond"].pk
    with pytest.raises(Refusal, match="Several"):
        finder.find("OLD2")
    assert counts(send(people, text + "\n", LINKS)) == (0, 0, 3, 0) and FormerArea.objects.count() == 3
    bad = send(people, "former code,code of the place now,share\nX,N1A,0.7\nX,N1B,0.7\nY,N1A,2\nZ,N1A,1\nZ,N1A,1\n", LINKS)
    sentences = " ".join(text for row in told(bad).values() for _column, text in row)
    assert counts(bad)[3] == 5 and "more than 1" in sentences and "another row" in sentences and "not above 1" in sentences


def outlines_of(*features):
    held = [
        {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
        for properties, kind, coordinates in features
    ]
    content = json.dumps({"type": "FeatureCollection", "features": held}).encode()
    return keep(io.BytesIO(content))


def load(actor, *features):
    content = outlines_of(*features)
    load_outlines(sha256=content.sha256, name="communes.geojson", actor=actor)
    run_until_idle()
    job = Job.objects.latest("pk")
    return job, " ".join(line.text for line in job.lines.order_by("pk"))


def test_outlines_find_their_places(people, country):
    """By code, by former code, by name; what is left out is told by its name."""
    with maintenance("test"):
        FormerArea(
            area=country["Northlake"],
            name="Northlake",
            code="NL",
            parent=country["North"],
            valid_from=date(1900, 1, 1),
            valid_until=date(2020, 1, 1),
        ).save()
    root = everywhere(load_outlines.name)
    job, said = load(
        root,
        ({"pcode": "N1", "name": "Elsewhere"}, "Polygon", [[SQUARE]]),
        ({"pcode": "NL", "name": "x"}, "Polygon", [SQUARE]),
        ({"pcode": "??", "name": "Southfield"}, "Polygon", [SQUARE[:-1]]),
        ({"pcode": "S2", "name": "Southlake"}, "Point", [29, -3]),
        ({"pcode": "XX", "name": "Atlantis"}, "Polygon", [SQUARE]),
        ({"pcode": "N1", "name": "Twice"}, "Polygon", [SQUARE]),
    )
    assert job.state == "DONE", job.problem_text
    assert {shape.area.code for shape in AreaShape.objects.all()} == {"N1", "N2", "S1"}
    assert job.report == {"new": 3, "changed": 0, "unchanged": 0, "points": 15, "refused": 3}
    for words in (
        "found by “pcode”",
        "Atlantis (no. 5) was left out: No place has its code or name",
        "Southlake (no. 4)",
        "wrong depth",
        "Twice",
    ):
        assert words in said, words
    job, _said = load(root, ({"pcode": "N1"}, "Polygon", [SQUARE]), ({"pcode": "N2"}, "Polygon", [[[x + 5, y] for x, y in SQUARE]]))
    assert (job.report["changed"], job.report["unchanged"]) == (1, 1)


def test_outlines_only_in_the_own_places(people, country):
    north = make_user("north", load_outlines.name, area=country["North"])
    _job, said = load(north, ({"code": "N1"}, "Polygon", [SQUARE]), ({"code": "S1"}, "Polygon", [SQUARE]))
    assert [shape.area.code for shape in AreaShape.objects.all()] == ["N1"] and "S1 (no. 2) was left out" in said


def test_groups_may_overlap(country):
    """Catchments and phases beside the tree (GEO-04)."""
    root = everywhere(save_group.name, join_group.name, leave_group.name)
    phase, flood = (save_group(code=code, names={"en": code}, actor=root) for code in ("phase1", "flood"))
    for group in (phase, flood):
        assert join_group(group=group, areas=[country["North"], country["Fig"]], since=date(2025, 1, 1), actor=root) == 2
    with pytest.raises(Refusal, match="already"):
        join_group(group=phase, areas=[country["North"]], since=date(2025, 1, 1), actor=root)
    place = GroupPlace.objects.get(group=flood, area=country["Fig"])
    leave_group(place=place, until=date(2025, 6, 1), actor=root)
    assert join_group(group=flood, areas=[country["Fig"]], since=date(2025, 9, 1), actor=root) == 1
    with pytest.raises(Invalid):
        save_group(code="flood", names={"en": "x"}, actor=root)
    assert AreaGroup.objects.count() == 2
