"""Nothing is installed on a guarded connection before its name was given once more."""

import sys

from patchgui.console.connection import Connection
from patchgui.ssm.errors import InvalidInput
from patchgui.ssm.own_thread import in_own_thread


async def pass_guard(connection: Connection, given: str, *, may_ask: bool) -> None:
    """Return when the connection is not guarded, or was named: by ``given``, or by a person at a terminal.

    Raises:
        InvalidInput: it was not; nothing may be started.
    """
    if not connection.is_guarded:
        return
    if not given and may_ask and sys.stdin.isatty():
        given = await in_own_thread(lambda: _typed(connection.label), "guard")
    if given.strip().casefold() != connection.label.casefold():
        raise InvalidInput(
            f"“{connection.label}” is guarded, and its name was not given. Nothing was started.",
            hint=f'Give it with: --confirm "{connection.label}"',
        )


def _typed(label: str) -> str:
    sys.stdout.write(f"Type “{label}” to patch there: ")
    sys.stdout.flush()
    return sys.stdin.readline()
