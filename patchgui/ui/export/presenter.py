"""Writes reports of archived runs in the background, one after the other."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from patchgui.console.report.contents import ReportSource
from patchgui.console.report.export import Form, export
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import trouble_of
from patchgui.ui.export.sheet import ExportSheet
from patchgui.ui.task_scope import Again, TaskScope
from patchgui.ui.view_state import ViewState

_FORM, _FOLDER = "export/form", "export/folder"


class ExportPresenter(QObject):
    """Opens the sheet and works for it. ``scope`` is the caller's to close: what is not written then is not."""

    written = Signal(object)
    """The files that were written, as a tuple of ``Path``."""

    def __init__(
        self, archive: Callable[[], ReportSource], scope: TaskScope, state: ViewState, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._archive, self._scope, self._state = archive, scope, state
        self.sheet: ExportSheet | None = None

    def open(self, run_ids: Sequence[str], parent: QWidget) -> None:
        """Ask how to export these runs."""
        if not run_ids:
            return
        sheet = ExportSheet(len(run_ids), self._form(), self._folder(), parent)
        sheet.export_wanted.connect(partial(self._on_export, tuple(run_ids)))
        sheet.stop_wanted.connect(self._on_stop)
        sheet.finished.connect(self._on_finished)
        self.sheet = sheet
        sheet.open()

    def _on_export(self, run_ids: tuple[str, ...], form: Form, folder: Path) -> None:
        self._state.keep(_FORM, form.value)
        self._state.keep(_FOLDER, str(folder))
        self._scope.start("export", partial(self._export, run_ids, form, folder), Again.REPLACE)

    def _on_stop(self) -> None:
        self._scope.cancel("export")

    def _on_finished(self) -> None:
        self.sheet = None

    async def _export(self, run_ids: tuple[str, ...], form: Form, folder: Path) -> None:
        source = self._archive()
        files: list[Path] = []
        try:
            for run_id in run_ids:
                self._show_progress(len(files))
                files.append(await export(source, run_id, form, folder))
        except PatchError as error:
            if self.sheet is not None:
                self.sheet.show_trouble(trouble_of(error))
            return
        if self.sheet is not None:
            self.sheet.accept()
        self.written.emit(tuple(files))

    def _show_progress(self, done: int) -> None:
        if self.sheet is not None:
            self.sheet.show_progress(done)

    def _form(self) -> Form:
        kept = self._state.kept(_FORM)
        return Form(str(kept)) if kept in set(Form) else Form.HTML

    def _folder(self) -> Path:
        kept = self._state.kept(_FOLDER)
        if isinstance(kept, str) and Path(kept).is_dir():
            return Path(kept)
        places = QStandardPaths.StandardLocation
        found = QStandardPaths.writableLocation(places.DocumentsLocation)
        return Path(found) if found and Path(found).is_dir() else Path.home()
