"""Windows under anything that may happen in any order: time, commands that end, cancelling, and crashes anywhere."""

import json
import tempfile
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from patchgui.agent.windows.executions import ExecutionRepository
from patchgui.agent.windows.runner import FINAL
from patchgui.ssm.shapes.maintenance_windows import (
    CreateMaintenanceWindowRequest,
    RegisterTaskWithMaintenanceWindowRequest,
)
from tests.unit.agent_api.harness import DB_1, WEB_1, FakeClock, Harness, open_harness
from tests.unit.agent_api.windows import PARTS, SHELL, finish

STATUSES = ("Success", "Failed", "TimedOut")


class Crash(BaseException):
    """The process ends here."""


class AnyOrder(RuleBasedStateMachine):
    """A window that opens every hour for two, with tasks of three priorities."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock: FakeClock | None = None
        self.opened: AbstractContextManager[Harness] | None = None
        self.start()

    def start(self) -> None:
        """Start the agent, or start it again where it was killed."""
        self.opened = open_harness(Path(self.folder.name))
        self.agent = self.opened.__enter__()
        if self.clock is not None:
            self.agent.clock.now = self.clock.now
        self.clock = self.agent.clock

    def kill(self) -> None:
        """End the agent's process."""
        assert self.opened is not None
        self.opened.__exit__(None, None, None)

    @initialize(behaviors=st.lists(st.sampled_from(["CONTINUE_TASK", "CANCEL_TASK"]), min_size=4, max_size=4))
    def make(self, behaviors: list[str]) -> None:
        registry = self.agent.context.windows.registry
        window = PARTS | {"Schedule": "rate(1 hour)"}
        self.window_id = registry.create(CreateMaintenanceWindowRequest.from_wire(window))
        for priority, behavior in zip((1, 1, 2, 3), behaviors, strict=True):
            task = {
                "WindowId": self.window_id,
                "TaskArn": SHELL,
                "TaskType": "RUN_COMMAND",
                "Priority": priority,
                "CutoffBehavior": behavior,
                "MaxErrors": "1",
                "Targets": [{"Key": "InstanceIds", "Values": [WEB_1.instance_id, DB_1.instance_id]}],
                "TaskInvocationParameters": {"RunCommand": {"Parameters": {"commands": ["{{TARGET_ID}}"]}}},
            }
            registry.register_task(RegisterTaskWithMaintenanceWindowRequest.from_wire(task))

    @rule(minutes=st.integers(1, 100))
    def time_goes_by(self, minutes: int) -> None:
        self.agent.clock.move(minutes=minutes)
        self.agent.context.windows.run_due()

    @rule(which=st.integers(0, 3), status=st.sampled_from(STATUSES))
    def a_command_ends(self, which: int, status: str) -> None:
        under_way = self.agent.context.commands.repository.open_commands()
        if under_way:
            finish(self.agent, under_way[which % len(under_way)]["command_id"], status)

    @rule()
    def the_execution_is_cancelled(self) -> None:
        for execution in self.executions.open():
            self.agent.context.windows.cancel(execution["id"])
        self.agent.context.windows.run_due()

    @rule(writes=st.integers(1, 8), minutes=st.integers(0, 70))
    def the_agent_is_killed_while_it_works(self, writes: int, minutes: int) -> None:
        self.agent.clock.move(minutes=minutes)
        left, whole = writes, self.executions.set

        def until_the_end(*arguments: Any, **values: Any) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Crash
            whole(*arguments, **values)

        self.executions.set = until_the_end  # type: ignore[method-assign]  # the process ends there
        with suppress(Crash):
            self.agent.context.windows.run_due()
        self.kill()
        self.start()

    @property
    def executions(self) -> ExecutionRepository:
        return self.agent.context.windows.executions

    @invariant()
    def each_moment_is_opened_once_and_one_at_a_time(self) -> None:
        if not hasattr(self, "window_id"):
            return
        rows = self.executions.of_window(self.window_id)
        moments = [row["due_at"] for row in rows]
        assert moments == sorted(set(moments), reverse=True)
        assert len(self.executions.open()) <= 1

    @invariant()
    def each_command_is_sent_once_in_its_turn_and_before_the_cutoff(self) -> None:
        if not hasattr(self, "window_id"):
            return
        sent = []
        for execution in self.executions.of_window(self.window_id):
            tasks = self.executions.tasks(execution["id"])
            for task in tasks:
                assert (task["started_at"] or 0.0) < execution["cutoff_at"]
                invocations = self.executions.invocations(task["id"])
                sent += [each["command_id"] for each in invocations if each["command_id"]]
                assert sum(bool(each["command_id"]) and each["status"] not in FINAL for each in invocations) <= 1
                if task["started_at"]:
                    assert all(each["status"] in FINAL for each in tasks if each["priority"] < task["priority"])
        rows = self.agent.context.database.rows("SELECT command_id FROM command")
        assert sorted(sent) == sorted(row["command_id"] for row in rows)

    def teardown(self) -> None:
        if hasattr(self, "window_id"):
            self.everything_comes_to_an_end()
        self.kill()
        self.folder.cleanup()

    def everything_comes_to_an_end(self) -> None:
        while under_way := self.agent.context.commands.repository.open_commands():
            finish(self.agent, under_way[0]["command_id"])
        self.agent.context.windows.run_due()
        for execution in self.executions.of_window(self.window_id):
            assert execution["status"] in FINAL
            assert execution["ended_at"] is not None
            for task in self.executions.tasks(execution["id"]):
                assert task["status"] in FINAL, json.dumps(dict(task))
        assert not self.executions.open()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
