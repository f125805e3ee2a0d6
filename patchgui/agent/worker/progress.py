"""Where a command stands, read from its journal: the state that a new worker goes on from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.worker.journal import Record
from patchgui.agent.worker.steps import StepOutline, outline

RESUME_LIMIT = 15
"""How often a command may be taken up again, after a reboot or a crash (engine.md §11.3)."""

GIVE_UP_LIMIT = 100
"""How often it may be taken up without one step coming to an end: then it is the command that ends the worker."""


@dataclass
class Progress:
    """A command's state after some records.

    ``running`` is the step that has started and not ended, ``mark`` the name of the proof that it has begun;
    ``interrupted`` is the last one that was cut short, ``reboot_from`` the boot that a step wants ended. ``boot_id``
    and ``session`` are those in which it was last taken up, ``fruitless`` counts how often since a step has ended.
    ``documents`` is what the control plane has told of documents since the command came: each has a ``text``, or the
    ``error`` of asking for it.
    """

    command: Mapping[str, Any] = field(default_factory=dict)
    documents: dict[str, Mapping[str, str]] = field(default_factory=dict)
    results: dict[str, StepResult] = field(default_factory=dict)
    running: tuple[str, str] | None = None
    running_since_up: float | None = None
    mark: str = ""
    boot_id: str = ""
    session: int | None = None
    reboot_from: str | None = None
    resumed: int = 0
    fruitless: int = 0
    is_started: bool = False
    interrupted: str = ""
    is_cancelled: bool = False
    is_ended: bool = False

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Progress":
        """Return the state after all ``records`` of a journal."""
        progress = cls()
        for record in records:
            progress.take(record)
        return progress

    @property
    def command_id(self) -> str:
        """The id of the command."""
        return str(self.command["command_id"])

    @property
    def previous(self) -> tuple[StepResult, ...]:
        """The results so far, in document order."""
        names = {step.name: index for index, step in enumerate(outline(self.command["content"]))}
        return tuple(sorted(self.results.values(), key=lambda result: names.get(result.name, len(names))))

    def take(self, record: Record) -> None:
        """Move on by one record."""
        match record["type"]:
            case "accepted":
                self.command = record["command"]
            case "started" | "resumed":
                self._begin(record)
            case "step_started":
                self.running = (record["step"], record["action"])
                self.running_since_up = record.get("up")
                self.mark = record.get("mark", "")
            case "step_ended" | "interrupted":
                result = StepResult.from_json(record["result"])
                self.results[result.name] = result
                self.running = None
                self.fruitless = 0
                if record["type"] == "interrupted":
                    self.interrupted = result.name
                    self.reboot_from = None
            case "documents":
                self.documents.update(record["documents"])
            case "cancelled":
                self.is_cancelled = True
            case "reboot_requested":
                self.reboot_from = record["boot_id"]
            case "ended":
                self.is_ended = True
            case _:
                pass

    @property
    def rebooting(self) -> StepResult | None:
        """The step that asked for a reboot and has not run again since."""
        return next((r for r in self.results.values() if r.status is StepStatus.SUCCESS_AND_REBOOT), None)

    def skipped(self) -> list[StepResult]:
        """Return the results of the steps that an interruption leaves out: all to come but a finallyStep.

        Nothing is rerun after a crash, and the steps to come relied on the one that was interrupted;
        a finallyStep must bring the application up again (engine.md §15.4).
        """
        return [
            _skip(step)
            for step in outline(self.command["content"])
            if step.name not in self.results and not step.is_finally
        ]

    def _begin(self, record: Record) -> None:
        self.is_started = True
        self.session = record.get("session")
        self.boot_id = record.get("boot_id", "")
        if record["type"] == "resumed":
            self.resumed += 1
            self.fruitless += 1
            self.reboot_from = None
            # What was running is interrupted by now, or had not begun.
            self.running = None


def interruption(name: str, action: str, reason: str, *, stdout: str, stderr: str) -> StepResult:
    """Return the result of a step that was cut short, with what it had written."""
    text = f"The step was interrupted: {reason}"
    stderr = f"{stderr}\n{text}" if stderr else text
    # Its own words come last and are never cut off; what came before gives way.
    output = f"{stdout[: 1200 - len(text)]}\n----------ERROR-------\n{stderr[-1200:]}"
    return StepResult(name, action, StepStatus.FAILED, code=1, stdout=stdout, stderr=stderr, output=output)


def _skip(step: StepOutline) -> StepResult:
    # The engine's own sentence for steps behind one that ended the document: consoles know it.
    reason = f"Plugin with name {step.action} and id {step.name} skipped due to prior step with an exit condition"
    return StepResult(step.name, step.action, StepStatus.SKIPPED, output=reason)
