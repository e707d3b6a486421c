"""Every page of this module: nothing without the right, nothing from outside the places; a tree taken home comes back unchanged."""

import gzip
import io
import re
from datetime import date
from itertools import count

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from coremis.kernel.access.models import Assignment, User
from coremis.kernel.access.seats import permissions_of
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area, AreaLevel
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.files.storage import store
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.screens.lists import query_of
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.geography.imports import FIGURES, UNITS
from coremis.modules.geography.measures import measures_for, place_page
from coremis.modules.geography.models import AreaFigure, AreaGroup, AreaShape, CodeLink, FigureKind, GroupPlace
from coremis.modules.geography.tests.conftest import counts, send, take_in
from coremis.modules.geography.tests.sample import make_figure, make_kind, make_shape
from coremis.modules.registry.tests.factories import make_household, make_person

pytestmark = pytest.mark.django_db
SERIAL = count(1)
PEOPLE = ("registry.view_household", "registry.view_person")
DAY = date(2025, 1, 1)
DRAWN = {"geography:map", "geography:map_file", "geography:proposal"}  # a page without parts, and files: tests of their own


def samples(area):
    """A unit inside with a figure, an outline, a former code and a group, and a file of units."""
    number = next(SERIAL)
    with maintenance("test places"):
        level = AreaLevel.objects.get_or_create(position=area.level.position + 1, defaults={"names": {"en": "Hill"}})[0]
        place = Area(level=level, parent=area, name=f"Hill {number} of {area.name}", code=f"h{number}", valid_from=DAY)
        place.save()
        link = CodeLink(former_code=f"old{number}", former_name=f"Once {area.name}", area=place, why=CodeLink.Why.LIST, valid_from=DAY)
        link.save()
        group = AreaGroup(code=f"group{number}", names={"en": f"Group {number}"})
        group.save()
        member = GroupPlace(group=group, area=place, valid_from=DAY)
        member.save()
        batch = Batch(
            import_kind=UNITS.name, area=place, name=f"{place.name}.csv", sha256=f"{number:064x}", headers=["code"], state="CHECKED"
        )
        batch.save()
        store(io.BytesIO(b"code\n"), batch.name, owner=batch)
    row = BatchRow(batch=batch, number=2, values={"code": f"row{number}"}, state="GOOD", group_key=str(number))
    row.save()
    kind = FigureKind.objects.first() or make_kind()
    return {
        Area: place, AreaFigure: make_figure(place, kind, 1000 + number), AreaShape: make_shape(place, 20 + number * 1.5), CodeLink: link,
        AreaGroup: group, GroupPlace: member, Batch: batch, BatchRow: row, FigureKind: kind,
    }  # fmt: skip


def test_it_works(db, settings, tmp_path):
    """Pitfalls S10, P1: every page needs its right, shows nothing from outside the places, and asks as much for many rows as for few."""
    settings.MEDIA_ROOT = tmp_path
    check_module("geography", samples, leave_out=DRAWN)


@pytest.fixture
def it(country, people, client):
    """An administrator of the whole country at the browser."""
    person = make_user("ada", *permissions_of("it"), "screens.export_list", *PEOPLE, area=country["Testland"])
    client.force_login(person)
    return client


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_tree_taken_home_comes_back_unchanged(people, it, file_format):
    """Codes with zeros in front, closed and recoded units, accents."""
    text = "code,name,level,parent,valid_from,valid_until,former_code\n010,Éastèrn,1,,,,\n0101,One,2,010,2024-01-01,,\n"
    text += "N1X,Almond,3,N1,2025-07-01,,N1A\nN2A,Cedar,3,N2,,2025-06-30,\n"
    take_in(people, send(people, text))
    answer = it.post(reverse("geography:units"), {"do": "export", "format": file_format})
    assert answer.status_code == 200
    batch = send(people, answer.content, name=f"units.{file_format}")
    assert counts(batch) == (0, 0, Area.objects.count(), 0), list(batch.rows.exclude(problems=[]).values("values", "problems"))


def test_figures_taken_home_come_back_unchanged(people, country, it):
    make_figure(country["North"], make_kind("poverty_rate", "%", 1), 61.25)
    answer = it.post(reverse("geography:figures"), {"do": "export", "format": "csv"})
    assert counts(send(people, answer.content, FIGURES, "figures.csv")) == (0, 0, 1, 0)


def test_a_file_on_its_way(people, country, it):
    """Sent, looked at, asked for; a file whose columns are not understood is matched by hand."""
    page = it.get(reverse("geography:send"))
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    data = {"key": key, "kind": UNITS.name, "area": country["Testland"].pk, "step": "confirm"}
    answer = it.post(reverse("geography:send"), {**data, "file": io.BytesIO(b"kode,what\nE,East\n,Nowhere\n")})
    batch = Batch.objects.get()
    assert answer.status_code == 303 and answer.url == reverse("geography:match", args=[batch.pk])
    match = reverse("geography:match", args=[batch.pk])
    assert it.post(match, {"key": "k1", "step": "confirm", "column_1": "name"}).status_code == 422
    assert it.post(match, {"key": "k2", "step": "confirm", "column_0": "code", "column_1": "name"}).status_code == 303
    run_until_idle()
    shown = it.get(reverse("geography:file", args=[batch.pk])).content.decode()
    assert "This is required. Fill it in." in shown and "?state=GOOD&amp;new=yes" in shown
    preview = it.get(reverse("geography:take_in", args=[batch.pk]))
    look = it.post(reverse("geography:take_in", args=[batch.pk]), {"key": "k3"}).content.decode()
    assert preview.status_code == 200 and "Take in 1 row" in look


def test_files_of_people_are_not_shown_here(country, it):
    """pitfall S4: the administrator of places sees no file of persons."""
    with maintenance("test"):
        batch = Batch(import_kind="intake.persons", area=country["North"], name="people.csv", sha256="1" * 64)
        batch.save()
    assert it.get(reverse("geography:file", args=[batch.pk])).status_code == 404
    assert it.get(reverse("geography:rows", args=[batch.pk])).status_code == 404
    assert "people.csv" not in it.get(f"{reverse('geography:files')}?clear=1").content.decode()


def test_every_number_of_a_map_is_what_its_list_shows(country, it):
    """Dissolved households and the dead are counted in both or in neither, for whoever sees all and for one province."""
    make_household(country["Almond"])
    gone = make_household(country["Almond"])
    make_person(country["Almond"], death_date=DAY)
    make_person(country["Almond"])
    with maintenance("test"):
        gone.ended_on = DAY
        gone.save()
    for user in (User.objects.get(username="ada"), make_user("north", *permissions_of("it"), *PEOPLE, area=country["North"])):
        compared = 0
        for measure in measures_for(user):
            places = [country[name].pk for name in ("Testland", "North", "South", "Almond")]
            for place, value in measure.values(user, places, DAY).items() if measure.address else ():
                asked = RequestFactory().get(measure.address(place))
                screen = resolve(asked.path).func
                listed = screen.rows(user, screen.read(user, query_of(asked), {}))
                assert (measure.code, place, listed.count()) == (measure.code, place, value)
                compared += value
        assert compared > 6


def test_a_map(country, it):
    """Coloured by what is registered, with the table behind it; one level down by a click; to be taken home."""
    for number, name in enumerate(("North", "South")):
        make_shape(country[name], 29 + number)
    make_household(country["Almond"])
    page = it.get(reverse("geography:map")).content.decode()
    assert "Registered households: Testland" in page and page.count("<path d=") >= 2 and 'aria-label="North: 1"' in page
    assert "style=" not in page.split("<main")[1] and "<script" not in page.split("<main")[1]
    below = it.get(f"{reverse('geography:map')}?area={country['North'].pk}").content.decode()
    assert "Northfield" in below and "No outlines are loaded" in below and "South" not in below.split("<main")[1]
    svg = it.get(reverse("geography:map_file", args=["svg"]))
    assert svg["Content-Type"].startswith("image/svg") and svg.content.count(b"<path") >= 2 and b"href" not in svg.content
    table = it.get(reverse("geography:map_file", args=["csv"])).content.decode("utf-8-sig")
    assert '"N","North",1' in table


def test_a_map_shows_the_own_places_only(country, client):
    """pitfall S10"""
    for number, name in enumerate(("Northfield", "Northlake", "Southfield")):
        make_shape(country[name], 29 + number)
    make_kind()
    client.force_login(make_user("north", "geography.view_areashape", "geography.view_areafigure", area=country["North"]))
    page = client.get(reverse("geography:map")).content.decode()
    assert "Northfield" in page and "Southfield" not in page and "Population: North" in page
    assert client.get(f"{reverse('geography:map')}?area={country['South'].pk}").status_code == 404
    assert client.get(f"{reverse('geography:map')}?area=x&level=9&classes=99&method=z&measure=q").status_code == 200


def test_a_map_goes_on_from_each_of_my_places(country, client):
    """Two communes: each is one click from the other. Villages only: no word of outlines to load, but the way to their pages."""
    sees = ("geography.view_areashape", "geography.view_areafigure", *PEOPLE)
    clerk = make_user("clerk", *sees, area=country["Northfield"])
    with maintenance("a second commune"):
        Assignment(user=clerk, profile=clerk.assignments.get().profile, area=country["Southlake"]).save()
    client.force_login(clerk)
    page = client.get(reverse("geography:map")).content.decode()
    assert "My places" in page and f"?area={country['Southlake'].pk}&amp;" in page
    client.force_login(make_user("villager", *sees, area=country["Almond"]))
    page = client.get(reverse("geography:map")).content.decode()
    assert "no units inside" in page and place_page(country["Almond"].pk) in page and "outlines first" not in page


def test_a_map_of_many_places_stays_small(country, it):
    """150 neighbours with jagged borders: under 40 kB on the line."""
    with maintenance("test"):
        for number in range(150):
            place = Area(level=country["North"].level, parent=country["Testland"], name=f"Ward {number}", code=f"w{number}", valid_from=DAY)
            place.save()
    for number, place in enumerate(Area.objects.filter(code__startswith="w")):
        make_shape(place, 20 + number % 15, -10 + number // 15)
    page = it.get(reverse("geography:map"))
    assert page.content.count(b"<path d=") >= 150 and len(gzip.compress(page.content)) < 40_000


def test_the_page_of_a_place(country, it):
    """Its figures, its former codes, and what may become of it."""
    make_figure(country["North"], make_kind("households", "households"), 10)
    make_household(country["Almond"])
    address = reverse("administration:area", args=[country["North"].pk])
    figures = it.get(f"{address}?tab=figures").content.decode()
    assert "Registration coverage" in figures and "10.0 %" in figures and "Enter a figure" in figures
    page = it.get(address).content.decode()
    assert "Merge units" in page and "Split a unit" in page
    look = it.post(reverse("geography:split_unit", args=[country["North"].pk]), {
        "key": "k", "on": "2025-07-01", "name1": "A", "code1": "NA", "share1": "40", "name2": "B", "code2": "NB", "share2": "60",
        f"inside{country['Northfield'].pk}": "1", f"inside{country['Northlake'].pk}": "2",
    }).content.decode()  # fmt: skip
    assert "A (NA), 40 %, units inside: 1" in look and "Assignments of users" in look


def test_nothing_leads_to_a_page_that_is_refused(country):
    """Who reads what is counted is not led to the page where it is changed; who takes nothing home is offered no file."""
    with maintenance("test"):
        kind = make_kind("population")
    change = reverse("geography:change_kind", args=[kind.pk])
    reader = ("geography.view_figurekind", "geography.view_codelink", "geography.view_areafigure")
    for name, more, offered in (("ada-reads", (), False), ("ben-writes", ("geography.save_figure_kind", "screens.export_list"), True)):
        client = Client()
        client.force_login(make_user(name, *reader, *more, area=country["Testland"]))
        assert (change in client.get(reverse("geography:kinds")).content.decode()) is offered
        assert (reverse("geography:proposal") in client.get(reverse("geography:links")).content.decode()) is offered


def test_a_file_is_offered_to_whoever_may_open_it(people, country):
    """The download asks for the right to see imports, too; the button stands where it opens, and only there."""
    batch = send(people, "code,name,level,parent\nE,,1,\n")
    page, download = reverse("geography:file", args=[batch.pk]), reverse("files:download_attachment", args=[batch.source_file.pk])
    for name, more, opens in (("ada-sends", (), False), ("ben-sees", ("exchange.view_batch",), True)):
        client = Client()
        client.force_login(make_user(name, *permissions_of("it"), *more, area=country["Testland"]))
        assert (f'href="{download}"' in client.get(page).content.decode()) is opens
        assert client.get(download).status_code == (200 if opens else 404)
