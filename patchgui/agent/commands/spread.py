"""How a command spreads over its nodes: how many at one time, and when no more (engine.md §8.8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where the agent stands with a node: not sent yet, sent, acknowledged by its worker, done."""

    WAITING = "waiting"
    SENT = "sent"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Spread:
    """How many of a command's nodes are in each stage; ``unreached`` ones are over without having acknowledged it."""

    stages: Mapping[str, int]
    lanes: int
    max_errors: int
    errors: int
    unreached: int = 0

    @property
    def is_stopped(self) -> bool:
        """Whether more nodes have failed than may: none is sent the command any more."""
        return self.errors > self.max_errors

    def room(self) -> int:
        """Return how many more nodes may be sent the command now.

        One goes first; each that acknowledges lets two more go, so the number grows fast up to the limit.
        """
        if self.is_stopped:
            return 0
        stages = {stage: self.stages.get(stage, 0) for stage in Stage}
        acknowledged = stages[Stage.RUNNING] + stages[Stage.OVER] - self.unreached
        under_way = stages[Stage.SENT] + stages[Stage.RUNNING]
        return max(0, min(self.lanes - under_way, 1 + acknowledged - stages[Stage.SENT]))
