"""What other modules ask of filters: is this one in order, what does it say, and which rows does it find."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.facts import Known, subject_of, subjects
from coremis.modules.filters.compile import Compiler, Rows
from coremis.modules.filters.fields import FilterField
from coremis.modules.filters.saved import SEES, usable_filters
from coremis.modules.filters.tree import Check, broken
from coremis.modules.filters.words import Words

__all__ = ["SEES", "FilterField", "checked", "matching", "usable_filters", "words"]


def matching(rows: "QuerySet[Any]", condition: dict[str, Any], day: date, user: Any = None) -> "QuerySet[Any]":
    """Those of ``rows`` for which a condition is met as of ``day``: ages, memberships, recipients and statuses of that day.

    ``rows`` are of the class the condition is about, or belong to one row of it (the beneficiaries of a condition on
    households). {} is everybody. Anything unknown, retired, switched off or broken raises a Refusal (pitfall M18); it
    never matches everybody. With a ``user``, what that person may not see is refused, and rows in other places count
    as not there. Where something is not known, a condition is not met and its opposite is. No query is made here
    beyond the reading of the data dictionary and of the places named.
    """
    known = Known()
    tree = Check(known, user).tree(condition)
    if not tree:
        return rows
    return rows.filter(_condition(rows, tree, Compiler(day, user, known)))


def checked(condition: Any, subject: str = "", user: Any = None) -> dict[str, Any]:
    """A condition in the form in which it is stored, or a Refusal. {} stays {}: everybody.

    ``subject`` says what it must be about, such as “household”; ``user`` who must be allowed to ask for all of it.
    """
    return Check(user=user).tree(condition, subject)


def words(condition: dict[str, Any]) -> str:
    """What a condition says, in the active language; a Refusal where it cannot be read."""
    known = Known()
    return Words(known).tree(Check(known).tree(condition))


def _condition(rows: "QuerySet[Any]", tree: dict[str, Any], compiler: Compiler) -> Q:
    about = subjects()[tree["about"]]
    if rows.model is about.model:
        return compiler.node(tree["where"], about.scope, Rows(about.model))
    reached = subject_of(rows.model)
    paths = [path for model, path in (reached.scope if reached else ()) if model is about.model]
    if not paths:
        raise Refusal(broken().sentence)
    return Q(**{f"{paths[0]}pk__isnull": False}) & compiler.node(tree["where"], about.scope, Rows(about.model, paths[0]))
