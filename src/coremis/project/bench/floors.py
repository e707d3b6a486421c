"""The floors: what hand-written SQL needs for the same rows, keys, indexes and changes, in one transaction.

Each takes the id of an event to stamp the rows with. They check nothing and ask nobody: they are a measure, not a way to work.
"""

import csv
import io
from typing import Any

from django.db import connection

CHANGE = "INSERT INTO actions_change (event_id, kind, record_id, area_id, before, redacted_digest) SELECT %s, "


def run(*statements: tuple[str, list[Any]]) -> None:
    """Execute hand-written statements."""
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)


def json_of(**columns: str) -> str:
    """A JSON object of columns."""
    function = "jsonb_build_object" if connection.vendor == "postgresql" else "json_object"
    return f"{function}({', '.join(f'{chr(39)}{name}{chr(39)}, {column}' for name, column in columns.items())})"


def suspension(event: int) -> None:
    """What they held before, and the new status."""
    before = json_of(
        status="status", status_since="status_since", status_reason="status_reason", status_note="status_note", set_by_hand="set_by_hand"
    )
    run(
        (f"{CHANGE} 'programmes.enrolment', id, area_id, {before}, '' FROM programmes_enrolment WHERE status = 'ACTIVE'", [event]),
        (
            "UPDATE programmes_enrolment SET status = 'SUSPENDED', status_since = CURRENT_DATE, status_reason = 'funds_interrupted', "
            "version = version + 1, event_id = %s WHERE status = 'ACTIVE'",
            [event],
        ),
    )


def payroll(event: int, payroll_id: int, cycle_id: int) -> None:
    """A frozen line of three parts, with its hash, for every active enrolment with a primary recipient."""
    postgres = connection.vendor == "postgresql"
    digest = "encode(sha256(({parts})::bytea), 'hex')" if postgres else "SHA256({parts})"
    rooms = "(h.data ->> 'rooms')::bigint" if postgres else "CAST(json_extract(h.data, '$.rooms') AS INTEGER)"
    adults = "LEAST(m.adults, 3)" if postgres else "MIN(m.adults, 3)"
    amount = f"(20000 + 5000 * {adults} + 1000 * {rooms})"
    json = f"'[[\"base\", 20000, 1], [\"adult\", ' || (5000 * {adults}) || ', ' || {adults} || '], [\"rooms\", ' || (1000 * {rooms}) || ', 1]]'"
    stored = f"({json})::jsonb" if postgres else json
    parts = (
        f"'{payroll_id}' || e.id || '|' || e.number || '|' || p.number || '|' || p.given_names || '|' || p.phone || '|' || h.number || '|' "
        f"|| a.name || '|' || {json}"
    )
    columns = (
        "number, payroll_id, cycle_id, component, enrolment_id, area_id, payee_id, amount_minor, entitled_minor, backlog_minor, "
        "recovered_minor, carried_minor, parts, attempt, currency, enrolment_number, enrolment_status, household_number, household_name, "
        "payee_number, payee_name, payee_search, payee_phone, document_kind, document_hash, document_end, alternate_name, point_name, "
        "area_name, hash, state, paid_minor, hold_reason, unpaid_reason, collected_by, receipt, version, event_id, created_event_id"
    )
    run(
        (
            "WITH m AS (SELECT e.id, COUNT(*) FILTER (WHERE p.birth_date <= '2006-07-15') AS adults FROM programmes_enrolment e "
            "JOIN registry_membership s ON s.household_id = e.household_id AND s.left_on IS NULL JOIN registry_person p ON p.id = s.person_id "
            f"GROUP BY e.id) INSERT INTO payments_payrollline ({columns}) SELECT e.id * 100 + 98 - (e.id * 100) %% 97, {payroll_id}, "
            f"{cycle_id}, 'base', e.id, e.area_id, p.id, {amount}, {amount}, 0, 0, 0, {stored}, 1, 'SZF', e.number, e.status, h.number, "
            "h.head_name, p.number, trim(p.given_names || ' ' || p.surname), p.search_name, p.phone, '', '', '', '', '', a.name, "
            f"{digest.format(parts=parts)}, 'DUE', 0, '', '', '', '', 1, %s, %s FROM programmes_enrolment e JOIN m ON m.id = e.id "
            "JOIN registry_household h ON h.id = e.household_id JOIN registry_recipient r ON r.household_id = h.id AND r.rank = 0 "
            "JOIN registry_person p ON p.id = r.person_id JOIN areas_area a ON a.id = e.area_id WHERE e.status = 'ACTIVE' AND r.valid_until IS NULL",
            [event, event],
        )
    )


def movements(event: int, posting_id: int, payroll_id: int, source: int, target: int, step: str) -> tuple[str, list[Any]]:
    """One movement for every line of a payroll."""
    return (
        "INSERT INTO ledger_movement (posting_id, line_id, step, from_account_id, to_account_id, amount_minor, currency, reason, effective_on, recorded_at, "
        "area_id, version, event_id, created_event_id) SELECT %s, id, %s, %s, %s, amount_minor, currency, '', CURRENT_DATE, CURRENT_TIMESTAMP, area_id, 1, "
        "%s, %s FROM payments_payrollline WHERE payroll_id = %s",
        [posting_id, step, source, target, event, event, payroll_id],
    )


def release(event: int, posting_id: int, payroll_id: int, source: int, target: int) -> None:
    """The movements owed to in transit, what the lines held before, and their new state."""
    run(
        movements(event, posting_id, payroll_id, source, target, "floor"),
        (
            f"{CHANGE} 'payments.payrollline', id, area_id, {json_of(state='state')}, '' FROM payments_payrollline WHERE payroll_id = %s",
            [event, payroll_id],
        ),
        ("UPDATE payments_payrollline SET state = 'SENT', version = version + 1, event_id = %s WHERE payroll_id = %s", [event, payroll_id]),
    )


def reconciliation(event: int, posting_id: int, payroll_id: int, file_id: int, source: int, target: int, content: str) -> None:
    """The file read, its rows stored, the movements in transit to paid, what the lines held before, and their outcome."""
    before = json_of(
        state="state",
        paid_minor="paid_minor",
        unpaid_reason="unpaid_reason",
        receipt="receipt",
        proof="proof",
        collected_by="collected_by",
        paid_on="paid_on",
        result_file_id="result_file_id",
    )
    read_file(content)
    run(
        (
            "INSERT INTO payments_resultrow (file_id, position, reference, line_id, area_id, outcome, problem, amount_minor, currency, unpaid_reason, receipt, "
            "effect, was, proof, collected_by, resolution, version, event_id, created_event_id) SELECT %s, -l.id, f.reference, l.id, l.area_id, 'PAID', "
            "'', CAST(f.amount AS BIGINT), l.currency, '', f.receipt, 'FIRST', 'SENT', 'receipt', '', '', 1, %s, %s FROM bench_results f JOIN payments_payrollline l ON l.number = f.number AND l.payroll_id = %s",
            [file_id, event, event, payroll_id],
        ),
        movements(event, posting_id, payroll_id, source, target, "floor"),
        (
            f"{CHANGE} 'payments.payrollline', id, area_id, {before}, '' FROM payments_payrollline WHERE payroll_id = %s",
            [event, payroll_id],
        ),
        (
            "UPDATE payments_payrollline SET state = 'PAID', paid_minor = amount_minor, receipt = f.receipt, proof = 'receipt', paid_on = CURRENT_DATE, result_file_id = %s, "
            "version = version + 1, event_id = %s FROM bench_results f WHERE f.number = payments_payrollline.number AND payroll_id = %s",
            [file_id, event, payroll_id],
        ),
        ("DROP TABLE bench_results", []),
    )


def read_file(content: str) -> None:
    """The results file in a temporary table: COPY on PostgreSQL, executemany on SQLite."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_results (reference VARCHAR(60), result TEXT, amount TEXT, receipt VARCHAR(60), number BIGINT)"
        )
        if connection.vendor == "postgresql":
            with cursor.copy("COPY bench_results (reference, result, amount, receipt) FROM STDIN WITH (FORMAT csv, HEADER true)") as copy:
                copy.write(content)
            cursor.execute("UPDATE bench_results SET number = regexp_replace(reference, '[^0-9]', '', 'g')::bigint")
            cursor.execute("ANALYZE bench_results")
            return
        rows: list[tuple[Any, ...]] = [
            (*row, int("".join(filter(str.isdigit, row[0])))) for row in list(csv.reader(io.StringIO(content)))[1:]
        ]
        cursor.executemany("INSERT INTO bench_results VALUES (%s, %s, %s, %s, %s)", rows)
        cursor.execute("CREATE INDEX bench_results_number ON bench_results (number)")
