"""Exports from the window, over a real archive: from the list, and from the run that is open."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from patchgui.console.report.contents import ReportSource
from patchgui.console.report.export import Form, export
from patchgui.ui.export.sheet import ExportSheet
from tests.ui.run.scenes import APP_1, WEB_2
from tests.ui.runs.conftest import History, put, run_at


def shown(history: History, count: int) -> ExportSheet:
    """Fill the archive with so many runs and list them."""

    async def fill() -> None:
        for number in range(count):
            await put(history.archive, run_at(f"run-{number}", number + 1, "Failed"), nodes=(APP_1, WEB_2))

    history.loop.run_until_complete(fill())
    history.show()
    history.until(lambda: len(history.ids) == count)
    history.page.export_wanted.emit(tuple(history.ids))
    return sheet_of(history)


def sheet_of(history: History) -> ExportSheet:
    presenter = history.stage.window.pages.export
    assert presenter is not None
    assert presenter.sheet is not None
    return presenter.sheet


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def is_closed(history: History) -> bool:
    presenter = history.stage.window.pages.export
    return presenter is not None and presenter.sheet is None


def test_every_run_that_is_meant_gets_a_report_of_its_own(history: History, tmp_path: Path) -> None:
    sheet = shown(history, 3)
    assert sheet.go.text() == "Export 3 runs"
    target = tmp_path / "reports"
    sheet.folder.setText(str(target))
    assert not sheet.go.isEnabled()
    target.mkdir()
    sheet.folder.setText(f"{target}/")
    sheet.forms.set_value(Form.JSON.value)
    sheet.go.click()
    history.until(lambda: is_closed(history))
    assert written(target) == [f"patch-run-run-{number}.json" for number in range(3)]
    assert json.loads((target / "patch-run-run-0.json").read_text(encoding="utf-8"))["run_id"] == "run-0"
    history.until(lambda: "3 reports written." in history.stage.words)


def test_the_run_that_is_open_is_exported_by_key_as_a_page(history: History, tmp_path: Path) -> None:
    shown(history, 1).reject()
    history.page.open_run("run-0")
    history.until(lambda: history.page.run.summary is not None)
    history.stage.window.shell.activateWindow()
    history.until(history.page.view.isActiveWindow)
    QTest.keyClick(history.page.view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    sheet = sheet_of(history)
    assert sheet.accessibleName() == "Export this run"
    sheet.folder.setText(str(tmp_path))
    sheet.forms.set_value(Form.HTML.value)
    sheet.go.click()
    history.until(lambda: is_closed(history))
    assert WEB_2.headline in (tmp_path / "patch-run-run-0.html").read_text(encoding="utf-8")


def test_the_form_and_the_folder_are_remembered(history: History, tmp_path: Path) -> None:
    sheet = shown(history, 1)
    sheet.folder.setText(str(tmp_path))
    sheet.forms.set_value(Form.CSV.value)
    sheet.go.click()
    history.until(lambda: is_closed(history))
    history.page.export_wanted.emit(("run-0",))
    again = sheet_of(history)
    assert (again.folder.text(), again.forms.value) == (str(tmp_path), "csv")
    again.reject()


def test_a_run_that_the_archive_does_not_have_is_said_in_the_sheet(history: History, tmp_path: Path) -> None:
    shown(history, 1).reject()
    history.page.export_wanted.emit(("run-of-nobody",))
    sheet = sheet_of(history)
    sheet.folder.setText(str(tmp_path))
    sheet.go.click()
    history.until(lambda: "run-of-nobody" in history.stage.words)
    assert sheet.go.isEnabled()
    assert not [name for name in written(tmp_path) if name.startswith("patch-run")]
    sheet.reject()


def test_an_export_can_be_stopped_and_what_is_written_stays(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = shown(history, 3)

    async def one_then_stop(source: ReportSource, run_id: str, form: Form, path: Path) -> Path:
        done = await export(source, run_id, form, path)
        sheet.reject()
        return done

    monkeypatch.setattr("patchgui.ui.export.presenter.export", one_then_stop)
    sheet.folder.setText(str(tmp_path))
    sheet.forms.set_value(Form.CSV.value)
    sheet.go.click()
    history.until(lambda: is_closed(history))
    reports = [name for name in written(tmp_path) if name.startswith("patch-run")]
    assert len(reports) == 1
