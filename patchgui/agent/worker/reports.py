"""What the control plane has been told on this connection, and what it is still to be told."""

import base64
from collections.abc import Mapping, Sequence

from patchgui.agent.worker.journal import Journal, Record
from patchgui.agent.worker.link import Link

_KNOWN_THERE = frozenset({"command", "documents"})
"""The members of records that came from the control plane."""


class Reports:
    """Passes journal records on in order, each at least once; the control plane applies each once."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._is_greeted = False
        self._sent: dict[str, int] = {}

    def reset(self) -> None:
        """Forget what was told: another connection."""
        self._is_greeted = False
        self._sent.clear()

    def greeted(self, applied: Mapping[str, int], journals: Sequence[Journal], command_ids: Sequence[str]) -> None:
        """Tell what the control plane has missed, by the last number that it has committed of each command."""
        self._is_greeted = True
        for command_id, journal in zip(command_ids, journals, strict=True):
            self._sent[command_id] = applied.get(command_id, 0)
            self.records(command_id, journal.records)

    def records(self, command_id: str, records: Sequence[Record]) -> None:
        """Tell of records; those that were told before are left out."""
        if not self._is_greeted:
            return
        sent = self._sent.get(command_id, 0)
        for record in records:
            if record["n"] > sent:
                told = {key: value for key, value in record.items() if key not in _KNOWN_THERE}
                self._link.send({"type": "report", "command": command_id, "record": told})
                self._sent[command_id] = record["n"]

    def output(self, command_id: str, step: str, stream: str, offset: int, data: bytes) -> None:
        """Tell what a step has written, unless the control plane can't keep up."""
        if self._is_greeted and not self._link.is_behind:
            text = base64.b64encode(data).decode()
            message = {"type": "output", "command": command_id, "step": step}
            self._link.send({**message, "stream": stream, "offset": offset, "data": text})
