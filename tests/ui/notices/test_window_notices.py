"""Notices in the whole window: who looks is told on the page, who does not is told outside of it."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from patchgui.console.connection import SANDBOX
from patchgui.console.notice_settings import NoticeFile, NoticeSettings
from patchgui.ui.console_pages import RUNS
from patchgui.ui.notices.app_icon import app_icon
from patchgui.ui.notices.sheet import NoticesSheet
from patchgui.ui.notices.window_notices import WindowNotices
from tests.ui.scripted_window import Stage, summary

Until = Callable[[Callable[[], bool]], None]
LIVE = summary("InProgress")
BAD = replace(LIVE, error_count=1)
TITLE = f"{SANDBOX.label} – Patch Now"
ENDED = replace(LIVE, status="Success", completed_count=3)


class Told(Stage):
    """The window with its notices, and another window that may stand before it."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__(app, folder)
        self.file = NoticeFile(folder / "notices.json")
        self.notices = WindowNotices(self.window.shell, self.window.pages, self.scope.child("notices"), self.file)
        self.elsewhere = QWidget()
        self.messages: list[str] = []
        self.notices.presenter.raised.connect(lambda notice: self.messages.append(notice.title))

    def hear(self, *runs: object) -> None:
        """Let the list of runs be told."""
        self.window.pages.runs_told.emit(runs)

    def buttons(self, text: str) -> list[QPushButton]:
        """Return the buttons with a text that can be seen."""
        found = self.window.shell.findChildren(QPushButton)
        return [button for button in found if button.text() == text and button.isVisible()]


@pytest.fixture
def stage(qloop: qasync.QEventLoop, qapp: QApplication, tmp_path: Path) -> Iterator[Told]:
    made = Told(qapp, tmp_path)
    made.window.shell.show()
    made.notices.start()
    yield made
    qloop.run_until_complete(made.aclose())
    made.notices.close()
    made.window.close()
    for widget in (made.window.shell, made.elsewhere):
        widget.deleteLater()


def look_at(widget: QWidget, until: Until) -> None:
    widget.show()
    widget.raise_()
    widget.activateWindow()
    until(widget.isActiveWindow)


def test_who_looks_elsewhere_is_told_by_title_and_icon_until_they_look(stage: Told, until: Until) -> None:
    look_at(stage.elsewhere, until)
    stage.hear(LIVE)
    stage.hear(BAD)
    assert stage.window.shell.windowTitle() == f"(1) {TITLE}"
    stage.hear(replace(ENDED, status="Failed", error_count=1))
    assert stage.window.shell.windowTitle() == f"(2) {TITLE}"
    assert stage.notices.tray.icon.toolTip() == "Patch Now – 2 to look at"
    assert stage.messages == ["Patch now needs a look", "Patch now failed"]
    look_at(stage.window.shell, until)
    assert stage.window.shell.windowTitle() == TITLE
    assert stage.notices.tray.icon.toolTip() == "Patch Now"


def test_who_looks_at_the_window_is_told_in_it_and_led_to_the_run(stage: Told, until: Until) -> None:
    stage.window.start()
    until(lambda: "3 nodes · 3 online" in stage.words)
    look_at(stage.window.shell, until)
    stage.hear(LIVE)
    stage.hear(BAD)
    assert "1 of 3 nodes failed so far; the run goes on." in stage.words
    assert stage.window.shell.windowTitle() == TITLE
    stage.buttons("Open")[0].click()
    until(lambda: stage.window.shell.current_page == RUNS)
    until(lambda: stage.session.watched == ["run-7"])
    assert not stage.buttons("Open")


def test_who_looks_at_the_run_needs_no_notice(stage: Told, until: Until) -> None:
    stage.session.known = (LIVE,)
    stage.window.start()
    until(lambda: stage.session.watched == ["run-7"])
    look_at(stage.window.shell, until)
    stage.hear(LIVE)
    stage.hear(BAD)
    assert stage.messages == ["Patch now needs a look"]
    assert not stage.buttons("Open")


def test_good_news_are_left_out_where_only_trouble_is_wanted(stage: Told, until: Until) -> None:
    stage.notices.presenter.save(NoticeSettings(only_trouble=True))
    until(lambda: stage.notices.presenter.settings.only_trouble)
    stage.hear(LIVE)
    stage.hear(ENDED)
    assert stage.messages == []


def test_the_list_of_runs_itself_brings_the_news(stage: Told, until: Until) -> None:
    stage.session.known = (LIVE,)
    stage.window.start()
    until(lambda: stage.session.watched == ["run-7"])
    stage.session.known = (ENDED,)
    assert stage.window.pages.runs is not None
    stage.window.pages.runs.runs.start()
    until(lambda: stage.messages == ["Patch now ended"])


def test_a_command_is_run_and_its_failure_told(stage: Told, until: Until, tmp_path: Path) -> None:
    script, told = tmp_path / "tell.py", tmp_path / "told.json"
    script.write_text(f"import sys\nopen({str(told)!r}, 'w').write(sys.stdin.read())\n", encoding="utf-8")
    stage.notices.presenter.save(NoticeSettings(command=f"{sys.executable} {script}"))
    until(lambda: bool(stage.notices.presenter.settings.command))
    stage.hear(LIVE)
    stage.hear(ENDED)
    until(lambda: told.exists() and told.read_text(encoding="utf-8").endswith("}"))
    assert json.loads(told.read_text(encoding="utf-8"))["title"] == "Patch now ended"


def test_settings_that_cannot_work_cannot_be_saved(stage: Told, until: Until) -> None:
    stage.notices.open_sheet()
    (sheet,) = stage.window.shell.findChildren(NoticesSheet)
    sheet.webhook.setText("http://chat.example.com/x")
    assert not sheet.go.isEnabled()
    sheet.webhook.setText("")
    sheet.desktop.setChecked(False)
    assert sheet.go.isEnabled()
    sheet.go.click()
    until(lambda: not stage.file.read().contents.on_desktop)
    until(lambda: not stage.window.shell.findChildren(NoticesSheet) or not sheet.isVisible())


def test_a_test_says_at_once_what_failed(stage: Told, until: Until, tmp_path: Path) -> None:
    stage.notices.open_sheet()
    (sheet,) = stage.window.shell.findChildren(NoticesSheet)
    script = tmp_path / "fail.py"
    script.write_text("import sys\nsys.exit('the pager is off')\n", encoding="utf-8")
    sheet.command.setText(f"{sys.executable} {script}")
    (button,) = [each for each in sheet.findChildren(QPushButton) if each.text() == "Send a test"]
    button.click()
    until(lambda: "the pager is off" in stage.words)
    assert button.isEnabled()
    sheet.reject()


def test_damaged_settings_are_said(stage: Told, until: Until) -> None:
    stage.file.path.write_text("{", encoding="utf-8")

    def is_said() -> bool:
        # A reading that is under way is not begun again.
        stage.notices.presenter.load()
        return "The file of notice settings was damaged." in stage.words

    until(is_said)


def test_the_icon_has_its_number_at_every_size(qapp: QApplication) -> None:
    plain, counted = app_icon(), app_icon(3)
    for size in plain.availableSizes():
        assert plain.pixmap(size).toImage() != counted.pixmap(size).toImage()
