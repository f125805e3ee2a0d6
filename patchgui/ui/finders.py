"""Where Ctrl+K looks: nodes, runs and documents that are loaded by now."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from patchgui.console.connection import Connection
from patchgui.ui.widgets.document_picker import DocumentOption
from patchgui.ui.widgets.pick_item import PickItem, PickSource

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow, RunSummary
    from patchgui.ui.windows.rows import WindowRow

_NODE, _RUN, _DOCUMENT, _CONNECTION, _WINDOW = "node:", "run:", "document:", "connection:", "window:"


def node_source(rows: "Callable[[], Sequence[NodeRow]]", open_node: Callable[[str], None]) -> PickSource:
    """Find nodes by name, id and tag values; nothing before the first letter: there may be very many."""

    def search(words: tuple[str, ...]) -> Iterator[PickItem]:
        if not words:
            return
        for row in rows():
            haystack = f"{row.name} {row.instance_id} {' '.join(row.tags.values())}".lower()
            if all(word in haystack for word in words):
                yield PickItem(f"{_NODE}{row.instance_id}", row.name or row.instance_id, row.platform, "server")

    return PickSource(search, _without(_NODE, open_node))


def run_source(runs: "Callable[[], Iterable[RunSummary]]", open_run: Callable[[str], None]) -> PickSource:
    """Find runs by title, document, operation and status, newest first."""

    def search(words: tuple[str, ...]) -> Iterator[PickItem]:
        for run in runs():
            haystack = f"run {run.title} {run.document} {run.operation} {run.status} {run.run_id}".lower()
            if all(word in haystack for word in words):
                when = run.started_at.astimezone().strftime("%d %b %H:%M") if run.started_at else ""
                yield PickItem(f"{_RUN}{run.run_id}", run.title, f"{run.status} · {when}", "run")

    return PickSource(search, _without(_RUN, open_run))


def window_source(windows: "Callable[[], Iterable[WindowRow]]", open_window: Callable[[str], None]) -> PickSource:
    """Find maintenance windows by name, id and what their schedule says."""

    def search(words: tuple[str, ...]) -> Iterator[PickItem]:
        for row in windows():
            if all(word in f"window {row.name} {row.window_id} {row.words}".lower() for word in words):
                yield PickItem(f"{_WINDOW}{row.window_id}", row.name, f"{row.state[1]} · {row.words}", "clock")

    return PickSource(search, _without(_WINDOW, open_window))


def document_source(
    options: Callable[[], Iterable[DocumentOption]], open_document: Callable[[str], None]
) -> PickSource:
    """Find documents by name, owner and platform."""

    def search(words: tuple[str, ...]) -> Iterator[PickItem]:
        if not words:
            return
        for option in options():
            if all(word in f"document {option.name} {option.detail}".lower() for word in words):
                yield PickItem(f"{_DOCUMENT}{option.name}", option.name, option.detail, "document")

    return PickSource(search, _without(_DOCUMENT, open_document))


def connection_source(
    connections: Callable[[], Iterable[tuple[Connection, str]]], open_connection: Callable[[str], None]
) -> PickSource:
    """Find connections, open or not, by label, profile, region and address; beside each, how it stands."""

    def search(words: tuple[str, ...]) -> Iterator[PickItem]:
        for connection, state in connections():
            parts = (connection.label, connection.profile, connection.region, connection.endpoint_url)
            haystack = f"work on connection {' '.join(filter(None, parts))}".lower()
            if all(word in haystack for word in words):
                yield PickItem(f"{_CONNECTION}{connection.id}", f"Work on {connection.label}", state, "external")

    return PickSource(search, _without(_CONNECTION, open_connection))


def _without(prefix: str, open_key: Callable[[str], None]) -> Callable[[str], None]:
    return lambda key: open_key(key.removeprefix(prefix))
