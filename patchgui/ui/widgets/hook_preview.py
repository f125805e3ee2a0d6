"""A look into the chosen document: its scripts, as a node will run them."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from patchgui.ui.preview import Preview
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.code_view import CodeView
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.text import ElidedLabel

_LEAST_PX, _MOST_PX = 90, 240


class HookPreview(QWidget):
    """Hidden without a document; a skeleton while one is read; its scripts, or why they cannot be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ElidedLabel("", "help")
        self._code = CodeView("Scripts of the chosen document", wrap=True)
        self._skeleton = Skeleton(3, 22, "Loading the document")
        self._skeleton.setFixedHeight(_LEAST_PX)
        self._trouble = Banner("error")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._title, self._code, self._skeleton, self._trouble):
            column.addWidget(part)
        self.show_preview(None)

    def show_preview(self, preview: Preview | None) -> None:
        """Show ``preview``."""
        self.setVisible(preview is not None)
        if preview is None:
            return
        document, trouble = preview.document, preview.trouble
        self._title.setVisible(trouble is None)
        self._code.setVisible(document is not None)
        self._skeleton.setVisible(document is None and trouble is None)
        self._trouble.setVisible(trouble is not None)
        self._title.set_text(preview.name)
        if trouble is not None:
            self._trouble.show_trouble(trouble)
        if document is not None:
            steps = steps_of(document.content)
            said = f"{len(steps)} step{'' if len(steps) == 1 else 's'}" if steps else "as written"
            version = f" · version {document.version}" if document.version else ""
            self._title.set_text(f"{preview.name}{version} · {said}")
            self._code.show_text("\n\n".join(script for _, script in steps) or document.content_text)
            lines = min(self._code.document().blockCount() + 2, 14)
            height = int(lines * self._code.fontMetrics().lineSpacing()) + 18
            self._code.setFixedHeight(min(max(height, _LEAST_PX), _MOST_PX))


def steps_of(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and script of each script step of a document; empty when it has none."""
    found: list[tuple[str, str]] = []
    for step in content.get("mainSteps") or ():
        if not isinstance(step, Mapping):
            continue
        lines = (step.get("inputs") or {}).get("runCommand")
        name = str(step.get("name", ""))
        if isinstance(lines, list):
            found.append((name, "\n".join(str(line) for line in lines)))
        elif isinstance(lines, str):
            found.append((name, lines))
        else:
            found.append((name, f"# {name}: {step.get('action', '')}"))
    return found
