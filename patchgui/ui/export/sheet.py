"""What to export, as what, and into which folder."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from patchgui.console.report.export import Form
from patchgui.patching.wording import counted
from patchgui.ui.errors import Trouble
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.text import label

_WIDTH_PX = 560
_SAYS = {
    Form.HTML: "One page for each run, with its pictures; opens anywhere without a network, and prints well.",
    Form.CSV: "A line for each phase of each node: times, states, exit codes and reasons.",
    Form.JSON: "Everything that is known of a run, in the form that docs/json.md describes.",
}


class ExportSheet(QDialog):
    """Asks; what is asked is done by a presenter, which tells how far it is."""

    export_wanted = Signal(object, object)
    """The :class:`Form`, and the folder as a ``Path``."""
    stop_wanted = Signal()
    """The export should stop; reports that are written stay."""

    def __init__(self, count: int, form: Form, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        title = "Export this run" if count == 1 else f"Export {counted(count, 'run')}"
        self._count = count
        self.setWindowTitle("Export")
        self.setAccessibleName(title)
        self.setModal(True)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.forms = SegmentedControl("Form", [(each.value, each.label) for each in Form])
        self.forms.set_value(form.value)
        self._says = label("", "help", wrap=True)
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName("Folder")
        self._choose = _button("Choose…")
        self._problem = label("", "danger", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._work = label("", "dim")
        self._banner = Banner()
        self._cancel = _button("Cancel")
        self.go = QPushButton(f"Export {counted(count, 'run')}")
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self._is_working = False
        self._lay_out(title)
        self._connect()
        self._refresh()
        self._show_work(is_working=False)

    def show_progress(self, done: int) -> None:
        """Show how many reports are written."""
        self._show_work(is_working=True)
        self._bar.setRange(0, self._count if self._count > 1 else 0)
        self._bar.setValue(done)
        self._work.setText(f"{done:,} of {self._count:,} written" if self._count > 1 else "Writing the report…")

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why it could not be done."""
        self._show_work(is_working=False)
        self._banner.show_trouble(trouble)
        self._banner.show()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(title, "page-title"))
        column.addWidget(self.forms)
        column.addWidget(self._says)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        place.addWidget(self._choose)
        group = QVBoxLayout()
        group.setSpacing(4)
        group.addWidget(label("Into the folder", "field"))
        group.addLayout(place)
        group.addWidget(self._problem)
        column.addLayout(group)
        column.addWidget(self._bar)
        column.addWidget(self._work)
        self._banner.hide()
        column.addWidget(self._banner)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self.go)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.forms.changed.connect(self._refresh)
        self.folder.textChanged.connect(self._refresh)
        self._choose.clicked.connect(self._on_choose)
        self._cancel.clicked.connect(self.reject)
        self.rejected.connect(self.stop_wanted)
        self.go.clicked.connect(self._on_go)

    def _refresh(self) -> None:
        self._says.setText(_SAYS[Form(self.forms.value)])
        text = self.folder.text().strip()
        problem = "" if text and Path(text).expanduser().is_dir() else "There is no such folder."
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.go.setEnabled(not problem and not self._is_working)

    def _show_work(self, *, is_working: bool) -> None:
        self._is_working = is_working
        for told in (self._bar, self._work):
            told.setVisible(is_working)
        for field in (self.forms, self.folder, self._choose):
            field.setEnabled(not is_working)
        if is_working:
            self._banner.hide()
        self._cancel.setText("Stop" if is_working else "Cancel")
        self._refresh()

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, "Into which folder?", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _on_go(self) -> None:
        self.export_wanted.emit(Form(self.forms.value), Path(self.folder.text().strip()).expanduser())


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button
