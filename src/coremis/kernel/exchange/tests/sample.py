"""A small kind of import for tests: former names of places, which are records with a place."""

import io
from datetime import date

from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.areas.models import FormerArea
from coremis.kernel.exchange.kinds import AREA, CHOICE, DATE, NUMBER, ImportColumn, ImportKind
from coremis.kernel.exchange.services import send_file
from coremis.kernel.module.contributions import CATALOGUE

COLUMNS = (
    ImportColumn("code", "Code", required=True, aliases=("id",)),
    ImportColumn("name", "Name", required=True, longest=20),
    ImportColumn("place", "Place", AREA, required=True),
    ImportColumn("until", "Valid until", DATE, not_future=True),
    ImportColumn("family", "Family"),
    ImportColumn("size", "Size", NUMBER),
    ImportColumn("sort", "Sort", CHOICE, choices={"old": {"en": "Old", "fr": "Ancien"}, "new": "New"}),
)
TITLES = "Code;Name;Place;Valid until;Family;Size;Sort\n"
MAPPING = {"code": "Code", "name": "Name", "place": "Place", "until": "Valid until", "family": "Family", "size": "Size", "sort": "Sort"}
OPTIONS = {"separator": ";", "encoding": "utf-8-sig", "sheet": "", "day_first": True, "decimal_comma": True}


def check(rows, context):
    for row in rows:
        if row.values.get("name") == "Nobody":
            row.problem("name", "This name is not used.", "Nobody")


def check_groups(rows, context):
    families: dict[str, list] = {}
    for row in rows:
        families.setdefault(row.group_key, []).append(row)
    for members in families.values():
        if any(not row.good for row in members):
            for row in members:
                if row.good:
                    row.problem("family", "Another row of this family is wrong.")


def apply(rows, context):
    known = dict(FormerArea.objects.filter(code__in=[row.values["code"] for row in rows]).values_list("code", "pk"))
    for row in rows:
        if row.values["code"] in known:
            row.target_id = known[row.values["code"]]
            row.unchanged()
        if row.values["name"] == "Too late":
            row.problem("name", "Somebody was faster.")
    new = [row for row in rows if row.state == "GOOD"]
    columns = ("area", "name", "code", "valid_from", "valid_until")
    copy_into(
        FormerArea,
        columns,
        [
            (row.area_id, row.values["name"], row.values["code"], date(2000, 1, 1), row.values.get("until") or date(2020, 1, 1))
            for row in new
        ],
    )


SAMPLE = ImportKind(
    "tests.former_names", "Former names", COLUMNS, "areas.add_former", apply,
    check=check, check_groups=check_groups, group_column="family", identity_column="code",
)  # fmt: skip


def install():
    CATALOGUE.add("tests", [SAMPLE])


def uninstall():
    CATALOGUE.add("tests", [])


def send(actor, area, text, name="names.csv"):
    return send_file(io.BytesIO((TITLES + text).encode()), name, kind=SAMPLE.name, area=area, actor=actor)
