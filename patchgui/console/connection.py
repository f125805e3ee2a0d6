"""A place that speaks SSM: the embedded agent, another agent, or AWS."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_AGENT_REGION = "local"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class ConnectionKind(StrEnum):
    """What stands behind a connection."""

    SANDBOX = "sandbox"
    THIS_MACHINE = "this-machine"
    AWS = "aws"

    @property
    def is_local(self) -> bool:
        """Whether our own agent answers: it may be asked more often, and knows a few calls of its own."""
        return self is not ConnectionKind.AWS


class ConnectionColour(StrEnum):
    """What the operator gives a connection so that it is never taken for another."""

    GREEN = "green"
    BLUE = "blue"
    VIOLET = "violet"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Connection:
    """Where to find SSM and who asks.

    ``id`` names the place and who asks there, not its label: runs are recorded under it. ``is_guarded`` asks for the
    label to be typed before anything is installed.
    """

    id: str
    label: str
    kind: ConnectionKind
    region: str
    endpoint_url: str | None = None
    profile: str | None = None
    credentials_file: Path | None = None
    colour: ConnectionColour = ConnectionColour.GREY
    is_guarded: bool = False

    @property
    def is_builtin(self) -> bool:
        """Whether it leads to the embedded agent: it is always there, and is started when it is opened."""
        return self.id in _BUILTIN_IDS


SANDBOX = Connection(
    "local-sandbox",
    "This machine · sandbox",
    ConnectionKind.SANDBOX,
    _AGENT_REGION,
    colour=ConnectionColour.GREEN,
)
"""The embedded agent's sandbox nodes, before the agent has told where it listens."""
THIS_MACHINE = Connection(
    "local-this-machine", "This machine", ConnectionKind.THIS_MACHINE, _AGENT_REGION, colour=ConnectionColour.AMBER
)
"""The embedded agent patching this machine itself."""
BUILTIN = (SANDBOX, THIS_MACHINE)
_BUILTIN_IDS = frozenset(each.id for each in BUILTIN)


def aws_connection(
    *,
    label: str = "",
    profile: str | None = None,
    region: str,
    endpoint_url: str | None = None,
    colour: ConnectionColour = ConnectionColour.BLUE,
    is_guarded: bool = False,
) -> Connection:
    """Return a connection that a profile of the AWS tools, a region and perhaps an address make.

    ``profile`` None is botocore's whole chain: environment, container, instance metadata.
    """
    # By hand: the library that takes addresses apart costs a part of the start-up.
    host = (endpoint_url or "").partition("://")[2].partition("/")[0]
    host = host if host.endswith("]") else host.rpartition(":")[0] or host
    return Connection(
        id=f"aws:{profile or ''}:{region}:{(endpoint_url or '').rstrip('/')}",
        label=label or " · ".join(part for part in (profile, region) if part),
        # An agent of ours may be asked as often; anything else on loopback stands for AWS.
        kind=ConnectionKind.SANDBOX if host in _LOOPBACK and region == _AGENT_REGION else ConnectionKind.AWS,
        region=region,
        endpoint_url=endpoint_url,
        profile=profile,
        colour=colour,
        is_guarded=is_guarded,
    )


def account_of(arn: str) -> str:
    """Return the account that an ARN names; empty when it is none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""
