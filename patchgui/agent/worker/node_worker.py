"""The worker of one node: takes commands in, runs them, tells what happens."""

import fcntl
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from patchgui.agent.worker.boot import boot_id, run_boot_script
from patchgui.agent.worker.command_run import CommandRun
from patchgui.agent.worker.flusher import Flusher
from patchgui.agent.worker.host import CommandHost, command_host
from patchgui.agent.worker.journal import Journal, uptime
from patchgui.agent.worker.journal_folder import JournalFolder
from patchgui.agent.worker.leftovers import end_leftovers
from patchgui.agent.worker.link import Link
from patchgui.agent.worker.messages import PROTOCOL, Message
from patchgui.agent.worker.options import Options
from patchgui.agent.worker.output_log import OutputLog
from patchgui.agent.worker.own_files import put_aside
from patchgui.agent.worker.patch_report import PatchReportFile
from patchgui.agent.worker.questions import Questions
from patchgui.agent.worker.reports import Reports

AT_ONCE = 5
"""How many commands run at one time (engine.md §8.9)."""

# How soon a command is tried again that could not be started.
_CROWDED_S = 1.0

EXIT_REBOOT = 194
"""Exit status of a worker whose node is to be rebooted."""

EXIT_OTHER_WORKER = 75
"""Exit status when the node has a living worker already."""

EXIT_BROKEN = 70
"""Exit status after an error of the worker's own, such as a journal that can't be written."""


class Worker:
    """Owns the node's journals and the threads that run commands; everything but those is one loop."""

    def __init__(self, options: Options, *, is_enclosed: bool = False) -> None:
        self._options = options
        self.boot_id = options.boot_id or boot_id()
        self.report = PatchReportFile(options.patch_report)
        self._link = Link(options.socket, only_from_outside=is_enclosed)
        self._reports = Reports(self._link)
        self._questions = Questions(self._post_message)
        self._journals = JournalFolder(options.node_dir / "journal")
        self._flusher = Flusher()
        self._posted: deque[Callable[[], None]] = deque()
        self._runs: dict[str, CommandRun] = {}
        self._waiting: deque[CommandRun] = deque()
        self._threads: dict[threading.Thread, CommandRun] = {}
        self._ended: dict[str, Journal] = {}
        self._acknowledged_early: dict[str, int] = {}
        self._is_booted = False
        self._is_to_end = False
        self._reboot_at: float | None = None
        self._exit: int | None = None
        self._idle_since = time.monotonic()

    # -- what runs need: called by their threads ---------------------------------------------------------------

    def host(self, command: Mapping[str, Any]) -> CommandHost:
        """Return the engine's host for a command."""
        renewed = self._runs[str(command["command_id"])].progress.documents
        return command_host(command, renewed, self._options, self._questions)

    def live(self, command_id: str, step: str, stream: str, offset: int, data: bytes) -> None:
        """Pass on what a step has just written."""
        self._post(partial(self._reports.output, command_id, step, stream, offset, data))

    def thread_failed(self, failure: threading.ExceptHookArgs) -> None:
        """Answer for a command whose thread ended with an error: a bug, or a journal that can't be written."""
        sys.__excepthook__(failure.exc_type, failure.exc_value or failure.exc_type(), failure.exc_traceback)
        run = self._threads.get(failure.thread) if failure.thread else None
        if run is None or isinstance(failure.exc_value, OSError):
            # Another worker goes on from the journal when there is room again.
            os._exit(EXIT_BROKEN)
        run.fail(f"The engine failed: {failure.exc_type.__name__}: {failure.exc_value}")

    # -- the loop ------------------------------------------------------------------------------------------------

    def serve(self) -> int:
        """Work until told to end, until alone and idle for long, or until the node is to be rebooted.

        Returns:
            The exit status: 0, or `EXIT_REBOOT`.
        """
        threading.excepthook, sys.excepthook = self.thread_failed, _end_at_once
        signal.signal(signal.SIGTERM, self._on_sigterm)
        self._load()
        threading.Thread(target=self._boot, name="boot", daemon=True).start()
        connections = 0
        was_busy = False
        while self._exit is None:
            messages = self._link.poll(self._patience_s())
            if self._link.connections != connections:
                connections = self._link.connections
                self._greet()
            for message in messages:
                self._take(message)
            while self._posted:
                self._posted.popleft()()
            self._start_waiting()
            is_busy = self._link.is_connected or bool(self._threads)
            if is_busy or was_busy:
                self._idle_since = time.monotonic()
            was_busy = is_busy
            self._consider_reboot()
            self._consider_exit()
        self._link.close()
        if self._threads:
            # The reboot ends their steps, and them: no thread may go on to journal another ending.
            os._exit(self._exit)
        return self._exit

    def _boot(self) -> None:
        run_boot_script(self._options, self.boot_id)
        self._post(self._booted)

    def _booted(self) -> None:
        self._is_booted = True

    def _load(self) -> None:
        for gone in self._journals.prune():
            self._remove_orchestration(gone)
        journals = self._journals.load()
        for command_id, sessions in self._journals.put_aside.items():
            for session in sessions:
                end_leftovers(command_id, session, None)
        for journal in journals:
            run = self._new_run(journal)
            if run.progress.is_ended:
                self._close(run)
            elif run.progress.reboot_from != self.boot_id:
                self._waiting.append(run)
            elif self._options.reboot_refused:
                run.refuse_reboot(self._options.reboot_refused)
                self._waiting.append(run)

    def _new_run(self, journal: Journal) -> CommandRun:
        command_id = str(journal.records[0]["command"]["command_id"])
        output = OutputLog(self._journals.output_path(command_id), self._flusher.soon)
        run = CommandRun(journal, output, self)
        journal.tell(lambda records: self._post(partial(self._reports.records, command_id, records)))
        self._runs[command_id] = run
        return run

    def _start_waiting(self) -> None:
        while self._is_booted and self._waiting and len(self._threads) < AT_ONCE and not self._wants_reboot():
            run = self._waiting[0]
            thread = threading.Thread(target=self._run, args=(run,), name=run.command_id)
            self._threads[thread] = run
            try:
                thread.start()
            except RuntimeError:
                # The node is full of processes: cancelling what filled it must stay possible.
                del self._threads[thread]
                return
            self._waiting.popleft()

    def _run(self, run: CommandRun) -> None:
        try:
            run.run()
        finally:
            self._post(partial(self._over, threading.current_thread(), run))

    def _over(self, thread: threading.Thread, run: CommandRun) -> None:
        thread.join()
        del self._threads[thread]
        if run.progress.is_ended:
            self._close(run)

    def _close(self, run: CommandRun) -> None:
        """Let go of an ended command; its journal stays until the control plane has all of it."""
        del self._runs[run.command_id]
        run.output.close()
        self._ended[run.command_id] = run.journal
        # The control plane may have been faster than the thread that ran it.
        self._acknowledged(run.command_id, self._acknowledged_early.pop(run.command_id, 0))

    def _wants_reboot(self) -> bool:
        return any(run.progress.reboot_from == self.boot_id for run in self._runs.values())

    def _consider_reboot(self) -> None:
        """Let the node's other commands end, but only for so long: their steps are interrupted by the reboot."""
        if not self._wants_reboot() or self._options.never_cut_short:
            return
        if self._reboot_at is None:
            self._reboot_at = time.monotonic() + self._options.reboot_delay_s
        if time.monotonic() >= self._reboot_at:
            self._exit = EXIT_REBOOT

    def _consider_exit(self) -> None:
        if self._threads or self._posted:
            return
        if self._wants_reboot():
            self._exit = EXIT_REBOOT
        elif self._waiting:
            return
        elif self._is_to_end or (not self._link.is_connected and self._alone_s() >= self._options.idle_exit_s):
            self._exit = 0

    def _alone_s(self) -> float:
        return time.monotonic() - self._idle_since

    def _patience_s(self) -> float | None:
        if self._reboot_at is not None:
            return max(0.0, self._reboot_at - time.monotonic())
        if self._is_booted and self._waiting and len(self._threads) < AT_ONCE and not self._wants_reboot():
            return _CROWDED_S
        if self._link.is_connected or self._threads:
            return None
        return max(0.0, self._options.idle_exit_s - self._alone_s())

    def _post(self, action: Callable[[], None]) -> None:
        self._posted.append(action)
        self._link.wake()

    def _post_message(self, message: Message) -> None:
        self._post(partial(self._link.send, message))

    def _on_sigterm(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_to_end = True
        self._link.wake()

    # -- the control plane's words -------------------------------------------------------------------------------

    def _greet(self) -> None:
        self._reports.reset()
        journals = {**{run.command_id: run.journal for run in self._runs.values()}, **self._ended}
        self._link.send(
            {
                "type": "hello",
                "protocol": PROTOCOL,
                "instance_id": self._options.instance_id,
                "boot_id": self.boot_id,
                "pid": os.getpid(),
                "journals": {command_id: journal.last for command_id, journal in journals.items()},
            }
        )

    def _take(self, message: Mapping[str, Any]) -> None:
        match message.get("type"):
            case "hello":
                self._greeted(message["applied"])
            case "command":
                self._take_in(message["command"])
            case "cancel":
                self._cancel(str(message["command"]))
            case "documents":
                self._renew(str(message["command"]), message["documents"])
            case "ack":
                self._acknowledged(str(message["command"]), int(message["n"]))
            case "answer":
                self._questions.answered(message)
            case "end":
                self._is_to_end = True
            case "ping":
                self._link.send({"type": "pong"})
            case _:
                pass

    def _greeted(self, applied: Mapping[str, int]) -> None:
        self._is_to_end = False
        journals = {**{run.command_id: run.journal for run in self._runs.values()}, **self._ended}
        self._reports.greeted(applied, list(journals.values()), list(journals))
        for command_id, number in applied.items():
            journal = journals.get(command_id)
            if journal is None:
                self._tell_again(command_id)
            elif number > journal.last:
                self._fell_short(command_id)
        for run in self._runs.values():
            if run.progress.running is not None:
                step = run.progress.running[0]
                for stream, head in run.output.heads(step).items():
                    self._reports.output(run.command_id, step, stream, 0, head)
        for question in self._questions.pending():
            self._link.send(question)

    def _take_in(self, command: Mapping[str, Any]) -> None:
        command_id = str(command["command_id"])
        if self._journals.damage(command_id):
            self._tell_lost(command_id)
            return
        if command_id in self._runs or command_id in self._ended:
            return
        if self._journals.knows(command_id):
            self._tell_again(command_id)
            return
        if uptime() > command["deliver_until_up"]:
            # The control plane has given it up, or will at once; it must not run behind the operator's back.
            return
        try:
            run = self._new_run(self._journals.create(command))
        except OSError as error:
            reason = f"The node could not take the command in: {error.strerror} ({error.filename or 'its journal'})."
            self._link.send({"type": "refused", "command": command_id, "reason": reason})
            return
        self._reports.records(command_id, run.journal.records)
        self._waiting.append(run)

    def _tell_again(self, command_id: str) -> None:
        """Tell all of a command that was done with: the control plane's own records are older than its end."""
        journal = self._journals.reopen(command_id)
        if journal is None:
            self._tell_lost(command_id)
            return
        self._ended[command_id] = journal
        self._reports.records(command_id, journal.records)

    def _fell_short(self, command_id: str) -> None:
        """Stop a command whose journal ends before what it has told: its last records are lost, and what they say."""
        self._cancel(command_id)
        reason = "The node's journal of this command is damaged: its last records are missing."
        self._link.send({"type": "lost", "command": command_id, "reason": reason})

    def _tell_lost(self, command_id: str) -> None:
        reason = self._journals.damage(command_id) or "The node has no journal of this command any more."
        self._link.send({"type": "lost", "command": command_id, "reason": reason})

    def _cancel(self, command_id: str) -> None:
        run = self._runs.get(command_id)
        if run is not None:
            run.cancel()

    def _renew(self, command_id: str, documents: Mapping[str, Any]) -> None:
        run = self._runs.get(command_id)
        if run is not None:
            run.renew(documents)

    def _acknowledged(self, command_id: str, number: int) -> None:
        if command_id in self._runs:
            self._acknowledged_early[command_id] = number
        journal = self._ended.get(command_id)
        if journal is not None and number >= journal.last:
            del self._ended[command_id]
            self._journals.archive(journal)

    def _remove_orchestration(self, command_id: str) -> None:
        import shutil

        shutil.rmtree(self._options.orchestration / command_id, ignore_errors=True)


def _end_at_once(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """End the process with its main thread: one that waited for running steps would hold a node that answers nobody."""
    sys.__excepthook__(kind, error, trace)
    os._exit(EXIT_BROKEN)


def hold_lock(node_dir: Path) -> int | None:
    """Take the lock that a node's only worker holds, and return its descriptor; None when another has it."""
    node_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    put_aside(node_dir)
    descriptor = os.open(node_dir / "worker.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
