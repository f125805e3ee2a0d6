"""Archives of earlier releases, opened with this one."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import PatchCounts, PatchStateChange
from patchgui.console.archive.query import parse
from patchgui.console.archive.schema import MIGRATIONS
from patchgui.patching.phases import Phase
from patchgui.patching.progress import PhaseState

OLD = Path(__file__).parent
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.anyio


def taken_out(version: int, folder: Path) -> Path:
    path = folder / "archive.db"
    path.write_bytes(gzip.decompress((OLD / f"archive-schema-{version}" / "archive.db.gz").read_bytes()))
    return path


async def found(archive: Archive, line: str) -> list[str]:
    return [run.run_id for run in (await archive.search(parse(line, NOON))).runs]


async def test_an_archive_of_schema_1_has_everything_after_the_upgrade(tmp_path: Path) -> None:
    path = taken_out(1, tmp_path)
    before = path.read_bytes()
    async with Archive(path) as archive:
        assert await found(archive, "") == ["moving", "new", "old"]
        run = await archive.run("new")
        assert (run.summary.status, run.failed_phase, run.failed_count, run.is_whole) == (
            "Failed",
            Phase.INSTALL,
            1,
            True,
        )
        view = await archive.open("new")
        assert len(view.nodes) == 81
        assert view.nodes[0].name == "db-1"
        assert view.nodes[0].headline == "Install failed: exit 100. Unable to lock dpkg."
        assert (await archive.output("new", "mi-99", "installStep")).stderr.startswith("E: Could not get lock")
        assert await archive.patch_states("new") == (
            PatchStateChange(
                "mi-1", PatchCounts(7, 2, 90, 0, 0, NOON), PatchCounts(0, 0, 97, 1, 0), "pb-1", "snapshot-1"
            ),
        )
        assert [phase.state for phase in (await archive.open("moving")).nodes[0].phases][1] is PhaseState.RUNNING
        # More nodes than are looked up one by one: the run's nodes were packed while it was upgraded.
        assert await found(archive, "node:web") == ["moving", "new", "old"]
        assert await found(archive, "node:db") == ["new"]
        assert await found(archive, "openssl-3.0.2") == ["new"]
        assert (await archive.check()).is_sound
        assert await archive.removed_until() is None
    copy = path.with_name(f"archive.db.before-{len(MIGRATIONS)}")
    assert copy.stat().st_size == len(before)
