"""Who the nodes are: each worked out from the seed and its number, none kept."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from patchgui.simulator.dice import Dice
from patchgui.simulator.recent import Recent
from patchgui.ssm.shapes import PlatformType, ResourceType

LATEST_AGENT = "3.3.2299.0"
"""The newest release of Amazon's agent in this fleet."""

_IDS = 1 << 64
# Odd, so that counting by it meets every number once: ids look random, and lead back to the node's number.
_STRIDE = 0x9E3779B97F4A7C15
_STRIDE_BACK = pow(_STRIDE, -1, _IDS)

_LINUX, _WINDOWS, _MAC = PlatformType.LINUX, PlatformType.WINDOWS, PlatformType.MAC_OS
_PLATFORMS = (
    (0.30, (_LINUX, "Amazon Linux", "2023")),
    (0.16, (_LINUX, "Ubuntu", "22.04")),
    (0.11, (_LINUX, "Ubuntu", "24.04")),
    (0.12, (_LINUX, "Red Hat Enterprise Linux", "9.4")),
    (0.08, (_LINUX, "Debian GNU/Linux", "12")),
    (0.03, (_LINUX, "SLES", "15.5")),
    (0.11, (_WINDOWS, "Microsoft Windows Server 2022 Datacenter", "10.0.20348")),
    (0.07, (_WINDOWS, "Microsoft Windows Server 2019 Datacenter", "10.0.17763")),
    (0.02, (_MAC, "macOS", "14.5")),
)
_PLATFORM_NUMBERS = tuple((weight, number) for number, (weight, _) in enumerate(_PLATFORMS))
_ROLES = ((0.36, "web"), (0.24, "app"), (0.14, "db"), (0.10, "cache"), (0.12, "batch"), (0.04, "build"))
_STAGES = ((0.60, "prod"), (0.25, "staging"), (0.15, "dev"))
_OWNERS = ((0.4, "shop"), (0.3, "payments"), (0.2, "platform"), (0.1, "data"))
# The last one is older than patch lifecycle hooks (3.0.502).
_AGENTS = ((0.80, LATEST_AGENT), (0.15, "3.2.2303.0"), (0.04, "3.1.1927.0"), (0.01, "2.3.1569.0"))
_PURPOSE_NODE, _PURPOSE_KIND, _PURPOSE_SKETCH = 1, 2, 9
_LOST_BITS = 12
_UNKNOWN = 0xFFFF
_KEPT_NODES = 20_000


@dataclass(frozen=True, slots=True)
class SyntheticNode:
    """One managed node. ``lost_share`` decides how well it can be reached, see `reach`."""

    index: int
    instance_id: str
    name: str
    platform_type: PlatformType
    platform_name: str
    platform_version: str
    agent_version: str
    role: str
    stage: str
    owner: str
    ip_address: str
    lost_share: float

    @property
    def is_hybrid(self) -> bool:
        """Whether it joined by an activation, rather than being an EC2 instance."""
        return self.instance_id.startswith("mi-")

    @property
    def resource_type(self) -> ResourceType:
        """What it is to the service."""
        return ResourceType.MANAGED_INSTANCE if self.is_hybrid else ResourceType.EC2_INSTANCE

    @property
    def computer_name(self) -> str:
        """The node's host name."""
        return self.name

    @property
    def tags(self) -> dict[str, str]:
        """The tags that the node carries from the beginning."""
        # Both spellings of the key are in use, as in real fleets.
        group_key = "PatchGroup" if self.index % 3 else "Patch Group"
        return {
            "Environment": self.stage,
            "Name": self.name,
            "Owner": self.owner,
            group_key: f"{self.role}-{self.stage}",
            "Role": self.role,
        }


class Population:
    """All nodes of a fleet, by number and by id."""

    def __init__(self, nodes: int, seed: int) -> None:
        self._count = nodes
        self._seed = seed
        self._recent: Recent[int, SyntheticNode] = Recent(_KEPT_NODES)
        self._sketches = array("H", [_UNKNOWN]) * nodes
        self._offset = int(Dice(seed).share() * _IDS)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[SyntheticNode]:
        return (self.node(index) for index in range(self._count))

    def __contains__(self, instance_id: object) -> bool:
        return isinstance(instance_id, str) and self.get(instance_id) is not None

    def get(self, instance_id: str) -> int | None:
        """Return the number of the node with an id, None when there is none."""
        digits = instance_id.rpartition("-")[2]
        try:
            index = (int(digits, 16) - self._offset) * _STRIDE_BACK % _IDS
        except ValueError:
            return None
        return index if index < self._count and self.id_of(index) == instance_id else None

    def id_of(self, index: int) -> str:
        """Return a node's id: one in eight is a hybrid node."""
        kind = "mi" if Dice(self._seed, index, _PURPOSE_KIND).share() < 0.125 else "i"
        return f"{kind}-0{(index * _STRIDE + self._offset) % _IDS:016x}"

    def node(self, index: int) -> SyntheticNode:
        """Return one node."""
        return self._recent.get(index) or self._recent.put(index, self._made(index))

    def _made(self, index: int) -> SyntheticNode:
        dice = Dice(self._seed, index, _PURPOSE_NODE)
        role, stage = dice.pick(_ROLES), dice.pick(_STAGES)
        platform_type, platform_name, platform_version = _PLATFORMS[self._sketch(index) >> _LOST_BITS][1]
        return SyntheticNode(
            index=index,
            instance_id=self.id_of(index),
            name=f"{role}-{stage}-{index + 1:0{len(str(self._count))}d}",
            platform_type=platform_type,
            platform_name=platform_name,
            platform_version=platform_version,
            agent_version=dice.pick(_AGENTS),
            role=role,
            stage=stage,
            owner=dice.pick(_OWNERS),
            ip_address=f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}",
            lost_share=self.lost_share(index),
        )

    def platform_type(self, index: int) -> PlatformType:
        """Return the kind of a node's system."""
        return _PLATFORMS[self._sketch(index) >> _LOST_BITS][1][0]

    def lost_share(self, index: int) -> float:
        """Return what decides how well a node can be reached, see `reach`."""
        return (self._sketch(index) & ((1 << _LOST_BITS) - 1)) / (1 << _LOST_BITS)

    def _sketch(self, index: int) -> int:
        """Return what a command asks of each of its nodes, in two bytes: the number of its platform, and its share."""
        sketch = self._sketches[index]
        if sketch == _UNKNOWN:
            dice = Dice(self._seed, index, _PURPOSE_SKETCH)
            number = dice.pick(_PLATFORM_NUMBERS)
            sketch = self._sketches[index] = number << _LOST_BITS | int(dice.share() * (1 << _LOST_BITS))
        return sketch

    def tags_of(self, instance_id: str) -> Mapping[str, str]:
        """Return the tags that a node carries from the beginning; none for an id of no node."""
        index = self.get(instance_id)
        return {} if index is None else self.node(index).tags
