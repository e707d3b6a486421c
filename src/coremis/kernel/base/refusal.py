"""Why the system says no: one sentence for the person, in the person's language."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """Something was not done. ``sentence`` says what happened and what to do next; it is translated when it is shown."""

    def __init__(self, sentence: Any, **params: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.params = params

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


class NotPermitted(Refusal):
    """The person lacks the right."""


class KeptRefusal(NotPermitted):
    """A refusal that an auditor wants to know of: the attempt stays in the history as ``event``, with what ``about`` says of it."""

    def __init__(self, sentence: Any, event: str, about: Mapping[str, Any], **params: Any) -> None:
        super().__init__(sentence, **params)
        self.event, self.about = event, dict(about)


class OutsidePlaces(Refusal):
    """The person has the right, but not in this place."""


class Stale(Refusal):
    """What the decision was about has changed since."""


class NeedsApproval(Refusal):
    """The action waits for other people; it cannot be run directly."""


class Invalid(Refusal):
    """Some inputs are wrong; ``errors`` holds the sentences by input name."""

    def __init__(self, sentence: Any, errors: Mapping[str, list[Any]] | None = None, **params: Any) -> None:
        super().__init__(sentence, **params)
        self.errors = dict(errors or {})
