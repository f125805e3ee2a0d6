"""The calendar of the next runs: a column for each day, a line for each window, a mark where one opens."""

from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from patchgui.patching.wording import counted
from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.windows.calendar_sheet import DAYS, MANY, CalendarLine, CalendarSheet
from patchgui.ui.windows.moments import exact, my_zone_name

_LABEL_PX: Final = 132
_HEAD_PX: Final = 50
_LINE_PX: Final = 28
_LEAST_DAY_PX: Final = 16
_SATURDAY: Final = 5


class RunCalendar(QWidget):
    """Shows a :class:`CalendarSheet`. Arrow keys go from run to run; Enter and a click choose the run's window."""

    chosen = Signal(str)
    """The id of the window of a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = CalendarSheet((), (), {})
        self._current_id = ""
        self._spot: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Calendar of the next runs")

    def show_sheet(self, sheet: CalendarSheet) -> None:
        """Show these days and windows."""
        if sheet == self._sheet:
            return
        self._sheet, self._spot = sheet, None
        self.updateGeometry()
        self.update()

    def show_current(self, window_id: str) -> None:
        """Mark the line of the chosen window."""
        self._current_id = window_id
        self.update()

    def spot_of(self, window_id: str, day: date) -> QPoint:
        """Return the middle of the cell where a window and a day meet."""
        line = next(place for place, each in enumerate(self._sheet.lines) if each.window_id == window_id)
        return self._cell(line, self._sheet.days.index(day)).center().toPoint()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_LABEL_PX + DAYS * _LEAST_DAY_PX, _HEAD_PX + max(1, len(self._sheet.lines)) * _LINE_PX + 4)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    # -- the keyboard and the mouse ------------------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._sheet.lines:
            self._step(*step)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._spot is not None:
            self.chosen.emit(self._sheet.lines[self._spot[0]].window_id)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._spot is None and self._sheet.lines and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._step(0, 1)
        self.update()

    def _step(self, down: int, right: int) -> None:
        if self._spot is None:
            line, day = 0, -1 if right >= 0 else len(self._sheet.days)
            right = right or 1
        else:
            line, day = self._spot
        line = max(0, min(line + down, len(self._sheet.lines) - 1))
        places = self._places(line)
        if right > 0:
            day = next((place for place in places if place > day), places[-1])
        elif right < 0:
            day = next((place for place in reversed(places) if place < day), places[0])
        else:
            day = min(places, key=lambda place: abs(place - day))
        self._spot = (line, day)
        self.setAccessibleDescription(self._words(self._sheet.lines[line], self._sheet.days[day]))
        self.update()

    def _places(self, line: int) -> list[int]:
        runs = self._sheet.lines[line].runs
        return [place for place, day in enumerate(self._sheet.days) if day in runs]

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        found = self._at(event.position())
        if found is not None:
            line, day = found
            if self._sheet.days[day] in self._sheet.lines[line].runs:
                self._spot = found
            self.chosen.emit(self._sheet.lines[line].window_id)
            self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        on_run = found is not None and self._sheet.days[found[1]] in self._sheet.lines[found[0]].runs
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_run else Qt.CursorShape.ArrowCursor)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, at: QPointF) -> str:
        if at.y() < _HEAD_PX:
            place = int((at.x() - _LABEL_PX) / self._day_px) if at.x() >= _LABEL_PX else -1
            day = self._sheet.days[place] if 0 <= place < len(self._sheet.days) else None
            return self._sheet.changes.get(day, "") if day is not None else ""
        found = self._at(at)
        if found is None:
            return ""
        line, day = self._sheet.lines[found[0]], self._sheet.days[found[1]]
        if at.x() < _LABEL_PX:
            return f"{line.name}\n{line.zone}"
        return self._words(line, day)

    def _words(self, line: CalendarLine, day: date) -> str:
        runs = line.runs.get(day, ())
        told = [f"{line.name}: {exact(run.astimezone(), f'{my_zone_name()}, here')}" for run in runs[:3]]
        if len(runs) >= MANY:
            told.append("and again and again on this day")
        elif len(runs) > len(told):
            told.append(f"and {counted(len(runs) - len(told), 'more run')} on this day")
        return "\n".join([*told, *filter(None, [line.changes.get(day, "")])])

    # -- where things are ----------------------------------------------------------------------------------------------

    @property
    def _day_px(self) -> float:
        return max(float(_LEAST_DAY_PX), (self.width() - _LABEL_PX) / max(1, len(self._sheet.days)))

    def _cell(self, line: int, day: int) -> QRectF:
        return QRectF(_LABEL_PX + day * self._day_px, _HEAD_PX + line * _LINE_PX, self._day_px, _LINE_PX)

    def _at(self, at: QPointF) -> tuple[int, int] | None:
        line = int((at.y() - _HEAD_PX) // _LINE_PX)
        day = max(0, int((at.x() - _LABEL_PX) // self._day_px))
        if 0 <= line < len(self._sheet.lines) and day < len(self._sheet.days):
            return line, day
        return None

    # -- painting ------------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFont(self.font())
        small.setPointSizeF(max(small.pointSizeF() - 0.75, 7.0))
        painter.setFont(small)
        bottom = _HEAD_PX + len(self._sheet.lines) * _LINE_PX
        for place, day in enumerate(self._sheet.days):
            self._paint_day(painter, place, day, bottom)
        for place, line in enumerate(self._sheet.lines):
            self._paint_line(painter, place, line)
        if self._spot is not None and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.current().text, 2))
            painter.drawRoundedRect(self._block(*self._spot).adjusted(-1, -1, 1, 1), 5, 5)

    def _paint_day(self, painter: QPainter, place: int, day: date, bottom: int) -> None:
        colours = theme.current()
        column = QRectF(_LABEL_PX + place * self._day_px, 16, self._day_px, bottom - 16)
        if day.weekday() >= _SATURDAY:
            painter.fillRect(column, colours.hover)
        if place == 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selection)
            painter.drawRoundedRect(QRectF(column.left() + 1, 17, self._day_px - 2, _HEAD_PX - 18), 4, 4)
        painter.setPen(colours.accent if place == 0 else colours.dim)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        painter.drawText(QRectF(column.left(), 17, self._day_px, 15), centre, f"{day:%a}"[:1])
        painter.drawText(QRectF(column.left(), 32, self._day_px, 15), centre, str(day.day))
        if place == 0 or day.day == 1:
            painter.setPen(colours.dim)
            left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(column.left() + 3, 0, 120, 15), left, f"{day:%B}" if place else "Today")
        if day in self._sheet.changes:
            painter.setPen(QPen(theme.role("warning").fg, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(column.center().x(), _HEAD_PX), QPointF(column.center().x(), bottom))
            paint_icon(painter, QRectF(column.center().x() - 6, 2, 12, 12), "clock", theme.role("warning").fg)

    def _paint_line(self, painter: QPainter, place: int, line: CalendarLine) -> None:
        colours = theme.current()
        top = _HEAD_PX + place * _LINE_PX
        is_current = line.window_id == self._current_id
        if is_current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selection)
            painter.drawRoundedRect(QRectF(0, top + 2, _LABEL_PX - 6, _LINE_PX - 4), 6, 6)
        painter.setPen(colours.line)
        painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
        painter.setPen(colours.text)
        metrics = QFontMetricsF(painter.font())
        name = metrics.elidedText(line.name, Qt.TextElideMode.ElideRight, _LABEL_PX - 18)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRectF(6, top, _LABEL_PX - 12, _LINE_PX), flags, name)
        for day_place, day in enumerate(self._sheet.days):
            if day in line.changes and day not in self._sheet.changes:
                spot = self._cell(place, day_place)
                paint_icon(
                    painter, QRectF(spot.right() - 10, spot.top() + 1, 10, 10), "clock", theme.role("warning").fg
                )
            if day in line.runs:
                self._paint_run(painter, self._block(place, day_place), line.runs[day], is_current=is_current)

    def _block(self, line: int, day: int) -> QRectF:
        return self._cell(line, day).adjusted(1.5, 4, -1.5, -4)

    def _paint_run(self, painter: QPainter, block: QRectF, runs: tuple[datetime, ...], *, is_current: bool) -> None:
        colours = theme.current()
        tone = theme.role("running")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent if is_current else tone.soft)
        painter.drawRoundedRect(block, 4, 4)
        painter.setPen(colours.on_accent if is_current else tone.fg)
        local = runs[0].astimezone()
        whole, hour = f"{local:%H:%M}", f"{local:%H}"
        fits = QFontMetricsF(painter.font()).horizontalAdvance(whole) <= block.width()
        words = (whole if fits else hour) if len(runs) == 1 else f"×{len(runs)}" if len(runs) < MANY else "…"
        painter.drawText(block, int(Qt.AlignmentFlag.AlignCenter), words)
