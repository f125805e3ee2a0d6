"""What came of a step and of a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from patchgui.agent.engine.statuses import StepStatus


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service is told about a step (engine.md §8.2)."""

    status: StepStatus
    code: int
    output: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of one step.

    ``stdout`` and ``stderr`` are cut at 24,000 bytes, ``output`` (both in one text) at 2,500.
    ``error`` is set when the step was not let in at all or broke outside its script.
    ``code`` is the exit code, -1 when the script was killed by a signal.
    """

    name: str
    action: str
    status: StepStatus
    code: int = 0
    stdout: str = ""
    stderr: str = ""
    output: str = ""
    error: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def reply(self) -> Reply:
        """The step as the service sees it: never code 0 for a failure, and the error for output if there is one."""
        code = 1 if self.status is StepStatus.FAILED and self.code == 0 else self.code
        return Reply(self.status, code, self.error or self.output)

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values; `from_json` is the way back."""
        return {
            "name": self.name,
            "action": self.action,
            "status": self.status.value,
            "code": self.code,
            "stdout": self.stdout,
            "stderr": self.stderr,
            "output": self.output,
            "error": self.error,
            "startedAt": self.started_at.isoformat() if self.started_at else None,
            "endedAt": self.ended_at.isoformat() if self.ended_at else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the result that `to_json` wrote.

        Raises:
            KeyError: when ``name``, ``action`` or ``status`` is missing.
            ValueError: when the status or a time is not one.
        """
        return cls(
            name=values["name"],
            action=values["action"],
            status=StepStatus(values["status"]),
            code=values.get("code", 0),
            stdout=values.get("stdout", ""),
            stderr=values.get("stderr", ""),
            output=values.get("output", ""),
            error=values.get("error", ""),
            started_at=_moment(values.get("startedAt")),
            ended_at=_moment(values.get("endedAt")),
        )


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What came of a document: its steps in document order, as far as they were reached.

    ``parse_error`` says why no step ran at all.
    """

    status: StepStatus
    steps: tuple[StepResult, ...] = ()
    parse_error: str = ""


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
