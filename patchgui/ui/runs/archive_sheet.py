"""The settings of the archive: where it is, for how long runs are kept, copies of it, and whether it is sound."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from patchgui.console.archive.entries import ArchiveSize, RetentionPreview
from patchgui.patching.wording import counted
from patchgui.ui.errors import Trouble
from patchgui.ui.runs.archive_words import AGES, SIZES, preview_words, retention_of, size_words
from patchgui.ui.shell.question import Question
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import line
from patchgui.ui.widgets.menu_button import MenuButton
from patchgui.ui.widgets.selectable_line import SelectableLine
from patchgui.ui.widgets.text import label

_WIDTH_PX = 560
_FILTER = "Archive of Patch Now (*.db)"


class ArchiveSheet(QDialog):
    """Shows and asks; what is asked is done by a presenter. One thing at a time, and each can be stopped."""

    preview_wanted = Signal(object)
    """A ``Retention``: what would it delete?"""
    apply_wanted = Signal(object)
    """A ``Retention`` that is to be applied now: the operator has said yes to its numbers."""
    backup_wanted = Signal(object)
    """The path of the copy to be made."""
    restore_wanted = Signal(object)
    """The path of the copy that is to take the archive's place."""
    check_wanted = Signal()
    """The file should be checked."""
    stop_wanted = Signal()
    """What is at work should stop."""

    def __init__(self, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._preview: RetentionPreview | None = None
        self.setWindowTitle("Archive of runs")
        self.setAccessibleName("Archive of runs")
        self.setModal(True)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.path = SelectableLine(str(path))
        self.path.setAccessibleName("The archive's file")
        self.facts = label("Looking at the archive…", "dim")
        self.age = MenuButton("Keep runs", AGES)
        self.limit = MenuButton("Size of the archive", SIZES)
        self.preview = label("", "help", wrap=True)
        self.preview.setMinimumHeight(self.preview.fontMetrics().height() * 2 + 4)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.delete = _button("Delete these runs…")
        self.delete.setProperty("kind", "danger")
        self.delete.setEnabled(False)
        self.backup = _button("Back up to…")
        self.restore = _button("Restore from…")
        self.check = _button("Check the file")
        self.banner = Banner()
        self.banner.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName("Progress")
        self.work = label("", "dim")
        self.stop = _button("Stop")
        self.leave = QPushButton("Close")
        self.leave.setDefault(True)
        self._lay_out()
        self._connect()
        self.show_work("")

    # -- what the presenter tells --------------------------------------------------------------------------------------

    def show_size(self, size: ArchiveSize) -> None:
        """Show how much there is, and ask what the chosen limits would delete of it."""
        self.facts.setText(size_words(size))
        self._ask_preview()

    def show_preview(self, preview: RetentionPreview) -> None:
        """Show what the chosen limits would delete."""
        self._preview = preview
        self.preview.setText(preview_words(preview))
        self.delete.setEnabled(preview.runs > 0 and not self.work.text())

    def show_work(self, words: str, *, may_stop: bool = True) -> None:
        """Show what is at work, and whether it can be stopped; empty when nothing is."""
        self.work.setText(words)
        self.bar.setRange(0, 0)
        for part in (self.work, self.bar):
            part.setVisible(bool(words))
        self.stop.setVisible(bool(words) and may_stop)
        if words:
            self.banner.hide()
        for button in (self.backup, self.restore, self.check, self.age, self.limit):
            button.setEnabled(not words)
        self.delete.setEnabled(not words and self._preview is not None and self._preview.runs > 0)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is, in any unit."""
        self.bar.setRange(0, 1000)
        self.bar.setValue(done * 1000 // max(total, 1))

    def show_done(self, kind: str, words: str, hint: str = "") -> None:
        """Show what came of it; nothing to say leaves what is said."""
        if words:
            self.banner.show_message(kind, words, hint)
            self.banner.show()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why it could not be done."""
        self.banner.show_trouble(trouble)
        self.banner.show()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label("Archive of runs", "page-title"))
        column.addWidget(self.path)
        column.addWidget(self.facts)
        column.addWidget(self.banner)
        column.addWidget(line())
        column.addWidget(label("Make room", "strong"))
        column.addWidget(label("Nothing is deleted before you say so here. Runs of the last day always stay.", "help"))
        fields = QGridLayout()
        fields.setHorizontalSpacing(16)
        fields.setVerticalSpacing(8)
        fields.setColumnStretch(1, 1)
        for row, (words, field) in enumerate((("Keep runs", self.age), ("And in all", self.limit))):
            fields.addWidget(label(words, "field"), row, 0)
            fields.addWidget(field, row, 1)
        column.addLayout(fields)
        column.addWidget(self.preview)
        column.addLayout(_row(self.delete))
        column.addWidget(line())
        column.addWidget(label("Copies", "strong"))
        column.addLayout(_row(self.backup, self.restore, self.check))
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.work)
        foot.addWidget(self.bar, 1)
        foot.addWidget(self.stop)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.age.changed.connect(self._ask_preview)
        self.limit.changed.connect(self._ask_preview)
        self.delete.clicked.connect(self._on_delete)
        self.backup.clicked.connect(self._on_backup)
        self.restore.clicked.connect(self._on_restore)
        self.check.clicked.connect(self.check_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.leave.clicked.connect(self.accept)

    def _ask_preview(self) -> None:
        self._preview = None
        self.delete.setEnabled(False)
        self.preview_wanted.emit(retention_of(self.age.value, self.limit.value))

    def _on_delete(self) -> None:
        if self._preview is None:
            return
        question = Question(
            f"Delete {counted(self._preview.runs, 'run')} from the archive?",
            f"{preview_words(self._preview)} What SSM still knows of those that go is read again; "
            "the rest is gone unless you have a copy.",
            f"Delete {counted(self._preview.runs, 'run')}",
            self,
        )
        question.accepted.connect(self._on_delete_meant)
        question.open()

    def _on_delete_meant(self) -> None:
        self.apply_wanted.emit(retention_of(self.age.value, self.limit.value))

    def _on_backup(self) -> None:
        dialog = QFileDialog(self, "Back up the archive to")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_FILTER)
        dialog.setDefaultSuffix("db")
        dialog.selectFile("patchgui-archive.db")
        dialog.fileSelected.connect(self._on_backup_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_backup_chosen(self, path: str) -> None:
        self.backup_wanted.emit(Path(path))

    def _on_restore(self) -> None:
        dialog = QFileDialog(self, "Restore the archive from")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(_FILTER)
        dialog.fileSelected.connect(self.ask_restore)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_restore(self, path: str) -> None:
        """Ask whether the copy in ``path`` is to take the archive's place."""
        question = Question(
            "Put this copy in the place of the archive?",
            f"{path} takes the place of what is archived now. That is kept beside it under another name.",
            "Restore",
            self,
        )
        question.accepted.connect(lambda: self.restore_wanted.emit(Path(path)))
        question.open()


def _button(words: str) -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(False)
    return made


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row
