"""An installation in which every text that a person could have typed is hostile."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

BEFORE = "javascript:hit()//"
AFTER = (
    "'\"><x-hit onclick=hit()></x-hit><img src=x onerror=hit()><svg onload=hit()></script><script>hit()</script>-->]]></textarea></title>"
    "<a href=javascript:hit()>{{7*7}}${7*7}{% now 'Y' %}%(name)s</a>&#60;x-hit&#62;\u202e\u200b\u2066=1+1"
)
TEXTS = {models.CharField, models.TextField}
LANGUAGES = {"en", "fr", "pt"}
# Texts that the program writes and reads itself: marks, names of classes, states, words folded for searching, formulas.
OF_THE_PROGRAM = re.compile(
    r"(^|_)(action|kind|state|status|was|hash|sha256|digest|stamp|mark|key\d?|token|currency|table|dataset|language|password|username|permission"
    r"|condition|validation|content_type|scope|only|component|stratum|category|identity|traceback|disability|step|reference|message|end|cursor"
    r"|email|full_path|search_\w+|\w+_search|import_kind|subject|came_by|code|address|error_reference|problem|poor)$"
)
TYPED = {
    ("registry_household", "address"),
    ("points_paymentpoint", "address"),
    ("registry_householdmove", "address"),
    ("areas_area", "code"),
}
# In stored lists and dictionaries: under these words stands what somebody typed.
TYPED_KEYS = {
    "name", "names", "text", "note", "reason", "words", "title", "list", "headers", "mapping", "full_name", "given_names",
    "surname", "address", "facilitator", "committee", "minutes", "explanation", "head_name", "payee_name", "phone", "description",
}  # fmt: skip
AS_STORED = {"config_storedsetting", "filters_savedfilter", "approvals_route", "jobs_schedulemark", "actions_counter", "actions_actionkey"}
# The first entries of the history stay: by their stamps the start sees that the data key fits (project/checks.py).
KEPT = {"actions_event": " where id > 5"}


def spoiled(text: str) -> str:
    """The text with everything around it that a careless page would run, follow or calculate; the same for the same text."""
    return f"{BEFORE}{text}{AFTER}"


def spoiled_inside(value: Any, typed: bool = False) -> Any:
    """The same for what was typed inside a stored list or dictionary."""
    if isinstance(value, str):
        return spoiled(value) if typed else value
    if isinstance(value, list):
        return [spoiled_inside(one, typed) for one in value]
    if isinstance(value, dict):
        labels = bool(value) and set(value) <= LANGUAGES
        raw = {"value"} if "message" in value else set()  # the cell that a problem is about
        return {key: spoiled_inside(one, typed or labels or key in TYPED_KEYS | raw) for key, one in value.items()}
    return value


def typed_columns() -> Iterator[tuple[str, str, bool]]:
    """Table, column, and whether it holds more than a text: wherever a person could have typed something."""
    for model in apps.get_models():
        if not model._meta.managed or not model.__module__.startswith("coremis.") or model._meta.db_table in AS_STORED:
            continue
        for field in model._meta.concrete_fields:
            place = (model._meta.db_table, field.column)
            if type(field) is models.JSONField:
                yield *place, True
            elif place in TYPED or type(field) in TEXTS and not field.choices and not OF_THE_PROGRAM.search(field.column):
                yield *place, False


def spoil(folder: Path) -> int:
    """Write hostile texts into the database of an installation, past its rules; gives how many columns were written."""
    with closing(sqlite3.connect(folder / "coremis.sqlite3")) as database, database:
        database.create_function("spoiled", 1, lambda text: None if text is None else spoiled(text))
        database.create_function(
            "spoiled_inside", 2, lambda text, typed: text and json.dumps(spoiled_inside(json.loads(text), bool(typed)))
        )
        guards = database.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _sql in guards:
            database.execute(f'drop trigger "{name}"')
        columns = list(typed_columns())
        for table, column, stored in columns:
            written = f'spoiled_inside("{column}", {int(column in TYPED_KEYS)})' if stored else f'spoiled("{column}")'
            database.execute(f'update "{table}" set "{column}" = {written}{KEPT.get(table, "")}')
        for _name, sql in guards:
            database.execute(sql)
        return len(columns)
