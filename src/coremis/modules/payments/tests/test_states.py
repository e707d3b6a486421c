import ast
from pathlib import Path

from coremis.kernel.base.money import Money
from coremis.modules.payments import states
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.queries import GROUP_OF, _said

FOLDER = Path(states.__file__).parent


def test_it_works():
    """Pitfall M20: every state of a line belongs to exactly one group, so a new one cannot be forgotten by the figures."""
    groups = (states.FREE_LINES, states.AWAITING_LINES, states.PAID_LINES, states.UNPAID_LINES, states.HELD_LINES, (states.LineState.DUE,))
    assert sorted(state for group in groups for state in group) == sorted(states.LineState)
    assert set(GROUP_OF) | set(states.PAID_LINES) == set(states.LineState)


def test_every_payroll_state_is_placed():
    """Pitfall M20: a payroll is hidden, live, or at its end."""
    ended = (states.PayrollState.CANCELLING, states.PayrollState.CANCELLED)
    assert sorted((*states.HIDDEN_PAYROLLS, *states.LIVE_PAYROLLS, *ended)) == sorted(states.PayrollState)


def test_the_key_is_free_in_one_state_only():
    """Pitfalls M4, M20: the constraint reads the same group as the queries."""
    constraint = next(one for one in PayrollLine._meta.constraints if one.name == "paid_once_in_a_cycle")
    assert constraint.condition == ~type(constraint.condition)(state__in=states.FREE_LINES)


def test_states_move_only_through_services():
    """Pitfall M6: outside services nothing sets a state."""
    wrong = [
        f"{path.name}:{node.lineno}"
        for path in FOLDER.rglob("*.py")
        if not {"services", "tests", "migrations"} & set(path.parts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets)
    ]
    assert not wrong


def test_sentences_write_numbers_as_people_do():
    """What blocks closing says “12,345 payments”, with the separators of the reader's language."""
    assert _said(12_345, Money(6_789_000, "SZF"))["count"] == "12,345"
