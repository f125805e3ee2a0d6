"""A look into a document: what is known of it, and who reads it."""

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtCore import QObject, Signal

from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import Trouble, trouble_of
from patchgui.ui.task_scope import Again, TaskScope

if TYPE_CHECKING:
    from patchgui.console.rows import DocumentDetail


class Preview(NamedTuple):
    """The chosen document's text, or why it cannot be shown; all None while it is read."""

    name: str
    document: "DocumentDetail | None" = None
    trouble: Trouble | None = None


class _Documents(Protocol):
    async def document(self, name: str, version: str | None = None) -> "DocumentDetail":
        """Return one document; the name may pin a version. Raises ``PatchError``."""
        ...


class PreviewReader(QObject):
    """Reads the document that was asked for last."""

    changed = Signal(object)
    """A :class:`Preview`, or None."""

    def __init__(self, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope = scope

    def show(self, name: str, documents: _Documents | None) -> None:
        """Show a document's text; an empty name, or nobody to ask, shows none."""
        if not name or documents is None:
            self._scope.cancel("preview")
            self.changed.emit(None)
            return
        self._scope.start("preview", partial(self._read, name, documents), Again.REPLACE)

    async def _read(self, name: str, documents: _Documents) -> None:
        self.changed.emit(Preview(name))
        try:
            document = await documents.document(name)
        except PatchError as error:
            self.changed.emit(Preview(name, trouble=trouble_of(error)))
            return
        self.changed.emit(Preview(name, document))
