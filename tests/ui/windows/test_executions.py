"""From a window's execution to the run of its command, against a real agent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QPushButton

from patchgui.ui.console_pages import RUNS
from patchgui.ui.windows.execution_row import ExecutionRow
from tests.ui.windows.conftest import Desk
from tests.ui.windows.test_changing_windows import opened
from tests.ui.windows.test_windows_page import button

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def opening(desk: Desk) -> str:
    """The name of a window that opens in a moment and runs a short script on one node."""
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    made = desk.ssm.create_maintenance_window(
        Name="Opening",
        Schedule=f"at({soon:%Y-%m-%dT%H:%M:%S})",
        Duration=1,
        Cutoff=0,
        AllowUnassociatedTargets=True,
    )
    desk.ssm.register_task_with_maintenance_window(
        WindowId=made["WindowId"],
        TaskArn="AWS-RunShellScript",
        TaskType="RUN_COMMAND",
        Targets=[{"Key": "tag:Name", "Values": ["web-1"]}],
        MaxConcurrency="1",
        MaxErrors="0",
        TaskInvocationParameters={"RunCommand": {"Parameters": {"commands": ["echo the window is open"]}}},
    )
    return "Opening"


def test_an_execution_opens_to_its_tasks_and_leads_to_the_run(desk: Desk, until: Until, opening: str) -> None:
    page = opened(desk, until, opening)
    until(lambda: page.detail.findChild(ExecutionRow) is not None)
    row = page.detail.findChild(ExecutionRow)
    assert row is not None
    row.toggle.click()
    until(lambda: row.chip.text == "Success")
    until(
        lambda: (
            "AWS-RunShellScript"
            in {each.toolTip() or each.accessibleName() for each in row.findChildren(type(row._when))}
        )
    )
    until(lambda: "Open the run" in {each.text() for each in row.findChildren(QPushButton)})
    button(row, "Open the run").click()
    assert desk.window.shell.current_page == RUNS
    runs = desk.window.pages.runs
    assert runs is not None
    until(lambda: runs.run.summary is not None and runs.run.summary.is_final)
    (command,) = desk.ssm.list_commands()["Commands"]
    assert runs.run.run_id == command["CommandId"]
    until(lambda: [node.name for node in runs.run.model.nodes()] == ["web-1"])
