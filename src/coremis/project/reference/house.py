"""Modules, settings, figures and the command line."""

import argparse
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.config.settings import Setting
from coremis.kernel.datasets.dataset import Dataset
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.module.config import ModuleConfig
from coremis.kernel.module.contributions import contributions
from coremis.project.reference.lines import ReferencePage, first_paragraph, seats_with

TIMES = {"hour": "every hour", "day": "every day"}


def modules_page() -> ReferencePage:
    """Every module: what it is for, what it needs, how much it adds."""
    page = ReferencePage(
        "Modules",
        "The parts that an installation switches on with `COREMIS_MODULES`, see [settings](../start/settings.md). A module that is off "
        "leaves no page, permission or work; its tables and history stay.",
    )
    found = sorted((config for config in apps.get_app_configs() if isinstance(config, ModuleConfig)), key=lambda config: config.label)
    rows = [(f"`{one.label}`", str(one.title), page.helped(one.label, first_paragraph(one.module)), needs(one)) for one in found]
    page.heading("What there is")
    page.table(("Name", "Title", "What for", "Needs"), rows)
    page.heading("Work at set times")
    times = [(f"`{one.kind.name}`", page.helped(one.kind.name, one.kind.title), when(one)) for one in contributions(Schedule)]
    page.table(("Name", "What is done", "When"), sorted(times))
    return page


def needs(one: ModuleConfig) -> str:
    """The modules that must be on for it."""
    return ", ".join(f"`{name}`" for name in one.requires)


def when(one: Schedule) -> str:
    """“every day at 2:00”, in the country's time."""
    return TIMES[one.every] + (f" at {one.at_hour}:00" if one.at_hour is not None else "")


def settings_page() -> ReferencePage:
    """Every setting that is stored in the database."""
    page = ReferencePage(
        "Settings",
        "What a country decides about the product as a whole. They are stored in the database and change by the action "
        "`config.change_settings`. What belongs to a machine stands in [the settings of an installation](../start/settings.md).",
    )
    rows = [
        (f"`{one.name}`", str(one.title), page.helped(one.name, one.help), at_first(one.default), "no" if one.once else "yes")
        for one in sorted(contributions(Setting), key=lambda one: one.name)
    ]
    page.heading("What there is")
    page.table(("Name", "Title", "What it does", "At first", "May change"), rows)
    return page


def at_first(default: Any) -> str:
    """The default of a setting."""
    return "none" if default in (None, "", []) else f"`{default}`"


def datasets_page() -> ReferencePage:
    """Every dataset: what is counted, by what, and who may see it."""
    page = ReferencePage(
        "Figures",
        "What dashboards and reports can count. Everybody counts only what lies in the own places; numbers lead to lists.",
    )
    for one in sorted(contributions(Dataset), key=lambda one: one.name):
        page.heading(f"`{one.name}`")
        page.lines += [f"**{one.title}.** {page.helped(one.name, one.description)}", ""]
        page.lines += [f"- Who by default: {seats_with(one.permission)} (`{one.permission}`)"]
        page.lines += [f"- By: {', '.join(['place', *(f'{by.title} (`{by.code}`)' for by in one.dimensions)])}", ""]
        rows = [(f"`{what.code}`", str(what.title), page.helped(f"{one.name}.{what.code}", what.help)) for what in one.measures]
        page.table(("Figure", "Title", "What it counts"), rows)
    return page


def commands_page() -> ReferencePage:
    """Every command of the product with its options."""
    page = ReferencePage(
        "Command line",
        "What the program `coremis` does, besides Django's own commands such as `coremis migrate`. Add `--help` to read the same.",
    )
    for name, app in sorted(get_commands().items()):
        if str(app).startswith("coremis."):
            command = load_command_class(str(app), name)
            page.heading(f"`coremis {name}`")
            page.lines += [page.helped(name, command.help), ""]
            page.table(("Option", "What it does", "If left out"), option_rows(page, name, command))
    return page


def option_rows(page: ReferencePage, name: str, command: BaseCommand) -> Iterator[tuple[str, str, str]]:
    """The options that are the command's own."""
    usual = {option.dest for option in BaseCommand().create_parser("coremis", "")._actions}
    for option in command.create_parser("coremis", name)._actions:
        if option.dest not in usual:
            yield shown(option), page.helped(f"{name} {option.dest}", option.help), left_out(option)


def shown(option: argparse.Action) -> str:
    """How an option is written."""
    words = ", ".join(option.option_strings) or str(option.metavar or option.dest).upper()
    choices = " (" + ", ".join(str(choice) for choice in option.choices) + ")" if option.choices else ""
    return f"`{words}`{choices}"


def left_out(option: argparse.Action) -> str:
    """What holds where an option is not given."""
    if option.required:
        return "must be given"
    default = " ".join(option.default) if isinstance(option.default, list) else option.default
    return "" if default in (None, False, "") else f"`{default}`"


def front_page(pages: dict[str, ReferencePage]) -> ReferencePage:
    """The page that leads to the others."""
    front = ReferencePage("Reference", "What the product holds, name by name, for those who set it up, check it or build on it.")
    counted = f"{len(ACTIONS)} actions, {len(known_permissions())} permissions."
    front.lines += ["", *(f"- [{page.title}]({name}.md)" for name, page in pages.items()), "", counted]
    return front
