"""Real trees: Burundi before and after its law of 2023, Malawi to its third level, and every other country of the list."""

import csv
import io
from datetime import date
from time import perf_counter
from types import SimpleNamespace

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import add_area, define_levels
from coremis.kernel.areas.tests.test_areas import check_tree
from coremis.kernel.exchange.models import Batch
from coremis.kernel.testing.cast import everywhere, make_profile, make_route, make_user
from coremis.modules.geography.crosswalk import proposed_by_name
from coremis.modules.geography.imports import LINKS
from coremis.modules.geography.models import CodeLink
from coremis.modules.geography.services.files import take_in_places
from coremis.modules.geography.tests.conftest import RIGHTS, counts, send, take_in, told
from tests.real.geo import LEVELS, MISSING, SOURCE, as_csv, law_file, units_of

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not SOURCE.exists(), reason=MISSING)]
LAW_DAY, EVE = date(2023, 3, 16), date(2023, 3, 15)


def prepared(code, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    define_levels(names=LEVELS, actor=everywhere(define_levels.name))
    area = add_area(name="Country", code=code, actor=everywhere(add_area.name))
    checkers = make_profile("checkers", "approvals.approve_request")
    make_route(take_in_places.name, area, checkers)
    return SimpleNamespace(
        maker=make_user("maker", *RIGHTS, area=area), checker=make_user("checker", area=area, profile=checkers), area=area
    )


@pytest.fixture
def burundi(db, settings, tmp_path):
    return prepared("BI", settings, tmp_path)


def dated(content):
    """The lists of the law with the day from which they hold."""
    lines = content.decode().splitlines()
    return "\n".join([f"{lines[0]},valid_from", *(f"{line},{LAW_DAY}" for line in lines[1:])]) + "\n"


def test_it_works(burundi):
    """Both trees side by side: 137 units until the law, 3,542 from it on, and a crosswalk by names between them."""
    before = send(burundi, as_csv(units_of("BDI"), valid_until=EVE), name="before.csv")
    assert counts(before) == (137, 0, 0, 0), told(before)
    take_in(burundi, before)
    assert Area.objects.filter(valid_until=EVE, level__position=1).count() == 18
    began = perf_counter()
    for name, number in (("provinces", 5), ("communes", 42), ("zones", 451), ("quartiers", 3044)):
        batch = send(burundi, dated(law_file(name)), name=f"{name}.csv")
        assert counts(batch) == (number, 0, 0, 0), (name, list(told(batch).items())[:5])
        take_in(burundi, batch)
    assert perf_counter() - began < 60
    now = Area.objects.filter(valid_until=None, valid_from=LAW_DAY)
    assert [now.filter(level__position=level).count() for level in (1, 2, 3, 4)] == [5, 42, 451, 3044]
    check_tree()
    crosswalk(burundi)


def crosswalk(burundi):
    """Proposed by name, what is clear is imported; the former codes lead to the new places."""
    rows = proposed_by_name(burundi.area, LAW_DAY)
    sure = [row for row in rows if row["share"] == 1]
    assert len({row["former_code"] for row in rows}) == 137 and len(sure) > 60
    content = io.StringIO()
    writer = csv.DictWriter(content, list(sure[0]))
    writer.writeheader()
    writer.writerows(sure)
    batch = send(burundi, content.getvalue(), LINKS, "crosswalk.csv")
    assert told(batch) == {}
    take_in(burundi, batch)
    assert CodeLink.objects.count() == len(sure)
    ngozi = CodeLink.objects.filter(former_name="Kayanza", former_area__level__position=2).first()
    assert ngozi and ngozi.area.valid_until is None
    again = send(burundi, content.getvalue() + "\n", LINKS, "crosswalk.csv")
    assert (again.unchanged_count, again.bad_count) == (len(sure), 0)


def test_the_whole_law_again_changes_nothing(burundi):
    for name in ("provinces", "communes"):
        take_in(burundi, send(burundi, law_file(name), name=f"{name}.csv"))
    for name, number in (("provinces", 5), ("communes", 42)):
        assert counts(send(burundi, law_file(name) + b"\n", name=f"{name}.csv")) == (0, 0, number, 0)


@pytest.mark.parametrize("country", ["MWI", "COD", "COG", "CPV", "GNB", "MOZ", "STP", "ZMB", "ZWE"])
def test_every_country_of_the_list(db, settings, tmp_path, country):
    """All its units, or a sentence for each row that is left; Malawi whole."""
    people, rows = prepared(country, settings, tmp_path), units_of(country)
    batch = send(people, as_csv(rows), name=f"{country}.csv")
    new, _changed, _unchanged, bad = counts(batch)
    assert new + bad == len(rows) and bad == 0, list(told(batch).items())[:10]
    assert Batch.objects.get().state == "CHECKED"
    take_in(people, batch)
    assert Area.objects.count() == len(rows) + 1
    check_tree()


def test_zeros_in_front_are_kept(db, settings, tmp_path):
    with maintenance("test"):
        pass
    people = prepared("MOZ", settings, tmp_path)
    rows = [
        row
        for country in ("MOZ", "ZWE", "COD", "ZMB", "CPV", "GNB", "COG", "STP", "MWI")
        for row in units_of(country)
        if row["pcode"][0] == "0"
    ]
    assert rows
    batch = send(people, as_csv([{**row, "parent_pcode": "", "level": ""} for row in rows[:50]]), name="zeros.csv")
    take_in(people, batch)
    assert set(Area.objects.exclude(parent=None).values_list("code", flat=True)) == {row["pcode"] for row in rows[:50]}
