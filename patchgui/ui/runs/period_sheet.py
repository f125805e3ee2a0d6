"""Two dates between which runs are to be found."""

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.ui.widgets.text import label

_WEEK_DAYS = 7


class PeriodSheet(QDialog):
    """Asks for the first and the last day. Opened, never waited for."""

    chosen = Signal(str, str)
    """The first and the last day, as ``2026-11-01``."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Runs of a period")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        today = QDate.currentDate()
        self.first = _day("First day", today.addDays(1 - _WEEK_DAYS))
        self.last = _day("Last day", today)
        self.show_runs = QPushButton("Show these runs")
        self.show_runs.setProperty("kind", "primary")
        self.show_runs.setDefault(True)
        self.show_runs.clicked.connect(self.accept)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        fields = QFormLayout()
        fields.setHorizontalSpacing(16)
        fields.setVerticalSpacing(8)
        fields.addRow(label("First day", "field"), self.first)
        fields.addRow(label("Last day", "field"), self.last)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.show_runs)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label("Runs of a period", "page-title"))
        column.addLayout(fields)
        column.addLayout(foot)
        self.first.dateChanged.connect(self._on_first)
        self.last.dateChanged.connect(self._on_last)
        self.accepted.connect(self._on_accepted)

    def _on_first(self, day: QDate) -> None:
        self.last.setDate(max(day, self.last.date()))

    def _on_last(self, day: QDate) -> None:
        self.first.setDate(min(day, self.first.date()))

    def _on_accepted(self) -> None:
        days = (day.date().toString(Qt.DateFormat.ISODate) for day in (self.first, self.last))
        self.chosen.emit(*days)


def _day(name: str, date: QDate) -> QDateEdit:
    made = QDateEdit(date)
    made.setCalendarPopup(True)
    made.setDisplayFormat("yyyy-MM-dd")
    made.setMaximumDate(QDate.currentDate())
    made.setAccessibleName(name)
    return made
