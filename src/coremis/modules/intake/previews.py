"""What taking an import in will do, for the person who asks and for those who decide."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.exchange.applying import check_right, require_ready
from coremis.kernel.exchange.kinds import CHOICE, ImportColumn, find_kind, import_kinds
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.undoing import require_undoable
from coremis.kernel.jobs.messages import rendered
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.intake.imports import KINDS
from coremis.modules.intake.queries import Effect, effect_of, left_out_of, undo_of
from coremis.modules.intake.recognition import shown_value
from coremis.modules.intake.tables import column_title


def batch_effect(inputs: dict[str, Any], actor: Any) -> Preview:
    """Counts by kind, by place, and of the rows that stay behind with their reasons."""
    batch: Batch = inputs["batch"]
    effect = effect_of(batch)
    facts = [
        (_("File"), batch.name), (_("Place"), batch.area.name), (_("Sent by"), batch.sent_by), (_("Rows in the file"), batch.row_count),
        *what_is_new(batch, effect), (_("Rows that change nothing"), effect.unchanged),
    ]  # fmt: skip
    if batch.warning_counts:
        facts.append((_("Warnings"), sum(number for _column, _message, number in batch.warning_counts)))
    changes = [
        (title, f"{who}: {before or '–'}", after or "–")
        for title, _count, examples in changes_words(batch)
        for who, before, after in examples
    ]
    facts += [(_("Changes: %(column)s") % {"column": title}, found) for title, found, _examples in changes_words(batch)]
    left_out = [(reason_words(batch, column, message), number) for column, message, number in left_out_of(batch)]
    count = effect.writes
    if brings_people(batch):
        button = ngettext("Take in %(n)s person", "Take in %(n)s persons", count) % {"n": text_of(count)}
    else:
        button = ngettext("Take in %(n)s row", "Take in %(n)s rows", count) % {"n": text_of(count)}
    return Preview(
        facts=facts, count=count, left_out=left_out, button=button, changes=changes, table=places_table(effect.places, brings_people(batch))
    )


def brings_people(batch: Batch) -> bool:
    """Whether its rows are persons; other modules bring rows of their own."""
    return batch.import_kind in {kind.name for kind in KINDS}


def what_is_new(batch: Batch, effect: Effect) -> list[tuple[str, int]]:
    """What an import adds and changes, in the words of what it brings."""
    if not brings_people(batch):
        return [(_("New rows"), effect.new_persons), (_("Rows with changes"), effect.changed_persons)]
    return [
        (_("New households"), effect.new_households), (_("New persons"), effect.new_persons),
        (_("Persons with changes"), effect.changed_persons),
    ]  # fmt: skip


def changes_words(batch: Batch) -> list[tuple[str, int, list[tuple[str, str, str]]]]:
    """By column: its title, how many records change there, and examples (who, before, after)."""
    columns = find_kind(batch.import_kind).all_columns()
    titles = {code: str(column.title) for code, column in columns.items()}
    found = [told for told in batch.change_counts if told[0] in titles]
    return [(titles[code], count, [tuple(example_words(columns[code], one)) for one in examples]) for code, count, examples in found]  # type: ignore[misc]


def example_words(column: ImportColumn, example: list[str]) -> list[str]:
    """Who, before and after, with choices in words."""
    who, *values = example
    if column.kind == CHOICE:
        return [who, *(shown_value(column, value) if value else "" for value in values)]
    return [who, *values]


def mapped_words(batch: Batch) -> list[tuple[str, list[str]]]:
    """What each title of the file brought, as it was matched for this import."""
    kind = import_kinds().get(batch.import_kind)
    columns = kind.all_columns() if kind else {}
    return [(str(columns[code].title) if code in columns else code, titles) for code, titles in batch.mapping.items()]


def undo_effect(inputs: dict[str, Any], actor: Any) -> Preview:
    """What taking an import back will do, and what is known to stand in its way."""
    batch: Batch = inputs["batch"]
    effect = undo_of(batch)
    facts = [
        (_("File"), batch.name), (_("Place"), batch.area.name), (_("Taken in on"), batch.applied_at), (_("Rows taken in"), effect.rows),
        (_("Households that it made"), effect.households), (_("Persons that it made"), effect.persons),
    ]  # fmt: skip
    left_out = [
        (_("changed since"), effect.changed),
        *((_("used elsewhere: %(where)s") % {"where": where}, found) for where, found in effect.used),
    ]
    button = ngettext("Take %(n)s row back", "Take %(n)s rows back", effect.rows) % {"n": text_of(effect.rows)}
    return Preview(facts=facts, count=effect.rows, left_out=left_out, button=button)


def asked_undo(inputs: dict[str, Any], actor: Any) -> Preview:
    """The same before it is asked for."""
    batch: Batch = inputs["batch"]
    check_right(find_kind(batch.import_kind), batch, actor)
    require_undoable(batch)
    return undo_effect(inputs, actor)


def asked_effect(inputs: dict[str, Any], actor: Any) -> Preview:
    """The same before it is asked for: refused where the import is not ready or the person lacks the right."""
    batch: Batch = inputs["batch"]
    check_right(find_kind(batch.import_kind), batch, actor)
    require_ready(batch)
    return batch_effect(inputs, actor)


def batch_page(inputs: dict[str, Any]) -> str:
    """Where the import itself is."""
    return reverse("intake:batch", args=[inputs["batch"].pk])


def reason_words(batch: Batch, column: str, message: str) -> str:
    """“Birth date: … is not a date.” with the gaps left open."""
    title = column_title(batch, column)
    text = open_reason(message)
    return f"{title}: {text}" if title else text


class Gaps(dict[str, str]):
    """Stands for parameters that differ from row to row."""

    def __missing__(self, name: str) -> str:
        return "…"


def open_reason(message: str) -> str:
    """A stored sentence without its particular values."""
    text = rendered(message, {})
    return (text % Gaps()).replace("….", "…") if "%(" in text else text


def places_table(places: Any, of_people: bool) -> dict[str, Any]:
    """Good rows by place, as the template prints a table."""
    titles = (_("Place"), _("Persons") if of_people else _("Rows"))
    heads = [
        {"title": title, "css": css, "help": "", "sort_url": "", "sorted": ""} for title, css in zip(titles, ("", "number"), strict=True)
    ]
    rows = [{"css": "", "cells": [("", name, "", "", titles[0]), ("number", text_of(found), "", "", titles[1])]} for name, found in places]
    return {"heads": heads, "rows": rows}
