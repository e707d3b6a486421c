"""The import of a file of persons, beside COPY and INSERT by hand."""

import csv
import tempfile
from datetime import date
from pathlib import Path

from django.db import connection

from coremis.kernel.areas.models import Area
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.modules.intake.imports import PERSONS
from coremis.project.bench.floors import run
from coremis.project.bench.thread import Bench
from coremis.project.demo import people
from coremis.project.demo.seats import decide, work_off

PER_HOUSEHOLD = 4.6
NUMBER = "((9000000 + {row}) * 100 + 98 - ((9000000 + {row}) * 100) %% 97)"


def measure_import(bench: Bench) -> None:
    """Upload, check, approve and apply a file of about ``rows`` persons; the floor writes the same register rows from the same file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.csv"
        count = write_file(path, bench.rows)
        maker, checker = bench.people[:2]

        def bring() -> None:
            with path.open("rb") as file:
                batch = send_file(file, path.name, kind=PERSONS.name, area=bench.root, actor=maker)
            check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=maker)
            work_off()
            decide(submit_batch(Batch.objects.get(pk=batch.pk), actor=maker), checker)
            work_off()

        floor = (lambda event: import_floor(event, path)) if connection.vendor == "postgresql" else None
        bench.measure("import", floor, bring, rows=count)


def write_file(path: Path, rows: int) -> int:
    """A file of about so many persons, piece by piece; nothing of it stays in memory."""
    villages = list(Area.objects.filter(level__position=3).order_by("pk").values_list("code", flat=True))
    count = 0
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(people.COLUMNS.values())
        for row in people.rows(int(rows / PER_HOUSEHOLD), date(2026, 1, 1)):
            row["hill"] = villages[int(row["household"][2:]) % len(villages)]
            writer.writerow([row[name] for name in people.COLUMNS])
            count += 1
    return count


def import_floor(event: int, path: Path) -> None:
    """COPY into a temporary table, then one INSERT for each table of the register. Documents are not encrypted."""
    columns = ", ".join(f'"{name}" TEXT' for name in people.COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bench_file (row BIGSERIAL, {columns}) ON COMMIT DROP")
        listed = ", ".join(f'"{name}"' for name in people.COLUMNS)
        into = f"COPY bench_file ({listed}) FROM STDIN WITH (FORMAT csv, HEADER true, NULL '-')"
        with path.open("rb") as file, cursor.copy(into) as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
        cursor.execute("ANALYZE bench_file")
    stamps = f"1, {event}, {event}"
    born = "to_date(CASE WHEN length(f.birth_date) = 4 THEN f.birth_date || '-01-01' ELSE f.birth_date END, 'YYYY-MM-DD')"
    name = "lower(trim(f.given_names || ' ' || f.surname))"
    data = "jsonb_build_object('rooms', NULLIF(f.rooms, '')::int, 'roof', f.roof, 'rural', f.rural = 'yes')"
    run(
        (
            "INSERT INTO registry_household (uid, number, area_id, head_name, search_name, size, address, data, source, external_id, registered_on, "
            f"version, event_id, created_event_id) SELECT gen_random_uuid(), {NUMBER.format(row='f.row')}, a.id, trim(f.given_names || ' ' || f.surname), "
            f"{name}, 1, '', {data}, 'floor', f.household, CURRENT_DATE, {stamps} FROM bench_file f JOIN areas_area a ON a.code = f.hill "
            "WHERE f.relationship = 'head'",
            [],
        ),
        (
            "INSERT INTO registry_person (uid, number, area_id, given_names, surname, search_name, sex, birth_date, birth_precision, phone, phone_owner, "
            f"data, source, external_id, registered_on, version, event_id, created_event_id) SELECT gen_random_uuid(), {NUMBER.format(row='f.row')}, a.id, "
            f"f.given_names, f.surname, {name}, f.sex, {born}, 'DAY', f.phone, f.phone_owner, '{{}}'::jsonb, 'floor', f.person, CURRENT_DATE, {stamps} "
            "FROM bench_file f JOIN areas_area a ON a.code = f.hill",
            [],
        ),
        ("CREATE TEMPORARY TABLE bench_h ON COMMIT DROP AS SELECT id, external_id FROM registry_household WHERE source = 'floor'", []),
        ("CREATE TEMPORARY TABLE bench_p ON COMMIT DROP AS SELECT id, external_id FROM registry_person WHERE source = 'floor'", []),
        ("ANALYZE bench_h", []),
        ("ANALYZE bench_p", []),
        (
            f"INSERT INTO registry_membership (household_id, person_id, relationship, joined_on, version, event_id, created_event_id) SELECT h.id, p.id, "
            f"f.relationship, CURRENT_DATE, {stamps} FROM bench_file f JOIN bench_h h ON h.external_id = f.household "
            "JOIN bench_p p ON p.external_id = f.person",
            [],
        ),
        (
            f"INSERT INTO registry_recipient (household_id, person_id, rank, valid_from, cause, reason, version, event_id, created_event_id) SELECT h.id, p.id, "
            f"0, CURRENT_DATE, '', '', {stamps} FROM bench_file f JOIN bench_h h ON h.external_id = f.household "
            "JOIN bench_p p ON p.external_id = f.person WHERE f.recipient = 'yes'",
            [],
        ),
        (
            f"INSERT INTO registry_document (person_id, kind, number, number_hash, version, event_id, created_event_id) SELECT p.id, f.document_kind, "
            f"f.document_number, encode(sha256(f.document_number::bytea), 'hex'), {stamps} FROM bench_file f "
            "JOIN bench_p p ON p.external_id = f.person WHERE f.document_number <> ''",
            [],
        ),
    )
