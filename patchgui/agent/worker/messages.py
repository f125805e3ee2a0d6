"""What worker and control plane say to each other: one JSON object a line, over a unix socket.

The worker greets first. Words of the worker:

    hello     protocol, instance_id, boot_id, pid, journals {command id: last record number}
    report    command, record: a journal record, which is on the node's disk already
    output    command, step, stream, offset, data (base64): live, unnumbered, may be lost
    question  id, name, version: wants the text of a document
    lost      command, reason: no journal of a command that the control plane believes delivered
    refused   command, reason: a command that could not be taken in
    pong

Words of the control plane:

    hello     applied {command id: last record number it has committed}
    command   the whole command (see `commands.delivery`)
    cancel    command
    documents command, documents {name or name:version: text | error}: what they are now
    ack       command, n: committed; the journal of an ended command may be archived
    answer    id, text | error
    end       exit when nothing runs any more
    ping
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

PROTOCOL = 1

MOST_BYTES = 32 * 1024 * 1024
"""How long a message may be: a command brings its documents, each of 64 KB at most."""

Message = Mapping[str, Any]


def encode(message: Message) -> bytes:
    """Return a message as one line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class LineBuffer:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Take bytes in and yield each message that is complete.

        Raises:
            ValueError: a line is no JSON object, or too long; the connection is of no use any more.
            RecursionError: its values are nested too deeply.
        """
        self._rest += data
        if len(self._rest) > MOST_BYTES + len(data):
            raise ValueError("a message is too long")
        if b"\n" not in data:
            return
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest)
        for line in lines:
            yield _object(json.loads(line))


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError("a message must be a JSON object")
