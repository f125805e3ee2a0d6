"""A report in a real browser: it opens from the disk and asks nobody for anything."""

import asyncio
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchgui.console.report.contents import read_report
from patchgui.console.report.page import html_page
from patchgui.patching.phases import Phase
from tests.unit.console.report_scene import Scene, node

BROWSERS = ("chromium-headless-shell", "chromium")
ASKS = '<p>asks<img src="http://elsewhere.example/a.png"><link rel="stylesheet" href="https://other.example/b.css">'


class Everywhere:
    """Stands for every host that there is; whoever connects is counted and sent away."""

    def __init__(self) -> None:
        self.calls = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def everywhere() -> Iterator[Everywhere]:
    found = Everywhere()
    yield found
    found.close()


def opened(page: Path, everywhere: Everywhere, picture: Path) -> str:
    """Open a page as a person would, all of the world being ``everywhere``; return what the browser made of it."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert browser is not None, "no Chromium: packaging/set-up dev installs one"
    command = [
        *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps"),
        *("--virtual-time-budget=2000", f"--user-data-dir={picture.parent / 'profile'}"),
        f"--host-resolver-rules=MAP * 127.0.0.1:{everywhere.port}",
        *("--window-size=1280,1600", f"--screenshot={picture}", "--dump-dom", page.as_uri()),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout


def test_a_page_that_asks_is_noticed(tmp_path: Path, everywhere: Everywhere) -> None:
    page = tmp_path / "asks.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8>{ASKS}", encoding="utf-8")
    opened(page, everywhere, tmp_path / "asks.png")
    assert everywhere.calls > 0


def test_a_report_opens_without_a_single_request(tmp_path: Path, everywhere: Everywhere) -> None:
    nodes = tuple(node(number, fails_in=Phase.AFTER_INSTALL if number == 7 else None) for number in range(40))
    page = tmp_path / "report.html"
    page.write_text(html_page(asyncio.run(read_report(Scene(nodes=nodes), "run-1"))), encoding="utf-8")
    seen = opened(page, everywhere, tmp_path / "report.png")
    assert everywhere.calls == 0
    assert "curl: (28) Connection timed out" in seen
    assert (tmp_path / "report.png").stat().st_size > 20_000


def test_even_what_a_node_slipped_in_asks_nobody(tmp_path: Path, everywhere: Everywhere) -> None:
    nodes = (node(1, name=ASKS), node(2, fails_in=Phase.SCAN, name=ASKS))
    written = html_page(asyncio.run(read_report(Scene(nodes=nodes, title=ASKS, comment=ASKS), "run-1")))
    page = tmp_path / "report.html"
    # Were it not escaped, the page's own policy would still hold it back.
    page.write_text(written.replace("<main>", f"<main>{ASKS}"), encoding="utf-8")
    opened(page, everywhere, tmp_path / "report.png")
    assert everywhere.calls == 0
