"""Where a search found something: node, step and the line, with the words that were searched standing out."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from patchgui.console.archive.words import terms_of
from patchgui.ui import theme

if TYPE_CHECKING:
    from patchgui.ui.runs.run_row import RunRow


@lru_cache(maxsize=8)
def emphasis_of(text: str) -> re.Pattern[str] | None:
    """Return what finds the words and "quoted phrases" of a search in a line, as the archive finds them; None: none."""
    found = []
    for term in terms_of(text):
        words = r"[\W_]+".join(re.escape(word) for word in term.words)
        found.append(words if term.is_beginning else rf"{words}(?![^\W_])")
    found.sort(key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])({'|'.join(found)})", re.IGNORECASE) if found else None


def parts_of(line: str, words: re.Pattern[str] | None) -> list[tuple[str, bool]]:
    """Return a line in pieces, and of each whether it is one of the words that were searched."""
    pieces = words.split(line) if words is not None else [line]
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]


def found_in(row: "RunRow", words: re.Pattern[str]) -> tuple[str, str]:
    """Return the place where a search found something, and the line: in an output, a node, or the run's own words."""
    if row.hit is not None:
        place = " · ".join(filter(None, (row.hit.node or row.hit.instance_id, row.hit.step)))
        return (place, " ".join(row.hit.snippet.split())) if row.hit.snippet else ("Node", place)
    run, entry = row.run, row.archived
    own = [(phase.label, document) for phase, document in run.hooks]
    own += [("Document", run.document), ("Run", run.title)]
    if entry is not None:
        own = [("Comment", entry.comment), *own, ("It ended", entry.headline)]
    return next(((place, line) for place, line in own if words.search(line)), ("", ""))


def paint_found(
    painter: QPainter, room: QRect, found: tuple[str, str], words: re.Pattern[str], *, is_selected: bool
) -> None:
    """Paint where something was found: place in quiet letters, then the line; what has no room is left out."""
    colours = theme.current()
    painter.save()
    plain = QFont(painter.font())
    plain.setPointSizeF(max(plain.pointSizeF() - 0.75, 7.0))
    strong = QFont(plain)
    strong.setWeight(QFont.Weight.DemiBold)
    quiet = colours.on_selection_dim if is_selected else colours.dim
    place, line = found
    pieces = [(f"{place}:  " if place else "", False), *parts_of(line, words)]
    left = room.left()
    for piece, is_found in pieces:
        painter.setFont(strong if is_found else plain)
        metrics = QFontMetrics(painter.font())
        wide_px = metrics.horizontalAdvance(piece)
        here = QRect(left, room.top(), room.right() - left, room.height())
        if here.width() <= 0:
            break
        if is_found:
            mark = QRect(left, here.center().y() - metrics.height() // 2, min(wide_px, here.width()), metrics.height())
            painter.fillRect(mark, theme.role("warning").soft)
        painter.setPen(theme.role("warning").fg if is_found else quiet)
        shown = metrics.elidedText(piece, Qt.TextElideMode.ElideRight, here.width())
        painter.drawText(here, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        left += wide_px
    painter.restore()
