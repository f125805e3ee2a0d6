"""One command on this node, from its journal's last record to its end or to the reboot it asks for."""

import os
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from patchgui.agent.engine import CancelToken, DocumentResult, StepStatus, run_document
from patchgui.agent.engine.errors import EngineError
from patchgui.agent.worker.evidence import has_begun
from patchgui.agent.worker.host import CommandHost
from patchgui.agent.worker.journal import Journal
from patchgui.agent.worker.leftovers import end_leftovers
from patchgui.agent.worker.output_log import OutputLog
from patchgui.agent.worker.progress import GIVE_UP_LIMIT, RESUME_LIMIT, Progress, interruption
from patchgui.agent.worker.recorder import PatchReport, Recorder

KILLED = (
    "the node's worker was killed or the machine went down while it ran. It was not run again; look at the node "
    "before you repeat it."
)
TOO_OFTEN = f"it restarted the node {RESUME_LIMIT} times and asked for yet another reboot."


class Surroundings(Protocol):
    """What a run needs of the worker it belongs to."""

    @property
    def boot_id(self) -> str:
        """The id of the running boot."""

    @property
    def report(self) -> PatchReport:
        """The node's patch report."""

    def host(self, command: Mapping[str, Any]) -> CommandHost:
        """Return the engine's host for a command."""

    def live(self, command_id: str, step: str, stream: str, offset: int, data: bytes) -> None:
        """Pass on what a step has just written."""


class CommandRun:
    """A command that was taken in and has not ended; `run` is called in a thread of its own."""

    def __init__(self, journal: Journal, output_path: Path, surroundings: Surroundings) -> None:
        self.journal = journal
        self.output = OutputLog(output_path)
        self._surroundings = surroundings
        self._cancel = CancelToken()
        self.command_id = str(journal.records[0]["command"]["command_id"])
        live = partial(surroundings.live, self.command_id)
        self._recorder = Recorder(journal, self.output, live, surroundings.report)
        if self.progress.is_cancelled:
            self._cancel.cancel()

    @property
    def progress(self) -> Progress:
        """Where the command stands."""
        return self._recorder.progress

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is to run any more on this boot."""
        return self.progress.is_ended or self.progress.reboot_from is not None

    def cancel(self) -> None:
        """Stop the command; a request that is on the disk outlives this worker."""
        if not self.progress.is_cancelled and not self.progress.is_ended:
            self._recorder.note({"type": "cancelled"})
        self._cancel.cancel()

    def renew(self, documents: Mapping[str, Any]) -> None:
        """Take in what documents are now; steps that have not begun run those."""
        if not self.progress.is_ended and not documents.items() <= self.progress.documents.items():
            self._recorder.note({"type": "documents", "documents": documents})

    def run(self) -> None:
        """Go on from where the journal stands.

        Raises:
            OSError: the journal can't be written any more.
        """
        if self.progress.resumed >= GIVE_UP_LIMIT:
            self.fail(f"The command was taken up {GIVE_UP_LIMIT} times without coming to an end.")
            return
        self._begin()
        try:
            result = self._document()
        except EngineError as error:
            result = DocumentResult(StepStatus.FAILED, parse_error=str(error))
        if result.status is StepStatus.SUCCESS_AND_REBOOT:
            self._recorder.note({"type": "reboot_requested", "boot_id": self._surroundings.boot_id})
        else:
            self._end(result.status, result.parse_error)

    def fail(self, reason: str) -> None:
        """End the command because the worker itself failed with it."""
        if not self.progress.is_ended:
            self._end(StepStatus.FAILED, reason)

    def refuse_reboot(self, reason: str) -> None:
        """Go on although the reboot did not happen: the step that asked for it has failed."""
        self._recorder.note({"type": "resumed", **self._boot()})
        self._interrupt(f"the reboot that it asked for did not happen: {reason}")

    def _begin(self) -> None:
        """Say that the command starts, or what came of it while nobody watched, and that it goes on."""
        progress = self.progress
        if not progress.is_started:
            self._recorder.note({"type": "started", **self._boot()}, durable=False)
            return
        is_too_often = progress.resumed >= RESUME_LIMIT
        if progress.running is not None and (is_too_often or self._has_begun(*progress.running)):
            end_leftovers(self.command_id, progress.session, progress.running_since)
            self._interrupt(KILLED)
        elif progress.reboot_from is not None and is_too_often:
            self._interrupt(TOO_OFTEN)
        if progress.interrupted:
            self._skip_rest()
        self._recorder.note({"type": "resumed", **self._boot()})

    def _has_begun(self, name: str, action: str) -> bool:
        folder = self._surroundings.host(self.progress.command).orchestration
        return has_begun(folder, name, action, self.progress.running_since)

    def _interrupt(self, reason: str) -> None:
        name, action = self.progress.running or self._rebooting()
        result = interruption(
            name, action, reason, stdout=self.output.text(name, "stdout"), stderr=self.output.text(name, "stderr")
        )
        self._recorder.note({"type": "interrupted", "result": result.to_json()}, durable=False)
        self._skip_rest()

    def _skip_rest(self) -> None:
        skipped = self.progress.skipped()
        self._recorder.note(*({"type": "step_ended", "result": result.to_json()} for result in skipped), durable=False)

    def _rebooting(self) -> tuple[str, str]:
        results = self.progress.results.values()
        return next((r.name, r.action) for r in results if r.status is StepStatus.SUCCESS_AND_REBOOT)

    def _document(self) -> DocumentResult:
        command = self.progress.command
        return run_document(
            command["content"],
            command["parameters"],
            self._surroundings.host(command),
            self._recorder,
            previous=self.progress.previous,
            cancel=self._cancel,
        )

    def _end(self, status: StepStatus, reason: str) -> None:
        self._recorder.note({"type": "ended", "status": status.value, "reason": reason, "ended_at": time.time()})

    def _boot(self) -> dict[str, Any]:
        return {"boot_id": self._surroundings.boot_id, "session": os.getsid(0)}
