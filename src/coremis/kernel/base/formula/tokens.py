"""Cuts the text of a formula into tokens. All limits on size are checked here, before anything is parsed."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula.syntax import FormulaError

MOST_CHARACTERS = 40_000
MOST_TOKENS = 4_000
MOST_NESTING = 40
MOST_IN_A_TEXT = 200

RESERVED_WORDS = frozenset({"and", "or", "not", "in", "between", "true", "false", "missing"})

PIECES = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<comment>--|//|/\*|\*/|\#)
    |(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<symbol><=|>=|<>|[-+*/()=<>,])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """One piece of the text. ``sort`` is number, word, text, symbol or end; ``position`` counts from 1."""

    sort: str
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """The tokens of a formula, closed by an end token; FormulaError for anything too long or not of the language."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(_("The formula is longer than %(most)s characters."), most=MOST_CHARACTERS)
    tokens: list[Token] = []
    index = 0
    while index < len(text):
        token = next_token(text, index)
        index += len(token.text)
        if token.sort != "space":
            tokens.append(token)
    if not tokens:
        raise FormulaError(_("The formula is empty."))
    tokens.append(Token("end", "", len(text) + 1))
    check_size(tokens)
    return tokens


def next_token(text: str, index: int) -> Token:
    """The piece that starts at ``index``, or FormulaError."""
    position = index + 1
    match = PIECES.match(text, index)
    if match is None and text[index] in "'\"":
        raise FormulaError(_("The text that starts at position %(position)s has no closing quotation mark."), position)
    if match is None:
        character = text[index] if text[index].isprintable() else f"U+{ord(text[index]):04X}"
        raise FormulaError(
            _("“%(character)s” at position %(position)s is not part of the formula language."),
            position,
            character=character,
        )
    token = Token(match.lastgroup or "", match.group(), position)
    if token.sort == "comment":
        raise FormulaError(_("Comments are not allowed in a formula (position %(position)s)."), position)
    if token.sort == "text":
        check_text(token)
    return token


def check_text(token: Token) -> None:
    """Refuses a quoted text that is too long or holds characters that nobody can see."""
    if len(token.text) - 2 > MOST_IN_A_TEXT:
        raise FormulaError(_("The text at position %(position)s is longer than %(most)s characters."), token.position, most=MOST_IN_A_TEXT)
    if not token.text.isprintable():
        raise FormulaError(_("The text at position %(position)s holds a character that cannot be shown."), token.position)


def check_size(tokens: list[Token]) -> None:
    """Refuses too many tokens, and brackets inside brackets beyond the limit."""
    if len(tokens) > MOST_TOKENS:
        raise FormulaError(_("The formula has more than %(most)s parts. Split it into several formulas."), most=MOST_TOKENS)
    nesting = 0
    for token in tokens:
        if token.sort == "symbol":
            nesting += {"(": 1, ")": -1}.get(token.text, 0)
        if nesting > MOST_NESTING:
            raise too_deep(token.position)


def too_deep(position: int) -> FormulaError:
    """The refusal for a formula that is nested too deeply."""
    return FormulaError(_("The formula is nested too deeply at position %(position)s. Split it into several formulas."), position)
