"""Who is told of runs beside the window: a file of the user's configuration that nobody else may read.

The address of a webhook is itself a secret: whoever has it may post there. So it is kept with mode 0600, and shown
nowhere but in its own field.
"""

import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from patchgui.console.own_file import Kept, OwnFile

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """How to tell. ``webhook_url`` and ``command`` are empty where nobody is to be told that way."""

    on_desktop: bool = True
    only_trouble: bool = False
    webhook_url: str = ""
    command: str = ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command as a program takes it; quotes as in a shell, and nothing else of a shell.

        Raises:
            ValueError: a quote is left open.
        """
        if os.name != "nt":
            return tuple(shlex.split(self.command))
        # There a backslash is part of a path.
        return tuple(word.strip('"') for word in shlex.split(self.command, posix=False))


def problems(settings: NoticeSettings) -> Mapping[str, str]:
    """Return what is wrong with settings, in words, by field."""
    found: dict[str, str] = {}
    if settings.webhook_url and (problem := _webhook_problem(settings.webhook_url)):
        found["webhook_url"] = problem
    if settings.command and (problem := _command_problem(settings)):
        found["command"] = problem
    return found


def _webhook_problem(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "This is no address."
    if parts.scheme == "https" and host:
        return ""
    if parts.scheme == "http" and host in _LOOPBACK:
        return ""
    if parts.scheme == "http":
        return "Use https: the address is a secret, and http shows it to everybody on the way."
    return "Give a whole address: https://hooks.example.com/…"


def _command_problem(settings: NoticeSettings) -> str:
    try:
        arguments = settings.arguments
    except ValueError:
        return "A quote is left open."
    if not arguments or shutil.which(arguments[0]) is None:
        return f"There is no program “{arguments[0] if arguments else settings.command}” to run."
    return ""


class NoticeFile:
    """Reads and writes the settings. Every method touches the disk: call it in a thread."""

    def __init__(self, path: Path) -> None:
        self._file = OwnFile(path, "The file of notice settings", _settings_of, NoticeSettings)

    @property
    def path(self) -> Path:
        """Where the settings are."""
        return self._file.path

    def read(self) -> Kept[NoticeSettings]:
        """Return the settings; a file that cannot be understood is set aside, and notices are as at first.

        Raises:
            StoreError: it cannot be read.
        """
        return self._file.read()

    def write(self, settings: NoticeSettings) -> None:
        """Keep settings.

        Raises:
            StoreFull: they cannot be written; those of before stay.
        """
        self._file.write(asdict(settings))


def _settings_of(told: Any) -> NoticeSettings:
    kinds = {field.name: type(getattr(NoticeSettings(), field.name)) for field in fields(NoticeSettings)}
    given = {name: told[name] for name in kinds if name in told}
    wrong = [name for name, value in given.items() if not isinstance(value, kinds[name])]
    if not isinstance(told, dict) or wrong:
        raise TypeError(wrong)
    return NoticeSettings(**given)
