"""What the archive keeps of a run, as frozen values: the list, the run view, reports and the terminal share them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from patchgui.console.connection import Connection
from patchgui.console.rows import RunSummary
from patchgui.patching.phases import Phase


class Launched(StrEnum):
    """Where a run was started."""

    WINDOW = "window"
    TERMINAL = "terminal"
    IMPORTED = "imported"
    """Read later from what the endpoint remembers: a run of somebody else, or of a console whose archive was lost."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who started a run, and from where; what is not known is empty."""

    connection: Connection
    launched: Launched = Launched.IMPORTED
    account: str = ""
    """The AWS account, twelve digits."""
    started_by: str = ""
    """The ARN of the principal that sent the commands."""
    host: str = ""
    """The machine that the console ran on."""
    os_user: str = ""
    """The user of that machine."""

    @property
    def where(self) -> str:
        """The connection with its account and region, in a line."""
        return " · ".join(filter(None, (self.connection.label, self.account, self.connection.region)))

    @property
    def who(self) -> str:
        """The principal, and the user with the machine, in a line."""
        return " · ".join(filter(None, (self.started_by, f"{self.os_user}@{self.host}".strip("@"))))


@dataclass(frozen=True, slots=True)
class Hit:
    """Where in a run the searched text was found: a line of output, or (``step`` empty) a node of that name."""

    snippet: str = ""
    """The line around the text, at most about 160 characters."""
    instance_id: str = ""
    node: str = ""
    """The node's name."""
    step: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedRun:
    """One run of the archive: a row of the history."""

    summary: RunSummary
    origin: Origin
    comment: str = ""
    headline: str = ""
    """How it ended, in one sentence."""
    failed_phase: Phase | None = None
    """The first phase that failed on most of the nodes that failed."""
    failed_count: int = 0
    """How many nodes did not succeed."""
    retry_of: str = ""
    """The id of the run that this one tries again; empty for a run of its own."""
    is_whole: bool = False
    """Whether its end, its outputs and its patch states are all here."""
    hit: Hit | None = None
    """Where the searched text was found; None when it was found in the run's own words, or nothing was searched."""

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.summary.run_id


@dataclass(frozen=True, slots=True)
class ArchivedCommand:
    """One command of a run; ``told_json`` is what ListCommands told of it, without secrets."""

    command_id: str
    told_json: str = "{}"


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What is looked for; what is empty filters nothing. Within one member any value will do, all members must hold.

    ``text`` is free text: each word (or "quoted phrase") has to occur somewhere in the run – its title, documents,
    comment or headline, a node's name or id, a line of output. ``connection_ids`` are ids or labels; ``documents``,
    ``operators`` and ``nodes`` are parts of names. ``since`` and ``until`` hold for the moment of the start.
    """

    text: str = ""
    connection_ids: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    """Statuses of commands, as SSM spells them."""
    documents: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    failed_phases: tuple[Phase, ...] = ()
    """At least one node failed in one of these phases."""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every run matches."""
        return self == HistoryQuery()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some runs, newest first. ``cursor`` fetches the next ones, empty after the last.

    ``total`` is None while it was not counted: where text is searched, only as much is read as is shown.
    """

    runs: tuple[ArchivedRun, ...]
    cursor: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class PatchCounts:
    """How a node's patches stood at one moment. Numbers are of patches; None: not reported."""

    missing: int | None = None
    security_missing: int | None = None
    installed: int | None = None
    installed_pending_reboot: int | None = None
    failed: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PatchStateChange:
    """One node's patch states before and after a run; None for a side that was not seen."""

    instance_id: str
    before: PatchCounts | None = None
    after: PatchCounts | None = None
    baseline_id: str = ""
    snapshot_id: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at the whole file found. ``problems`` are SQLite's words, none when it is sound."""

    problems: tuple[str, ...]
    runs: int
    file_bytes: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class ArchiveSize:
    """How large the archive is. ``used_bytes`` leaves out room in the file that is free again."""

    file_bytes: int
    used_bytes: int
    runs: int
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long runs are kept; None: for ever, without a limit. The runs of the last day are always kept."""

    max_age_days: int | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class RetentionPreview:
    """What a retention removes: so many runs, which take so much of the file; and what it keeps."""

    runs: int
    bytes: int
    kept_runs: int
    oldest_kept: datetime | None = None
    """The start of the oldest run that stays; None when none does."""
