"""Hands on a keyboard: they count what they press, and never touch the mouse."""

from typing import Any

from playwright.sync_api import Page

SECONDS_PER_KEY = 0.4  # of somebody who types with two fingers and reads from paper


class Hands:
    """Somebody who types; ``pressed`` is what it took."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)
        self.pressed += 1

    def leave_with(self, key: str) -> None:
        """One key that leads to another page."""
        with self.page.expect_navigation():
            self.press(key)

    def type(self, text: str) -> None:
        """A word, and Enter, which leads to the next field."""
        self.page.keyboard.type(text, delay=20)
        self.pressed += len(text)

    def tab_to(self, control: Any, most: int = 60) -> None:
        """Press Tab until this control is reached; one that Tab does not reach is a fault of the page."""
        control.wait_for()
        for _press in range(most):
            if control.evaluate("one => one === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {control}")

    def choose(self, value: str) -> None:
        """Move down in a list of choices until this one is chosen."""
        for _press in range(40):
            if self.page.evaluate("() => document.activeElement.value") == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen with the arrow keys")

    def seconds(self) -> float:
        """How long a person would have typed."""
        return self.pressed * SECONDS_PER_KEY
