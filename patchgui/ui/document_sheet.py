"""A look at one document, from anywhere."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from patchgui.console.rows import DocumentDetail
from patchgui.ui.widgets.code_view import CodeView
from patchgui.ui.widgets.text import label

_SIZE = QSize(680, 560)


class DocumentSheet(QDialog):
    """Shows a document as it is written. Escape closes it."""

    def __init__(self, document: DocumentDetail, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(document.name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_SIZE)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(label(document.name, "page-title"))
        facts = [document.description, f"version {document.version}" if document.version else "", document.owner]
        facts.append(", ".join(document.platforms))
        column.addWidget(label(" · ".join(fact for fact in facts if fact), "dim", wrap=True))
        text = CodeView(f"Text of {document.name}")
        text.show_text(document.content_text)
        column.addWidget(text, 1)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
