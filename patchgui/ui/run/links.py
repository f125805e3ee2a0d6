"""The runs that a run is linked to: the one that it retries, and those that retry it."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from patchgui.console.rows import RunSummary
from patchgui.ui.run.spans import clock_text

_MOST = 3


class RunLinks(QWidget):
    """A link for each such run; emits the one that is wanted."""

    run_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links: tuple[tuple[str, str], ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self.hide()

    def show_links(self, run: RunSummary, now: datetime) -> None:
        """Show the links of ``run``; of many retries the newest."""
        links = [(run.retry_of, f"Retry of {run_words(run.retry_of, now)}")] if run.retry_of else []
        links += [(each, f"Retried by {run_words(each, now)}") for each in run.retried_by[-_MOST:]]
        if tuple(links) == self._links:
            return
        self._links = tuple(links)
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for run_id, words in links:
            self._row.addWidget(self._link(run_id, words))
        self.setVisible(bool(links))

    def _link(self, run_id: str, words: str) -> QPushButton:
        link = QPushButton(words)
        link.setProperty("kind", "link")
        link.setProperty("run_id", run_id)
        link.setToolTip(f"Open the run {run_id}")
        link.clicked.connect(self._on_clicked)
        return link

    def _on_clicked(self) -> None:
        self.run_wanted.emit(str(self.sender().property("run_id")))


def run_words(run_id: str, now: datetime) -> str:
    """Return what a person calls a run: ``14:02:11``, when it began; the id of one that does not say so."""
    try:
        moment = datetime.strptime(run_id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return run_id
    return clock_text(moment, now)
