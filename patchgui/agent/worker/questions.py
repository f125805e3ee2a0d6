"""What the worker asks the control plane: documents that did not come with the command."""

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.worker.messages import Message

PATIENCE_S = 60.0
"""How long a step waits for a control plane that is away."""


@dataclass
class _Question:
    message: Message
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Mapping[str, Any] = field(default_factory=dict)


class Questions:
    """Questions that wait for an answer; they are put again to a control plane that has come back."""

    def __init__(self, post: Callable[[Message], None], *, patience_s: float = PATIENCE_S) -> None:
        self._post = post
        self._patience_s = patience_s
        self._numbers = itertools.count(1)
        self._open: dict[int, _Question] = {}

    def ask(self, name: str, version: str) -> str:
        """Return the text of a document; called by the thread that runs the step.

        Raises:
            EngineError: there is no such document, or no control plane came to answer.
        """
        number = next(self._numbers)
        question = _Question({"type": "question", "id": number, "name": name, "version": version})
        self._open[number] = question
        self._post(question.message)
        came = question.answered.wait(self._patience_s)
        del self._open[number]
        if not came:
            raise EngineError(f"The agent did not answer for {self._patience_s:.0f} s when asked for document {name}.")
        return told_text(question.answer, name)

    def answered(self, message: Mapping[str, Any]) -> None:
        """Take an answer in."""
        question = self._open.get(message.get("id", 0))
        if question is not None:
            question.answer = message
            question.answered.set()

    def pending(self) -> list[Message]:
        """Return the questions that nobody has answered."""
        return [question.message for question in list(self._open.values())]


def told_text(answer: Mapping[str, Any], name: str) -> str:
    """Return the text of a document from what the control plane said of it.

    Raises:
        EngineError: there is no such document.
    """
    if "text" not in answer:
        raise EngineError(str(answer.get("error", f"Document {name} could not be had.")))
    return str(answer["text"])
