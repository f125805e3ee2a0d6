from pathlib import Path

import pytest

from patchgui.agent.worker.output_log import LIMIT_BYTES, OutputLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c-1.output"


def test_offsets_are_those_of_the_stream(path: Path) -> None:
    log = OutputLog(path)

    assert log.add("one", "stdout", b"abc") == (0, b"abc")
    assert log.add("one", "stderr", b"x") == (0, b"x")
    assert log.add("one", "stdout", b"def") == (3, b"def")
    assert log.heads("one") == {"stdout": b"abcdef", "stderr": b"x"}


def test_only_what_the_service_shows_is_kept(path: Path) -> None:
    log = OutputLog(path)

    log.add("one", "stdout", b"a" * (LIMIT_BYTES - 1))
    assert log.add("one", "stdout", b"bcd") == (LIMIT_BYTES - 1, b"b")
    assert log.add("one", "stdout", b"e") == (LIMIT_BYTES, b"")
    assert len(log.text("one", "stdout")) == LIMIT_BYTES


def test_output_survives_the_worker(path: Path) -> None:
    log = OutputLog(path)
    log.add("one", "stdout", "grüße\n".encode())
    log.add("one", "stdout", b"\xff")

    again = OutputLog(path)

    assert again.text("one", "stdout") == "grüße\n�"
    assert again.add("one", "stdout", b"!")[0] == len("grüße\n".encode()) + 1


def test_a_line_that_was_never_whole_is_cut_off(path: Path) -> None:
    OutputLog(path).add("one", "stdout", b"abc")
    with path.open("ab") as file:
        file.write(b'["one", "std')

    OutputLog(path).add("one", "stdout", b"def")

    assert OutputLog(path).text("one", "stdout") == "abcdef"
