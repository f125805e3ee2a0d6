"""The agent's state folder: one agent at a time holds it, and says in it where it listens."""

import fcntl
import json
import os
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from patchgui.ssm.errors import AgentError, AlreadyRunning

READY_FILE = "agent.json"
"""Where a running agent listens: the same JSON object as its ready line."""

_LOCK_FILE = "agent.lock"
_LOG_BYTES = 2 * 1024 * 1024


class StateFolder:
    """Holds the state folder for as long as the agent runs; a dead agent holds nothing."""

    def __init__(self, path: Path) -> None:
        """Make the folder where it is missing and take hold of it.

        Raises:
            AlreadyRunning: another agent holds it.
            AgentError: it cannot be made or written.
        """
        self.path = path.absolute()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = os.open(self.path / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise self._held() from None
        os.truncate(self._lock, 0)
        os.write(self._lock, str(os.getpid()).encode())

    def announce(self, door: dict[str, Any]) -> None:
        """Write where the agent listens, for consoles that look for it.

        Raises:
            AgentError: the folder cannot be written any more.
        """
        draft = self.path / f"{READY_FILE}.new"
        try:
            draft.unlink(missing_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(door, file)
            draft.rename(self.path / READY_FILE)
        except OSError as error:
            raise self._unusable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(FileNotFoundError):
            (self.path / READY_FILE).unlink()
        os.close(self._lock)

    def open_log(self, name: str) -> RotatingFileHandler:
        """Return a log that keeps itself small.

        Raises:
            AgentError: the folder cannot be written.
        """
        try:
            return RotatingFileHandler(self.path / name, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> AgentError:
        return AgentError(
            f"The state folder {self.path} cannot be used: {error.strerror}.",
            hint="Give a folder that you may write, with room on its disk, with --state-dir.",
        )

    def _held(self) -> AlreadyRunning:
        where = ""
        with suppress(OSError, ValueError, KeyError, TypeError):
            # An agent that is just starting has no door yet, and a killed one may have left its own.
            pid = int((self.path / _LOCK_FILE).read_text(encoding="ascii"))
            where = f" (process {pid})"
            door = json.loads((self.path / READY_FILE).read_text(encoding="utf-8"))
            if door["pid"] == pid:
                where = f" (process {pid}, {door['endpoint_url']})"
        return AlreadyRunning(
            f"An agent already runs on the state folder {self.path}{where}.",
            hint="Use that one, stop it first, or give another folder with --state-dir.",
        )
