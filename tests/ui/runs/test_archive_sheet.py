"""The archive's settings: what is there, what would go, copies and back, and a look at the whole file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import Retention
from patchgui.ui.runs.archive_sheet import ArchiveSheet
from patchgui.ui.runs.archive_words import bytes_words, retention_of
from patchgui.ui.shell.question import Question
from tests.ui.runs.conftest import History, run_at

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def sheet(history: History) -> Iterator[ArchiveSheet]:
    history.fill(run_at("new", 0), run_at("old", -24 * 200), run_at("older", -24 * 400))
    history.show()
    history.until(lambda: len(history.ids) == 3)
    history.page.list.archive.click()
    presenter = history.stage.window.pages.archive
    assert presenter is not None
    assert presenter.sheet is not None
    made = presenter.sheet
    history.until(lambda: made.facts.text().startswith("3 runs · "))
    yield made
    if presenter.sheet is not None:
        made.reject()


def choose_age(sheet: ArchiveSheet, value: str) -> None:
    next(action for action in sheet.age.menu().actions() if action.data() == value).trigger()


def answer(sheet: ArchiveSheet, words: str) -> None:
    question = sheet.findChildren(Question)[-1]
    next(button for button in question.findChildren(QPushButton) if button.text() == words).click()


def test_what_would_go_is_said_in_numbers_before_anything_does(history: History, sheet: ArchiveSheet) -> None:
    assert str(history.archive.path) == sheet.path.text()
    history.until(lambda: sheet.preview.text().startswith("No run would be deleted"))
    assert not sheet.delete.isEnabled()
    choose_age(sheet, "365")
    history.until(sheet.delete.isEnabled)
    assert sheet.preview.text().startswith("1 run would be deleted: ")
    assert "2 runs stay" in sheet.preview.text()
    sheet.delete.click()
    answer(sheet, "Cancel")
    assert history.ids == ["new", "old", "older"]
    sheet.delete.click()
    answer(sheet, "Delete 1 run")
    history.until(lambda: history.ids == ["new", "old"])
    history.until(lambda: sheet.banner.text.startswith("1 run deleted: "))
    history.until(lambda: sheet.facts.text().startswith("2 runs · "))
    assert not sheet.delete.isEnabled()


def test_a_copy_brings_back_what_was_deleted(history: History, sheet: ArchiveSheet, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere.db"
    sheet.backup_wanted.emit(copy)
    history.until(lambda: sheet.banner.text.startswith("The copy is in"))
    choose_age(sheet, "30")
    history.until(sheet.delete.isEnabled)
    sheet.delete.click()
    answer(sheet, "Delete 2 runs")
    history.until(lambda: history.ids == ["new"])
    history.until(sheet.restore.isEnabled)
    sheet.ask_restore(str(copy))
    answer(sheet, "Restore")
    history.until(lambda: sheet.banner.text.startswith("The archive is that of elsewhere.db now."))
    history.until(lambda: history.ids == ["new", "old", "older"])
    assert list(tmp_path.glob("archive.before-restore-*.db"))


def test_what_is_no_copy_is_refused_and_changes_nothing(history: History, sheet: ArchiveSheet, tmp_path: Path) -> None:
    stranger = tmp_path / "holiday.db"
    stranger.write_bytes(b"no archive" * 1000)
    sheet.restore_wanted.emit(stranger)
    history.until(sheet.banner.isVisible)
    assert "Nothing was changed" in sheet.banner.text
    history.page.runs.start()
    history.until(lambda: history.ids == ["new", "old", "older"])


def test_the_file_is_looked_at_page_by_page(history: History, sheet: ArchiveSheet) -> None:
    sheet.check.click()
    assert (sheet.work.text(), sheet.stop.isVisible(), sheet.backup.isEnabled()) == (
        "Checking every page…",
        True,
        False,
    )
    history.until(lambda: sheet.banner.text.startswith("The archive is sound: 3 runs"))
    assert not sheet.bar.isVisible()
    assert sheet.backup.isEnabled()


def test_what_is_stopped_is_said_to_be_and_leaves_no_half_copy(
    history: History, sheet: ArchiveSheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, backup = tmp_path / "copy.db", Archive.backup

    async def stopped_at_once(archive: Archive, path: Path, progress: object = None) -> None:
        sheet.stop.click()
        await backup(archive, path)

    monkeypatch.setattr(Archive, "backup", stopped_at_once)
    sheet.backup_wanted.emit(copy)
    history.until(lambda: sheet.banner.text.startswith("Stopped."))
    assert not copy.exists()
    assert not sheet.stop.isVisible()


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1_400, "1.4 KB"), (81_200, "81 KB"), (4_200_000_000, "4.2 GB")],
)
def test_sizes_are_said_for_people(size: int, words: str) -> None:
    assert bytes_words(size) == words


def test_no_limit_is_no_retention() -> None:
    assert retention_of("", "") == Retention()
    assert retention_of("30", "256") == Retention(30, 256 << 20)
