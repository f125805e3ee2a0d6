"""What a watcher tells while it follows a run. The UI folds these into its model once a frame."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from patchgui.console.rows import RunCounts, RunView
from patchgui.patching.progress import NodeProgress

if TYPE_CHECKING:
    from patchgui.console.archive.entries import ArchivedRun


@dataclass(frozen=True, slots=True)
class RunOpened:
    """The first event of a watch: the run as it stands; of a large one the first nodes, others follow as changed."""

    run: RunView
    archived: "ArchivedRun | None" = None
    """The archive's entry of a run that is read from there, frozen; None for one that is watched where it runs."""


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


@dataclass(frozen=True, slots=True)
class ArchiveTrouble:
    """The run is followed, but not archived: what is seen is kept, and archived once that can be done again."""

    message: str
    hint: str

    @property
    def text(self) -> str:
        """What happened, in a sentence for the operator; ``hint`` says what to do."""
        return f"This run is not being archived: {self.message}"


@dataclass(frozen=True, slots=True)
class ArchiveRecovered:
    """The run is archived again after an ArchiveTrouble; nothing that was seen meanwhile is lost."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the import has come of runs that the endpoint remembers and the archive lacks."""

    done: int
    total: int

    @property
    def text(self) -> str:
        """A few words for a status bar; empty once nothing is left."""
        return f"Importing {self.done + 1} of {self.total} runs" if self.done < self.total else ""


RunEvent = (
    RunOpened | NodesChanged | RunChanged | RunEnded | WatchTrouble | WatchRecovered | ArchiveTrouble | ArchiveRecovered
)
