"""What the console shows of nodes, documents and runs: frozen values, ready to be put into a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from patchgui.console.connection import Connection
from patchgui.patching.phases import Phase, Pipeline
from patchgui.patching.progress import NodeProgress, PhaseState

_SHORT_PLATFORMS = (
    ("Red Hat Enterprise Linux", "RHEL"),
    ("SUSE Linux Enterprise Server", "SLES"),
    ("Microsoft Windows Server ", "Windows "),
    (" GNU/Linux", ""),
    (" Linux Server", " Linux"),
)


@lru_cache(maxsize=256)
def _short(platform: str) -> str:
    for long, short in _SHORT_PLATFORMS:
        platform = platform.replace(long, short)
    # The year tells a Windows Server; its edition and build tell no more.
    return " ".join(platform.split(" ")[:2]) if platform.startswith("Windows 2") else platform


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One managed node with its tags and the counts of its last scan (None: never scanned).

    ``is_scan_known`` is false while the counts were not read yet, or may not be read.
    """

    instance_id: str
    name: str
    platform_type: str = ""
    platform_name: str = ""
    platform_version: str = ""
    ping: str = ""
    last_ping_at: datetime | None = None
    agent_version: str = ""
    ip_address: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    patch_group: str = ""
    missing_count: int | None = None
    security_missing: int | None = None
    failed: int = 0
    pending_reboot: int = 0
    last_scan_at: datetime | None = None
    is_scan_known: bool = True

    @property
    def platform(self) -> str:
        """Platform as operators call it, in two words or three: ``Debian 12``, ``RHEL 9.4``, ``Windows 2022``."""
        return _short(self.full_platform)

    @property
    def full_platform(self) -> str:
        """Platform as the node tells it: ``Microsoft Windows Server 2022 Datacenter 10.0.20348``."""
        return f"{self.platform_name} {self.platform_version}".strip() or self.platform_type

    @property
    def lacking_count(self) -> int | None:
        """How many patches an install is to bring in: missing ones, and those that the last one could not bring in."""
        return None if self.missing_count is None else self.missing_count + self.failed

    @property
    def is_online(self) -> bool:
        """Whether the node answered lately."""
        return self.ping == "Online"


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """One document in one version; ``content`` is empty when the text could not be parsed."""

    name: str
    version: str
    content_text: str
    content: Mapping[str, Any]
    description: str = ""
    platforms: tuple[str, ...] = ()
    owner: str = ""
    document_type: str = "Command"
    schema_version: str = ""


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What a step wrote on one node. ``is_complete`` once the step has ended; ``is_cut`` where SSM keeps no more.

    ``note`` says why there is no more, where that is not SSM's own limit.
    """

    stdout: str = ""
    stderr: str = ""
    is_complete: bool = False
    is_cut: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How many nodes of a run stand where."""

    total: int = 0
    waiting: int = 0
    running: int = 0
    rebooting: int = 0
    success: int = 0
    failed: int = 0
    timed_out: int = 0
    cancelled: int = 0
    per_phase: tuple[tuple[Phase, tuple[tuple[PhaseState, int], ...]], ...] = ()
    """For each phase of the pipeline, how many nodes are in which state (states nobody is in are left out)."""

    @property
    def completed(self) -> int:
        """Nodes that have ended, however they ended."""
        return self.success + self.failed + self.timed_out + self.cancelled


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One row of the Runs page: one click, with all its commands taken together."""

    run_id: str
    title: str
    document: str
    operation: str
    reboot: str
    status: str
    """One of SSM's command statuses: the worst of the run's commands."""
    started_at: datetime | None
    ended_at: datetime | None
    node_count: int
    completed_count: int
    error_count: int
    hooks: tuple[tuple[Phase, str], ...] = ()
    command_ids: tuple[str, ...] = ()
    is_ours: bool = False
    """Whether this console (or its command line) launched it; False for a command of somebody else."""
    connection: Connection | None = None
    """Where it runs; None where all runs that are shown together come from one connection."""
    retry_of: str = ""
    """The run that this one tries again on nodes that failed there."""
    retried_by: tuple[str, ...] = ()
    """Runs that try this one again."""
    reboot_at: datetime | None = None
    """To when this console put the reboot off as it launched the run; somebody may have taken it back since."""

    @property
    def is_final(self) -> bool:
        """Whether the run has ended."""
        return self.status not in {"Pending", "InProgress", "Cancelling", "Sending", "Unknown"}


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What ``launch`` gives back. ``trouble`` is empty when every command was accepted, else a sentence to show."""

    run_id: str
    command_ids: tuple[str, ...]
    started_at: datetime
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it is opened: its pipeline and all its nodes as they stand now."""

    summary: RunSummary
    pipeline: Pipeline
    nodes: Sequence[NodeProgress]
    """A run out of the archive makes each when it is asked for: do not go through all of them at once in the window."""
    counts: RunCounts
    platforms: Mapping[str, str] = field(default_factory=dict)
    """Instance id to platform in words; of a run that is followed, it comes to know of more nodes meanwhile."""
