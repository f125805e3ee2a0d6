"""The nodes of a group, one a line; as many as there are, none of them a widget."""

from PySide6.QtCore import QModelIndex, QStringListModel, Signal
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from patchgui.patching.failures import FailureGroup

_MOST_ROWS = 6


class NodeList(QListView):
    """Emits the node that is clicked, or entered with the keyboard."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = QStringListModel(self)
        self._ids: tuple[str, ...] = ()
        self.setModel(self._names)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Nodes of this group")
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)

    def show_nodes(self, group: FailureGroup) -> None:
        """Show the nodes of a group."""
        if self._ids == group.instance_ids:
            return
        self._ids = group.instance_ids
        self._names.setStringList(
            [name if name == instance_id else f"{name}   {instance_id}" for instance_id, name in group.nodes]
        )
        rows = min(len(self._ids), _MOST_ROWS)
        self.setFixedHeight(max(self.sizeHintForRow(0), 24) * rows + 6)

    def _on_chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(self._ids[index.row()])
