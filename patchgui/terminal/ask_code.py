"""Asks for the code of an MFA device on the terminal; what is typed is neither shown nor kept."""

import atexit
import getpass
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from patchgui.ssm.credentials import CodeRequest
from patchgui.ssm.errors import CodeNotGiven

_ASKING = threading.Lock()


def ask_code(request: CodeRequest) -> str:
    """Return the code that was typed. Blocks: called in a thread of its own.

    Raises:
        CodeNotGiven: there is no terminal to ask on, or nothing was typed.
    """
    if not sys.stdin.isatty():
        raise CodeNotGiven(
            f"The profile {request.profile} asks for an MFA code, and there is no terminal to enter it.",
            hint="Run it in a terminal, or use a profile whose session has begun already.",
        )
    try:
        # One question at a time: several connections may be tried together.
        with _ASKING, _echo_comes_back():
            if request.was_refused:
                sys.stderr.write("That code was not accepted.\n")
            code = getpass.getpass(f"MFA code of {request.device} for the profile {request.profile}: ").strip()
    except EOFError:
        code = ""
    if not code:
        raise CodeNotGiven(f"No MFA code was entered for the profile {request.profile}.", hint="Try again.")
    return code


@contextmanager
def _echo_comes_back() -> Iterator[None]:
    """See to it that the terminal shows what is typed again, also when the program ends in the middle of a question."""
    if sys.platform == "win32":
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def restore() -> None:
        termios.tcsetattr(terminal, termios.TCSANOW, before)

    atexit.register(restore)
    try:
        yield
    finally:
        atexit.unregister(restore)
