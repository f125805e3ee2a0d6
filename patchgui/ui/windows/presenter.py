"""Keeps the list of windows fresh, and knows the one that is chosen."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from patchgui.ssm.errors import AccessDenied, PatchError
from patchgui.ui.errors import trouble_of
from patchgui.ui.task_scope import Again, TaskScope
from patchgui.ui.windows.acts import WindowActs
from patchgui.ui.windows.calendar_sheet import CalendarLine, line_of, sheet_of
from patchgui.ui.windows.chosen_window import ChosenWindow
from patchgui.ui.windows.lacking import short_trouble
from patchgui.ui.windows.moments import utc_now
from patchgui.ui.windows.rows import WindowRow, parse_query
from patchgui.ui.windows.service import WindowsService
from patchgui.ui.windows.windows_model import WindowsModel

if TYPE_CHECKING:
    from patchgui.ssm.shapes.maintenance_windows import MaintenanceWindowIdentity

_QUIET_S: Final = 20.0
_OPEN_S: Final = 4.0
_RETRY_S: Final = 6.0
_AFTER_OPENING_S: Final = 1.0
_LINES_A_TURN: Final = 5


class WindowsPresenter(QObject):
    """Owns the model of the list, the chosen window and what may be done. ``scope`` is the caller's to close."""

    listed = Signal()
    """The list is as the endpoint told it a moment ago."""
    failed = Signal(object)
    """The ``Trouble`` of the last question; it is asked again in a few seconds."""
    query_changed = Signal(object)
    """The ``WindowQuery`` that the list is filtered by."""

    calendar_drawn = Signal(object)
    """The ``CalendarSheet`` of the windows as they are now."""
    groups_loaded = Signal(object)
    """The names of the resource groups, or the ``Trouble`` that keeps them away."""

    def __init__(self, service: WindowsService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service, self._scope = service, scope
        self._is_listed = False
        self._may_not_see_open = False
        self._in_calendar: object = None
        self.model = WindowsModel(self)
        self.chosen = ChosenWindow(service, scope.child("chosen"), self)
        self.acts = WindowActs(service, scope.child("acts"), self)
        self.acts.changed.connect(self.start)

    @property
    def is_listed(self) -> bool:
        """Whether the list has been read at least once."""
        return self._is_listed

    def start(self) -> None:
        """Ask now, and go on asking until the page goes off the screen or the scope closes."""
        self._scope.start("list", self._keep_listing, Again.REPLACE)

    def set_shown(self, *, shown: bool) -> None:
        """Ask while the page is on screen, and rest while it is not."""
        if shown:
            self.start()
        else:
            self._scope.cancel("list")

    def load_groups(self) -> None:
        """Read the resource groups that may be targets."""
        self._scope.start("groups", self._load_groups)

    async def _load_groups(self) -> None:
        try:
            self.groups_loaded.emit(await self._service.resource_groups())
        except PatchError as error:
            self.groups_loaded.emit(trouble_of(error))

    def filter(self, text: str) -> None:
        """Show only windows that match what was typed."""
        query = parse_query(text)
        self.model.set_query(query)
        self.query_changed.emit(query)

    def row(self, window_id: str) -> WindowRow | None:
        """Return a window of the list, shown or not."""
        return next((row for row in self.model.rows if row.window_id == window_id), None)

    async def _keep_listing(self) -> None:
        import asyncio

        while True:
            wait_s = await self._list()
            await asyncio.sleep(wait_s)

    async def _list(self) -> float:
        """Ask once; return how long to wait, in seconds, before asking again."""
        try:
            windows = await self._service.ask_windows(lambda windows: windows.all())
            opened = await self._open_now(windows)
        except PatchError as error:
            self.failed.emit(short_trouble(error, "Maintenance windows are not shown"))
            return _RETRY_S
        self.model.show_rows([WindowRow.of(each, is_open=each.window_id in opened) for each in windows])
        self._is_listed = True
        self.listed.emit()
        self.chosen.refresh()
        self._scope.start("calendar", self._draw_calendar, Again.REPLACE)
        if opened:
            return _OPEN_S
        now = utc_now()
        soon = (
            (row.next_at - now).total_seconds() + _AFTER_OPENING_S
            for row in self.model.rows
            if row.next_at is not None and row.next_at > now
        )
        return min([_QUIET_S, *soon])

    async def _draw_calendar(self) -> None:
        """Work the calendar out in turns that are too short to be felt; not again while nothing has changed."""
        import asyncio

        now = utc_now()
        wanted = (self.model.rows, now.astimezone().date())
        if wanted == self._in_calendar:
            return
        lines: list[CalendarLine] = []
        for number, row in enumerate(self.model.rows, 1):
            lines.append(line_of(row, now))
            if number % _LINES_A_TURN == 0:
                await asyncio.sleep(0)
        self._in_calendar = wanted
        self.calendar_drawn.emit(sheet_of(lines, now))

    async def _open_now(self, windows: "tuple[MaintenanceWindowIdentity, ...]") -> frozenset[str]:
        """Return the windows of which an execution runs; none where the profile may not read executions."""
        if self._may_not_see_open:
            return frozenset()
        now = utc_now()
        try:
            return await self._service.ask_windows(lambda source: source.executions.open_now(windows, now))
        except AccessDenied:
            self._may_not_see_open = True
            return frozenset()
