"""A task with every field that there is, edited by the console: the rest of it survives, on agent and simulator."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchgui.console.window_tasks import Saved, WindowTasks
from patchgui.patching.window_tasks.draft import TaskDraft, difference
from patchgui.patching.window_tasks.fields import RUN_COMMAND, Fields, Path, is_same, members_of, parameter
from patchgui.patching.window_tasks.merge import Meanwhile, Side, merge
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import PatchError
from patchgui.ssm.throttle import TokenBucket
from tests.contract.servers import Server, on_servers
from tests.fleet import Fleet

_Made = TypeVar("_Made")
UPDATE = "UpdateMaintenanceWindowTask"
ROLE = "arn:aws:iam::123456789012:role/Patching"
FULL: dict[str, Any] = {
    "TaskArn": "AWS-RunPatchBaseline",
    "TaskType": "RUN_COMMAND",
    "Name": "PatchingTask",
    "Description": "Every field is set",
    "Priority": 3,
    "MaxConcurrency": "10%",
    "MaxErrors": "2",
    "Targets": [{"Key": "tag:Role", "Values": ["web", "db"]}, {"Key": "tag-key", "Values": ["Patched"]}],
    "ServiceRoleArn": ROLE,
    "CutoffBehavior": "CANCEL_TASK",
    "TaskParameters": {"Operation": {"Values": ["Scan"]}},
    "LoggingInfo": {"S3BucketName": "old-logs", "S3KeyPrefix": "old", "S3Region": "eu-central-1"},
    "AlarmConfiguration": {"Alarms": [{"Name": "TooHot"}], "IgnorePollAlarmFailure": True},
    "TaskInvocationParameters": {
        "RunCommand": {
            "Comment": "nightly",
            "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "/patching", "CloudWatchOutputEnabled": True},
            "DocumentHash": "0" * 64,
            "DocumentHashType": "Sha256",
            "DocumentVersion": "1",
            "NotificationConfig": {
                "NotificationArn": "arn:aws:sns:eu-central-1:123456789012:Patching",
                "NotificationEvents": ["Failed", "TimedOut"],
                "NotificationType": "Invocation",
            },
            "OutputS3BucketName": "logs",
            "OutputS3KeyPrefix": "patching",
            "Parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"], "SnapshotId": [""]},
            "ServiceRoleArn": ROLE,
            "TimeoutSeconds": 600,
        }
    },
}
OTHERWISE: dict[Path, list[Any]] = {
    ("TaskArn",): ["AWS-RunPatchBaselineWithHooks", None],
    ("Name",): ["Another", None],
    ("Description",): ["Another one", None],
    ("Priority",): [0],
    ("MaxConcurrency",): ["1", None],
    ("MaxErrors",): ["0", None],
    ("Targets",): [[{"Key": "InstanceIds", "Values": ["mi-0123456789abcdef0"]}]],
    ("ServiceRoleArn",): [f"{ROLE}-2", None],
    ("CutoffBehavior",): ["CONTINUE_TASK", None],
    ("LoggingInfo", "S3KeyPrefix"): ["new", None],
    ("AlarmConfiguration", "Alarms"): [[{"Name": "TooCold"}]],
    (*RUN_COMMAND, "Comment"): ["weekly", None],
    (*RUN_COMMAND, "CloudWatchOutputConfig", "CloudWatchOutputEnabled"): [False, None],
    (*RUN_COMMAND, "CloudWatchOutputConfig", "CloudWatchLogGroupName"): ["/other", None],
    (*RUN_COMMAND, "DocumentHash"): ["1" * 64, None],
    (*RUN_COMMAND, "DocumentVersion"): ["$LATEST", None],
    (*RUN_COMMAND, "NotificationConfig", "NotificationEvents"): [["All"]],
    (*RUN_COMMAND, "NotificationConfig", "NotificationType"): ["Command", None],
    (*RUN_COMMAND, "OutputS3BucketName"): ["elsewhere", None],
    (*RUN_COMMAND, "OutputS3KeyPrefix"): ["", "x"],
    (*RUN_COMMAND, "ServiceRoleArn"): [f"{ROLE}-3", None],
    (*RUN_COMMAND, "TimeoutSeconds"): [30, None],
    parameter("Operation"): [["Scan"], None],
    parameter("RebootOption"): [["RebootIfNeeded"], None],
    parameter("SnapshotId"): [None],
    parameter("Fresh"): [["one", "two"]],
}
OTHERWISE[("TaskArn",)].remove(None)
EDITS = st.sampled_from([(path, value) for path, values in OTHERWISE.items() for value in values])


@dataclass
class Desk:
    """A console at work on a server, and whoever else works there."""

    server: Server
    runner: asyncio.Runner
    client: SsmClient
    others: Any
    window_id: str

    @property
    def tasks(self) -> WindowTasks:
        return WindowTasks(self.client, _at_once)

    def do(self, work: Callable[[WindowTasks], Awaitable[_Made]]) -> _Made:
        async def inside() -> _Made:
            return await work(self.tasks)

        return self.runner.run(inside())

    def registered(self) -> TaskDraft:
        """Return a task with every field, registered by somebody else, as the console reads it."""
        task_id = self.others.register_task_with_maintenance_window(WindowId=self.window_id, **FULL)["WindowTaskId"]
        return self.do(lambda tasks: tasks.read(self.window_id, task_id))

    def read(self, draft: TaskDraft) -> Fields:
        return self.do(lambda tasks: tasks.read(self.window_id, draft.task_id)).base

    def drop(self, draft: TaskDraft) -> None:
        self.do(lambda tasks: tasks.remove(self.window_id, draft.task_id))

    def save(self, draft: TaskDraft) -> Saved:
        saved = self.do(lambda tasks: tasks.save(draft))
        assert isinstance(saved, Saved), saved.changes
        return saved


async def _at_once(_seconds: float) -> None:
    """Wait for nothing: what is waited for is there already."""


@pytest.fixture
def desk(server: Server) -> Iterator[Desk]:
    others = server.boto3_client()
    window_id = others.create_maintenance_window(
        Name=f"Edited-{uuid4().hex[:8]}",
        Schedule="cron(0 2 ? * SUN *)",
        Duration=2,
        Cutoff=1,
        AllowUnassociatedTargets=True,
    )["WindowId"]
    with asyncio.Runner() as runner:
        client = runner.run(_made(server))
        yield Desk(server, runner, client, others, window_id)
        runner.run(client.aclose())
    others.delete_maintenance_window(WindowId=window_id)
    others.close()


async def _made(server: Server) -> SsmClient:
    return server.client(TokenBucket(1000.0, 1000))


@on_servers(UPDATE)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=EDITS)
def test_every_field_survives_an_edit_of_one_of_them_and_its_undoing(desk: Desk, edit: tuple[Path, Any]) -> None:
    path, value = edit
    draft = desk.registered()
    before = draft.base
    assert {change.path for change in difference(before, TaskDraft.of(FULL).base)} == {("WindowId",), ("WindowTaskId",)}
    changed = draft.with_value(path, value)
    saved = desk.save(changed)
    after = desk.read(draft)
    assert (saved.unkept, difference(after, changed.mine)) == ((), ())
    assert {change.path for change in difference(before, after)} == {path}
    desk.save(saved.undo())
    assert difference(before, desk.read(draft)) == ()
    desk.drop(draft)


@on_servers(UPDATE)
def test_what_somebody_else_changed_meanwhile_is_shown_and_kept(desk: Desk) -> None:
    draft = desk.registered().with_value(("Priority",), 7).with_parameter("Operation", ["Scan"])
    run_command = FULL["TaskInvocationParameters"]["RunCommand"] | {"Comment": "theirs"}
    desk.others.update_maintenance_window_task(
        WindowId=desk.window_id,
        WindowTaskId=draft.task_id,
        MaxErrors="9",
        TaskInvocationParameters={"RunCommand": run_command},
    )
    theirs = desk.read(draft)
    meanwhile = desk.do(lambda tasks: tasks.save(draft))
    assert isinstance(meanwhile, Meanwhile)
    assert {(each.name, each.new) for each in meanwhile.changes} == {("Stop after errors", "9"), ("Comment", "theirs")}
    assert meanwhile.overlaps == ()
    assert difference(theirs, desk.read(draft)) == (), "nothing was saved"
    desk.save(merge(draft, meanwhile, {}))
    now = {change.name: change.new for change in difference(draft.base, desk.read(draft))}
    assert now == {"Stop after errors": "9", "Comment": "theirs", "Priority": 7, "Operation": ["Scan"]}


@on_servers(UPDATE)
@pytest.mark.parametrize(("side", "priority"), [(Side.MINE, 7), (Side.THEIRS, 5)])
def test_where_both_changed_the_same_the_operator_chooses(desk: Desk, side: Side, priority: int) -> None:
    draft = desk.registered().with_value(("Priority",), 7)
    desk.others.update_maintenance_window_task(WindowId=desk.window_id, WindowTaskId=draft.task_id, Priority=5)
    meanwhile = desk.do(lambda tasks: tasks.save(draft))
    assert isinstance(meanwhile, Meanwhile)
    (overlap,) = meanwhile.overlaps
    desk.save(merge(draft, meanwhile, {overlap: side}))
    assert {change.name: change.new for change in difference(draft.base, desk.read(draft))} == {"Priority": priority}


@on_servers(UPDATE)
def test_undoing_does_not_undo_what_somebody_else_has_done_since(desk: Desk) -> None:
    saved = desk.save(desk.registered().with_value(("Priority",), 7))
    undo = saved.undo()
    desk.others.update_maintenance_window_task(WindowId=desk.window_id, WindowTaskId=saved.task_id, MaxErrors="9")
    meanwhile = desk.do(lambda tasks: tasks.save(undo))
    assert isinstance(meanwhile, Meanwhile)
    desk.save(merge(undo, meanwhile, {}))
    assert {each.name: each.new for each in difference(saved.before, desk.read(undo))} == {"Stop after errors": "9"}


@on_servers(UPDATE)
def test_a_new_task_is_added_and_is_what_was_drafted(desk: Desk) -> None:
    draft = WindowTasks.new(desk.window_id).with_value(("TaskArn",), "AWS-RunShellScript")
    draft = draft.with_value(("Targets",), FULL["Targets"]).with_parameter("commands", ["true"])
    saved = desk.save(draft)
    there = desk.do(lambda tasks: tasks.read(desk.window_id, saved.task_id))
    assert [change.path for change in difference(draft.mine, there.base)] == [("WindowTaskId",)]


# -- what only the simulator can do ------------------------------------------------------------------------------------


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet() as served:
        yield served


def _on(fleet: Fleet, work: Callable[[SsmClient, WindowTasks], Awaitable[_Made]]) -> _Made:
    async def inside() -> _Made:
        client = fleet.client()
        try:
            return await work(client, WindowTasks(client, _at_once))
        finally:
            await client.aclose()

    return asyncio.run(inside())


def _task(fleet: Fleet) -> tuple[str, str]:
    ssm = fleet.boto3_client()
    window_id = ssm.create_maintenance_window(
        Name="Edited", Schedule="rate(7 days)", Duration=2, Cutoff=1, AllowUnassociatedTargets=True
    )["WindowId"]
    task_id = ssm.register_task_with_maintenance_window(WindowId=window_id, **FULL)["WindowTaskId"]
    ssm.close()
    return window_id, task_id


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=EDITS)
def test_members_of_a_service_of_tomorrow_survive_every_edit(fleet: Fleet, edit: tuple[Path, Any]) -> None:
    path, value = edit
    ids = _task(fleet)
    new = {"Kind": "structure", "Values": [1, 2.5, None, "…"], "Empty": {}}
    later = {
        "WindowId": ids[0],
        "WindowTaskId": ids[1],
        "AddedLater": new,
        "Targets": [each | {"AddedLater": new} for each in FULL["Targets"]],
        "LoggingInfo": FULL["LoggingInfo"] | {"AddedLater": ""},
        "TaskInvocationParameters": {
            "AddedLater": new,
            "RunCommand": FULL["TaskInvocationParameters"]["RunCommand"] | {"AddedLater": new, "Also": []},
        },
    }

    async def work(client: SsmClient, tasks: WindowTasks) -> None:
        await client.windows.update_task_members(later)
        draft = await tasks.read(*ids)
        assert members_of(draft.base) == FULL | later
        saved = await tasks.save(draft.with_value(path, value))
        assert isinstance(saved, Saved)
        after = dict((await tasks.read(*ids)).base)
        assert is_same(path, after.pop(path, None), value)
        assert after == {each: kept for each, kept in draft.base.items() if each != path}

    _on(fleet, work)


def test_answers_with_members_of_tomorrow_are_edited_as_any_other(fleet: Fleet) -> None:
    ids = _task(fleet)
    fleet.fault(Fault(FaultKind.FUTURE))

    async def work(_client: SsmClient, tasks: WindowTasks) -> None:
        draft = await tasks.read(*ids)
        assert (*RUN_COMMAND, "MemberOfTomorrow", "Kind") in draft.base
        saved = await tasks.save(draft.with_value((*RUN_COMMAND, "Comment"), "weekly"))
        assert isinstance(saved, Saved)
        assert ([each.name for each in saved.changes], saved.unkept) == (["Comment"], ())
        # From now on the service tells only what it was given: the member of tomorrow is in what was sent whole.
        fleet.calm()
        told = (await tasks.read(*ids)).base
        assert (*RUN_COMMAND, "MemberOfTomorrow", "Kind") in told
        task = {name: value for name, value in _known(members_of(told)).items() if name in FULL}
        assert task.pop("TaskInvocationParameters") == {
            "RunCommand": FULL["TaskInvocationParameters"]["RunCommand"] | {"Comment": "weekly"}
        }
        assert task == {name: value for name, value in FULL.items() if name != "TaskInvocationParameters"}

    _on(fleet, work)


def _known(value: Any) -> Any:
    """Return a value without what only a later service knows."""
    if isinstance(value, list):
        return [_known(each) for each in value]
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items() if name != "MemberOfTomorrow"}
    return value


@pytest.mark.parametrize(("kind", "changes"), [(FaultKind.LOSE, 1), (FaultKind.OUTAGE, 2)])
def test_a_lost_answer_is_looked_up(fleet: Fleet, kind: FaultKind, changes: int) -> None:
    ids = _task(fleet)
    fleet.fault(Fault(kind, calls=frozenset({UPDATE}), times=1))

    async def work(_client: SsmClient, tasks: WindowTasks) -> None:
        saved = await tasks.save((await tasks.read(*ids)).with_value(("Priority",), 9))
        assert isinstance(saved, Saved)
        assert [(each.name, each.old, each.new) for each in saved.changes] == [("Priority", 3, 9)]

    _on(fleet, work)
    assert fleet.calls(UPDATE) == changes


def test_whether_it_was_saved_is_not_known_while_nobody_answers(fleet: Fleet) -> None:
    ids = _task(fleet)
    lost = frozenset({UPDATE, "GetMaintenanceWindowTask"})

    async def work(_client: SsmClient, tasks: WindowTasks) -> None:
        draft = await tasks.read(*ids)
        fleet.fault(Fault(FaultKind.LOSE, calls=frozenset({UPDATE}), times=1))
        fleet.fault(Fault(FaultKind.ERROR, calls=lost - {UPDATE}, passing=1))
        with pytest.raises(PatchError, match="Whether the task was saved is not known") as error:
            await tasks.save(draft.with_value(("Priority",), 9))
        assert "Open the task" in error.value.hint

    _on(fleet, work)
    assert fleet.calls(UPDATE) == 1
