"""What the engine asks of its surroundings, and what it tells them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from patchgui.agent.engine.results import StepResult

Stream = Literal["stdout", "stderr"]


class Host(Protocol):
    """The node that a document runs on, and the places where it finds documents and parameters."""

    @property
    def orchestration(self) -> Path:
        """The command's own folder: scripts, output files, downloads and child documents go below it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment that every script starts from."""

    @property
    def cwd(self) -> Path:
        """Where a script without a working directory of its own runs."""

    @property
    def instance_id(self) -> str:
        """The node's id, ``mi-…``."""

    @property
    def region(self) -> str:
        """The region that the node belongs to."""

    @property
    def platform_name(self) -> str:
        """NAME of the node's os-release."""

    @property
    def platform_version(self) -> str:
        """VERSION_ID of the node's os-release."""

    @property
    def platform_type(self) -> str:
        """``Linux``."""

    @property
    def agent_version(self) -> str:
        """The release of Amazon's agent that this one stands for, four numbers with dots (engine.md §15.8)."""

    @property
    def command_id(self) -> str:
        """The id of the SSM command, which scripts see as SSM_COMMAND_ID."""

    def launch(self, argv: Sequence[str]) -> list[str]:
        """Return the command line that starts a script, which ``argv`` is, unless the node has more to begin with."""

    def fetch_document(self, name: str, version: str) -> str:
        """Return the text of an SSM document; an empty version is the default one.

        Raises:
            EngineError: with a text for the operator, when there is no such document.
        """

    def fetch_parameters(self, names: Sequence[str]) -> Mapping[str, Any]:
        """Return what Parameter Store holds: by name, a mapping with ``Type`` and ``Value``.

        Names may carry a version (``name:3``). Names that do not exist are left out.

        Raises:
            EngineError: with a text for the operator, when the store can't be asked.
        """


class Observer(Protocol):
    """Whoever follows a run. All calls are made by the thread that runs the document, in order."""

    def step_started(self, name: str, action: str, at: datetime) -> None:
        """Say that a step is let in, before anything of it happens. Not said of a step that is skipped."""

    def step_output(self, name: str, stream: Stream, data: bytes) -> None:
        """Pass on what a step has just written, at most 64 KiB at a time.

        What the steps of a nested document write carries the outermost step's name.
        """

    def step_ended(self, result: StepResult) -> None:
        """Say what came of a step.

        After a reboot, a step that had failed before is told once more (engine.md §11.4).
        """
