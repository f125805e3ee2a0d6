"""Making, changing and deleting windows and their targets on the page, against a real agent."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from patchgui.ui.shell.question import Question
from patchgui.ui.windows.page import WindowsPage
from patchgui.ui.windows.part_rows import TargetRow
from patchgui.ui.windows.schedule_editor import PRESETS
from tests.ui.scripted_window import words
from tests.ui.windows.conftest import Desk
from tests.ui.windows.test_windows_page import button

Until = Callable[[Callable[[], bool]], None]
CONTROL = Qt.KeyboardModifier.ControlModifier


def opened(desk: Desk, until: Until, name: str = "BlogPostDemo") -> WindowsPage:
    """Return the page as it stands on a window, all of it read."""
    page = desk.open()
    until(lambda: any(row.name == name for row in page.presenter.model.rows))
    page.choose(next(row.window_id for row in page.presenter.model.rows if row.name == name))
    until(lambda: page.presenter.chosen.window.value is not None and page.presenter.chosen.targets.value is not None)
    return page


def retype(line: QLineEdit, text: str) -> None:
    QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(line, text)


@pytest.fixture
def spare(desk: Desk) -> str:
    """The name of a window that a test may do anything with."""
    made = desk.ssm.create_maintenance_window(
        Name="Spare", Schedule="cron(0 2 ? * SUN *)", Duration=3, Cutoff=1, AllowUnassociatedTargets=False
    )
    desk.ssm.register_target_with_maintenance_window(
        WindowId=made["WindowId"], ResourceType="INSTANCE", Targets=[{"Key": "tag:Role", "Values": ["web"]}]
    )
    return "Spare"


def test_a_new_window_is_made_by_keyboard_and_chosen(desk: Desk, until: Until) -> None:
    page = opened(desk, until)
    page.begin_new()
    form = page.form
    QTest.keyClicks(form.name, "Patch Tuesday")
    assert "no spaces" in words(form)
    retype(form.name, "PatchTuesday")
    assert "no spaces" not in words(form)
    form.editor.take(PRESETS[5])
    form.editor.zone.take("Europe/Berlin")
    assert "On the second Tuesday of each month at 02:00, 4 days later, Europe/Berlin." in words(form)
    QTest.keyClick(form.name, Qt.Key.Key_Return)
    until(lambda: page.detail.isVisible() and page.detail.name.text() == "PatchTuesday")
    made = desk.named("PatchTuesday")
    assert (made["Schedule"], made["ScheduleTimezone"], made["ScheduleOffset"], made["Enabled"]) == (
        "cron(0 2 ? * TUE#2 *)",
        "Europe/Berlin",
        4,
        True,
    )
    until(lambda: "“PatchTuesday” was made." in desk.words)


def test_a_wrong_schedule_is_explained_at_its_field_and_not_sent(desk: Desk, until: Until) -> None:
    page = opened(desk, until)
    page.edit_chosen()
    editor = page.form.editor
    retype(editor.line, "cron(0 25 ? * SUN *)")
    assert editor.fields.wrong == "Hours"
    assert "Hours: “25” is not allowed. Use 0-23" in words(page.form)
    page.form.go.click()
    assert page.form.isVisible()
    assert page.form.focusWidget() is editor.line
    button(page.form, "Cancel").click()
    assert page.detail.isVisible()
    assert desk.named("BlogPostDemo")["Schedule"] == "cron(0 2 ? * SUN *)"


def test_a_change_is_saved_and_undone(desk: Desk, until: Until, spare: str) -> None:
    page = opened(desk, until, spare)
    page.edit_chosen()
    retype(page.form.editor.line, "rate(7 days)")
    page.form.go.click()
    until(lambda: desk.named(spare)["Schedule"] == "rate(7 days)")
    until(lambda: "Changed: schedule." in desk.words and page.detail.isVisible())
    button(desk.window.shell, "Undo").click()
    until(lambda: desk.named(spare)["Schedule"] == "cron(0 2 ? * SUN *)")


def test_somebody_elses_change_meanwhile_is_said_in_the_form(desk: Desk, until: Until, spare: str) -> None:
    page = opened(desk, until, spare)
    page.edit_chosen()
    desk.ssm.update_maintenance_window(WindowId=page.window_id, Duration=7)
    retype(page.form.editor.line, "rate(7 days)")
    page.form.go.click()
    until(lambda: "was changed meanwhile by somebody else: duration." in words(page.form))
    assert page.form.editor.line.text() == "rate(7 days)"
    assert desk.named(spare)["Schedule"] == "cron(0 2 ? * SUN *)"


def test_targets_are_registered_and_deregistered(desk: Desk, until: Until, spare: str) -> None:
    page = opened(desk, until, spare)
    page.register_target()
    form = page.target_form
    form.go.click()
    assert "Give each tag a key" in words(form)
    QTest.keyClicks(form.tags[0].key, "PatchGroup")
    QTest.keyClicks(form.tags[0].values, "web-servers, db-servers")
    QTest.keyClicks(form.name, "Everything")
    form.go.click()
    until(lambda: page.detail.isVisible() and page.detail.counts[0] == 2)
    targets = desk.ssm.describe_maintenance_window_targets(WindowId=page.window_id)["Targets"]
    assert [{"Key": "tag:PatchGroup", "Values": ["web-servers", "db-servers"]}] in [each["Targets"] for each in targets]
    button(page.detail, "Deregister Everything").click()
    question = page.findChild(Question)
    assert question is not None
    question.accept()
    until(lambda: page.detail.counts[0] == 1)


def test_a_target_that_a_task_names_stays_and_says_why(desk: Desk, until: Until) -> None:
    page = opened(desk, until)
    until(lambda: page.detail.findChild(TargetRow) is not None)
    button(page.detail, "Deregister WebServers").click()
    question = page.findChild(Question)
    assert question is not None
    question.accept()
    until(page.detail.banner.isVisible)
    assert "is named by the task" in page.detail.banner.text
    assert page.detail.counts[0] == 1


def test_deleting_says_in_numbers_what_goes_with_it(desk: Desk, until: Until, spare: str) -> None:
    page = opened(desk, until, spare)
    until(lambda: page.presenter.chosen.tasks.value is not None)
    page.ask_delete()
    question = page.findChild(Question)
    assert question is not None
    assert "1 registered target and 0 tasks go with it." in words(question)
    question.accept()
    until(lambda: not desk.named(spare))
    until(lambda: page.detail.name.text() == "BlogPostDemo")


def test_a_task_is_removed_after_a_question(desk: Desk, until: Until, spare: str) -> None:
    window_id = str(desk.named(spare)["WindowId"])
    (target,) = desk.ssm.describe_maintenance_window_targets(WindowId=window_id)["Targets"]
    desk.ssm.register_task_with_maintenance_window(
        WindowId=window_id,
        TaskArn="AWS-RunShellScript",
        TaskType="RUN_COMMAND",
        Name="Collect",
        Targets=[{"Key": "WindowTargetIds", "Values": [target["WindowTargetId"]]}],
        MaxConcurrency="1",
        MaxErrors="0",
    )
    page = opened(desk, until, spare)
    until(lambda: page.detail.counts[1] == 1)
    button(page.detail, "Remove Collect").click()
    question = page.findChild(Question)
    assert question is not None
    question.accept()
    until(lambda: page.detail.counts[1] == 0)
    assert desk.ssm.describe_maintenance_window_tasks(WindowId=window_id)["Tasks"] == []
