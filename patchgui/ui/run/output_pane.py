"""The output of the step that is looked at: all of it, stdout or stderr; follow, wrap, copy, save."""

from PySide6.QtCore import QSaveFile, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedLayout, QTabBar, QVBoxLayout, QWidget

from patchgui.console.rows import StepOutput
from patchgui.patching.failing_line import failing_line
from patchgui.ui import theme
from patchgui.ui.icons import icon
from patchgui.ui.run.find_bar import FindBar
from patchgui.ui.run.output_feed import OutputShown
from patchgui.ui.run.output_text import OutputText
from patchgui.ui.run.terminal_text import plain_text
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.key import key_within
from patchgui.ui.widgets.text import label

_ALL, _STDOUT, _STDERR = range(3)
_CUT_NOTE = "SSM keeps no more of this output; the full text is on the node."


class OutputPane(QWidget):
    """Shows an :class:`OutputShown`; knows nothing of where it comes from."""

    save_failed = Signal(str)
    """A file could not be written; the sentence says why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = OutputShown("", "")
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName("Which output")
        for words in ("Output", "stdout", "stderr"):
            self.tabs.addTab(words)
        self.tabs.currentChanged.connect(self._refresh)
        self.text = OutputText()
        self.text.setMinimumHeight(96)
        self.finder = FindBar(self.text)
        self._marks_failure = False
        self.note = label("", "help", wrap=True)
        self.empty = EmptyState()
        self.search = _tool("", "Find in this output (Ctrl+Shift+F)")
        self.follow = _tool("Follow", "Keep the newest line in sight", checkable=True)
        self.wrap = _tool("Wrap", "Break long lines", checkable=True)
        self.copy = _tool("", "Copy this output")
        self.save = _tool("", "Save this output in a file…")
        self._connect()
        self._lay_out()
        self.follow.setChecked(True)
        self.refresh_icons()

    def _connect(self) -> None:
        self.follow.toggled.connect(self._on_follow)
        self.wrap.toggled.connect(self._on_wrap)
        self.copy.clicked.connect(self._on_copy)
        self.save.clicked.connect(self._on_save)
        self.text.follow_changed.connect(self.follow.setChecked)
        self.text.filled.connect(self._on_filled)
        self.search.clicked.connect(self.finder.open_bar)
        for keys, slot in (
            ("Ctrl+Shift+F", self.finder.open_bar),
            ("F3", self.finder.step),
            ("Shift+F3", self.finder.step_back),
        ):
            key_within(self, keys, slot)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.tabs)
        head.addStretch(1)
        for tool in (self.search, self.follow, self.wrap, self.copy, self.save):
            head.addWidget(tool)
        ground = QWidget()
        self._stack = QStackedLayout(ground)
        self._stack.addWidget(self.text)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addLayout(head)
        whole.addWidget(self.finder)
        whole.addWidget(ground, 1)
        whole.addWidget(self.note)

    def show_output(self, shown: OutputShown, *, marks_failure: bool = False) -> None:
        """Show another output, or more of the same; of a step that failed the line that says why is marked."""
        is_other = (shown.instance_id, shown.step) != (self._shown.instance_id, self._shown.step)
        self._shown, self._marks_failure = shown, marks_failure
        if is_other:
            self.follow.setChecked(True)
            self.text.set_follows(follows=True)
        self._refresh()

    @property
    def place(self) -> tuple[str, str]:
        """The node and the step whose output is shown."""
        return self._shown.instance_id, self._shown.step

    def mark_failure(self, *, marks: bool) -> None:
        """Mark the line that says why the step failed, or none: how it ended may be known later than what it wrote."""
        if marks != self._marks_failure:
            self._marks_failure = marks
            self._on_filled()

    def shown_text(self) -> str:
        """Return the text under the chosen tab."""
        streams = [plain_text(words) for words in self._streams() if words]
        return "".join(words if words.endswith("\n") else f"{words}\n" for words in streams)

    def refresh_icons(self) -> None:
        """Draw the marks of the tools in the colours of now."""
        for tool in (self.follow, self.wrap):
            tool.setIcon(icon("check", theme.current().dim) if tool.isChecked() else QIcon())
        self.search.setIcon(icon("search", theme.current().dim))
        self.copy.setIcon(icon("copy", theme.current().dim))
        self.save.setIcon(icon("save", theme.current().dim))

    def _streams(self) -> tuple[str, str]:
        """Return stdout and stderr, as far as the chosen tab shows them."""
        output = self._shown.output or StepOutput()
        wanted = self.tabs.currentIndex()
        return (output.stdout if wanted != _STDERR else "", output.stderr if wanted != _STDOUT else "")

    def _refresh(self) -> None:
        shown, output = self._shown, self._shown.output or StepOutput()
        lines = output.stderr.count("\n") + (not output.stderr.endswith("\n") if output.stderr else 0)
        self.tabs.setTabText(_STDERR, f"stderr {lines:,}" if lines else "stderr")
        streams = self._streams()
        self.text.show_streams(*streams)
        is_empty = not any(streams)
        if is_empty:
            self.empty.set_message(self._why_empty())
        self._stack.setCurrentIndex(1 if is_empty else 0)
        for tool in (self.search, self.copy, self.save):
            tool.setEnabled(not is_empty)
        trouble = f"{shown.trouble} {shown.hint} Trying again.".replace("  ", " ") if shown.trouble else ""
        self.note.setText(trouble or output.note or (_CUT_NOTE if output.is_cut else ""))
        self.note.setVisible(bool(self.note.text()))

    def _on_filled(self) -> None:
        """Bring the line into view that says why a step failed, once all of it is there."""
        if self.text.is_filling:
            return
        output = self._shown.output
        if output is None or not output.is_complete or not self._marks_failure:
            self.text.mark_failing("")
            return
        self.text.mark_failing(failing_line(output.stdout, output.stderr))

    def _why_empty(self) -> str:
        shown = self._shown
        if shown.note or not shown.step:
            return shown.note
        if shown.output is None:
            return "Fetching the output…" if not shown.trouble else "The output cannot be fetched now."
        stream = {_STDOUT: " on stdout", _STDERR: " on stderr"}.get(self.tabs.currentIndex(), "")
        return f"It wrote nothing{stream}." if shown.output.is_complete else f"Nothing written{stream} so far."

    def _on_follow(self, checked: bool) -> None:
        if checked != self.text.follows:
            self.text.set_follows(follows=checked)
        self.refresh_icons()

    def _on_wrap(self, checked: bool) -> None:
        self.text.set_wrapped(wrapped=checked)
        self.refresh_icons()

    def _on_copy(self) -> None:
        chosen = self.text.textCursor().selectedText().replace("\u2029", "\n")
        QGuiApplication.clipboard().setText(chosen or self.shown_text())

    def _on_save(self) -> None:
        dialog = QFileDialog(self, "Save this output")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Text (*.txt *.log)")
        dialog.selectFile(f"{self._shown.instance_id}-{self._shown.step}.log")
        dialog.fileSelected.connect(self.write_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_file(self, path: str) -> None:
        """Write the text under the chosen tab to ``path``, whole or not at all."""
        file = QSaveFile(path)
        data = self.shown_text().encode()
        if not (file.open(QSaveFile.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit()):
            self.save_failed.emit(f"{path} could not be written: {file.errorString()}. Choose another place.")


def _tool(words: str, tooltip: str, *, checkable: bool = False) -> QPushButton:
    made = QPushButton(words)
    made.setProperty("kind", "bare")
    made.setCheckable(checkable)
    if checkable:
        made.setIcon(icon("check"))
        made.setMinimumWidth(made.sizeHint().width())
    made.setToolTip(tooltip)
    made.setAccessibleName(f"{words}: {tooltip.lower()}" if words else tooltip.rstrip("…"))
    return made
