"""Asks the operator for codes of MFA devices: from the thread that needs one, over the window, one at a time."""

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from patchgui.console.connection import Connection
from patchgui.ssm.errors import CodeNotGiven

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from patchgui.ssm.credentials import CodeRequest
    from patchgui.ui.connections.code_dialog import CodeDialog

PATIENCE_S = 180.0
"""How long a question stays on screen: long enough to find a telephone."""


class _Question(NamedTuple):
    connection: Connection
    request: "CodeRequest"
    answer: "Future[str]"


class CodeAsker(QObject):
    """Stands between the thread that waits for a code and the dialog; a code passes through and is kept nowhere."""

    def __init__(self, parent: QObject | None = None, *, patience_s: float = PATIENCE_S) -> None:
        super().__init__(parent)
        self._patience_s = patience_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._window: QWidget | None = None
        self._waiting: deque[_Question] = deque()
        self._asked: _Question | None = None
        self._dialog: CodeDialog | None = None

    def show_over(self, window: QWidget) -> None:
        """Ask over this window."""
        self._window = window

    def start(self) -> None:
        """Take questions from now on; called on the loop's own thread."""
        import asyncio

        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Take no more questions, and let everybody who waits know that there will be no answer."""
        self._loop = None
        for question in (*self._waiting, *((self._asked,) if self._asked is not None else ())):
            question.answer.cancel()
        self._waiting.clear()
        self._asked = None
        if self._dialog is not None:
            self._dialog.done(0)

    def ask(self, connection: Connection, request: "CodeRequest") -> str:
        """Return the code that the operator enters. Blocks: called in a thread of its own.

        Raises:
            CodeNotGiven: they did not want to, took too long, or the window closes.
        """
        from concurrent.futures import CancelledError, Future

        question = _Question(connection, request, Future())
        loop = self._loop
        if loop is None:
            raise _not_given(request, "the window is closing")
        loop.call_soon_threadsafe(self._take, question)
        try:
            code = question.answer.result(self._patience_s)
        except TimeoutError:
            question.answer.cancel()
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._give_up, question)
            raise _not_given(request, f"nobody entered one within {self._patience_s / 60:.0f} minutes") from None
        except CancelledError:
            raise _not_given(request, "it was put off") from None
        return code

    # -- on the loop's own thread --------------------------------------------------------------------------------------

    def _take(self, question: _Question) -> None:
        self._waiting.append(question)
        self._show_next()

    def _show_next(self) -> None:
        while self._asked is None and self._waiting:
            question = self._waiting.popleft()
            if question.answer.cancelled() or self._window is None:
                question.answer.cancel()
                continue
            self._show(question, self._window)

    def _show(self, question: _Question, window: QWidget) -> None:
        from patchgui.ui.connections.code_dialog import CodeDialog

        self._asked = question
        self._dialog = CodeDialog(question.connection, question.request, window)
        self._dialog.entered.connect(self._on_entered)
        self._dialog.finished.connect(self._on_finished)
        self._dialog.open()

    def _on_entered(self, code: str) -> None:
        if self._asked is not None and not self._asked.answer.done():
            self._asked.answer.set_result(code)

    def _on_finished(self) -> None:
        asked, self._asked, self._dialog = self._asked, None, None
        if asked is not None:
            asked.answer.cancel()
        self._show_next()

    def _give_up(self, question: _Question) -> None:
        if self._asked is question and self._dialog is not None:
            self._dialog.done(0)


def _not_given(request: "CodeRequest", why: str) -> CodeNotGiven:
    return CodeNotGiven(
        f"The profile {request.profile} needs a code of its MFA device: {why}.",
        hint="Press Try again when you have the device at hand.",
    )
