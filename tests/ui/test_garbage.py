"""Where cyclic garbage is destroyed: in the window's thread, never in one that works for it."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from patchgui.ui.garbage import search, searched_in_this_thread


class _Told(QObject):
    """Tells in which thread it is destroyed."""

    def __init__(self, told: list[int]) -> None:
        super().__init__()
        self._told = told
        self._cycle = self

    def __del__(self) -> None:
        self._told.append(threading.get_ident())


def test_a_busy_thread_destroys_no_view_of_the_window(qtbot: QtBot) -> None:
    told: list[int] = []
    with searched_in_this_thread(), ThreadPoolExecutor(1) as pool:
        _Told(told)
        # Enough new objects to have Python search several times, were it left to itself.
        kept = pool.submit(lambda: [[number] for number in range(20_000)]).result()
        assert told == []
        qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told == [threading.get_ident()]
    assert len(kept) == 20_000


def test_a_search_reaches_older_generations_when_they_are_due() -> None:
    gc.disable()
    told: list[int] = []
    _Told(told)
    gc.collect(0)
    for _ in range(gc.get_threshold()[1] + 2):
        kept = [[number] for number in range(gc.get_threshold()[0] + 10)]
        search()
        del kept
    assert told
