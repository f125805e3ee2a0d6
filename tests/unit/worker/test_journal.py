import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.worker.journal import FORMAT, Journal, JournalCorrupt
from patchgui.agent.worker.journal_folder import JournalFolder

COMMAND = {"command_id": "c-1", "content": {}}
ACCEPTED = {"type": "accepted", "format": FORMAT, "command": COMMAND}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "c-1.jsonl", ())
    journal.append(ACCEPTED)
    return journal


def test_records_are_numbered_and_come_back_after_a_restart(journal: Journal) -> None:
    journal.append({"type": "started"}, {"type": "step_started", "step": "one"})

    again = Journal.load(journal.path)

    assert [(record["n"], record["type"]) for record in again.records] == [
        (1, "accepted"),
        (2, "started"),
        (3, "step_started"),
    ]


def test_what_is_not_durable_yet_is_told_with_what_follows(journal: Journal) -> None:
    told: list[Sequence[Mapping[str, Any]]] = []
    journal.tell(told.append)

    journal.append({"type": "step_ended"}, durable=False)
    assert told == []
    assert journal.last == 1
    journal.append({"type": "step_started"})

    assert [[record["n"] for record in batch] for batch in told] == [[2, 3]]


def test_a_record_that_was_never_whole_is_cut_off(journal: Journal) -> None:
    with journal.path.open("ab") as file:
        file.write(b'{"n": 2, "type": "step_sta')

    again = Journal.load(journal.path)
    again.append({"type": "started"})

    assert [record["type"] for record in Journal.load(journal.path).records] == ["accepted", "started"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"rubbish\n", id="no JSON"),
        pytest.param(b"[]\n", id="no object"),
        pytest.param(b'{"n": 3, "type": "started"}\n', id="a record is missing"),
        pytest.param(b'{"n": 2, "type": 7}\n', id="no type"),
        pytest.param(b"\xff\xfe\n", id="no UTF-8"),
    ],
)
def test_a_damaged_journal_is_refused(journal: Journal, damage: bytes) -> None:
    with journal.path.open("ab") as file:
        file.write(damage)

    with pytest.raises(JournalCorrupt):
        Journal.load(journal.path)


def test_a_journal_of_an_unknown_format_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "c-1.jsonl", ())
    journal.append({**ACCEPTED, "format": FORMAT + 1})

    with pytest.raises(JournalCorrupt, match="format"):
        Journal.load(journal.path)


def test_a_full_disk_uses_the_reserve_up_before_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reserve = tmp_path / "reserve"
    reserve.write_bytes(b"x")
    journal = Journal(tmp_path / "c-1.jsonl", (), reserve=reserve)
    write = os.write

    def full_while_reserved(descriptor: int, data: bytes) -> int:
        if reserve.exists():
            write(descriptor, bytes(data)[:5])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full_while_reserved)
    journal.append(ACCEPTED)
    monkeypatch.undo()

    assert not reserve.exists()
    assert len(Journal.load(journal.path).records) == 1


def test_a_write_that_fails_leaves_no_trace(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def broken(descriptor: int, data: bytes) -> int:
        write(descriptor, bytes(data)[:5])
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "write", broken)
    with pytest.raises(OSError, match="error"):
        journal.append({"type": "started"})
    monkeypatch.undo()
    journal.append({"type": "started"})

    assert [record["n"] for record in Journal.load(journal.path).records] == [1, 2]


def test_a_command_is_known_wherever_its_journal_went(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journal")
    assert not folder.knows("c-1")

    journal = folder.create(COMMAND)
    assert folder.knows("c-1")
    folder.archive(journal)

    assert folder.knows("c-1")
    assert folder.load() == []


def test_a_corrupt_journal_is_put_aside_and_the_others_stay(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journal")
    folder.create(COMMAND).close()
    folder.create({**COMMAND, "command_id": "c-2"}).close()
    (tmp_path / "journal" / "c-1.jsonl").write_bytes(b"rubbish\n")

    journals = folder.load()

    assert [journal.path.stem for journal in journals] == ["c-2"]
    assert "damaged" in folder.damage("c-1")
    assert folder.damage("c-2") == ""


def test_a_command_whose_journal_was_never_written_may_come_again(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journal")
    (tmp_path / "journal" / "c-1.jsonl").write_bytes(b'{"n":1,"type":"acc')
    (tmp_path / "journal" / "c-2.jsonl").write_bytes(b"")

    assert folder.load() == []
    assert not folder.knows("c-1")
    assert not folder.knows("c-2")


def test_journals_of_long_gone_commands_are_removed(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journal")
    folder.archive(folder.create(COMMAND))
    folder.archive(folder.create({**COMMAND, "command_id": "c-2"}))
    os.utime(tmp_path / "journal" / "done" / "c-1.jsonl", (0, 0))

    assert folder.prune() == ["c-1"]
    assert not folder.knows("c-1")
    assert folder.knows("c-2")
