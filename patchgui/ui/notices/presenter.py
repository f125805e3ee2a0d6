"""Finds news in the lists of runs, and has it told outside the window as the settings say."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from patchgui.console.notice_settings import NoticeFile, NoticeSettings
from patchgui.console.notices import Notice, Occasion, RunNotices
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import Trouble, trouble_of
from patchgui.ui.task_scope import Again, TaskScope

if TYPE_CHECKING:
    from patchgui.console.rows import RunSummary

_Result = TypeVar("_Result")

TEST = Notice(
    occasion=Occasion.ENDED,
    run_id="test",
    title="A test of Patch Now",
    text="Notices of runs arrive here. No run ended.",
    status="Success",
    node_count=0,
    error_count=0,
)
"""What is told when somebody tries the settings."""


class Trial(NamedTuple):
    """How a test stands: under way, or what of it failed."""

    is_running: bool
    troubles: tuple[Trouble, ...] = ()


class NoticesPresenter(QObject):
    """Owns settings and deliveries; ``scope`` is the caller's to close, and what is not told by then is dropped."""

    raised = Signal(object)
    """A :class:`Notice` to show."""
    failed = Signal(object)
    """A :class:`Trouble`: somebody could not be told, or the settings not be read."""
    saved = Signal()
    """The settings are on the disk."""
    not_saved = Signal(object)
    """The :class:`Trouble` that kept the settings from the disk."""
    tested = Signal(object)
    """A :class:`Trial`."""

    def __init__(self, scope: TaskScope, file: NoticeFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope = scope
        self._file = file
        self._news = RunNotices()
        self._delivered = 0
        self.settings = NoticeSettings()

    def load(self) -> None:
        """Read the settings."""
        self._scope.start("load", self._load)

    def take(self, runs: "Sequence[RunSummary]") -> None:
        """Take the newest list of runs, and raise what is news in it."""
        for notice in self._news.take(runs):
            if self.settings.only_trouble and not notice.is_trouble:
                continue
            self.raised.emit(notice)
            if self.settings.webhook_url or self.settings.command:
                self._delivered += 1
                self._scope.start(f"deliver-{self._delivered}", partial(self._deliver, notice))

    def save(self, settings: NoticeSettings) -> None:
        """Keep settings, and go by them from now on."""
        self._scope.start("save", partial(self._save, settings), Again.REPLACE)

    def test(self, settings: NoticeSettings) -> None:
        """Tell webhook and command of these settings once, now."""
        self._scope.start("test", partial(self._test, settings), Again.REPLACE)

    async def _load(self) -> None:
        try:
            kept = await _in_thread(self._file.read)
        except PatchError as error:
            self.failed.emit(trouble_of(error))
            return
        self.settings = kept.contents
        if kept.notice:
            self.failed.emit(Trouble(kept.notice))

    async def _save(self, settings: NoticeSettings) -> None:
        try:
            await _in_thread(partial(self._file.write, settings))
        except PatchError as error:
            self.not_saved.emit(trouble_of(error))
            return
        self.settings = settings
        self.saved.emit()

    async def _deliver(self, notice: Notice) -> None:
        from patchgui.console.notice_courier import deliver

        for error in await deliver(notice, self.settings):
            self.failed.emit(trouble_of(error))

    async def _test(self, settings: NoticeSettings) -> None:
        from patchgui.console.notice_courier import tell_once

        self.tested.emit(Trial(is_running=True))
        errors = await tell_once(TEST, settings)
        self.tested.emit(Trial(is_running=False, troubles=tuple(trouble_of(error) for error in errors)))


async def _in_thread(work: Callable[[], _Result]) -> _Result:
    import asyncio

    done: Awaitable[_Result] = asyncio.to_thread(work)
    return await done
