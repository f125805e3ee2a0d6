"""What the engine tells of a run, put into the journal and passed on live."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.surroundings import Stream
from patchgui.agent.worker.journal import Journal, uptime
from patchgui.agent.worker.output_log import OutputLog
from patchgui.agent.worker.progress import Progress
from patchgui.agent.worker.start_mark import StartMark
from patchgui.agent.worker.steps import outline


class PatchReport(Protocol):
    """Where the node's patch report comes from."""

    def changed(self) -> Mapping[str, Any] | None:
        """Return the report if it is another than the last time, else None."""


LiveOutput = Callable[[str, str, int, bytes], None]
"""Takes a step's name, the stream, the offset in it and the bytes."""


class Recorder:
    """The engine's observer: journals every transition, keeps the head of all output."""

    def __init__(
        self, journal: Journal, output: OutputLog, live: LiveOutput, report: PatchReport, mark: StartMark
    ) -> None:
        self.progress = Progress.of(journal.records)
        self._mark = mark
        self._journal = journal
        self._output = output
        self._live = live
        self._report = report

    def step_started(self, name: str, action: str, at: datetime) -> None:
        """Put a step's start on the disk before anything of it happens."""
        steps = outline(self.progress.command["content"])
        mark = self._mark.set_for(next((step for step in steps if step.name == name), None))
        started = {"type": "step_started", "step": name, "action": action, "started_at": at.timestamp()}
        self.note({**started, "mark": mark} if mark else started)

    def step_output(self, name: str, stream: Stream, data: bytes) -> None:
        """Keep what the service would show and pass it on."""
        offset, kept = self._output.add(name, stream, data)
        if kept:
            self._live(name, stream, offset, kept)

    def step_ended(self, result: StepResult) -> None:
        """Journal a result once; the record that follows at once brings it to the disk."""
        known = self.progress.results.get(result.name)
        if known is not None and known.status.is_final and self.progress.running is None:
            # Told once more after a reboot: the control plane has it.
            return
        self.note({"type": "step_ended", "result": result.to_json()}, durable=False)
        report = self._report.changed()
        if report is not None:
            self.note({"type": "inventory", "report": report}, durable=False)

    def note(self, *entries: Mapping[str, Any], durable: bool = True) -> None:
        """Journal records and move the progress on with them."""
        self._journal.append(*entries, durable=durable)
        for entry in entries:
            self.progress.take({"up": uptime(), **entry})
