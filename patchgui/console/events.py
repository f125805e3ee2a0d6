"""What a watcher tells while it follows a run. The UI folds these into its model once a frame."""

from dataclasses import dataclass
from datetime import datetime

from patchgui.console.rows import RunCounts, RunView
from patchgui.patching.progress import NodeProgress


@dataclass(frozen=True, slots=True)
class RunOpened:
    """The first event of a watch: the run as it stands; of a large one the first nodes, others follow as changed."""

    run: RunView


@dataclass(frozen=True, slots=True)
class NodesChanged:
    """These nodes look different now; nodes may also be new (targets resolve late)."""

    nodes: tuple[NodeProgress, ...]


@dataclass(frozen=True, slots=True)
class RunChanged:
    """The run as a whole moved."""

    status: str
    counts: RunCounts


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The last event: every node has ended. ``status`` is Success only when every node succeeded."""

    status: str
    ended_at: datetime | None
    headline: str = ""
    """One sentence: "All 3 nodes succeeded." or "1 of 3 nodes failed: web-2, After install failed: exit 4."."""


@dataclass(frozen=True, slots=True)
class WatchTrouble:
    """The run goes on but cannot be seen now; the watcher asks again at ``retry_at``."""

    message: str
    hint: str
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class WatchRecovered:
    """The run can be seen again after a WatchTrouble."""


RunEvent = RunOpened | NodesChanged | RunChanged | RunEnded | WatchTrouble | WatchRecovered
