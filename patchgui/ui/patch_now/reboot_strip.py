"""Reboots that were put off and have not happened yet: said until they happen, and taken back from here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from patchgui.patching.moment import moment_words
from patchgui.patching.wording import counted, listed
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.text import label

if TYPE_CHECKING:
    # Loads pydantic: not before the first paint.
    from patchgui.console.reboots import PendingReboot

_SHOWN = 3
_NAMED = 3


class RebootStrip(QWidget):
    """One line for each of the next reboots."""

    removal_wanted = Signal(object)
    """The :class:`PendingReboot` that should not happen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.hide()

    def show_reboots(self, reboots: "Sequence[PendingReboot]", names: Mapping[str, str]) -> None:
        """Show these reboots; ``names`` are the nodes' names by id."""
        now = datetime.now().astimezone()
        sentences = tuple(sentence_of(each, names, now) for each in reboots)
        if sentences == self._shown:
            return
        self._shown = sentences
        self._clear()
        for reboot, sentence in zip(reboots[:_SHOWN], sentences, strict=False):
            line = Banner("rebooting", sentence)
            line.set_action("Take back…")
            line.acted.connect(partial(self._ask, reboot))
            self._column.addWidget(line)
        if len(reboots) > _SHOWN:
            self._column.addWidget(label(f"{counted(len(reboots) - _SHOWN, 'reboot')} more later.", "dim"))
        self.setVisible(bool(sentences))

    def _ask(self, reboot: "PendingReboot") -> None:
        self.removal_wanted.emit(reboot)

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def sentence_of(reboot: "PendingReboot", names: Mapping[str, str], now: datetime) -> str:
    """Return what will happen: ``web-1 and web-2 restart tomorrow 03:00 if a patch waits for it``."""
    local = reboot.at.astimezone()
    verb = "restarts" if len(reboot.instance_ids) == 1 else "restart"
    when = moment_words(local, now) if local > now else "as soon as the agent there takes it (it is overdue)"
    then = f" Then {reboot.after} runs." if reboot.after else ""
    return f"{_who(reboot, names)} {verb} {when} if a patch waits for it.{then}"


def _who(reboot: "PendingReboot", names: Mapping[str, str]) -> str:
    if reboot.instance_ids:
        return listed([names.get(each, each) for each in reboot.instance_ids], _NAMED)
    parts = [f"{key.removeprefix('tag:')} = {' or '.join(values)}" for key, values in reboot.targets]
    return f"Nodes with {listed(parts)}" if parts else "Nodes"
