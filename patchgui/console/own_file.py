"""A small JSON file of the user's configuration: read with what went wrong in words, written whole or not at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from patchgui.console.whole_file import write_whole
from patchgui.ssm.errors import StoreError, StoreFull

_Contents = TypeVar("_Contents")


@dataclass(frozen=True, slots=True)
class Kept(Generic[_Contents]):
    """What a file holds. ``notice`` is a sentence for the operator when a damaged file had to be set aside."""

    contents: _Contents
    notice: str = ""


class OwnFile(Generic[_Contents]):
    """One file. Every method touches the disk: call it in a thread.

    ``subject`` is what it is in sentences, in the singular: *The list of connections*. ``parse`` makes the contents of
    decoded JSON, and raises ValueError, KeyError, TypeError or AttributeError for what is none.
    """

    def __init__(
        self, path: Path, subject: str, parse: Callable[[Any], _Contents], empty: Callable[[], _Contents]
    ) -> None:
        self.path = path
        self._subject = subject
        self._parse = parse
        self._empty = empty

    def read(self) -> Kept[_Contents]:
        """Return the contents, empty where there is no file; one that cannot be understood is set aside.

        Raises:
            StoreError: it cannot be read; and what ``parse`` raises of our own errors.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return Kept(self._empty())
        except OSError as error:
            raise StoreError(
                f"{self._subject} cannot be read: {error.strerror}.", hint=f"Look at {self.path}."
            ) from error
        try:
            return Kept(self._parse(json.loads(text)))
        except (ValueError, KeyError, TypeError, AttributeError):
            return Kept(self._empty(), self._set_aside())

    def write(self, members: Any) -> None:
        """Put these members, ready for JSON, in place of what the file holds.

        Raises:
            StoreFull: it cannot be written, and is as it was.
        """
        try:
            write_whole(self.path, f"{json.dumps(members, indent=2, ensure_ascii=False)}\n")
        except OSError as error:
            raise StoreFull(
                f"{self._subject} cannot be written: {error.strerror}. It stays as it was.",
                hint=f"Make room, or check who owns {self.path.parent}.",
            ) from error

    def _set_aside(self) -> str:
        aside = self.path.with_name(f"{self.path.stem}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}{self.path.suffix}")
        try:
            self.path.replace(aside)
        except OSError as error:
            raise StoreError(
                f"{self._subject} is damaged and cannot be set aside: {error.strerror}.", hint=f"Move {self.path} away."
            ) from error
        return f"{self._subject} was damaged. It was set aside as {aside}, and a new one was begun."
