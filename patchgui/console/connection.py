"""A place that speaks SSM: the embedded agent, another agent, or AWS."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ConnectionKind(StrEnum):
    """What stands behind a connection."""

    SANDBOX = "sandbox"
    THIS_MACHINE = "this-machine"
    AWS = "aws"

    @property
    def is_local(self) -> bool:
        """Whether our own agent answers: it may be asked more often, and knows a few calls of its own."""
        return self is not ConnectionKind.AWS


@dataclass(frozen=True, slots=True)
class Connection:
    """Where to find SSM and who asks. ``colour`` is the name of a colour role of the theme, not a colour."""

    id: str
    label: str
    kind: ConnectionKind
    region: str
    endpoint_url: str | None = None
    profile: str | None = None
    credentials_file: Path | None = None
    colour: str = "success"
