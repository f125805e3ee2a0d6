"""How well a node can be reached: most always, some with breaks, a few never again."""

import math
from enum import Enum

from patchgui.simulator.population import SyntheticNode
from patchgui.ssm.shapes import PingStatus


class Reach(Enum):
    """How well a node can be reached."""

    ALWAYS = "always"
    WITH_BREAKS = "with breaks"
    """Away for a while, again and again: what is sent to it meanwhile is Delayed."""
    NEVER = "never"
    """Does not answer: what is sent to it is Delayed, then times out."""
    GONE = "gone"
    """Was ended without being deregistered: what is sent to it is Undeliverable."""


_SHARES = ((0.003, Reach.GONE), (0.018, Reach.NEVER), (0.038, Reach.WITH_BREAKS))
_ROUND_S = 1800.0
_BREAK_S = 420.0
_PING_EVERY_S = 300.0
"""How often an agent that has nothing to do is heard of."""
_SILENT_S = 3 * 86400.0


def reach_of(lost_share: float) -> Reach:
    """Return how well a node with such a share can be reached."""
    return next((reach for share, reach in _SHARES if lost_share < share), Reach.ALWAYS)


def reachable_at(index: int, lost_share: float, at: float) -> float:
    """Return from when on a node can be reached, not before ``at``; infinity for never."""
    match reach_of(lost_share):
        case Reach.NEVER:
            return math.inf
        case Reach.WITH_BREAKS:
            into = (at + _start_of_round(index)) % _ROUND_S
            return at + max(0.0, _BREAK_S - into)
        case _:
            return at


def heard_at(node: SyntheticNode, at: float) -> tuple[PingStatus, float]:
    """Return what the service thinks of a node at a moment, and when it last heard of it."""
    match reach_of(node.lost_share):
        case Reach.GONE:
            return PingStatus.INACTIVE, at - _SILENT_S * (1 + node.lost_share)
        case Reach.NEVER:
            return PingStatus.CONNECTION_LOST, at - _SILENT_S * node.lost_share * 50
        case Reach.WITH_BREAKS if reachable_at(node.index, node.lost_share, at) > at:
            return PingStatus.CONNECTION_LOST, at - (at + _start_of_round(node.index)) % _ROUND_S
        case _:
            return PingStatus.ONLINE, at - (at + node.index * 7.0) % _PING_EVERY_S


def _start_of_round(index: int) -> float:
    return index * 41.0 % _ROUND_S
