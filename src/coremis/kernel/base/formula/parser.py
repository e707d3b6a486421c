"""A Pratt parser: text to typed tree, in one pass. It knows a closed list of operators and functions (pitfall M21)."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import check
from coremis.kernel.base.formula.evaluate import clean
from coremis.kernel.base.formula.operations import FUNCTIONS
from coremis.kernel.base.formula.syntax import Formula, FormulaError, Kind, Literal, Name, Node
from coremis.kernel.base.formula.tokens import MOST_NESTING, RESERVED_WORDS, Token, tokenize, too_deep

CONDITION, SIGN = 30, 70
COMPARISONS = {
    "=": "equal",
    "<>": "unequal",
    "<": "less",
    "<=": "less_or_equal",
    ">": "more",
    ">=": "more_or_equal",
}
POWERS = {"or": 10, "and": 20, "in": 40, "between": 40, "not": 40, "+": 50, "-": 50, "*": 60, "/": 60}
POWERS |= dict.fromkeys(COMPARISONS, 40)
OPERATORS = {"or": "or", "and": "and", "*": "multiply", "/": "divide", "+": "add", **COMPARISONS}
CONSTANTS = {"true": (True, Kind.BOOLEAN), "false": (False, Kind.BOOLEAN), "missing": (None, None)}


def parse(text: str, names: Mapping[str, Kind | str]) -> Formula:
    """The checked formula of ``text``, which may read ``names`` (name to kind); FormulaError if anything is not known."""
    parser = Parser(tokenize(text), names)
    root = parser.expression(0)
    if parser.token.sort != "end":
        raise parser.does_not_fit()
    if root.kind is None:
        raise check.missing_misplaced(root.position)
    return Formula(text, root, root.kind, tuple(sorted(parser.names_used)))


class Parser:
    """The state of one parse: where we are, and the names seen so far."""

    def __init__(self, tokens: list[Token], names: Mapping[str, Kind | str]) -> None:
        self.tokens = tokens
        self.names = names
        self.names_used: set[str] = set()
        self.index = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.index]

    def operator(self) -> str:
        """The next token as an operator or reserved word, in lower case; empty for numbers, texts, names and the end."""
        token = self.token
        if token.sort == "word":
            return token.text.lower() if token.text.lower() in RESERVED_WORDS else ""
        return token.text if token.sort == "symbol" else ""

    def advance(self) -> Token:
        """Reads one token."""
        token = self.token
        self.index += token.sort != "end"
        return token

    def accept(self, *operators: str) -> bool:
        """Reads the next token if it is one of these."""
        found = self.operator() in operators
        if found:
            self.advance()
        return found

    def expect(self, operator: str) -> None:
        """Reads this token or refuses."""
        if not self.accept(operator):
            raise FormulaError(_("“%(symbol)s” is missing at position %(position)s."), self.token.position, symbol=operator)

    def expression(self, power: int) -> Node:
        """Reads an expression whose operators bind tighter than ``power``."""
        self.nesting += 1
        if self.nesting > 2 * MOST_NESTING:
            raise too_deep(self.token.position)
        left = self.first()
        while POWERS.get(self.operator(), 0) > power:
            left = self.rest(left)
        self.nesting -= 1
        return left

    def first(self) -> Node:
        """Reads what an expression begins with."""
        token, operator = self.token, self.operator()
        if token.sort == "number":
            return check.number(self.advance().text, token.position)
        if token.sort == "text":
            return Literal(self.quoted(), Kind.TEXT, token.position)
        if token.sort == "word" and not operator:
            return self.word()
        if operator not in {"-", "(", "not", *CONSTANTS}:
            raise self.does_not_fit()
        self.advance()
        if operator == "-":
            return check.call("negate", [self.expression(SIGN)], token.position)
        if operator == "not":
            return check.call("not", [self.expression(CONDITION)], token.position)
        if operator in CONSTANTS:
            return Literal(*CONSTANTS[operator], token.position)
        inner = self.expression(0)
        self.expect(")")
        return inner

    def rest(self, left: Node) -> Node:
        """Reads an operator and what stands to its right."""
        token, operator = self.token, self.operator()
        self.advance()
        power = POWERS[operator]
        if operator == "not":
            if self.operator() not in ("in", "between"):
                raise self.does_not_fit()
            return check.call("not", [self.rest(left)], token.position)
        if operator == "in":
            self.expect("(")
            return check.call("in", [left, *self.list()], token.position)
        if operator == "between":
            lowest = self.expression(power)
            self.expect("and")
            return check.call("between", [left, lowest, self.expression(power)], token.position)
        right = self.expression(power)
        if operator == "-":
            return check.call("add", [left, check.call("negate", [right], token.position)], token.position)
        return check.call(OPERATORS[operator], [left, right], token.position)

    def list(self) -> list[Node]:
        """Reads values between commas up to the closing bracket, which is read too."""
        if self.accept(")"):
            return []
        values = [self.expression(0)]
        while self.accept(","):
            values.append(self.expression(0))
        self.expect(")")
        return values

    def word(self) -> Node:
        """Reads a name, or a function with its values."""
        token = self.advance()
        if self.operator() == "(":
            self.advance()
            return self.function(token)
        if token.text not in self.names:
            raise FormulaError(_("“%(name)s” at position %(position)s is not a known name."), token.position, name=token.text)
        try:
            kind = Kind(self.names[token.text])
        except ValueError:
            raise FormulaError(
                _("“%(name)s” at position %(position)s cannot be used in a formula."), token.position, name=token.text
            ) from None
        self.names_used.add(token.text)
        return Name(token.text, kind, token.position)

    def function(self, token: Token) -> Node:
        """Reads the values of the function named by ``token``; its opening bracket has been read."""
        function = token.text.lower()
        if function == "date":
            return self.date(token)
        if function not in FUNCTIONS:
            raise FormulaError(_("“%(name)s” at position %(position)s is not a known function."), token.position, name=token.text)
        return check.call(function, self.list(), token.position)

    def date(self, token: Token) -> Node:
        """Reads ``date('2026-01-31')`` from after its opening bracket."""
        value = clean(self.quoted(), Kind.DATE) if self.token.sort == "text" else None
        if not isinstance(value, date):
            raise FormulaError(_("There is no valid date at position %(position)s. Write it like date('2026-01-31')."), token.position)
        self.expect(")")
        return Literal(value, Kind.DATE, token.position)

    def quoted(self) -> str:
        """Reads a text and removes its quotation marks."""
        text = self.advance().text
        return text[1:-1].replace(text[0] * 2, text[0])

    def does_not_fit(self) -> FormulaError:
        """The refusal for a token that cannot stand where it stands."""
        if self.token.sort == "end":
            return FormulaError(_("The formula stops too early: something is missing at its end."), self.token.position)
        return FormulaError(_("“%(text)s” does not fit at position %(position)s."), self.token.position, text=self.token.text[:40])
