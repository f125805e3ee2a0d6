"""What is known of the nodes of a run: what was asked of them last, else what the list of nodes told."""

from collections.abc import Iterator, Mapping

from patchgui.console.rows import NodeRow
from patchgui.ssm.shapes import InstanceInformation, PingStatus


class NodeInfos:
    """Nodes by id. A row of the list is put into the service's shape when it is asked for: ten thousand take long."""

    def __init__(self, known: Mapping[str, NodeRow]) -> None:
        self._known = known
        self._infos: dict[str, InstanceInformation] = {}

    def get(self, instance_id: str) -> InstanceInformation | None:
        """Return what is known of a node, or None."""
        info = self._infos.get(instance_id)
        if info is None and (row := self._known.get(instance_id)) is not None:
            info = self._infos[instance_id] = _told(row)
        return info

    def update(self, newer: Mapping[str, InstanceInformation]) -> None:
        """Take what was just asked of nodes."""
        self._infos.update(newer)

    def ids(self) -> set[str]:
        """Return the ids of all nodes that are known."""
        return {*self._known, *self._infos}

    def __contains__(self, instance_id: object) -> bool:
        """Whether anything is known of a node."""
        return instance_id in self._infos or instance_id in self._known


class Platforms(Mapping[str, str]):
    """The platforms of nodes in words: of all that are known by the time that somebody asks."""

    def __init__(self, infos: NodeInfos) -> None:
        self._infos = infos

    def __getitem__(self, instance_id: str) -> str:
        """Return the platform of a node; KeyError where nothing is known of it."""
        info = self._infos.get(instance_id)
        if info is None:
            raise KeyError(instance_id)
        return f"{info.platform_name} {info.platform_version}".strip()

    def __iter__(self) -> Iterator[str]:
        """Go through the nodes that are known."""
        return iter(self._infos.ids())

    def __len__(self) -> int:
        """Count the nodes that are known."""
        return len(self._infos.ids())


def _told(row: NodeRow) -> InstanceInformation:
    """Return what the list of nodes told of a node."""
    return InstanceInformation.model_construct(
        instance_id=row.instance_id,
        name=row.name,
        ping_status=PingStatus(row.ping),
        last_ping_date_time=row.last_ping_at,
        platform_name=row.platform_name,
        platform_version=row.platform_version,
    )
