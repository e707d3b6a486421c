"""Builds the nodes of the tree: gives each its kind and refuses whatever does not fit (pitfall M18)."""

import math
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula.operations import CHAINS, OPERATIONS, Operation
from coremis.kernel.base.formula.syntax import KIND_WORDS, Call, FormulaError, Kind, Literal, Node, Reach, usable
from coremis.kernel.base.formula.tokens import too_deep

MOST_DEPTH = 76
MOST_BITS = 960
MOST_DECIMALS = 6


def number(text: str, position: int) -> Literal:
    """A number of the formula; FormulaError if it is outside the numbers that can be computed with."""
    value = float(text)
    vanished = not value and text.strip("0.")[:1].isdigit()
    if vanished or not usable(value):
        raise FormulaError(_("The number at position %(position)s is too large or too small."), position)
    exponent = math.frexp(value)[1] if value else 0
    return Literal(value, Kind.NUMBER, position, Reach(exponent, exponent - 53))


def call(name: str, arguments: Sequence[Node], position: int) -> Node:
    """The operation ``name`` on these arguments, with its kind; FormulaError if they do not fit."""
    operation = OPERATIONS[name]
    first = arguments[0] if arguments else None
    if name == "negate" and isinstance(first, Literal) and isinstance(first.value, float):
        return replace(first, value=-first.value, position=position)
    if name in CHAINS and isinstance(first, Call) and first.operation == name:
        arguments = (*first.arguments, *arguments[1:])
    letters = letters_for(name, operation, len(arguments), position)
    kind = shared_kind(letters, arguments, position)
    for letter, argument in zip(letters, arguments, strict=True):
        check_kind(letter, argument)
    if name == "round":
        check_decimals(arguments[1])
    if name in ("if", "coalesce"):
        arguments = [replace(each, kind=kind) if each.kind is None else each for each in arguments]
    return finished(name, operation, arguments, operation.result or kind, position)


def letters_for(name: str, operation: Operation, count: int, position: int) -> str:
    """A letter of ``Operation.parameters`` for every argument; FormulaError if their number is wrong."""
    letters = operation.parameters.rstrip("+")
    if operation.parameters.endswith("+") and count > len(letters):
        return letters + letters[-1] * (count - len(letters))
    if count == len(letters):
        return letters
    sentence = _("“%(function)s” at position %(position)s needs %(count)s values in its brackets.")
    if operation.parameters.endswith("+"):
        sentence = _("“%(function)s” at position %(position)s needs at least %(count)s values in its brackets.")
    raise FormulaError(sentence, position, function=name, count=len(letters))


def shared_kind(letters: str, arguments: Sequence[Node], position: int) -> Kind | None:
    """The one kind of all arguments that must be alike, None if there are none such; a choice may stand beside a text."""
    alike = [argument for letter, argument in zip(letters, arguments, strict=True) if letter in "SO"]
    kinds = [argument.kind for argument in alike if argument.kind is not None]
    for argument in alike:
        if argument.kind is not None and family(argument.kind) != family(kinds[0]):
            raise wrong_kind(argument.position, KIND_WORDS[kinds[0]], argument.kind)
    if alike and not kinds:
        raise missing_misplaced(alike[0].position)
    if not kinds:
        return None
    return Kind.TEXT if Kind.TEXT in kinds else kinds[0]


def family(kind: Kind) -> Kind:
    """Texts and choices may be compared with each other."""
    return Kind.TEXT if kind is Kind.CHOICE else kind


WANTED = {"N": {Kind.NUMBER}, "B": {Kind.BOOLEAN}, "T": {Kind.TEXT, Kind.CHOICE}, "D": {Kind.DATE}}
WORD_FOR = {"N": Kind.NUMBER, "B": Kind.BOOLEAN, "T": Kind.TEXT, "D": Kind.DATE}


def check_kind(letter: str, argument: Node) -> None:
    """Refuses an argument that is not what its place asks for."""
    if argument.kind is None and letter != "S":
        raise missing_misplaced(argument.position)
    if letter == "O" and argument.kind in (Kind.BOOLEAN, Kind.CHOICE):
        raise FormulaError(_("Only numbers, texts and dates have an order (position %(position)s). Use = or in."), argument.position)
    if letter in WANTED and argument.kind is not None and argument.kind not in WANTED[letter]:
        raise wrong_kind(argument.position, KIND_WORDS[WORD_FOR[letter]], argument.kind)


def check_decimals(argument: Node) -> None:
    """The second value of ``round`` is a whole number written in the formula."""
    if not isinstance(argument, Literal) or argument.value not in range(MOST_DECIMALS + 1):
        raise FormulaError(_("The number of decimals at position %(position)s must be a whole number from 0 to 6."), argument.position)


def finished(name: str, operation: Operation, arguments: Sequence[Node], kind: Kind | None, position: int) -> Call:
    """The node, once it is sure that no engine can overflow its numbers or its parser."""
    if kind is None or (name not in ("if", "coalesce") and any(each.kind is None for each in arguments)):
        raise missing_misplaced(position)
    depths = (*operation.depths, *[operation.depths[-1]] * len(arguments))
    depth = len(arguments) // 10 + max(depth + each.depth for depth, each in zip(depths, arguments, strict=False))
    if depth > MOST_DEPTH:
        raise too_deep(position)
    reach = operation.reach([each.reach for each in arguments if each.kind is Kind.NUMBER] or [Reach(0, 0)])
    if reach.high > MOST_BITS or reach.low < -MOST_BITS:
        raise FormulaError(_("The result at position %(position)s could become too large or too small. Round parts of it first."), position)
    return Call(name, tuple(arguments), kind, position, reach, depth)


def wrong_kind(position: int, wanted: object, found: Kind) -> FormulaError:
    """The refusal for a value of the wrong kind."""
    return FormulaError(
        _("At position %(position)s %(wanted)s is needed, but there is %(found)s."),
        position,
        wanted=wanted,
        found=KIND_WORDS[found],
    )


def missing_misplaced(position: int) -> FormulaError:
    """The refusal for the word ``missing`` where it would make everything missing."""
    return FormulaError(_("“missing” cannot be used at position %(position)s. Ask with is_missing(…) instead."), position)
