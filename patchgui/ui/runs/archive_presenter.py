"""Does what the archive's settings ask for: one thing at a time, in the background, and tells what came of it."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import Retention
from patchgui.patching.wording import counted
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import trouble_of
from patchgui.ui.runs.archive_sheet import ArchiveSheet
from patchgui.ui.runs.archive_words import bytes_words
from patchgui.ui.task_scope import Again, TaskScope


class Told(NamedTuple):
    """What came of a work: the kind of its banner, and its words."""

    kind: str
    words: str
    hint: str = ""


class ArchivePresenter(QObject):
    """Opens the settings of ``archive`` and works for them. ``scope`` is the caller's to close."""

    changed = Signal()
    """The archive has other runs now."""

    def __init__(self, archive: Archive, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._archive, self._scope = archive, scope
        self._may_stop = False
        self.sheet: ArchiveSheet | None = None

    def open(self, parent: QWidget) -> None:
        """Show the settings over ``parent``."""
        sheet = ArchiveSheet(self._archive.path, parent)
        sheet.preview_wanted.connect(self._on_preview)
        sheet.apply_wanted.connect(self._on_apply)
        sheet.backup_wanted.connect(self._on_backup)
        sheet.restore_wanted.connect(self._on_restore)
        sheet.check_wanted.connect(self._on_check)
        sheet.stop_wanted.connect(self._on_stop)
        sheet.finished.connect(self._on_finished)
        self.sheet = sheet
        self._scope.start("size", self._show_size, Again.REPLACE)
        sheet.open()

    # -- what the sheet asks -------------------------------------------------------------------------------------------

    def _on_preview(self, retention: Retention) -> None:
        self._scope.start("preview", partial(self._show_preview, retention), Again.REPLACE)

    def _on_apply(self, retention: Retention) -> None:
        self._work("Deleting…", partial(self._apply, retention))

    def _on_backup(self, path: Path) -> None:
        self._work("Making the copy…", partial(self._backup, path))

    def _on_restore(self, path: Path) -> None:
        self._work("Restoring…", partial(self._restore, path), may_stop=False)

    def _on_check(self) -> None:
        self._work("Checking every page…", self._check)

    def _on_stop(self) -> None:
        if self._may_stop:
            self._scope.cancel("work")

    def _on_finished(self) -> None:
        self._on_stop()
        self.sheet = None

    def _work(self, words: str, work: Callable[[], Awaitable[Told]], *, may_stop: bool = True) -> None:
        if self._scope.start("work", partial(self._do, work)) and self.sheet is not None:
            self._may_stop = may_stop
            self.sheet.show_work(words, may_stop=may_stop)

    async def _do(self, work: Callable[[], Awaitable[Told]]) -> None:
        """Work, and tell what came of it; where it was stopped, the sheet shows what there is then."""
        told = Told("info", "Stopped.", "What was done by then stays done.")
        try:
            told = await work()
        except PatchError as error:
            told = Told("", "")
            if self.sheet is not None:
                self.sheet.show_trouble(trouble_of(error))
        finally:
            if self.sheet is not None:
                self.sheet.show_done(told.kind, told.words, told.hint)
                self.sheet.show_work("")
            self._scope.start("size", self._show_size, Again.REPLACE)

    async def _show_size(self) -> None:
        try:
            size = await self._archive.size()
        except PatchError as error:
            if self.sheet is not None:
                self.sheet.show_trouble(trouble_of(error))
            return
        if self.sheet is not None:
            self.sheet.show_size(size)

    async def _show_preview(self, retention: Retention) -> None:
        try:
            preview = await self._archive.preview(retention)
        except PatchError as error:
            if self.sheet is not None:
                self.sheet.show_trouble(trouble_of(error))
            return
        if self.sheet is not None:
            self.sheet.show_preview(preview)

    async def _apply(self, retention: Retention) -> Told:
        try:
            gone = await self._archive.apply(retention)
        finally:
            self.changed.emit()
        return Told("success", f"{counted(gone.runs, 'run')} deleted: {bytes_words(gone.bytes)} less.")

    async def _backup(self, path: Path) -> Told:
        await self._archive.backup(path, self._on_progress)
        return Told("success", f"The copy is in {path}.", "It holds everything up to now, and is complete in itself.")

    async def _restore(self, path: Path) -> Told:
        kept = await self._archive.restore(path)
        self.changed.emit()
        return Told("success", f"The archive is that of {path.name} now.", f"What was there before is kept in {kept}.")

    async def _check(self) -> Told:
        health = await self._archive.check()
        if health.is_sound:
            return Told("success", f"The archive is sound: {counted(health.runs, 'run')} in every page looked at.")
        return Told(
            "error", "The archive is damaged. Restore a copy, or go on with what can be read.", health.problems[0]
        )

    def _on_progress(self, done: int, total: int) -> None:
        if self.sheet is not None:
            self.sheet.show_progress(done, total)
