"""A register of any size, made by SQL under maintenance: areas, households, one person each who is head and recipient, enrolments."""

from django.db import connection

from coremis.kernel.actions.context import required
from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import system
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import add_area, define_levels, load_areas
from coremis.modules.programmes.models import Programme, Status

PROVINCES, COMMUNES, VILLAGES = 6, 8, 10
NUMBER = "(g.i * 100 + 98 - (g.i * 100) % 97)"


def build(rows: int, programme: bool = True) -> None:
    """Fill an empty database with ``rows`` households, persons, memberships, recipients and active enrolments."""
    build_areas()
    with maintenance("bench data"), connection.cursor() as cursor:
        stamps = f"1, {required().event.pk}, {required().event.pk}"
        villages = list(Area.objects.filter(level__position=3).order_by("pk").values_list("pk", flat=True))
        cursor.execute("CREATE TEMPORARY TABLE bench_area (n INTEGER PRIMARY KEY, id BIGINT)")
        cursor.executemany("INSERT INTO bench_area VALUES (%s, %s)", list(enumerate(villages)))
        series = f"({series_sql(rows)}) AS g JOIN bench_area a ON a.n = g.i % {len(villages)}"
        for statement in statements(stamps, series):
            cursor.execute(statement)
        if programme:
            Programme(code="bench", names={"en": "Bench"}, unit="household", currency="SZF", starts_on="2020-01-01").save()
            cursor.execute(enrolments(stamps), [Programme.objects.get(code="bench").pk, Status.ACTIVE])
        cursor.execute("DROP TABLE bench_area")
    set_sequences(rows)


def build_areas() -> None:
    """Four levels: the country, six provinces, 48 communes, 480 villages."""
    worker = system(define_levels.name, add_area.name, load_areas.name)
    define_levels(names=[{"en": name} for name in ("Country", "Province", "Commune", "Village")], actor=worker)
    add_area(name="Bench", code="B", actor=worker)
    units = []
    for province in range(PROVINCES):
        units.append({"code": f"{province}", "name": f"Province {province}", "parent": "B"})
        for commune in range(COMMUNES):
            units.append({"code": f"{province}.{commune}", "name": f"Commune {province}.{commune}", "parent": f"{province}"})
            units += [
                {
                    "code": f"{province}.{commune}.{village}",
                    "name": f"Village {province}.{commune}.{village}",
                    "parent": f"{province}.{commune}",
                }
                for village in range(VILLAGES)
            ]
    load_areas(rows=units, actor=worker)


def series_sql(rows: int) -> str:
    """The numbers from 1 to ``rows``."""
    if connection.vendor == "postgresql":
        return f"SELECT i FROM generate_series(1::bigint, {rows}) AS i"
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i FROM n"


def statements(stamps: str, series: str) -> list[str]:
    """Households, persons, memberships and recipients, in this order."""
    postgres = connection.vendor == "postgresql"
    uid = "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    name = "'name' || (g.i * 7919) % 90001 || ' sur' || g.i % 997"
    spread = f"(g.i / {PROVINCES * COMMUNES * VILLAGES})"  # what varies inside a village
    data = f"('{{\"rooms\": ' || (1 + {spread} % 5) || '}}')" + ("::jsonb" if postgres else "")
    known = f"('{{\"schooling\": ' || ({spread} % 13) || '}}')" + ("::jsonb" if postgres else "")
    day, born = (
        ("DATE '2024-01-01'", "DATE '1950-01-01' + (g.i % 20000)::int")
        if postgres
        else ("'2024-01-01'", "date('1950-01-01', '+' || (g.i % 20000) || ' days')")
    )
    return [
        "INSERT INTO registry_household (uid, number, area_id, head_name, search_name, size, address, data, source, external_id, registered_on, version, event_id, created_event_id) "
        f"SELECT {uid}, {NUMBER}, a.id, {name}, {name}, 1 + g.i % 8, '', {data}, '', '', {day}, {stamps} FROM {series} ORDER BY g.i",
        "INSERT INTO registry_person (uid, number, area_id, given_names, surname, search_name, sex, birth_date, birth_precision, phone, phone_owner, data, source, external_id, registered_on, version, event_id, created_event_id) "
        f"SELECT {uid}, {NUMBER}, a.id, {name}, '', {name}, CASE g.i % 2 WHEN 0 THEN 'female' ELSE 'male' END, {born}, 'DAY', "
        f"CASE g.i % 2 WHEN 0 THEN '+999' || g.i ELSE '' END, CASE g.i % 2 WHEN 0 THEN 'own' ELSE '' END, {known}, '', '', {day}, {stamps} FROM {series} ORDER BY g.i",
        "INSERT INTO registry_membership (household_id, person_id, relationship, joined_on, version, event_id, created_event_id) "
        f"SELECT h.id, p.id, 'head', {day}, {stamps} FROM registry_household h JOIN registry_person p ON p.number = h.number",
        "INSERT INTO registry_recipient (household_id, person_id, rank, valid_from, cause, reason, version, event_id, created_event_id) "
        f"SELECT h.id, p.id, 0, {day}, '', '', {stamps} FROM registry_household h JOIN registry_person p ON p.number = h.number",
    ]


def enrolments(stamps: str) -> str:
    """One active enrolment for every household; takes the programme and the status."""
    postgres = connection.vendor == "postgresql"
    uid = "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    day, no = ("DATE '2024-01-01'", "false") if postgres else ("'2024-01-01'", "0")
    return (
        "INSERT INTO programmes_enrolment (uid, number, programme_id, household_id, area_id, status, status_since, status_reason, status_note, set_by_hand, enrolled_on, "
        f"version, event_id, created_event_id) SELECT {uid}, h.number, %s, h.id, h.area_id, %s, {day}, '', '', {no}, {day}, {stamps} FROM registry_household h ORDER BY h.id"
    )


def set_sequences(rows: int) -> None:
    """Let the next human numbers follow those given out here."""
    with connection.cursor() as cursor:
        for table in ("registry_household", "registry_person", "programmes_enrolment"):
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT setval('numbers_{table}', {rows})")
            else:
                cursor.execute(
                    "INSERT INTO actions_counter (name, value) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = %s",
                    [table, rows, rows],
                )
