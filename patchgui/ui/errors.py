"""The error surface: what failed becomes words for a person, wherever nothing nearer shows it."""

import logging
import traceback
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from patchgui.ssm.errors import CredentialError, PatchError

_log = logging.getLogger(__name__)


class Trouble(NamedTuple):
    """An error as it is shown: what happened, what to do next, and the detail that a copy carries along.

    ``command`` is what mends it when it is typed in a terminal.
    """

    message: str
    hint: str = ""
    detail: str = ""
    is_bug: bool = False
    command: str = ""


def trouble_of(error: BaseException) -> Trouble:
    """Return how to show ``error``: a ``PatchError`` in its own words, anything else as a bug of ours."""
    if isinstance(error, CredentialError):
        # The window looks again and again whether the command was typed.
        hint = f"{error.hint} The console goes on by itself then." if error.command else error.hint
        return Trouble(str(error), hint, error.log_detail, command=error.command)
    if isinstance(error, PatchError):
        return Trouble(str(error), error.hint, error.log_detail)
    return Trouble(
        "Patch Now met an error of its own.",
        "Your nodes are not affected by it. Copy this message for a report; the window goes on.",
        "".join(traceback.format_exception(error)),
        is_bug=True,
    )


class ErrorSurface(QObject):
    """Takes failures of tasks, slots and the loop, logs them, and tells whoever shows them."""

    raised = Signal(object)
    """A :class:`Trouble` to show."""

    def report(self, name: str, error: BaseException) -> None:
        """Take the failure of the task or place called ``name``."""
        trouble = trouble_of(error)
        if trouble.is_bug:
            _log.error("%s failed", name, exc_info=error)
        else:
            _log.warning("%s: %s %s", name, trouble.message, trouble.detail)
        self.raised.emit(trouble)
