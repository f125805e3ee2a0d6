"""Whatever has become of a journal on the disk, the node's next worker starts, and believes nothing that is wrong."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.worker.journal import Record
from patchgui.agent.worker.journal_folder import JournalFolder
from patchgui.agent.worker.output_log import OutputLog

CONTENT = {"schemaVersion": "2.2", "mainSteps": [{"name": "one", "action": "aws:runShellScript", "inputs": {}}]}
RESULT = StepResult("one", "aws:runShellScript", StepStatus.SUCCESS, stdout="grüße\n").to_json()
RECORDS: tuple[Mapping[str, Any], ...] = (
    {"type": "started", "boot_id": "b-1", "session": 7},
    {"type": "step_started", "step": "one", "action": "aws:runShellScript"},
    {"type": "step_ended", "result": RESULT},
    {"type": "ended", "status": "Success", "reason": ""},
)


def _journal() -> tuple[bytes, tuple[Record, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        journal = JournalFolder(Path(folder, "journal")).create({"command_id": "c-1", "content": CONTENT})
        for record in RECORDS:
            journal.append(record)
        return journal.path.read_bytes(), journal.records


WHOLE, WRITTEN = _journal()


def loaded(data: bytes) -> tuple[list[tuple[Record, ...]], str]:
    """Return the records of the journals that a worker would go on with, and what it says of the damaged one."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text, "journal")
        JournalFolder(folder)
        (folder / "c-1.jsonl").write_bytes(data)
        journals = JournalFolder(folder)
        found = journals.load()
        for journal in found:
            journal.close()
        return [journal.records for journal in found], journals.damage("c-1")


def test_of_a_journal_cut_off_anywhere_the_whole_records_count() -> None:
    ends = {place + beside for place, byte in enumerate(WHOLE) if byte == ord("\n") for beside in (0, 1)}
    for length in sorted({*range(0, len(WHOLE), 7), *ends} - {len(WHOLE)}):
        records, damage = loaded(WHOLE[:length])

        whole = WHOLE[:length].count(b"\n")
        assert records == ([WRITTEN[:whole]] if whole else [])
        assert damage == ""


@given(place=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed_wherever_it_is(place: int, bit: int) -> None:
    data = bytearray(WHOLE)
    data[place] ^= 1 << bit

    records, damage = loaded(bytes(data))

    if place == len(WHOLE) - 1:
        # The end of the last line: the record counts as never written.
        assert records == [WRITTEN[:-1]]
    else:
        assert records == []
        assert "damaged" in damage


@given(data=st.binary(max_size=300))
def test_no_bytes_at_all_keep_a_worker_from_starting(data: bytes) -> None:
    loaded(data)
    loaded(WHOLE + data)


@given(data=st.binary(max_size=300))
def test_no_bytes_in_the_kept_output_keep_a_worker_from_starting(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "c-1.output")
        path.write_bytes(data)

        log = OutputLog(path)
        offset, kept = log.add("one", "stdout", b"more")
        log.close()

        assert kept == b"more"
        assert log.heads("one")["stdout"][offset:] == b"more"


@pytest.mark.parametrize("member", ["at", "up", "type", "n", "command"])
def test_a_record_that_lacks_something_is_damage(member: str) -> None:
    import json

    first, _, rest = WHOLE.partition(b"\n")
    record = json.loads(first[9:])
    del record[member]
    # As an old release would have written it, without a checksum.
    record |= {"format": 1} if member != "format" else {}

    records, damage = loaded(json.dumps(record).encode() + b"\n" + rest)

    assert (records, bool(damage)) == (([], True) if member != "up" else (records, False))
