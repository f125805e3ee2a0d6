"""The Patch now page: three columns side by side, the third a drawer where there is no room."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.connection import Connection
from patchgui.patching.wording import counted
from patchgui.ui.patch_now.extra_settings import ExtraSettings, from_kept
from patchgui.ui.patch_now.plan_of import rate_words
from patchgui.ui.patch_now.presenter import PatchNowPresenter
from patchgui.ui.patch_now.reboot_strip import sentence_of
from patchgui.ui.patch_now.states import ForecastState
from patchgui.ui.patch_now.what import WhatView
from patchgui.ui.patch_now.what_will_happen import WhatWillHappenView
from patchgui.ui.patch_now.who import WhoView
from patchgui.ui.view_state import ViewState
from patchgui.ui.widgets.drawer import Drawer

if TYPE_CHECKING:
    from patchgui.console.reboots import PendingReboot
    from patchgui.ui.patch_now.consequences import Consequences

NARROW_PX = 1180
"""Below this width of the page the third column is a drawer."""
_WHAT_PX = 280
_HAPPEN_PX = 290
_DRAWER_PX = 380
_COLUMNS_KEY = "patch-now/columns"
_EXTRAS_KEY = "patch-now/extras"


class PatchNowPage(QWidget):
    """Puts presenter and views together; knows nothing but their signals."""

    reload_wanted = Signal()
    """The operator wants everything to be read again; the presenter does it."""

    def __init__(
        self,
        presenter: PatchNowPresenter,
        state: ViewState,
        connection: Callable[[], Connection] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._connection = connection
        self._state = state
        self._launching = False
        self._extras_key = ""
        self._reboots: tuple[PendingReboot, ...] = ()
        # Each has its place before it is filled: Qt works the style out anew for all that moves.
        self.who = WhoView(presenter.model, self)
        self.what = WhatView(self)
        self.review = QPushButton("What will happen…", self)
        self.happen = WhatWillHappenView(self)
        self.review.setProperty("kind", "primary")
        self._drawer = Drawer(self, _DRAWER_PX)
        self._narrow = False
        self._lay_out()
        self._connect()
        self.who.restore_columns(state.blob(_COLUMNS_KEY))
        self.who.show_state(presenter.nodes_state)
        self._on_forecast(presenter.forecast_state)

    def keep_state(self) -> None:
        """Write down the columns as the user left them."""
        self._state.keep_blob(_COLUMNS_KEY, self.who.keep_columns())

    def make_ready(self) -> None:
        """Make what shows nodes, before the first of them comes."""
        self.who.table.ensurePolished()

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.who.focus_filter()

    def press_go(self) -> None:
        """Do what the primary button does."""
        if self._narrow and self._drawer.isHidden():
            self._drawer.open_drawer()
        elif self.happen.go.isEnabled():
            self._presenter.ask_launch()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_narrow(narrow=event.size().width() < NARROW_PX)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 16, 16, 16)
        self._row.setSpacing(16)
        self.what.setFixedWidth(_WHAT_PX)
        self.happen.setFixedWidth(_HAPPEN_PX)
        middle = QVBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.what, 1)
        middle.addWidget(self.review)
        self.review.hide()
        self._row.addWidget(self.who, 1)
        self._row.addLayout(middle)
        self._row.addWidget(self.happen)

    def _connect(self) -> None:
        presenter, who, what, happen = self._presenter, self.who, self.what, self.happen
        who.query_typed.connect(presenter.set_query)
        who.reload_wanted.connect(self.reload_wanted)
        who.reload_wanted.connect(presenter.reload)
        who.scan_wanted.connect(presenter.scan_again)
        what.choice_made.connect(presenter.set_choice)
        what.choice_made.connect(self._show_rate)
        what.preview_wanted.connect(presenter.preview)
        what.documents_wanted.connect(presenter.reload)
        happen.launch_wanted.connect(presenter.ask_launch)
        happen.retry_wanted.connect(presenter.foretell_again)
        happen.close_wanted.connect(self._drawer.close_drawer)
        self.review.clicked.connect(self._drawer.open_drawer)
        presenter.nodes_changed.connect(who.show_state)
        presenter.query_changed.connect(who.show_query)
        presenter.documents_changed.connect(what.show_documents)
        presenter.preview_changed.connect(what.show_preview)
        presenter.forecast_changed.connect(self._on_forecast)
        presenter.launching_changed.connect(self._on_launching)
        presenter.launch_told.connect(happen.show_waiting)
        happen.stop_wanted.connect(presenter.stop_launching)
        presenter.launch_asked.connect(self._on_launch_asked)
        presenter.launch_failed.connect(happen.show_failure)
        presenter.run_launched.connect(self._on_run_launched)
        presenter.nodes_changed.connect(self._show_rate)
        presenter.nodes_changed.connect(self._offer_extras)
        what.extras_changed.connect(self._on_extras_changed)
        who.groups_wanted.connect(presenter.read_groups)
        who.target_wanted.connect(presenter.set_target)
        presenter.groups_changed.connect(who.show_groups)
        presenter.target_changed.connect(who.target.show_target)
        presenter.reboots_changed.connect(self._on_reboots)
        # They may be known before the nodes are that they name.
        presenter.nodes_changed.connect(self._show_reboots)
        presenter.reboot_failed.connect(happen.show_failure)
        who.reboots.removal_wanted.connect(self._ask_take_back)
        presenter.model.picks_changed.connect(self._show_rate)

    def _set_narrow(self, *, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.review.setVisible(narrow)
        self.happen.set_drawer(is_drawer=narrow)
        if narrow:
            self._row.removeWidget(self.happen)
            self._drawer.hold(self.happen)
        else:
            self._drawer.release()
            self.happen.setFixedWidth(_HAPPEN_PX)
            self._row.addWidget(self.happen)
            self.happen.show()

    def _on_forecast(self, state: ForecastState) -> None:
        picked = self._presenter.model.picked_count
        self.happen.show_state(state, picked, self._presenter.choice)
        self._show_go(state, picked)

    def _show_go(self, state: ForecastState, picked: int) -> None:
        self.happen.go.setEnabled(self._presenter.can_launch)
        findings = state.forecast.findings if state.forecast else ()
        matters = sum(finding.severity in {"warning", "error"} for finding in findings)
        told = f"Review {counted(picked, 'node')}" if picked else "What will happen"
        self.review.setText(f"{told} · {counted(matters, 'warning')}" if matters else told)
        self.review.setEnabled(picked > 0)

    def _show_rate(self) -> None:
        picked = self._presenter.model.picked_count
        self.what.show_rate(picked, rate_words(picked, self.what.choice))

    def _offer_extras(self) -> None:
        """Offer to keep output as it was wished on this connection last; the local agent keeps all of it anyway."""
        connection = self._connection() if self._connection is not None else None
        key = f"{_EXTRAS_KEY}/{connection.id}" if connection is not None and not connection.kind.is_local else ""
        if key != self._extras_key:
            self._extras_key = key
            self.what.offer_extras(from_kept(self._state.kept(key)) if key else None)

    def _on_extras_changed(self, settings: ExtraSettings) -> None:
        if self._extras_key:
            self._state.keep(self._extras_key, settings.kept())

    def _on_reboots(self, reboots: "tuple[PendingReboot, ...]") -> None:
        self._reboots = reboots
        self._show_reboots()

    def _show_reboots(self) -> None:
        names = {row.instance_id: row.name for row in self._presenter.model.rows} if self._reboots else {}
        self.who.reboots.show_reboots(self._reboots, names)

    def _ask_take_back(self, reboot: "PendingReboot") -> None:
        from patchgui.ui.shell.question import Question

        names = {row.instance_id: row.name for row in self._presenter.model.rows}
        question = Question(
            "Take the reboot back?",
            f"{sentence_of(reboot, names, datetime.now().astimezone())} Taken back, this does not happen: patches that "
            "wait for a restart go on waiting, and the nodes stay non-compliant until somebody restarts them.",
            "Take it back",
            self,
        )
        question.accepted.connect(partial(self._presenter.take_back, reboot))
        question.open()

    def _on_launching(self, launching: bool) -> None:
        self._on_forecast(self._presenter.forecast_state)
        self.happen.show_launching(launching=launching)

    def _on_launch_asked(self, question: "Consequences") -> None:
        from patchgui.ui.patch_now.confirm import ConfirmDialog

        dialog = ConfirmDialog(question, self, self._connection() if self._connection is not None else None)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._presenter.launch)
        dialog.open()

    def _on_run_launched(self) -> None:
        self._drawer.close_drawer()
