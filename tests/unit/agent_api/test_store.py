"""What the agent keeps on disk: the state file, the key pair, the folder; nothing is lost, everything is said."""

import json
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from patchgui.agent.key_pair import load_or_make
from patchgui.agent.state_folder import READY_FILE, StateFolder
from patchgui.agent.store.database import APPLICATION_ID, Database
from patchgui.ssm.errors import AgentError, AlreadyRunning, StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreTooNew

FIRST = ("CREATE TABLE note (text TEXT)",)
SECOND = (*FIRST, "ALTER TABLE note ADD COLUMN at REAL")


def open_database(folder: Path, *statements: str) -> Database:
    """Open the state file with one part's migrations."""
    return Database(folder / "state.db", {"notes": statements or FIRST})


def test_a_transaction_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with pytest.raises(ZeroDivisionError), database.write() as db:  # noqa: PT012 - the second line must fail in it
        db.execute("INSERT INTO note VALUES ('lost')")
        raise ZeroDivisionError
    with database.write() as db:
        db.execute("INSERT INTO note VALUES ('kept')")
        database.execute("INSERT INTO note VALUES ('kept too')")
    database.close()
    database = open_database(tmp_path)
    assert [row["text"] for row in database.rows("SELECT text FROM note")] == ["kept", "kept too"]
    database.close()


def test_a_commit_is_on_the_disk(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    assert database.row("PRAGMA synchronous") is not None
    assert [tuple(row) for row in database.rows("PRAGMA synchronous")] == [(2,)]
    assert [tuple(row) for row in database.rows("PRAGMA journal_mode")] == [("wal",)]
    database.close()


def test_the_state_file_is_this_users_alone(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "state.db").stat().st_mode) == 0o600


def test_an_older_file_is_brought_up_to_date_and_keeps_what_it_holds(tmp_path: Path) -> None:
    database = open_database(tmp_path, *FIRST)
    database.execute("INSERT INTO note VALUES ('old')")
    database.close()
    database = open_database(tmp_path, *SECOND)
    assert [tuple(row) for row in database.rows("SELECT text, at FROM note")] == [("old", None)]
    database.close()
    open_database(tmp_path, *SECOND).close()


def test_a_failing_migration_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    open_database(tmp_path, *FIRST).close()
    with pytest.raises(StoreError):
        open_database(tmp_path, *SECOND, "INSERT INTO nowhere VALUES (1)")
    with sqlite3.connect(tmp_path / "state.db") as db:
        assert [row[1] for row in db.execute("PRAGMA table_info(note)")] == ["text"]
        assert db.execute("SELECT version FROM schema_version").fetchall() == [(1,)]
    db.close()


def test_a_file_of_a_newer_release_is_refused_untouched(tmp_path: Path) -> None:
    open_database(tmp_path, *SECOND).close()
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(StoreTooNew, match="newer release"):
        open_database(tmp_path, *FIRST)
    assert (tmp_path / "state.db").read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreCorrupt, match="damaged") as refused:
        open_database(tmp_path)
    assert "state.db" in str(refused.value)
    assert "nothing was changed" in refused.value.hint
    assert (tmp_path / "state.db").read_bytes() == b"not a database at all" * 100


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(StoreCorrupt, match="another program"):
        open_database(tmp_path)
    assert (tmp_path / "state.db").read_bytes() == before


@pytest.mark.parametrize("page", [0, 1, 2, 3])
def test_a_damaged_page_is_found_at_start(tmp_path: Path, page: int) -> None:
    database = open_database(tmp_path)
    with database.write() as db:
        db.executemany("INSERT INTO note VALUES (?)", [("x" * 500,) for _ in range(100)])
    database.close()
    path = tmp_path / "state.db"
    content = bytearray(path.read_bytes())
    content[page * 4096 + 8 : page * 4096 + 1000] = os.urandom(992)
    path.write_bytes(content)
    with pytest.raises(StoreError):
        open_database(tmp_path)
    assert path.read_bytes() == bytes(content)


def test_a_truncated_file_is_found_at_start(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.write() as db:
        db.executemany("INSERT INTO note VALUES (?)", [("x" * 500,) for _ in range(100)])
    database.close()
    path = tmp_path / "state.db"
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(StoreCorrupt):
        open_database(tmp_path)


def test_an_emptied_file_is_refused_untouched(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    (tmp_path / "state.db").write_bytes(b"")
    with pytest.raises(StoreCorrupt, match="it is empty"):
        open_database(tmp_path)
    assert (tmp_path / "state.db").read_bytes() == b""


def test_what_was_committed_before_a_crash_is_there_after_it(tmp_path: Path) -> None:
    crash(tmp_path)
    database = open_database(tmp_path)
    assert [row["text"] for row in database.rows("SELECT text FROM note")] == ["promised"]
    database.close()


def test_a_log_with_promises_that_became_unreadable_is_refused_untouched(tmp_path: Path) -> None:
    log = crash(tmp_path)
    log.write_bytes(b"overwritten" * 400)
    with pytest.raises(StoreCorrupt, match=r"its log state\.db-wal is unreadable"):
        open_database(tmp_path)
    assert log.read_bytes() == b"overwritten" * 400


def test_a_log_without_its_file_is_refused_untouched(tmp_path: Path) -> None:
    log = crash(tmp_path)
    (tmp_path / "state.db").unlink()
    before = log.read_bytes()
    with pytest.raises(StoreCorrupt, match="it is missing"):
        open_database(tmp_path)
    assert log.read_bytes() == before
    assert not (tmp_path / "state.db").exists()


def crash(folder: Path) -> Path:
    """Leave the files of an agent that was killed after a commit, and return the log that holds the commit."""
    database = open_database(folder)
    database.execute("INSERT INTO note VALUES ('promised')")
    copies = {path: path.read_bytes() for path in (folder / "state.db", folder / "state.db-wal")}
    database.close()
    for path, content in copies.items():
        path.write_bytes(content)
    return folder / "state.db-wal"


def test_a_first_start_that_was_cut_short_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "state.db.new").write_bytes(b"half")
    open_database(tmp_path).close()
    assert not (tmp_path / "state.db.new").exists()


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StoreError, match=r"state\.db"):
        open_database(tmp_path)


def test_a_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    database.rows("PRAGMA max_page_count = 8")
    with pytest.raises(StoreFull):
        fill(database)
    (count,) = database.rows("SELECT count(*) FROM note")[0]
    assert count > 0
    database.close()


def fill(database: Database) -> None:
    """Write more than there is room for."""
    for _ in range(100):
        database.execute("INSERT INTO note VALUES (?)", ("x" * 1000,))


def test_a_file_that_another_program_holds_is_called_busy(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    database.rows("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        database.execute("INSERT INTO note VALUES ('x')")
    other.close()
    database.close()


def test_the_file_is_marked_as_ours(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    with sqlite3.connect(tmp_path / "state.db") as db:
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    db.close()


def test_a_key_pair_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    keys = load_or_make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.access_key.startswith("AKIA")
    assert len(keys.access_key) == 20
    assert len(keys.secret_key) == 40
    assert load_or_make(path) == keys
    assert load_or_make(tmp_path / "other") != keys


def test_a_key_pair_that_was_opened_up_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    load_or_make(path)
    path.chmod(0o644)
    load_or_make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"[default]\n", b"\xff\xfe", b"[patchgui]\naws_access_key_id = A\n", b"no section"]
)
def test_a_file_without_a_key_pair_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="credentials"):
        load_or_make(path)
    assert path.read_bytes() == content


def test_one_agent_holds_a_state_folder(tmp_path: Path) -> None:
    with StateFolder(tmp_path / "new" / "state") as folder:
        with pytest.raises(AlreadyRunning, match=rf"\(process {os.getpid()}\)"):
            StateFolder(folder.path)
        door = {"pid": os.getpid(), "endpoint_url": "http://127.0.0.1:1"}
        folder.announce(door)
        assert json.loads((folder.path / READY_FILE).read_text()) == door
        assert stat.S_IMODE((folder.path / READY_FILE).stat().st_mode) == 0o600
        with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}, http://127\.0\.0\.1:1"):
            StateFolder(folder.path)
    assert not (folder.path / READY_FILE).exists()
    with StateFolder(folder.path):
        pass


def test_a_state_folder_is_made_for_this_user_alone(tmp_path: Path) -> None:
    with StateFolder(tmp_path / "state") as folder:
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("mine")
    with pytest.raises(AgentError, match="state"):
        StateFolder(tmp_path / "state")
    assert (tmp_path / "state").read_text() == "mine"
