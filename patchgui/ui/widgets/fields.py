"""Small parts that forms are made of."""

from PySide6.QtWidgets import QLayout, QLineEdit, QVBoxLayout, QWidget

from patchgui.ui.widgets.text import label


def text_field(name: str, tip: str) -> QLineEdit:
    """Return a line for text, with a name for screen readers and a tip."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setToolTip(tip)
    return made


def titled(title: str, control: QWidget) -> QVBoxLayout:
    """Return a control below its title."""
    made = QVBoxLayout()
    made.setSpacing(4)
    words = label(title, "field")
    words.setBuddy(control)
    made.addWidget(words)
    made.addWidget(control)
    return made


def part(layout: QLayout) -> QWidget:
    """Return a widget that shows and hides a layout as one."""
    made = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    made.setLayout(layout)
    return made


def clear(layout: QLayout) -> None:
    """Take all widgets out of a layout and let them go."""
    while taken := layout.takeAt(0):
        widget = taken.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def mark(line: QLineEdit, *, fits: bool) -> None:
    """Show whether a line holds what may be sent."""
    if bool(line.property("invalid")) == fits:
        line.setProperty("invalid", not fits)
        line.style().polish(line)
