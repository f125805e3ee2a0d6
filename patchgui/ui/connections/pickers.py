"""The fields of the form that are chosen from a list: profile, region, colour."""

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.connection import ConnectionColour
from patchgui.ui import theme
from patchgui.ui.connection_look import mark_of
from patchgui.ui.widgets.field_picker import FieldPicker
from patchgui.ui.widgets.pick_item import PickItem
from patchgui.ui.widgets.text import label

if TYPE_CHECKING:
    from patchgui.ssm.partitions import Region
    from patchgui.ssm.profiles import Profile

_CHAIN = "Default chain"
_TYPED_REGION = re.compile(r"[A-Za-z0-9-]{2,40}")
_SWATCH_PX = 26


class ProfilePicker(FieldPicker):
    """Holds a profile of the AWS tools; empty is whatever botocore finds by itself."""

    list_name = "Profiles"
    list_hint = "Search profiles, or type a name"

    def __init__(self, parent: QWidget | None = None) -> None:
        self._profiles: tuple[Profile, ...] = ()
        super().__init__("Profile", _CHAIN, parent)

    def set_profiles(self, profiles: "tuple[Profile, ...]") -> None:
        """Offer these profiles."""
        self._profiles = profiles
        self.refresh_list()

    def profile(self) -> "Profile | None":
        """Return what is known of the profile that is chosen."""
        return next((each for each in self._profiles if each.name == self.value), None)

    @override
    def search(self, typed: str) -> list[PickItem]:
        words = typed.lower().split()
        found = [
            PickItem(each.name, each.name or _CHAIN, each.kind, "" if each.name else "action")
            for each in self._profiles
            if all(word in f"{each.name or _CHAIN} {each.kind}".lower() for word in words)
        ]
        if typed and not any(each.name == typed for each in self._profiles):
            found.append(PickItem(typed, typed, "as typed"))
        return found


class RegionPicker(FieldPicker):
    """Holds a region; one that is not on the list may be typed."""

    list_name = "Regions"
    list_hint = "Search regions, or type one"

    def __init__(self, parent: QWidget | None = None) -> None:
        self._regions: tuple[Region, ...] = ()
        super().__init__("Region", "Choose a region", parent)

    def set_regions(self, regions: "tuple[Region, ...]") -> None:
        """Offer these regions."""
        self._regions = regions
        self.refresh_list()

    @override
    def search(self, typed: str) -> list[PickItem]:
        words = typed.lower().split()
        found = [
            PickItem(each.name, each.name, each.place)
            for each in self._regions
            if all(word in f"{each.name} {each.place} {each.partition}".lower() for word in words)
        ]
        is_new = _TYPED_REGION.fullmatch(typed) and not any(each.name == typed for each in self._regions)
        if is_new and (not found or "-" in typed):
            found.append(PickItem(typed, typed, "as typed"))
        return found


class _Swatch(QAbstractButton):
    def __init__(self, colour: ConnectionColour, parent: QWidget) -> None:
        super().__init__(parent)
        self.colour = colour
        self.setCheckable(True)
        self.setFixedSize(_SWATCH_PX, _SWATCH_PX)
        self.setToolTip(colour.value.capitalize())
        self.setAccessibleName(f"Colour: {colour.value}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def sizeHint(self) -> QSize:
        return QSize(_SWATCH_PX, _SWATCH_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark_of(self.colour))
        painter.drawRoundedRect(ground.adjusted(5, 5, -5, -5), 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(shown.text, 1.5))
            painter.drawRoundedRect(ground.adjusted(1.5, 1.5, -1.5, -1.5), 7, 7)
        if self.hasFocus():
            painter.setPen(QPen(shown.accent, 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), 7, 7)


class ColourPicker(QWidget):
    """A row of colours, one of them chosen, its name beside them: colour never speaks alone."""

    changed = Signal()
    """The user chose another colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Colour")
        self._group = QButtonGroup(self)
        self._swatches = {colour: _Swatch(colour, self) for colour in ConnectionColour}
        self._name = label("", "dim")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for swatch in self._swatches.values():
            self._group.addButton(swatch)
            row.addWidget(swatch)
        row.addSpacing(8)
        row.addWidget(self._name)
        row.addStretch(1)
        self.set_value(ConnectionColour.BLUE)
        self._group.buttonClicked.connect(self._on_clicked)

    @property
    def value(self) -> ConnectionColour:
        """The chosen colour."""
        return next(colour for colour, swatch in self._swatches.items() if swatch.isChecked())

    def set_value(self, colour: ConnectionColour) -> None:
        """Choose ``colour`` without saying :attr:`changed`."""
        self._swatches[colour].setChecked(True)
        self.setFocusProxy(self._swatches[colour])
        self._name.setText(colour.value.capitalize())

    def _on_clicked(self, swatch: QAbstractButton) -> None:
        self.setFocusProxy(swatch)
        self._name.setText(self.value.value.capitalize())
        self.changed.emit()
