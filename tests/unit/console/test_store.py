"""The record of runs on disk: what was written is there, what cannot be read is not overwritten."""

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from patchgui.console.store import MIGRATIONS, RunStore, SendState
from patchgui.ssm.errors import StoreCorrupt, StoreFull, StoreTooNew

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


async def test_a_run_is_there_after_the_program_was_started_again(tmp_path: Path) -> None:
    async with RunStore(tmp_path / "deep" / "runs.db") as store:
        await store.add("r1", "local", NOW, "{}", {1: "one", 2: "two"})
        await store.mark("r1", 1, SendState.SENT, "c1")
        await store.end("r1", "Success", "All 2 nodes succeeded.", NOW)
    async with RunStore(tmp_path / "deep" / "runs.db") as store:
        run = await store.run("r1")
    assert run is not None
    assert (run.status, run.headline, run.ended_at) == ("Success", "All 2 nodes succeeded.", NOW)
    assert [(c.number, c.state.value, c.command_id) for c in run.commands] == [(1, "sent", "c1"), (2, "planned", None)]


async def test_runs_belong_to_their_connection_and_come_newest_first(tmp_path: Path) -> None:
    async with RunStore(tmp_path / "runs.db") as store:
        await store.add("old", "a", NOW.replace(hour=1), "{}", {})
        await store.add("new", "a", NOW, "{}", {})
        await store.add("other", "b", NOW, "{}", {})
        assert [run.run_id for run in await store.runs("a")] == ["new", "old"]


async def test_a_run_of_somebody_else_is_not_recorded(tmp_path: Path) -> None:
    async with RunStore(tmp_path / "runs.db") as store:
        await store.end("stranger", "Success")
        assert await store.run("stranger") is None


async def test_a_record_of_a_newer_release_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = path.read_bytes()
    async with RunStore(path) as store:
        with pytest.raises(StoreTooNew, match="newer release"):
            await store.runs("a")
    assert path.read_bytes() == before


async def test_a_damaged_record_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    path.write_bytes(b"this is no database, and long enough to look like something else entirely" * 20)
    before = path.read_bytes()
    async with RunStore(path) as store:
        with pytest.raises(StoreCorrupt, match="damaged"):
            await store.runs("a")
    assert path.read_bytes() == before


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with RunStore(tmp_path / "file" / "runs.db") as store:
        with pytest.raises(StoreFull, match="cannot be kept"):
            await store.runs("a")


async def test_a_retry_and_the_run_that_it_retries_know_each_other_after_a_restart(tmp_path: Path) -> None:
    async with RunStore(tmp_path / "runs.db") as store:
        await store.add("first", "local", NOW, "{}", {1: "one"})
        await store.add("second", "local", NOW, "{}", {1: "one"}, retry_of="first")
        await store.add("third", "local", NOW.replace(hour=23), "{}", {1: "one"}, retry_of="first")
    async with RunStore(tmp_path / "runs.db") as store:
        first, second = await store.run("first"), await store.run("second")
    assert first is not None
    assert second is not None
    assert (first.retry_of, first.retried_by) == ("", ("second", "third"))
    assert (second.retry_of, second.retried_by) == ("first", ())


async def test_a_record_of_the_first_release_is_read_and_knows_no_retries(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "runs.db")) as db:
        for statement in MIGRATIONS[:3]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 3")
        db.execute("INSERT INTO run (run_id, connection_id, started_at_ms, plan_json) VALUES ('old', 'local', 1, '{}')")
        db.commit()
    async with RunStore(tmp_path / "runs.db") as store:
        await store.add("new", "local", NOW, "{}", {}, retry_of="old")
        old = await store.run("old")
    assert old is not None
    assert (old.retry_of, old.retried_by) == ("", ("new",))
