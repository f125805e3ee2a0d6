"""The task editor on a real event loop, with the real console on a simulated fleet behind it."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
import qasync
from pytestqt.qtbot import QtBot

from patchgui.console.connection import SANDBOX, Connection
from patchgui.console.documents import command_documents, fetch_document
from patchgui.console.rows import DocumentDetail
from patchgui.console.window_tasks import WindowTasks
from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.ssm.client import SsmClient
from patchgui.ssm.shapes import DocumentIdentifier
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.window_task.editor import TaskEditor
from patchgui.ui.window_task.state import EditState
from tests.fleet import Fleet

_Told = TypeVar("_Told")
Until = Callable[[Callable[[], bool]], None]
HOOKS = ("Stop-App", "Update-App", "Start-App")


async def _at_once(_seconds: float) -> None:
    """Wait for nothing: what is waited for is there already."""


class FleetService:
    """What the editor asks, asked of a fleet."""

    def __init__(self, client: SsmClient) -> None:
        self.client, self._tasks = client, WindowTasks(client, _at_once)

    async def ask_window_tasks(self, question: Callable[[WindowTasks], Awaitable[_Told]]) -> _Told:
        return await question(self._tasks)

    async def documents(self) -> tuple[DocumentIdentifier, ...]:
        return await command_documents(self.client)

    async def document(self, name: str, version: str | None = None) -> DocumentDetail:
        return await fetch_document(self.client, name, version)


@dataclass
class Stage:
    """The editor with a task in it, and whoever else works on that fleet."""

    editor: TaskEditor
    fleet: Fleet
    others: Any
    window_id: str
    task_id: str
    until: Until
    connection: Connection = SANDBOX

    @property
    def state(self) -> EditState:
        return self.editor.presenter.state

    @property
    def draft(self) -> TaskDraft:
        draft = self.state.draft
        assert draft is not None
        return draft

    def task(self) -> dict[str, Any]:
        """Return the task as the service has it."""
        found: dict[str, Any] = self.others.get_maintenance_window_task(
            WindowId=self.window_id, WindowTaskId=self.task_id
        )
        return {name: value for name, value in found.items() if name != "ResponseMetadata"}

    def begin(self) -> None:
        """Open the task, and wait until all is there."""
        self.editor.edit(self.window_id, self.task_id)
        self.until(lambda: self.state.declared is not None and bool(self.state.documents))

    def save(self) -> None:
        """Press the button, and wait for what comes of it."""
        self.editor.changes.go.click()
        self.until(lambda: not self.state.is_saving)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet() as served:
        ssm = served.boto3_client()
        step = {"name": "hook", "action": "aws:runShellScript", "inputs": {"runCommand": ["echo hook"]}}
        for name in HOOKS:
            content = json.dumps({"schemaVersion": "2.2", "mainSteps": [step]})
            ssm.create_document(Name=name, Content=content, DocumentType="Command")
        ssm.close()
        yield served


@pytest.fixture
def stage(fleet: Fleet, qtbot: QtBot, qloop: qasync.QEventLoop, until: Until) -> Iterator[Stage]:
    others: Any = fleet.boto3_client()
    window_id = others.create_maintenance_window(
        Name="Sunday-night", Schedule="cron(0 2 ? * SUN *)", Duration=2, Cutoff=1, AllowUnassociatedTargets=True
    )["WindowId"]
    target_id = others.register_target_with_maintenance_window(
        WindowId=window_id, ResourceType="INSTANCE", Name="Web", Targets=[{"Key": "tag:Role", "Values": ["web"]}]
    )["WindowTargetId"]
    task_id = others.register_task_with_maintenance_window(
        WindowId=window_id,
        Name="PatchingTask",
        TaskArn="AWS-RunPatchBaseline",
        TaskType="RUN_COMMAND",
        Targets=[{"Key": "WindowTargetIds", "Values": [target_id]}],
        MaxConcurrency="10%",
        MaxErrors="2",
        LoggingInfo={"S3BucketName": "old-logs", "S3Region": "eu-central-1"},
        TaskInvocationParameters={"RunCommand": {"Comment": "nightly", "Parameters": {"Operation": ["Install"]}}},
    )["WindowTaskId"]
    client = qloop.run_until_complete(_client(fleet))
    lost: list[Exception] = []
    scope = TaskScope("test", lambda _name, error: lost.append(error))
    editor = TaskEditor(FleetService(client), scope, lambda: made.connection)
    qtbot.addWidget(editor)
    editor.resize(1120, 620)
    with qtbot.waitActive(editor):
        editor.show()
        editor.activateWindow()
    made = Stage(editor, fleet, others, window_id, task_id, until)
    yield made
    fleet.calm()
    qloop.run_until_complete(scope.close())
    qloop.run_until_complete(client.aclose())
    others.delete_maintenance_window(WindowId=window_id)
    others.close()
    assert not lost, lost


async def _client(fleet: Fleet) -> SsmClient:
    return fleet.client()
