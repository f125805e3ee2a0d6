"""A list of things that are known by an id: the chosen one stays chosen, whatever comes and goes around it."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView, QWidget
from typing_extensions import override

from patchgui.ui.widgets.list_style import choose_row, dress_list

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
Row = TypeVar("Row")
CellT = TypeVar("CellT")


class KeyedModel(QAbstractTableModel, Generic[Row, CellT]):
    """Shown rows and their cells, which are made when a row changes; what a cell tells is up to each list."""

    def __init__(self, heads: Sequence[str], key_of: Callable[[Row], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads, self._key_of = tuple(heads), key_of
        self._shown: list[Row] = []
        self._cells: list[Sequence[CellT]] = []

    def _show(self, rows: Sequence[Row], cells: Sequence[Sequence[CellT]]) -> None:
        """Show these rows; where they are the same things as before, they are only repainted."""
        same = [self._key_of(row) for row in rows] == [self._key_of(row) for row in self._shown]
        changed = list(rows) != self._shown or list(cells) != self._cells
        if not same:
            self.beginResetModel()
        self._shown, self._cells = list(rows), list(cells)
        if not same:
            self.endResetModel()
        elif rows and changed:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._heads) - 1))

    def row_at(self, place: int) -> Row:
        """Return what is shown in a row."""
        return self._shown[place]

    def key_at(self, place: int) -> str:
        """Return the id of what is shown in a row."""
        return self._key_of(self._shown[place])

    def place_of(self, key: str) -> int | None:
        """Return the row that shows the thing of this id, if it is shown."""
        return next((place for place, row in enumerate(self._shown) if self._key_of(row) == key), None)

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._heads)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self._heads[section] if role == Qt.ItemDataRole.DisplayRole else None


Model = TypeVar("Model", bound=KeyedModel[Any, Any])


class KeyedTable(QTableView, Generic[Model]):
    """Shows a :class:`KeyedModel`; remembers the chosen row by its id."""

    chosen = Signal(str)
    """The id of what is current now, where the operator, or a change of the list, moved there."""
    opened = Signal(str)
    """The id of what is wanted: Enter, or a double click."""

    def __init__(self, model: Model, name: str, stretched: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._chosen = model, ""
        self.setModel(model)
        dress_list(self, name, stretched)
        self.size_columns()
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        model.modelReset.connect(self._on_reset)

    @property
    def current_id(self) -> str:
        """The id of what is chosen; empty for nothing."""
        return self._chosen

    def choose(self, key: str) -> None:
        """Make a row current; where it is not shown, as soon as it is."""
        self._chosen = key
        place = self._model.place_of(key)
        if place is not None:
            choose_row(self, place)

    def size_columns(self) -> None:
        """Make the columns as wide as the font of now wants them."""
        raise NotImplementedError

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._on_double_clicked(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and hasattr(self, "_chosen"):
            self.size_columns()
        super().changeEvent(event)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.key_at(index.row()))

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            key = self._model.key_at(current.row())
            if key != self._chosen:
                self._chosen = key
                self.chosen.emit(key)

    def _on_reset(self) -> None:
        if self._chosen:
            self.choose(self._chosen)
