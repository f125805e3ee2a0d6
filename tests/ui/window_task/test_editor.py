"""The editor of a task: what the form makes of it, what is said before saving, and what is saved."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from patchgui.console.connection import SANDBOX
from patchgui.patching.window_tasks.fields import DOCUMENT, RUN_COMMAND, TARGETS, parameter
from patchgui.patching.window_tasks.merge import Side
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.ui.patch_now.confirm import ConfirmDialog
from patchgui.ui.shell.question import Question
from patchgui.ui.window_task.rows import ChoiceRow, DocumentRow, LineRow, TextRow
from tests.ui.window_task.conftest import Stage

WRAPPER = "AWS-RunPatchBaselineWithHooks"
SLOTS = {"PreInstallHookDocName": "Stop-App", "PostInstallHookDocName": "Update-App", "OnExitHookDocName": "Start-App"}


def pick(row: DocumentRow, name: str) -> None:
    """Choose a document as a person does: open the list, type its name, press Enter."""
    row.picker.setFocus()
    QTest.keyClick(row.picker, Qt.Key.Key_Down)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, name)
    QTest.keyClick(line, Qt.Key.Key_Return)


def retype(row: LineRow, text: str) -> None:
    row.line.selectAll()
    QTest.keyClick(row.line, Qt.Key.Key_Delete)
    QTest.keyClicks(row.line, text)


def document_row(stage: Stage, name: str) -> DocumentRow:
    row = stage.editor.form.row(parameter(name))
    assert isinstance(row, DocumentRow)
    return row


def line_row(stage: Stage, *path: str) -> LineRow:
    row = stage.editor.form.row(path)
    assert isinstance(row, LineRow)
    return row


def kept(stage: Stage) -> list[str]:
    """Return the lines that tell what the form has no field for."""
    column = stage.editor.form._kept_column
    widgets = [item.widget() for index in range(column.count()) if (item := column.itemAt(index))]
    return [widget.text() for widget in widgets if isinstance(widget, QLabel)]


def documents_of(stage: Stage) -> set[str]:
    """Return what the tasks of the window run."""
    tasks = stage.others.describe_maintenance_window_tasks(WindowId=stage.window_id)["Tasks"]
    return {str(task["TaskArn"]) for task in tasks}


def press(question: QDialog, words: str) -> None:
    next(each for each in question.findChildren(QPushButton) if each.text() == words).click()


def put_hooks(stage: Stage) -> None:
    pick(stage.editor.form.document, WRAPPER)
    stage.until(lambda: parameter("OnExitHookDocName") in stage.editor.form._parameters)
    for slot, name in SLOTS.items():
        pick(document_row(stage, slot), name)
    stage.until(lambda: stage.state.can_save)


def test_a_task_gets_the_wrapper_with_hooks_and_everything_else_stays(stage: Stage) -> None:
    stage.begin()
    before = stage.task()
    put_hooks(stage)
    assert [(each.name, each.old_text, each.new_text) for each in stage.draft.changes] == [
        ("Document", "AWS-RunPatchBaseline", WRAPPER),
        ("Before install", "", "Stop-App"),
        ("After install", "", "Update-App"),
        ("On exit", "", "Start-App"),
    ]
    shown = stage.editor.changes.diff.toPlainText()
    assert "Document\n- AWS-RunPatchBaseline\n+ AWS-RunPatchBaselineWithHooks\n" in shown
    assert "kept: Operation, Targets, Priority, At a time, " in shown
    assert stage.editor.changes.go.text() == "Save 4 changes"
    stage.save()
    before["TaskArn"] = WRAPPER
    before["TaskInvocationParameters"]["RunCommand"]["Parameters"] |= {slot: [name] for slot, name in SLOTS.items()}
    assert stage.task() == before
    assert "Saved: 4 changes." in stage.editor.changes.done.text


def test_what_was_saved_is_taken_back(stage: Stage) -> None:
    stage.begin()
    before = stage.task()
    put_hooks(stage)
    stage.save()
    stage.editor.changes.done.acted.emit()
    stage.until(lambda: not stage.state.is_saving and stage.task() == before)
    assert stage.editor.form.document.picker.value == "AWS-RunPatchBaseline"


def test_the_chosen_hook_is_shown_and_one_that_is_none_keeps_the_task_from_being_saved(stage: Stage) -> None:
    stage.begin()
    pick(stage.editor.form.document, WRAPPER)
    stage.until(lambda: parameter("OnExitHookDocName") in stage.editor.form._parameters)
    row = document_row(stage, "OnExitHookDocName")
    pick(row, "Stop-App")
    preview = stage.editor.form._preview
    stage.until(lambda: preview._code.toPlainText() == "echo hook")
    pick(row, "Stop-App:99")
    stage.until(lambda: "was not found" in row.problem)
    assert not stage.editor.changes.go.isEnabled()
    pick(row, "Start-App")
    stage.until(lambda: stage.state.can_save)
    assert row.problem == ""


def test_switching_back_changes_nothing(stage: Stage) -> None:
    stage.begin()
    put_hooks(stage)
    pick(stage.editor.form.document, "AWS-RunPatchBaseline")
    stage.until(lambda: stage.draft.document == "AWS-RunPatchBaseline")
    assert stage.draft.changes == ()
    assert (stage.editor.changes.go.text(), stage.editor.changes.go.isEnabled()) == ("Save", False)


def test_each_kind_of_parameter_has_its_field(stage: Stage) -> None:
    stage.begin()
    form = stage.editor.form
    operation = form.row(parameter("Operation"))
    assert isinstance(operation, ChoiceRow)
    assert operation.choice.value == "Install"
    pick(form.document, "AWS-RunShellScript")
    stage.until(lambda: stage.draft.document == "AWS-RunShellScript")
    commands = form.row(parameter("commands"))
    assert isinstance(commands, TextRow)
    assert "must be given" in commands.problem
    commands.text.setPlainText("echo one\necho two")
    assert commands.problem == ""
    assert stage.draft.value(parameter("commands")) == ["echo one", "echo two"]


def test_limits_are_told_while_typing(stage: Stage) -> None:
    stage.begin()
    at_a_time = line_row(stage, "MaxConcurrency")
    retype(at_a_time, "0")
    assert at_a_time.problem == "A number of nodes such as 5, or a share such as 10%."
    assert not stage.editor.changes.go.isEnabled()
    retype(at_a_time, "5")
    assert (at_a_time.problem, stage.editor.changes.go.text()) == ("", "Save 1 change")
    retype(at_a_time, "10%")
    assert stage.draft.changes == ()
    retype(line_row(stage, "Priority"), "x")
    assert "0 or more" in line_row(stage, "Priority").problem


def test_targets_are_switched_and_typed(stage: Stage) -> None:
    stage.begin()
    row = stage.editor.form.targets
    (toggle,) = row._by_id.values()
    assert (toggle.text(), toggle.isChecked()) == ("Web · tag:Role = web", True)
    toggle.click()
    assert row.problem == "A task that runs a document needs at least one."
    others = row.others
    assert isinstance(others, QPlainTextEdit)
    others.setPlainText("tag:Role = web, db\nInstanceIds=")
    assert row.problem == ""
    others.setPlainText("tag:Role = web, db")
    assert stage.draft.value(TARGETS) == [{"Key": "tag:Role", "Values": ["web", "db"]}]
    stage.save()
    assert stage.task()["Targets"] == [{"Key": "tag:Role", "Values": ["web", "db"]}]


def test_what_the_form_has_no_field_for_is_shown_and_kept(stage: Stage) -> None:
    stage.begin()
    shown = kept(stage)
    assert shown == ["S3 bucket (old form): old-logs", "S3 region (old form): eu-central-1"]
    retype(line_row(stage, *RUN_COMMAND, "Comment"), "")
    stage.save()
    task = stage.task()
    assert "Comment" not in task["TaskInvocationParameters"]["RunCommand"]
    assert task["LoggingInfo"] == {"S3BucketName": "old-logs", "S3Region": "eu-central-1"}


def test_changes_of_somebody_else_are_shown_and_kept(stage: Stage) -> None:
    stage.begin()
    retype(line_row(stage, "Priority"), "7")
    ids = {"WindowId": stage.window_id, "WindowTaskId": stage.task_id}
    stage.others.update_maintenance_window_task(**ids, MaxErrors="9")
    stage.save()
    meanwhile = stage.editor.changes.meanwhile
    assert "Stop after errors: 2 → 9" in meanwhile.banner.text
    assert (stage.task()["Priority"], line_row(stage, "MaxErrors").line.text()) == (1, "9")
    stage.save()
    assert (stage.task()["Priority"], stage.task()["MaxErrors"]) == (7, "9")
    assert meanwhile.isHidden()


def test_where_both_changed_the_same_nothing_is_saved_before_it_is_chosen(stage: Stage) -> None:
    stage.begin()
    retype(line_row(stage, "Priority"), "7")
    ids = {"WindowId": stage.window_id, "WindowTaskId": stage.task_id}
    stage.others.update_maintenance_window_task(**ids, Priority=5)
    stage.save()
    assert not stage.editor.changes.go.isEnabled()
    ((overlap, control),) = stage.editor.changes.meanwhile.choices.items()
    assert (overlap.name, control.value) == ("Priority", "")
    control._buttons[Side.MINE].click()
    stage.save()
    assert stage.task()["Priority"] == 7


def test_a_new_task_is_added(stage: Stage) -> None:
    stage.editor.edit(stage.window_id)
    stage.until(lambda: stage.state.draft is not None and bool(stage.state.documents))
    assert {problem.path for problem in stage.state.problems} >= {DOCUMENT, TARGETS}
    pick(stage.editor.form.document, "AWS-RunShellScript")
    stage.until(lambda: stage.draft.document == "AWS-RunShellScript")
    commands = stage.editor.form.row(parameter("commands"))
    assert isinstance(commands, TextRow)
    commands.text.setPlainText("true")
    stage.editor.form.targets.others.setPlainText("tag:Role = web")
    assert stage.editor.changes.go.text() == "Add task"
    stage.save()
    assert documents_of(stage) == {"AWS-RunPatchBaseline", "AWS-RunShellScript"}
    assert stage.editor.changes.done.text == "The task was added."
    stage.editor.changes.done.acted.emit()
    stage.until(lambda: documents_of(stage) == {"AWS-RunPatchBaseline"})


def test_a_new_task_begins_anew_when_it_is_reverted(stage: Stage) -> None:
    stage.editor.edit(stage.window_id)
    stage.until(lambda: stage.state.draft is not None and bool(stage.state.documents))
    retype(line_row(stage, "Priority"), "4")
    stage.editor.changes.revert.click()
    stage.until(lambda: stage.state.draft is not None and line_row(stage, "Priority").line.text() == "1")
    assert [(change.name, change.new) for change in stage.draft.changes] == [("Priority", 1)]
    assert stage.draft.window_id == stage.window_id


def test_a_task_of_another_type_is_shown_and_keeps_what_it_has(stage: Stage) -> None:
    stage.task_id = stage.others.register_task_with_maintenance_window(
        WindowId=stage.window_id,
        TaskArn="arn:aws:lambda:eu-central-1:123456789012:function:Clean",
        TaskType="LAMBDA",
        TaskInvocationParameters={"Lambda": {"Qualifier": "2", "Payload": b"{}"}},
    )["WindowTaskId"]
    stage.begin()
    form = stage.editor.form
    assert (form.note.text(), form.document.isHidden(), form.targets.isHidden()) == ("· LAMBDA", True, True)
    shown = kept(stage)
    assert "TaskInvocationParameters.Lambda.Qualifier: 2" in shown
    before = stage.task()
    retype(line_row(stage, "Priority"), "4")
    stage.save()
    assert stage.task() == before | {"Priority": 4}


def test_a_refusal_is_said_where_it_arises_and_the_draft_stays(stage: Stage) -> None:
    stage.begin()
    retype(line_row(stage, "Priority"), "7")
    stage.fleet.fault(Fault(FaultKind.EXPIRE, calls=frozenset({"UpdateMaintenanceWindowTask"})))
    stage.save()
    assert stage.editor.changes.failure.isVisible()
    assert (line_row(stage, "Priority").line.text(), stage.task()["Priority"]) == ("7", 1)
    stage.fleet.calm()
    stage.save()
    assert stage.task()["Priority"] == 7


def test_what_cannot_be_read_is_said_and_read_again(stage: Stage) -> None:
    stage.editor.edit(stage.window_id, "00000000-0000-4000-8000-000000000000")
    stage.until(lambda: stage.state.trouble is not None)
    assert "has no task" in stage.editor._trouble.accessibleName()
    stage.begin()
    assert stage.editor.form.title.text() == "Edit PatchingTask"


def test_leaving_asks_only_where_something_would_be_lost(stage: Stage) -> None:
    stage.begin()
    left: list[str] = []
    stage.editor.left.connect(left.append)
    QTest.keyClick(stage.editor, Qt.Key.Key_Escape)
    assert left == [stage.window_id]
    retype(line_row(stage, "Priority"), "7")
    QTest.keyClick(stage.editor, Qt.Key.Key_Escape)
    (question,) = stage.editor.findChildren(Question)
    assert question.accessibleName() == "Leave without saving 1 change?"
    press(question, "Leave")
    assert left == [stage.window_id] * 2


def test_the_keyboard_alone_goes_through_the_form_as_it_stands(stage: Stage) -> None:
    stage.begin()
    put_hooks(stage)
    stage.editor.form.more.click()
    stage.editor.form.document.picker.setFocus()
    seen: list[str] = []
    while len(seen) < 60 and "Save 4 changes" not in seen:
        focused = stage.editor.focusWidget()
        assert focused is not None
        words = focused.accessibleName() or (focused.text() if isinstance(focused, QPushButton) else "")
        seen.append(words.split(":")[0])
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    stops = ["Document", "Operation *", "Before install", "After install", "On exit", "Other targets", "Priority"]
    stops += ["Name", "Told of", "Role for the topic", "What changes"]
    assert [each for each in seen if each in stops] == stops, str(seen)
    assert seen[-2:] == ["Revert", "Save 4 changes"]


def test_coming_to_a_hook_shows_what_it_runs(stage: Stage) -> None:
    stage.begin()
    put_hooks(stage)
    stage.save()
    stage.begin()
    preview = stage.editor.form._preview
    assert preview.isHidden()
    document_row(stage, "OnExitHookDocName").picker.setFocus()
    stage.until(lambda: preview._code.toPlainText() == "echo hook")


def test_on_a_guarded_connection_its_name_is_typed_before_anything_is_saved(stage: Stage) -> None:
    stage.connection = replace(SANDBOX, label="Production", is_guarded=True)
    stage.begin()
    retype(line_row(stage, "Priority"), "7")
    stage.editor.changes.go.click()
    (dialog,) = stage.editor.findChildren(ConfirmDialog)
    assert (dialog.go.text(), dialog.go.isEnabled()) == ("Save 1 change", False)
    QTest.keyClicks(dialog.typed, "production")
    dialog.go.click()
    stage.until(lambda: stage.task()["Priority"] == 7)


def test_a_task_is_removed_once_that_was_asked(stage: Stage) -> None:
    stage.begin()
    left: list[str] = []
    stage.editor.left.connect(left.append)
    stage.editor.remove.click()
    (question,) = stage.editor.findChildren(Question)
    assert question.accessibleName() == "Remove “PatchingTask”?"
    press(question, "Remove the task")
    stage.until(lambda: left == [stage.window_id])
    assert documents_of(stage) == set()


def test_saving_once_more_after_a_lost_answer_is_no_change_of_somebody_else(stage: Stage) -> None:
    stage.begin()
    retype(line_row(stage, "Priority"), "7")
    update = frozenset({"UpdateMaintenanceWindowTask"})
    stage.fleet.fault(Fault(FaultKind.LOSE, calls=update, times=1))
    stage.fleet.fault(Fault(FaultKind.EXPIRE, calls=frozenset({"GetMaintenanceWindowTask"}), passing=1))
    stage.save()
    assert "is not known" in stage.editor.changes.failure.text
    stage.fleet.calm()
    stage.save()
    assert (stage.state.meanwhile, stage.task()["Priority"]) == (None, 7)
    assert "Saved: 1 change." in stage.editor.changes.done.text
