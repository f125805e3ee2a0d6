"""Which nodes a question's filters let through: worked out once, kept while its pages are asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from patchgui.agent.api.node_filters import Seen
from patchgui.simulator.fleet import Fleet, Heard
from patchgui.simulator.population import SyntheticNode
from patchgui.simulator.shelf import FleetTags
from patchgui.ssm.shapes import PingStatus, ResourceType, ResourceTypeForTagging

_KEPT = 16
_FRESH_S = 10.0

Test = Callable[[Seen], bool]
"""What one filter asks of a node."""


class SeenNode:
    """A node as filters and answers see it at one moment; whether it is heard is worked out when asked."""

    __slots__ = ("_fleet", "_heard", "_now", "node")

    def __init__(self, fleet: Fleet, node: SyntheticNode, now: float) -> None:
        self.node = node
        self._fleet = fleet
        self._now = now
        self._heard: Heard | None = None

    @property
    def heard(self) -> Heard:
        """Whether the service hears the node."""
        if self._heard is None:
            self._heard = self._fleet.heard(self.node, self._now)
        return self._heard

    @property
    def instance_id(self) -> str:
        """The node's id."""
        return self.node.instance_id

    @property
    def agent_version(self) -> str:
        """The release of the agent on it."""
        return self.node.agent_version

    @property
    def ping_status(self) -> PingStatus:
        """Whether the service hears from it."""
        return self.heard.ping

    @property
    def platform_type(self) -> str:
        """The kind of its system."""
        return self.node.platform_type

    @property
    def resource_type(self) -> ResourceType:
        """What it is to the service."""
        return self.node.resource_type


class _Kept(NamedTuple):
    made_at: float
    indices: Sequence[int]


class Selections:
    """Answers which nodes fit; a question whose answer is fresh is not worked out again."""

    def __init__(self, fleet: Fleet, tags: FleetTags) -> None:
        self._fleet = fleet
        self._tags = tags
        self._kept: dict[str, _Kept] = {}

    def chosen(self, question: str, tests: Sequence[Test], ids: Sequence[str] | None = None) -> Sequence[int]:
        """Return the numbers of the nodes that pass all tests, in the order of the fleet.

        The same ``question`` has the same tests. Where it names ``ids``, only those nodes are looked at.
        """
        now = self._fleet.catch_up()
        if not tests:
            return range(len(self._fleet.population))
        kept = self._kept.get(question)
        if kept is None or not 0 <= now - kept.made_at < self._fleet.clock.in_fleet_time(_FRESH_S):
            kept = _Kept(now, self._find(tests, ids, now))
            while len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[question] = kept
        return kept.indices

    def tags_of(self, instance_id: str) -> Mapping[str, str]:
        """Return a node's tags."""
        return self._tags.get(ResourceTypeForTagging.MANAGED_INSTANCE, instance_id)

    def _find(self, tests: Sequence[Test], ids: Sequence[str] | None, now: float) -> list[int]:
        population = self._fleet.population
        # A node that is named need not be looked for.
        named = None if ids is None else sorted({n for each in ids if (n := population.get(each)) is not None})
        candidates = range(len(population)) if named is None else named
        seen = (SeenNode(self._fleet, population.node(index), now) for index in candidates)
        return [each.node.index for each in seen if all(fits(each) for fits in tests)]
