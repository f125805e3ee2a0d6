"""From a window's execution to the run of its command, against a real agent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QPushButton

from patchgui.ui.console_pages import RUNS
from patchgui.ui.shell.question import Question
from patchgui.ui.windows.execution_row import ExecutionRow
from tests.fleet import Fleet
from tests.ui.scripted_window import words
from tests.ui.windows.conftest import Desk
from tests.ui.windows.test_changing_windows import opened
from tests.ui.windows.test_windows_page import button

Until = Callable[[Callable[[], bool]], None]


def open_soon(desk: Desk, script: str) -> str:
    """Make a window that opens in a moment and runs a script on one node; return its name."""
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
        TaskInvocationParameters={"RunCommand": {"Parameters": {"commands": [script]}}},
    )
    return "Opening"


def test_an_execution_opens_to_its_tasks_and_leads_to_the_run(desk: Desk, until: Until) -> None:
    page = opened(desk, until, open_soon(desk, "echo the window is open"))
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
    command = desk.ssm.list_commands()["Commands"][0]
    assert runs.run.run_id == command["CommandId"]
    until(lambda: [node.name for node in runs.run.model.nodes()] == ["web-1"])


def test_an_execution_at_work_is_seen_and_stopped_after_a_question(desk: Desk, until: Until) -> None:
    page = opened(desk, until, open_soon(desk, "sleep 60"))
    until(lambda: page.detail.findChild(ExecutionRow) is not None)
    row = page.detail.findChild(ExecutionRow)
    assert row is not None
    until(lambda: page.detail.chip.text == "Running now")
    row.cancel.click()
    question = page.findChild(Question)
    assert question is not None
    assert "on-exit hooks still run" in words(question)
    question.accept()
    until(lambda: row.chip.text == "Cancelled")
    until(lambda: not row.cancel.isVisible())


def test_older_executions_come_when_they_are_asked_for(away: Desk, fleet: Fleet, until: Until) -> None:
    hourly = away.ssm.create_maintenance_window(
        Name="Hourly", Schedule="rate(2 hours)", Duration=1, Cutoff=0, AllowUnassociatedTargets=True
    )
    for _ in range(13):
        fleet.step(7200)
        away.ssm.describe_maintenance_window_executions(WindowId=hourly["WindowId"])
    page = opened(away, until, "Hourly")
    until(page.detail.older.isVisible)
    assert len(page.detail.findChildren(ExecutionRow)) == 10
    page.detail.older.click()
    until(lambda: len(page.detail.findChildren(ExecutionRow)) == 13)
    assert not page.detail.older.isVisible()
