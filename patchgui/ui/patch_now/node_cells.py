"""The columns of the node table, and what stands in the cells of one node. Made once per node, not per paint."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from patchgui.ui.patch_now.ago import ago

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow


class Column(IntEnum):
    """The columns, in the order of the model; the user may order and hide them in the view."""

    PICK = 0
    NAME = 1
    NODE_ID = 2
    PLATFORM = 3
    PING = 4
    GROUP = 5
    COMPLIANCE = 6
    LAST_SCAN = 7
    AGENT = 8
    ADDRESS = 9
    TAGS = 10


TITLES = (
    "",
    "Name",
    "Node id",
    "Platform",
    "Ping",
    "Group",
    "Compliance",
    "Last scan",
    "Agent",
    "Address",
    "Tags",
)
HIDDEN_AT_FIRST = (Column.LAST_SCAN, Column.AGENT, Column.ADDRESS, Column.TAGS)


@dataclass(frozen=True, slots=True)
class Cells:
    """Everything the view draws of one node; ``ping`` and ``compliance`` are pairs of state and words."""

    texts: tuple[str, ...]
    ping: tuple[str, str]
    compliance: tuple[str, str]
    tooltip: str


def cells_of(row: "NodeRow", now: datetime) -> Cells:
    """Return the cells of ``row`` as they read at ``now``."""
    ping, compliance = _ping(row, now), _compliance(row)
    tags = ", ".join(f"{key}={value}" for key, value in sorted(row.tags.items()))
    texts = (
        "",
        row.name or row.instance_id,
        row.instance_id,
        row.platform,
        ping[1],
        row.patch_group,
        compliance[1],
        ago(row.last_scan_at, now) if row.is_scan_known else "",
        row.agent_version,
        row.ip_address,
        tags,
    )
    return Cells(texts, ping, compliance, _tooltip(row, texts))


def sort_key(row: "NodeRow", column: Column) -> Any:
    """Return what ``row`` is ordered by in ``column``."""
    name = (row.name or row.instance_id).lower()
    match column:
        case Column.NODE_ID:
            return row.instance_id
        case Column.PLATFORM:
            return (row.platform.lower(), name)
        case Column.PING:
            last = row.last_ping_at.timestamp() if row.last_ping_at else 0.0
            return (not row.is_online, -last if not row.is_online else 0.0, name)
        case Column.GROUP:
            return (not row.patch_group, row.patch_group.lower(), name)
        case Column.COMPLIANCE:
            missing = row.missing_count
            return (missing is None, row.security_missing or 0, missing or 0, row.failed, name)
        case Column.LAST_SCAN:
            return (row.last_scan_at.timestamp() if row.last_scan_at else 0.0, name)
        case Column.AGENT:
            return (tuple(int(part) if part.isdigit() else 0 for part in row.agent_version.split(".")), name)
        case Column.ADDRESS:
            return (row.ip_address, name)
        case Column.TAGS:
            return (sorted(row.tags.items()), name)
    return name


def _ping(row: "NodeRow", now: datetime) -> tuple[str, str]:
    if row.is_online:
        return "success", "Online"
    if row.last_ping_at is None:
        return "offline", "Never seen"
    return "offline", ago(row.last_ping_at, now).capitalize()


def _compliance(row: "NodeRow") -> tuple[str, str]:
    if not row.is_scan_known:
        return "unknown", "Not known"
    if row.missing_count is None:
        return "unknown", "Never scanned"
    parts = []
    if row.missing_count:
        parts.append(f"{row.missing_count:,} missing")
    if row.security_missing:
        parts.append(f"{row.security_missing:,} security")
    if row.failed:
        parts.append(f"{row.failed:,} failed")
    if row.pending_reboot:
        parts.append("needs reboot")
    if row.security_missing or row.failed:
        return "failed", " · ".join(parts)
    if row.missing_count:
        return "warning", " · ".join(parts)
    return ("rebooting", "Needs reboot") if row.pending_reboot else ("success", "Compliant")


def _tooltip(row: "NodeRow", texts: tuple[str, ...]) -> str:
    lines = [texts[Column.NAME], row.instance_id, f"{TITLES[Column.PLATFORM]}: {row.full_platform}"]
    lines += [f"{TITLES[at]}: {texts[at]}" for at in (4, 5, 6, 7, 8, 9) if texts[at]]
    lines += [f"{key} = {value}" for key, value in sorted(row.tags.items())]
    return "\n".join(lines)
