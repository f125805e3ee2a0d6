"""The file is looked after: copied, brought back, checked, and the oldest runs removed as the preview said."""

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import HistoryQuery, Retention, RetentionPreview
from patchgui.console.archive.file import ArchiveFile
from patchgui.console.archive.schema import APPLICATION_ID, MIGRATIONS
from patchgui.console.rows import StepOutput
from patchgui.ssm.errors import StoreCorrupt, StoreError, StoreTooNew
from tests.unit.archive.kept import NOON, a_run, keep, node

pytestmark = pytest.mark.anyio


async def ids(archive: Archive, text: str = "") -> list[str]:
    return [run.run_id for run in (await archive.search(HistoryQuery(text))).runs]


async def filled(archive: Archive, runs: int = 4, nodes: int = 40) -> None:
    """Runs of ten days apart; each node's output is its own, the last line of it everybody's."""
    for number in range(runs):
        run = a_run(f"run-{number}", NOON - timedelta(days=10 * number))
        of_run = [node(f"mi-{each}", f"web-{each}", at=NOON - timedelta(days=10 * number)) for each in range(nodes)]
        await keep(archive, run, *of_run)
        noise = [os.urandom(300).hex() for _ in range(nodes)]
        outputs = [(f"mi-{each}", "scanStep", StepOutput(f"{noise[each]}\nrun{number}\n")) for each in range(nodes)]
        await archive.take_outputs(run.run_id, [*outputs, ("mi-0", "installStep", StepOutput("shared by all\n" * 20))])


def listed(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def modes(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.iterdir())}


async def test_nobody_else_may_read_the_archive(tmp_path: Path) -> None:
    path = tmp_path / "data" / "archive.db"
    async with Archive(path) as archive:
        await keep(archive, a_run())
        if os.name == "posix":
            assert modes(path.parent) == {"data": 0o700} | dict.fromkeys(listed(path.parent), 0o600)


async def test_a_copy_is_one_whole_file_and_brings_everything_back(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    async with Archive(tmp_path / "archive.db") as archive:
        await filled(archive, runs=2)
        await archive.backup(tmp_path / "copy.db", lambda done, total: told.append((done, total)))
        await keep(archive, a_run("later", NOON + timedelta(days=1)))
        kept = await archive.restore(tmp_path / "copy.db")
        assert await ids(archive) == ["run-0", "run-1"]
        assert await ids(archive, "run1") == ["run-1"]
        assert len((await archive.open("run-1")).nodes) == 40
        # And it goes on from there.
        await keep(archive, a_run("again", NOON + timedelta(days=2)))
        assert await ids(archive) == ["again", "run-0", "run-1"]
        await archive.restore(kept)
        assert await ids(archive) == ["later", "run-0", "run-1"]
        assert (await archive.check()).is_sound
    assert told[-1][0] == told[-1][1] > 0
    assert [name for name in listed(tmp_path) if name.startswith("copy")] == ["copy.db"]


async def test_a_copy_that_is_given_up_leaves_the_older_one(tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("the older one")
    async with Archive(tmp_path / "archive.db") as archive:
        await filled(archive)
        begun = asyncio.Event()
        copying = asyncio.create_task(archive.backup(tmp_path / "copy.db", lambda *_: begun.set()))
        copying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await copying
    assert listed(tmp_path) == ["archive.db", "copy.db"]


async def test_what_is_no_sound_copy_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        await filled(archive, runs=1)
        await archive.backup(tmp_path / "copy.db")
        whole = (tmp_path / "copy.db").read_bytes()
        (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 2])
        (tmp_path / "text.db").write_bytes(b"no database at all, though it is long enough" * 99)
        with closing(sqlite3.connect(tmp_path / "other.db")) as other:
            other.execute("CREATE TABLE run (no)")
        with closing(sqlite3.connect(tmp_path / "newer.db")) as newer:
            newer.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            newer.execute("PRAGMA user_version = 99")
        for name, error in (
            ("cut", StoreCorrupt),
            ("text", StoreCorrupt),
            ("other", StoreCorrupt),
            ("newer", StoreTooNew),
            ("none", StoreError),
        ):
            with pytest.raises(error):
                await archive.restore(tmp_path / f"{name}.db")
        assert await ids(archive) == ["run-0"]
    assert not [name for name in listed(tmp_path) if "before-restore" in name]


async def test_a_retention_removes_exactly_what_its_preview_said(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db", clock=lambda: NOON + timedelta(days=1)) as archive:
        await filled(archive)
        before = await archive.size()
        assert before.runs == 4
        told = await archive.preview(Retention(max_age_days=15))
        assert (told.runs, told.kept_runs, told.oldest_kept) == (2, 2, NOON - timedelta(days=10))
        assert 0 < told.bytes < before.used_bytes
        assert await archive.apply(Retention(max_age_days=15)) == told
        assert await ids(archive) == ["run-0", "run-1"]
        assert await ids(archive, "run3") == []
        assert await ids(archive, "run1") == ["run-1"]
        assert (await archive.output("run-1", "mi-0", "installStep")).stdout.startswith("shared by all")
        after = await archive.size()
        assert after.file_bytes < before.file_bytes
        assert abs(before.used_bytes - after.used_bytes - told.bytes) < before.used_bytes * 0.15
        assert (await archive.check()).is_sound
        assert await archive.preview(Retention(max_age_days=15)) == RetentionPreview(0, 0, 2, NOON - timedelta(days=10))


async def test_a_retention_by_size_keeps_the_newest_that_fit(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db", clock=lambda: NOON + timedelta(days=40)) as archive:
        await filled(archive)
        used = (await archive.size()).used_bytes
        told = await archive.apply(Retention(max_bytes=used * 4 // 5))
        assert 0 < told.runs < 4
        assert told.kept_runs == 4 - told.runs
        assert await ids(archive) == [f"run-{number}" for number in range(told.kept_runs)]
        assert (await archive.preview(Retention(max_bytes=0))).kept_runs == 0


async def test_the_runs_of_the_last_day_always_stay(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db", clock=lambda: NOON + timedelta(hours=20)) as archive:
        await filled(archive, runs=2)
        assert (await archive.apply(Retention(max_age_days=0, max_bytes=0))).kept_runs == 1
        assert await ids(archive) == ["run-0"]


async def test_an_archive_of_a_newer_release_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    async with Archive(path) as archive:
        with pytest.raises(StoreTooNew, match="newer release"):
            await archive.search(HistoryQuery())
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["no database", "a page of noise", "cut short"])
async def test_a_damaged_archive_is_set_aside_whole_and_a_new_one_begun(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "archive.db"
    async with Archive(path) as archive:
        await filled(archive, runs=2)
    broken = damaged(path, damage)
    async with Archive(path) as archive:
        try:
            found = await ids(archive)
        except StoreCorrupt as error:
            assert "set aside" in str(error)  # noqa: PT017 - it may also be noticed before anything is read
            found = await ids(archive)
        assert found == []
        assert "set aside" in archive.notice
        await keep(archive, a_run("new"))
        assert await ids(archive) == ["new"]
    (aside,) = (tmp_path / name for name in listed(tmp_path) if name.endswith(".db") and "damaged" in name)
    assert str(aside) in archive.notice
    assert aside.read_bytes()[4096:] == broken[4096:]


async def test_a_damaged_index_of_words_is_said_and_nothing_is_set_aside_for_it(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with Archive(path) as archive:
        await filled(archive, runs=1)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE lines_202611_data SET block = x'ff' WHERE id > 100")
    async with Archive(path) as archive:
        with pytest.raises(StoreCorrupt, match="index of words"):
            await ids(archive, '"shared by all"')
        assert await ids(archive) == ["run-0"]
        assert len((await archive.open("run-0")).nodes) == 40
        assert not archive.notice


def damaged(path: Path, damage: str) -> bytes:
    whole = path.read_bytes()
    broken = {
        "no database": b"\0" * len(whole),
        "a page of noise": whole[:4096] + b"\xff" * (len(whole) - 4096),
        "cut short": whole[: len(whole) // 3],
    }[damage]
    path.write_bytes(broken)
    path.with_name(f"{path.name}-wal").write_bytes(b"what had not come over yet")
    return broken


async def test_an_older_archive_is_copied_before_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with Archive(path) as archive:
        await filled(archive, runs=1)
    nexts = (*MIGRATIONS, ("CREATE TABLE of_the_next_release (a)", "INSERT INTO of_the_next_release VALUES (1)"))
    opened = ArchiveFile(path, nexts).open()
    assert opened.db.execute("SELECT a FROM of_the_next_release").fetchone() == (1,)
    assert opened.reader.entry(opened.reader.number("run-0")).run_id == "run-0"
    opened.close()
    async with Archive(tmp_path / f"archive.db.before-{len(nexts)}") as before:
        assert await ids(before) == ["run-0"]
    broken = (*nexts, ("CREATE TABLE half (a)", "this is no SQL"))
    with pytest.raises(StoreError):
        ArchiveFile(path, broken).open()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(nexts),)
        assert db.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None


async def test_two_windows_write_and_read_the_same_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with Archive(path) as one, Archive(path) as other:
        await asyncio.gather(*(keep(each, a_run(name)) for name, each in (("a", one), ("b", other))))
        await one.take_output("b", "mi-1", "scanStep", StepOutput("from the one"))
        await other.take_output("a", "mi-1", "scanStep", StepOutput("from the other"))
        assert sorted(await ids(one)) == sorted(await ids(other)) == ["a", "b"]
        assert await ids(one, "other") == ["a"]
        assert len((await one.open("b")).nodes) == 1
