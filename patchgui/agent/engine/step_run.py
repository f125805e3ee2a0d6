"""One step that is running: what its action gets, and what it makes of it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from patchgui.agent.engine.cancel import CancelToken
from patchgui.agent.engine.output import DiskShare, OnOutput, StepOutput, Text
from patchgui.agent.engine.prepare import Step
from patchgui.agent.engine.statuses import StepStatus, worst
from patchgui.agent.engine.surroundings import Host


class RawResult(NamedTuple):
    """What came of a step, with its texts not yet cut; ``error`` broke it from outside."""

    status: StepStatus
    code: int = 0
    stdout: Text = Text()
    stderr: Text = Text()
    output: bytes = b""
    error: str = ""


class Place(NamedTuple):
    """Where a document keeps its files. A nested one has two places (engine.md §9.1)."""

    scripts: Path
    outputs: Path


class DocumentRun(NamedTuple):
    """A document that is running.

    ``depth`` counts the runDocument steps that this document is inside of; ``on_output`` takes what scripts write;
    ``share``, one for the whole command, says how much of it goes to disk.
    """

    host: Host
    place: Place
    on_output: OnOutput
    share: DiskShare
    cancel: CancelToken | None = None
    depth: int = 0

    @property
    def is_cancelled(self) -> bool:
        """Whether whoever started it wants it stopped."""
        return self.cancel is not None and self.cancel.cancelled


RunSteps = Callable[[tuple[Step, ...], DocumentRun], dict[str, RawResult]]


class StepState:
    """Status, code and streams of a running step."""

    def __init__(self, output: StepOutput) -> None:
        self.status = StepStatus.EMPTY
        self.code = 0
        self.output = output

    def fail(self, text: str) -> None:
        """Mark the step as failed, with a text that is glued to its stderr (engine.md §5.1)."""
        self.code = self.code or 1
        self.status = StepStatus.FAILED
        self.output.stderr.write(text.encode())

    def end(self, status: StepStatus, code: int) -> None:
        """Set how the step ended."""
        self.status, self.code = status, code

    def merge_status(self, status: StepStatus) -> None:
        """Take the worse one of the step's status and another."""
        self.status = worst([self.status, status])


class StepRun(NamedTuple):
    """One step, or one element of a step whose inputs are a list."""

    step: Step
    inputs: object
    document: DocumentRun
    folder: Path
    run_steps: RunSteps


class Plugin(Protocol):
    """What an action does."""

    def __call__(self, run: StepRun, state: StepState) -> None:
        """Do it, and leave in the state what came of it."""
