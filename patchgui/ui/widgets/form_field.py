"""What forms are made of: a field under its name, a line that is marked where it is wrong, parts that come and go."""

from PySide6.QtWidgets import QLabel, QLayout, QLineEdit, QVBoxLayout, QWidget

from patchgui.ui.widgets.text import label


def form_field(title: str, control: QWidget, *below: QLabel) -> QVBoxLayout:
    """Return a field with its name above it, and what is said about it below."""
    made = QVBoxLayout()
    made.setSpacing(4)
    words = label(title, "field")
    words.setBuddy(control)
    made.addWidget(words)
    made.addWidget(control)
    for each in below:
        made.addWidget(each)
    return made


def named_line(name: str, hint: str = "", tip: str = "") -> QLineEdit:
    """Return an empty line with its name for screen readers; ``hint`` stands in it while it is empty."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    made.setToolTip(tip)
    return made


def mark_line(line: QLineEdit, *, fits: bool) -> None:
    """Let a line look as if what stands in it were right, or wrong."""
    if bool(line.property("invalid")) == fits:
        line.setProperty("invalid", not fits)
        line.style().polish(line)


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
