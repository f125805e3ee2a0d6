"""The proof that an exit hook has begun: a file that the hook's own process makes as the first thing it does.

The record of a step's start is on the disk before its process is started; when the worker is killed in between, the
record says nothing of whether the step ran. Of most steps nobody needs to know: they count as interrupted. An exit hook
must run, once. So its first process is a shell that makes the mark, brings it to the disk and *becomes* the script.
Without a mark not a line of the hook has run.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from patchgui.agent.worker.steps import StepOutline

SCRIPTS = frozenset({"aws:runShellScript", "aws:runPowerShellScript", "aws:runDocument"})
"""The actions that begin with a script's process."""

# A full disk must not keep the hook from running; "true" lets the shell live when the file can't be made.
_SHELL = '{ true >"$0"; sync "$0" "$1"; } 2>/dev/null; shift; exec "$@"'


class StartMark:
    """Where the step that is about to start is to leave its mark, if it is to leave one."""

    def __init__(self, folder: Path, command_id: str) -> None:
        self._folder = folder
        self._command_id = command_id
        self._path: Path | None = None

    def set_for(self, step: StepOutline | None) -> str:
        """Make ready for a step's start; return the name of its mark, empty when it leaves none."""
        self._path = None
        if step is None or not step.is_finally or step.action not in SCRIPTS:
            return ""
        # Never the name of an earlier start.
        name = f"{self._command_id}.{secrets.token_hex(8)}.begun"
        self._path = self._folder / name
        return name

    def is_there(self, name: str) -> bool:
        """Whether a mark was left."""
        return (self._folder / name).exists()

    def launch(self, argv: Sequence[str]) -> list[str]:
        """Return the command line that leaves the mark before it is ``argv``, the first time; later, ``argv``."""
        path, self._path = self._path, None
        if path is None or not os.access(argv[0], os.X_OK):
            return list(argv)
        return ["/bin/sh", "-c", _SHELL, os.fspath(path), os.fspath(self._folder), *argv]
