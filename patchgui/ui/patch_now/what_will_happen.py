"""The third column: what will happen. Always on screen before it happens, and where it is started."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.patching.wording import counted
from patchgui.ui import theme
from patchgui.ui.errors import Trouble
from patchgui.ui.patch_now.choice import Choice
from patchgui.ui.patch_now.states import ForecastState
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card, line
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.text import label

if TYPE_CHECKING:
    # Loads the plan, and with it pydantic: not before the first paint.
    from patchgui.patching.fitness import Finding
    from patchgui.patching.forecast import Forecast, PhaseForecast

_KINDS = {"ok": "success", "info": "info", "warning": "warning", "error": "error"}
_NUMBER_PX = 24


class _Number(QWidget):
    def __init__(self, number: int, tone: str) -> None:
        super().__init__()
        self._text, self._tone = str(number), tone
        self.setFixedWidth(_NUMBER_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = theme.role(self._tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone.soft)
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setPen(tone.fg)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class PhaseLine(QWidget):
    """One phase of the pipeline picture: its number, its name, and what it will do."""

    def __init__(self, number: int, phase: "PhaseForecast") -> None:
        super().__init__()
        from patchgui.patching.phases import Phase

        title = label(phase.phase.label, "strong")
        detail = label(phase.detail, "dim", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(title)
        words.addWidget(detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 7, 0, 7)
        row.setSpacing(10)
        row.addWidget(_Number(number, "reboot" if phase.phase is Phase.REBOOT else "running"))
        row.addLayout(words, 1)
        self.setAccessibleName(f"{number}. {phase.phase.label}: {phase.detail}")
        self.setToolTip(phase.document or "")


class WhatWillHappenView(Card):
    """The forecast phase by phase, what was found, and the one primary button of the page."""

    launch_wanted = Signal()
    """*Patch now* was pressed."""
    stop_wanted = Signal()
    """What became of the start of a run should be waited for no longer."""
    retry_wanted = Signal()
    """The forecast should be asked for again."""
    close_wanted = Signal()
    """The drawer's cross was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What will happen", parent)
        self._shown: Forecast | None = None
        self._empty = EmptyState(
            "No node is picked.", "Pick nodes on the left: with Space, a click, or Ctrl+A for everything that matches."
        )
        self._skeleton = Skeleton(6, 50, "Working out what will happen")
        self._trouble = EmptyState()
        self._trouble.acted.connect(self.retry_wanted)
        self._stack = QStackedWidget(self)
        self._area = ScrollColumn()
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines = self._area.column
        self._lines.setSpacing(0)
        self._failed = Banner("error")
        self._failed.acted.connect(self.stop_wanted)
        self._failed.hide()
        self.go = QPushButton("Patch now")
        self.go.setProperty("kind", "primary")
        self.go.clicked.connect(self.launch_wanted)
        self._close = QPushButton("Close")
        self._close.clicked.connect(self.close_wanted)
        self.setFocusProxy(self.go)
        self._lay_out()
        self.set_drawer(is_drawer=False)

    def show_state(self, state: ForecastState, picked: int, choice: Choice) -> None:
        """Show the forecast as it stands for so many picked nodes."""
        self.set_note("updating…" if state.is_stale and state.forecast is not None else "")
        self._failed.hide()
        if not picked:
            self._stack.setCurrentWidget(self._empty)
        elif state.problems:
            self._trouble.set_message("This cannot be sent as it is.", "\n".join(state.problems))
            self._stack.setCurrentWidget(self._trouble)
        elif state.trouble is not None:
            self._trouble.set_message(state.trouble.message, state.trouble.hint, "Try again")
            self._stack.setCurrentWidget(self._trouble)
        elif state.forecast is None:
            self._stack.setCurrentWidget(self._skeleton)
        else:
            self._show_forecast(state.forecast)
            self._stack.setCurrentWidget(self._area)
        verb = "Patch now" if choice.installs else "Scan now"
        self.go.setText(f"{verb} · {counted(picked, 'node')}" if picked else verb)

    def show_launching(self, *, launching: bool) -> None:
        """Say that the run is being started."""
        if launching:
            self._failed.hide()
            self.go.setText("Starting…")

    def show_waiting(self, sentence: str) -> None:
        """Say why it takes long until the run is started; waiting can be given up."""
        self._failed.show_message("info", sentence)
        self._failed.set_action("Stop waiting")
        self._failed.set_closable(closable=False)
        self._failed.show()

    def show_failure(self, trouble: Trouble) -> None:
        """Say why the run did not start, beside the button that should have started it."""
        self._failed.set_action("")
        self._failed.set_closable(closable=True)
        self._failed.show_trouble(trouble)
        self._failed.show()

    def set_drawer(self, *, is_drawer: bool) -> None:
        """Be a drawer with a way to close it, or a column."""
        self._close.setVisible(is_drawer)

    def _lay_out(self) -> None:
        for page in (self._empty, self._skeleton, self._trouble, self._area):
            self._stack.addWidget(page)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._close)
        foot.addWidget(self.go)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._failed)
        self.body.addLayout(foot)

    def _show_forecast(self, forecast: "Forecast") -> None:
        if forecast == self._shown:
            return
        self._shown = forecast
        self._clear()
        for number, phase in enumerate(forecast.phases, start=1):
            self._lines.addWidget(PhaseLine(number, phase))
            self._lines.addWidget(line())
        if len(forecast.platforms) > 1:
            mix = " · ".join(f"{count:,} {name}" for name, count in forecast.platforms)
            self._lines.addSpacing(8)
            self._lines.addWidget(label(mix, "dim", wrap=True))
        self._add_findings(forecast.findings)
        self._lines.addStretch(1)

    def _add_findings(self, findings: "Sequence[Finding]") -> None:
        for finding in findings:
            self._lines.addSpacing(8)
            self._lines.addWidget(Banner(_KINDS[finding.severity], finding.title, finding.detail))

    def _clear(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(260, 200)
