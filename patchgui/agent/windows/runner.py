"""Opens windows at their moment and runs their tasks: lower priorities first, equal ones together.

Everything is decided from what is on the disk, and recorded there first: an agent that was killed goes on where it was.
"""

import json
import logging
from datetime import UTC, datetime, timedelta
from sqlite3 import Row

from patchgui.agent.clock import Clock
from patchgui.agent.commands.sending import CommandSender
from patchgui.agent.refusal import Refusal
from patchgui.agent.windows.executions import ExecutionRepository, Level
from patchgui.agent.windows.planning import Nodes, Occasion, plan
from patchgui.agent.windows.registry import schedule_of
from patchgui.agent.windows.repository import Part, WindowRepository
from patchgui.patching.rate import RateControl
from patchgui.ssm.shapes import SendCommandRequest
from patchgui.ssm.shapes.maintenance_windows import MaintenanceWindowExecutionStatus as Status

log = logging.getLogger(__name__)

FINAL = frozenset({Status.SUCCESS, Status.FAILED, Status.TIMED_OUT, Status.CANCELLED, Status.SKIPPED_OVERLAPPING})
LATE_S = 60.0
"""From so long after its moment on, an execution says that it began late."""

_LONGEST_DETAILS = 250
_OF_COMMANDS = {
    "Pending": Status.IN_PROGRESS,
    "InProgress": Status.IN_PROGRESS,
    "Cancelling": Status.CANCELLING,
    "Success": Status.SUCCESS,
    "Cancelled": Status.CANCELLED,
    "TimedOut": Status.TIMED_OUT,
    "Failed": Status.FAILED,
}
_CUT_OFF = "The window's cutoff came first."


class WindowRunner:
    """Runs what is due. It waits for nothing: call `run_due` again when a command has ended or a moment has come."""

    def __init__(
        self,
        windows: WindowRepository,
        executions: ExecutionRepository,
        commands: CommandSender,
        nodes: Nodes,
        clock: Clock,
    ) -> None:
        self._windows = windows
        self._executions = executions
        self._commands = commands
        self._nodes = nodes
        self._clock = clock

    def next_at(self) -> float | None:
        """Return the epoch seconds of what is due next: a window, or the cutoff of one that is open."""
        moments = [at for at in (self._windows.next_due(), self._executions.next_cutoff()) if at is not None]
        return min(moments, default=None)

    def run_due(self) -> None:
        """Open the windows whose moment has come, and take every execution as far as it goes for now."""
        now = self._clock().timestamp()
        for window in self._windows.due(now):
            self._open(window, now)
        for execution in self._executions.open():
            self._advance(execution, now)

    def cancel(self, execution_id: str) -> None:
        """Stop an execution: what has not begun does not begin, what runs is cancelled.

        Raises:
            Refusal: DoesNotExistException.
        """
        execution = self._executions.one(Level.EXECUTION, execution_id)
        if execution is None:
            raise Refusal("DoesNotExistException", f"There is no execution {execution_id}.")
        if execution["ended_at"] is None:
            self._executions.set(Level.EXECUTION, execution_id, is_cancelled=1, status=Status.CANCELLING)

    # -- opening -------------------------------------------------------------------------------------------------

    def _open(self, window: Row, now: float) -> None:
        """Record that a window has opened, once, and when it opens next, in one transaction."""
        window_id, settings = window["window_id"], json.loads(window["settings"])
        schedule = schedule_of(settings, window["scheduled_at"])
        at = datetime.fromtimestamp(now, UTC)
        # Of several moments that went by while the agent was down, only the last can still be open.
        last = schedule.previous_before(at + timedelta(microseconds=1))
        due = max(window["next_at"], last.timestamp() if last else 0.0)
        cutoff = due + (settings["Duration"] - settings["Cutoff"]) * 3600
        following = schedule.next_after(at)
        with self._windows.write():
            self._windows.plan(window_id, following.timestamp() if following else None)
            if now >= cutoff:
                log.warning("window %s missed its moment %s: the agent was down", window_id, _iso(due))
                return
            log.info("window %s opens", window_id)
            values = {"due_at": due, "cutoff_at": cutoff, "started_at": now}
            if self._executions.open(window_id):
                details = "The execution before this one has not ended."
                values |= {"status": Status.SKIPPED_OVERLAPPING, "status_details": details, "ended_at": now}
                self._executions.add(window_id, values, [])
                return
            late = f"Opened late: it was due at {_iso(due)}, and the agent was down." if now - due >= LATE_S else ""
            values |= {"status": Status.IN_PROGRESS, "status_details": late}
            self._executions.add(window_id, values, self._windows.parts(Part.TASK, window_id))

    # -- an execution --------------------------------------------------------------------------------------------

    def _advance(self, execution: Row, now: float) -> None:
        if execution["is_cancelled"]:
            self._end_what_runs(execution, now, Status.CANCELLED, "The execution was cancelled.")
        elif now >= execution["cutoff_at"] and not execution["is_cut_off"]:
            self._cut_off(execution, now)
        while self._start_next(execution, now):
            pass
        tasks = self._executions.tasks(execution["id"])
        if all(task["status"] in FINAL for task in tasks):
            status = Status.CANCELLED if execution["is_cancelled"] else _worst(tasks)
            details = execution["status_details"] or ("" if tasks else "The window has no tasks.")
            self._executions.set(Level.EXECUTION, execution["id"], status=status, status_details=details, ended_at=now)
            log.info("execution %s of window %s: %s", execution["id"], execution["window_id"], status)

    def _start_next(self, execution: Row, now: float) -> bool:
        """Follow the tasks that run and start those whose turn it is; tell whether that let anything go on."""
        before = [(task["id"], task["status"]) for task in self._executions.tasks(execution["id"])]
        for task in self._executions.tasks(execution["id"]):
            if task["status"] not in FINAL and task["status"] != Status.PENDING:
                self._follow(task, now)
        left = [task for task in self._executions.tasks(execution["id"]) if task["status"] not in FINAL]
        for task in left:
            if task["priority"] == left[0]["priority"] and task["status"] == Status.PENDING:
                self._start(execution, task, now)
        return [(task["id"], task["status"]) for task in self._executions.tasks(execution["id"])] != before

    def _cut_off(self, execution: Row, now: float) -> None:
        """Start no task any more, and stop those that say so."""
        for task in self._executions.tasks(execution["id"]):
            behavior = json.loads(task["settings"]).get("CutoffBehavior")
            if task["status"] == Status.PENDING or (task["status"] not in FINAL and behavior == "CANCEL_TASK"):
                self._end_task(task, now, Status.TIMED_OUT, _CUT_OFF)
        self._executions.set(Level.EXECUTION, execution["id"], is_cut_off=1)

    def _end_what_runs(self, execution: Row, now: float, status: Status, details: str) -> None:
        for task in self._executions.tasks(execution["id"]):
            if task["status"] not in FINAL | {Status.CANCELLING}:
                self._end_task(task, now, status, details)

    def _end_task(self, task: Row, now: float, status: Status, details: str) -> None:
        """End what has not begun, and cancel what runs: it ends when its command does."""
        if task["status"] == Status.PENDING:
            self._executions.set(Level.TASK, task["id"], status=status, status_details=details, ended_at=now)
            return
        for invocation in self._executions.invocations(task["id"]):
            if invocation["status"] in FINAL:
                continue
            if invocation["command_id"] is None:
                self._end_invocation(invocation, now, status, details)
            else:
                self._commands.cancel(invocation["command_id"], [])
        self._executions.set(
            Level.TASK,
            task["id"],
            status=Status.CANCELLING,
            status_details=details,
            is_cut_off=int(status == Status.TIMED_OUT),
        )

    # -- a task --------------------------------------------------------------------------------------------------

    def _start(self, execution: Row, task: Row, now: float) -> None:
        """Record what a task is to send, and send the first of it."""
        window = self._windows.one(execution["window_id"])
        allows = window is not None and json.loads(window["settings"])["AllowUnassociatedTargets"]
        registered = self._windows.parts(Part.TARGET, execution["window_id"])
        occasion = Occasion(execution["window_id"], execution["id"], task, registered, allows_unassociated=bool(allows))
        try:
            planned = plan(occasion, self._nodes)
        except Refusal as refusal:
            details = refusal.message[:_LONGEST_DETAILS]
            self._executions.set(
                Level.TASK, task["id"], status=Status.FAILED, status_details=details, started_at=now, ended_at=now
            )
            return
        with self._executions.write():
            self._executions.add_invocations(task["id"], planned)
            self._executions.set(Level.TASK, task["id"], status=Status.IN_PROGRESS, started_at=now)
        self._follow(task, now)

    def _follow(self, task: Row, now: float) -> None:
        """Take over what has become of a task's commands, send the next one, end the task after the last."""
        for invocation in self._executions.invocations(task["id"]):
            if invocation["status"] not in FINAL and invocation["command_id"] is not None:
                self._take_over(task, invocation, now)
        while (following := self._next_invocation(task, now)) is not None:
            self._send(following, now)
        invocations = self._executions.invocations(task["id"])
        if all(invocation["status"] in FINAL for invocation in invocations):
            worst = _worst(invocations)
            details = next((each["status_details"] for each in invocations if each["status"] == worst), "")
            self._executions.set(Level.TASK, task["id"], status=worst, status_details=details, ended_at=now)

    def _take_over(self, task: Row, invocation: Row, now: float) -> None:
        command = self._commands.repository.command(invocation["command_id"])
        status = _OF_COMMANDS[command["status"]] if command is not None else Status.FAILED
        details = command["status_details"] if command is not None else "Its command is forgotten."
        if status not in FINAL:
            self._executions.set(Level.INVOCATION, invocation["id"], status=status)
            return
        if task["is_cut_off"] and status != Status.SUCCESS:
            status, details = Status.TIMED_OUT, _CUT_OFF
        self._end_invocation(invocation, now, status, "" if status == Status.SUCCESS else details)

    def _next_invocation(self, task: Row, now: float) -> Row | None:
        """Return what a task may send now: nothing while it has one that runs, or after too many have failed."""
        invocations = self._executions.invocations(task["id"])
        waiting = [each for each in invocations if each["status"] == Status.PENDING]
        if not waiting or any(each["status"] not in FINAL and each["command_id"] for each in invocations):
            return None
        failed = sum(each["status"] in FINAL and each["status"] != Status.SUCCESS for each in invocations)
        rate = RateControl(max_errors=json.loads(task["settings"]).get("MaxErrors", "0"))
        if failed > rate.errors(len(invocations)):
            for each in waiting:
                self._end_invocation(
                    each, now, Status.CANCELLED, "More targets before it have failed than MaxErrors lets."
                )
            return None
        return waiting[0]

    def _send(self, invocation: Row, now: float) -> None:
        """Send a command and record it in one transaction: a crash leaves neither or both."""
        try:
            self._commands.send(
                SendCommandRequest.from_wire(json.loads(invocation["request"])),
                also=lambda command_id: self._executions.set(
                    Level.INVOCATION,
                    invocation["id"],
                    command_id=command_id,
                    status=Status.IN_PROGRESS,
                    started_at=now,
                ),
            )
        except Refusal as refusal:
            # A document is gone or refuses the parameters: that is how this invocation ended.
            self._end_invocation(invocation, now, Status.FAILED, f"{refusal.code}: {refusal.message}")

    def _end_invocation(self, invocation: Row, now: float, status: Status, details: str) -> None:
        self._executions.set(
            Level.INVOCATION,
            invocation["id"],
            status=status,
            status_details=details[:_LONGEST_DETAILS],
            started_at=invocation["started_at"] or now,
            ended_at=now,
        )


def _worst(rows: list[Row]) -> Status:
    """Return how a whole stands by how its parts have ended."""
    found = {row["status"] for row in rows}
    order = (Status.FAILED, Status.TIMED_OUT, Status.CANCELLED)
    return next((status for status in order if status in found), Status.SUCCESS)


def _iso(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
