"""Keeps the history fresh: searches the archive as somebody types, and asks the open connections what runs."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from patchgui.console.archive.entries import HistoryQuery
from patchgui.console.archive.query import parse
from patchgui.console.rows import RunSummary
from patchgui.ssm.errors import PatchError
from patchgui.ui.runs.merge import merged
from patchgui.ui.runs.operators import Choices, choices_of
from patchgui.ui.runs.run_row import RunRow, is_active
from patchgui.ui.runs.runs_model import RunsModel
from patchgui.ui.runs.service import RunsService
from patchgui.ui.task_scope import Again, TaskScope

if TYPE_CHECKING:
    from patchgui.console.archive.entries import ArchivedRun, HistoryPage

_BUSY_S: Final = 1.5
_QUIET_S: Final = 10.0
_HIDDEN_S: Final = 30.0
_RETRY_S: Final = 5.0
_TYPING_MS: Final = 60
"""How long a search waits for the next letter."""
_PAGE: Final = 80
"""Some screens full: what a letter finds is in place within a frame, and the next page comes while somebody scrolls."""
_GATHERED: Final = 2000
_LEARNED: Final = 1000


class RunsPresenter(QObject):
    """Owns the model of the list. Two sources fill it: the archive, and what the open connections know now."""

    listed = Signal()
    """The connections have told their runs a moment ago."""
    failed = Signal(object)
    """The ``PatchError`` of the connections; they are asked again in a few seconds."""
    searched = Signal()
    """The archive has answered: counts and rows are new."""
    search_failed = Signal(object)
    """The ``PatchError`` of the archive."""
    searching = Signal()
    """A search was begun."""
    active_changed = Signal(object)
    """How many runs have not ended."""

    def __init__(self, service: RunsService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service, self._scope = service, scope
        self._active = 0
        self._is_shown = False
        self.text = ""
        """The search as it was typed."""
        self.query = HistoryQuery()
        """The search as it was understood."""
        self.total: int | None = None
        """How many runs match, as far as that is known."""
        self.total_of_all: int | None = None
        """How many runs there are."""
        self.newest: tuple[RunSummary, ...] = ()
        """The newest runs of all, whatever is searched."""
        self.choices = Choices()
        """Names that a search may ask for, as far as they are known."""
        self.unanswered: tuple[str, ...] = ()
        """The labels of open connections that do not answer now."""
        self._live: tuple[RunSummary, ...] = ()
        self._found: list[ArchivedRun] = []
        self._cursor = ""
        self.model = RunsModel(self)
        self.model.more_wanted.connect(self._on_more_wanted)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._search_now)

    def start(self) -> None:
        """Ask now, and go on asking until the scope closes."""
        self._scope.start("list", self._keep_listing, Again.REPLACE)
        self._scope.start("search", self._renew)
        self._scope.start("choices", self._learn_choices)

    def set_shown(self, *, shown: bool) -> None:
        """Ask at once when the list comes on screen, seldom while it is not."""
        self._is_shown = shown
        if shown:
            self.start()

    @property
    def notice(self) -> str:
        """A sentence for the operator when a damaged archive had to be set aside; else empty."""
        return self._service.notice()

    def search(self, text: str) -> None:
        """Find what matches ``text`` a moment after the last letter."""
        self.text = text
        self._typing.start()

    async def gather(self) -> list[RunRow]:
        """Return everything that matches, fetched or not. Raises ``PatchError``."""
        found, cursor = list(self._found), self._cursor
        while cursor:
            page = await self._service.search(self.query, cursor, _GATHERED)
            found, cursor = [*found, *page.runs], page.cursor
        return self._merged(found, self.query, is_whole=True)

    # -- the archive ---------------------------------------------------------------------------------------------------

    def _search_now(self) -> None:
        self._scope.cancel("more")
        self._scope.start("search", self._search, Again.REPLACE)

    async def _search(self) -> None:
        """Find what was typed, from the top."""
        query = parse(self.text)
        self.searching.emit()
        try:
            page = await self._service.search(query, "", _PAGE)
        except PatchError as error:
            self.query = query
            self.search_failed.emit(error)
            return
        self.query, self._found, self._cursor = query, list(page.runs), page.cursor
        self._take_counts(page)
        self._publish()
        self.searched.emit()

    async def _renew(self) -> None:
        """Look again for what is newest: other windows, the command line and imports write to the archive too."""
        try:
            page = await self._service.search(self.query, "", _PAGE)
        except PatchError as error:
            self.search_failed.emit(error)
            return
        # What is older than the page stays as it was fetched, and so does the place where the next page begins.
        rest = self._older_than(page)
        if page.cursor and rest:
            self._found = [*page.runs, *rest]
        else:
            self._found, self._cursor = list(page.runs), page.cursor
        self._take_counts(page)
        self._publish()
        self.searched.emit()

    def _older_than(self, page: "HistoryPage") -> "list[ArchivedRun]":
        """Return what was fetched earlier and comes after a page; nothing where the two do not meet."""
        last = page.runs[-1].run_id if page.runs else ""
        place = next((number for number, entry in enumerate(self._found) if entry.run_id == last), len(self._found))
        return self._found[place + 1 :]

    async def _learn_choices(self) -> None:
        """Learn the names that filters may ask for from the newest runs: older names may be typed."""
        try:
            page = await self._service.search(HistoryQuery(), "", _LEARNED)
        except PatchError:
            # The search itself says what is wrong with the archive.
            return
        self.choices = choices_of(self._merged(page.runs, HistoryQuery(), is_whole=True))

    def _take_counts(self, page: "HistoryPage") -> None:
        self.total = page.total
        if not self.text.strip():
            self.total_of_all = page.total

    def _on_more_wanted(self) -> None:
        self._scope.start("more", self._fetch_more)

    async def _fetch_more(self) -> None:
        while self._cursor:
            query, cursor = self.query, self._cursor
            try:
                page = await self._service.search(query, cursor, _PAGE)
            except PatchError as error:
                self.search_failed.emit(error)
                return
            # Meanwhile the list may have been begun anew: then its own next page is what was asked for.
            if (query, cursor) == (self.query, self._cursor):
                self._found += page.runs
                self._cursor = page.cursor
                self._publish()
                return

    def _publish(self) -> None:
        rows = self._merged(self._found, self.query, is_whole=not self._cursor)
        if not self.text.strip():
            self.newest = tuple(row.run for row in rows)
        self.model.show_rows(rows, has_more=bool(self._cursor))

    def _merged(self, found: "Sequence[ArchivedRun]", query: HistoryQuery, *, is_whole: bool) -> list[RunRow]:
        return merged(found, self._live, query, is_whole=is_whole, open_ids=self._service.open_connections())

    # -- the connections -----------------------------------------------------------------------------------------------

    async def _keep_listing(self) -> None:
        while True:
            wait_s = await self._list()
            await asyncio.sleep(wait_s)

    async def _list(self) -> float:
        """Ask once; return how long to wait, in seconds, before asking again."""
        try:
            live = await self._service.live()
        except PatchError as error:
            self.failed.emit(error)
            return _RETRY_S
        self._take_live(live)
        self.unanswered = self._service.unanswered()
        self.listed.emit()
        if self._active:
            return _BUSY_S
        return _QUIET_S if self._is_shown else _HIDDEN_S

    def _take_live(self, live: Sequence[RunSummary]) -> None:
        is_other = {(run.run_id, run.status) for run in live} != {(run.run_id, run.status) for run in self._live}
        self._live = tuple(live)
        self._publish()
        active = sum(map(is_active, live))
        if is_other or not active:
            self._scope.start("search", self._renew)
        if active != self._active:
            self._active = active
            self.active_changed.emit(active)
