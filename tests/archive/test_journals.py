"""Journals of earlier releases, found by a worker of this one after the upgrade."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from patchgui.agent.worker.journal import Journal
from patchgui.agent.worker.progress import Progress
from tests.soak.plane import Plane

OLD = Path(__file__).parent / "journal-format-1"
ID = "00000000-0000-4000-8000-00000000000"

pytestmark = pytest.mark.anyio


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    plane = Plane(tmp_path)
    yield plane
    await plane.close()


@pytest.mark.parametrize(
    ("which", "ran"),
    [
        pytest.param("a", ["fin"], id="broken off in a step"),
        pytest.param("b", ["two", "three", "fin"], id="waiting for a reboot"),
        pytest.param("c", [], id="broken off in its exit hook"),
        pytest.param("d", [], id="ended"),
    ],
)
async def test_a_journal_without_checksums_is_gone_on_with(plane: Plane, which: str, ran: list[str]) -> None:
    name = f"{ID}{which}.jsonl"
    journals = plane.node.folder / "journal"
    journals.mkdir()
    shutil.copy(OLD / name, journals)
    (plane.node.folder / "up").touch()

    await plane.commands.start()
    async with asyncio.timeout(20):
        while not (journals / "done" / name).exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.02)

    log = plane.node.folder / "ran"
    assert (log.read_text().split() if log.exists() else []) == ran
    ended = Progress.of(Journal.load(journals / "done" / name).records)
    assert ended.is_ended
    assert set(ended.results) == {"one", "two", "three", "fin"}
