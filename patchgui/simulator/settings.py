"""What fleet is wanted, and the names it goes by."""

from dataclasses import dataclass

MAX_NODES = 100_000


@dataclass(frozen=True)
class FleetSettings:
    """The fleet that is wanted.

    Attributes:
        nodes: how many, to `MAX_NODES`.
        seed: the same seed makes the same fleet, whose runs go the same way.
        lag_s: how long after SendCommand its command is in no list yet (eventual consistency), in a caller's seconds.
        trouble: the share of steps that fail, against what is usual; 0 lets every node succeed.
        is_limited: whether calls are counted against limits as AWS has them.
    """

    nodes: int = 1000
    seed: int = 1
    lag_s: float = 1.5
    trouble: float = 1.0
    is_limited: bool = True
    region: str = "us-east-1"
    account_id: str = "123456789012"
