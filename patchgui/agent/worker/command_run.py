"""One command on this node, from its journal's last record to its end or to the reboot it asks for."""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from patchgui.agent.engine import CancelToken, DocumentResult, StepStatus, run_document
from patchgui.agent.engine.errors import EngineError
from patchgui.agent.worker.host import CommandHost
from patchgui.agent.worker.journal import Journal
from patchgui.agent.worker.leftovers import end_leftovers
from patchgui.agent.worker.output_log import OutputLog
from patchgui.agent.worker.progress import GIVE_UP_LIMIT, RESUME_LIMIT, Progress, interruption
from patchgui.agent.worker.recorder import PatchReport, Recorder
from patchgui.agent.worker.start_mark import StartMark

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

    def __init__(self, journal: Journal, output: OutputLog, surroundings: Surroundings) -> None:
        self.journal = journal
        self.output = output
        self._surroundings = surroundings
        self._cancel = CancelToken()
        self.command_id = str(journal.records[0]["command"]["command_id"])
        live = partial(surroundings.live, self.command_id)
        self._mark = StartMark(journal.path.parent, self.command_id)
        self._recorder = Recorder(journal, self.output, live, surroundings.report, self._mark)
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
        if self.progress.fruitless >= GIVE_UP_LIMIT:
            self.fail(f"The command was taken up {GIVE_UP_LIMIT} times, and each time its worker came to an end.")
            return
        if not self.progress.is_started:
            self._recorder.note({"type": "started", **self._boot()}, durable=False)
        else:
            self._take_up()
        if self.is_over:
            return
        try:
            result = self._document()
        except EngineError as error:
            result = DocumentResult(StepStatus.FAILED, parse_error=str(error))
        if result.status is StepStatus.SUCCESS_AND_REBOOT:
            self._ask_for_reboot()
        else:
            self._end(result.status, result.parse_error)

    def fail(self, reason: str) -> None:
        """End the command because the worker itself failed with it."""
        if not self.progress.is_ended:
            self._end(StepStatus.FAILED, reason)

    def refuse_reboot(self, reason: str) -> None:
        """Go on although the reboot did not happen: the step that asked for it has failed."""
        self._interrupt(f"the reboot that it asked for did not happen: {reason}")
        self._recorder.note({"type": "resumed", **self._boot()})

    def _take_up(self) -> None:
        """Say what came of the command while nobody watched, and that it goes on."""
        progress = self.progress
        is_too_often = progress.resumed >= RESUME_LIMIT
        if progress.running is not None:
            end_leftovers(self.command_id, progress.session, progress.running_since_up)
            if not progress.mark or self._mark.is_there(progress.mark):
                self._interrupt(KILLED)
        elif progress.rebooting is not None and is_too_often:
            self._interrupt(TOO_OFTEN)
        elif progress.rebooting is not None and progress.boot_id == self._surroundings.boot_id:
            # The worker was killed before it could say so, and the machine is still up.
            self._ask_for_reboot()
            return
        if progress.interrupted:
            self._skip_rest()
        self._recorder.note({"type": "resumed", **self._boot()})

    def _ask_for_reboot(self) -> None:
        self._recorder.note({"type": "reboot_requested", "boot_id": self._surroundings.boot_id})

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
        step = self.progress.rebooting
        # Without one there was nothing to ask for a reboot, and nobody to refuse it.
        return (step.name, step.action) if step is not None else ("", "")

    def _document(self) -> DocumentResult:
        command = self.progress.command
        return run_document(
            command["content"],
            command["parameters"],
            replace(self._surroundings.host(command), mark=self._mark),
            self._recorder,
            previous=self.progress.previous,
            cancel=self._cancel,
        )

    def _end(self, status: StepStatus, reason: str) -> None:
        self._recorder.note({"type": "ended", "status": status.value, "reason": reason, "ended_at": time.time()})

    def _boot(self) -> dict[str, Any]:
        return {"boot_id": self._surroundings.boot_id, "session": os.getsid(0)}
