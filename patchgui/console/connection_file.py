"""The connections that the operator has set up, in a file of the user's configuration: places and names, no secret.

Keys, tokens and codes stay with the AWS tools; the file names the profile that has them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchgui.console.connection import Connection, ConnectionColour
from patchgui.console.connection_draft import ConnectionDraft
from patchgui.console.own_file import OwnFile
from patchgui.ssm.errors import StoreTooNew

VERSION = 1
"""The form of the file that this release writes."""


@dataclass(frozen=True, slots=True)
class KeptConnections:
    """What the file holds. ``notice`` is a sentence for the operator when a damaged file had to be set aside."""

    connections: tuple[Connection, ...] = ()
    notice: str = ""

    def named(self, label: str) -> Connection | None:
        """Return the connection called ``label``, in letters of any case."""
        return next((each for each in self.connections if each.label.casefold() == label.strip().casefold()), None)


class ConnectionFile:
    """Reads and writes the list. Every method touches the disk: call it in a thread."""

    def __init__(self, path: Path) -> None:
        self._file = OwnFile(path, "The list of connections", _connections_of, tuple[Connection, ...])

    @property
    def path(self) -> Path:
        """Where the list is."""
        return self._file.path

    def read(self) -> KeptConnections:
        """Return the list; a file that cannot be understood is set aside, and the list begins anew.

        Raises:
            StoreTooNew: a newer release wrote it; it is left alone.
            StoreError: it cannot be read.
        """
        kept = self._file.read()
        return KeptConnections(kept.contents, kept.notice)

    def add(self, connection: Connection) -> KeptConnections:
        """Keep one more connection; return the new list. Raises what :meth:`read` raises, and StoreFull."""
        return self._change(lambda kept: (*(each for each in kept if each.id != connection.id), connection))

    def replace(self, before: str, connection: Connection) -> KeptConnections:
        """Keep ``connection`` in the place of the one with the id ``before``; return the new list."""
        return self._change(lambda kept: tuple(connection if each.id == before else each for each in kept))

    def remove(self, connection_id: str) -> KeptConnections:
        """Forget a connection; return the new list. Its profile and its runs are not touched."""
        return self._change(lambda kept: tuple(each for each in kept if each.id != connection_id))

    def _change(self, change: Callable[[tuple[Connection, ...]], tuple[Connection, ...]]) -> KeptConnections:
        # Read at once before it is written: another window may have added to it.
        before = self.read()
        after = change(before.connections)
        self._write(after)
        return KeptConnections(after, before.notice)

    def _write(self, connections: tuple[Connection, ...]) -> None:
        self._file.write({"version": VERSION, "connections": [_members_of(each) for each in connections]})


def _connections_of(told: Any) -> tuple[Connection, ...]:
    version = told["version"]
    if not isinstance(version, int):
        raise TypeError(version)
    if version > VERSION:
        raise StoreTooNew(
            f"A newer release wrote the list of connections (form {version}; this one knows {VERSION}).",
            hint="Use the newer release, or move the file away to begin a new list.",
        )
    found: list[Connection] = []
    for members in told["connections"]:
        draft = _draft_of(members)
        if draft.problems(found):
            raise InvalidConnectionError(draft.label)
        found.append(draft.connection())
    return tuple(found)


class InvalidConnectionError(ValueError):
    """A connection in the file is none: somebody edited it, or the disk did."""


def _draft_of(members: Any) -> ConnectionDraft:
    texts = [members.get(name) or "" for name in ("profile", "endpoint_url")]
    if not all(isinstance(text, str) for text in (members["label"], members["region"], *texts)):
        raise InvalidConnectionError(members["label"])
    return ConnectionDraft(
        label=members["label"],
        profile=texts[0],
        region=members["region"],
        endpoint_url=texts[1],
        colour=ConnectionColour(members["colour"]),
        is_guarded=members["guarded"] is True,
    )


def _members_of(connection: Connection) -> dict[str, object]:
    return {
        "label": connection.label,
        "profile": connection.profile,
        "region": connection.region,
        "endpoint_url": connection.endpoint_url,
        "colour": connection.colour.value,
        "guarded": connection.is_guarded,
    }
