"""One keystroke in the filter box of a table of 100,000 nodes, against a proxy model that filters in Python."""

import random
import statistics
import time
from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from patchgui.console.rows import NodeRow
from patchgui.patching.node_query import parse_query
from patchgui.ui.patch_now.node_model import NodeTableModel
from tests.bench.figure import Figure
from tests.bench.offscreen import application

NODES = 100_000
_TYPED = ("web", "tag:Environment=production", "platform:debian status:online", "db-1 tag:Role=db", "nothing-like-it")


class _FilterInPython(QSortFilterProxyModel):
    """What a Python proxy does for each row and keystroke: the reference."""

    text = ""

    @override
    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        source = self.sourceModel()
        return any(self.text in str(source.index(row, column, parent).data()).lower() for column in range(1, 4))


def measure() -> Iterator[Figure]:
    """Yield the 95th percentile over keystrokes, and the proxy's time for one."""
    keep = application()
    rows = list(_rows())
    model = NodeTableModel()
    model.replace_all(rows)
    keystrokes = sorted(_keystrokes_ms(model))
    p95 = keystrokes[int(len(keystrokes) * 0.95)]
    yield Figure(
        "filter 100,000 nodes, one keystroke, p95", p95, "ms", "≤ 16 ms", _proxy_ms(model, keep), "a Python proxy"
    )


def _rows() -> Iterator[NodeRow]:
    chance = random.Random(7)
    for number in range(NODES):
        role = chance.choice(("web", "db", "cache", "queue"))
        yield NodeRow(
            instance_id=f"mi-{number:017x}",
            name=f"{role}-{number}",
            platform_type="Linux",
            platform_name=chance.choice(("Debian GNU/Linux", "Ubuntu", "AlmaLinux")),
            platform_version="12",
            ping=chance.choice(("Online", "ConnectionLost")),
            tags={"Environment": chance.choice(("production", "staging")), "Role": role, "Team": f"team-{number % 40}"},
            patch_group=f"{role}-servers",
            missing_count=chance.randrange(20),
        )


def _keystrokes_ms(model: NodeTableModel) -> Iterator[float]:
    """Type each text letter by letter, then take it back letter by letter."""
    for text in _TYPED:
        lengths = [*range(1, len(text) + 1), *range(len(text) - 1, -1, -1)]
        for length in lengths:
            started = time.perf_counter()
            model.set_query(parse_query(text[:length]))
            yield (time.perf_counter() - started) * 1000


def _proxy_ms(model: NodeTableModel, keep: QApplication) -> float:
    model.set_query(parse_query(""))
    proxy = _FilterInPython(keep)
    proxy.setSourceModel(model)
    times = []
    for text in ("w", "we"):
        proxy.text = text
        started = time.perf_counter()
        proxy.setFilterFixedString(text)
        proxy.rowCount()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
