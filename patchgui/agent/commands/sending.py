"""What associations and windows need of whatever runs commands: the agent's service, or the fleet simulator."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from patchgui.ssm.shapes import SendCommandRequest


class Record(Protocol):
    """Something with named members: a row of the state file, or a mapping."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a member."""


class KeptCommands(Protocol):
    """Commands that were taken in."""

    def command(self, command_id: str) -> Record | None:
        """Return a command with its ``status`` and ``status_details``; None for one that is forgotten."""

    def invocations(self, command_id: str) -> Sequence[Record]:
        """Return a command's nodes: ``instance_id``, ``status``, ``status_details``."""


class CommandSender(Protocol):
    """Takes commands in, and stops them."""

    @property
    def repository(self) -> KeptCommands:
        """The commands that were taken in."""

    def send(self, request: SendCommandRequest, *, also: Callable[[str], None]) -> str:
        """Take a command in, with ``also`` in the same transaction, and return its id.

        Raises:
            Refusal: with the code that SendCommand has for what is wrong.
        """

    def cancel(self, command_id: str, instance_ids: Sequence[str]) -> None:
        """Stop a command, on the given nodes or on all; what has ended stays as it is.

        Raises:
            Refusal: InvalidCommandId, InvalidInstanceId, DuplicateInstanceId.
        """
